#include "err.h"

#include <stdarg.h>
#include <stdio.h>

enum status err_set(struct err *err, enum status code, const char *format, ...)
{
    if (err == NULL)
        return code;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->message, sizeof(err->message), format, arguments);
    va_end(arguments);
    err->code = code;
    return code;
}

void err_prefix(struct err *err, const char *format, ...)
{
    if (err == NULL)
        return;
    char message[sizeof(err->message)];
    memcpy(message, err->message, sizeof(message));
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->message, sizeof(err->message), format, arguments);
    va_end(arguments);
    size_t used = strlen(err->message);
    snprintf(err->message + used, sizeof(err->message) - used, ": %s", message);
}
