/*
 * A plain main for the fuzz targets: runs one over each file named as an argument, so that the kept
 * corpus is checked where libFuzzer is not at hand. Exit status 1 when a file cannot be read; a
 * finding aborts.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

/* The file's content in fresh memory, so that a sanitizer sees each step beyond it; NULL on
 * failure. */
static uint8_t *read_file(FILE *file, size_t *size_bytes_out)
{
    uint8_t *data = NULL;
    long size_bytes = -1;
    if (fseek(file, 0, SEEK_END) == 0)
        size_bytes = ftell(file);
    if (size_bytes < 0 || fseek(file, 0, SEEK_SET) != 0)
        return NULL;
    data = malloc(size_bytes > 0 ? (size_t)size_bytes : 1);
    if (data != NULL && fread(data, 1, (size_t)size_bytes, file) != (size_t)size_bytes) {
        free(data);
        return NULL;
    }
    *size_bytes_out = (size_t)size_bytes;
    return data;
}

static int replay(const char *path)
{
    size_t size_bytes = 0;
    FILE *file = fopen(path, "rb");
    uint8_t *data = file == NULL ? NULL : read_file(file, &size_bytes);
    if (file != NULL)
        fclose(file);
    if (data == NULL) {
        fprintf(stderr, "replay: cannot read %s\n", path);
        return 1;
    }
    LLVMFuzzerTestOneInput(data, size_bytes);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++)
        failed |= replay(argv[i]);
    return failed;
}
