#include "phoenix_failure.h"

const char *phoenix_failure_name(enum phoenix_failure failure)
{
    static const char *const names[] = {
        [PHOENIX_FAILURE_FINAL] = "error",     [PHOENIX_FAILURE_LOST] = "lost",
        [PHOENIX_FAILURE_TIMEOUT] = "timeout", [PHOENIX_FAILURE_OVERLOAD] = "overload",
        [PHOENIX_FAILURE_EXPIRED] = "expired",
    };
    return names[failure];
}
