/*
 * A plain main for the targets of whole executables: runs the inputs in the files that are named as
 * arguments, each as often as the run allocates memory, and lets one allocation after the other
 * fail. A run whose allocation failed has to end with an error line, and its output has to be the
 * beginning of the right one in whole blocks, or, where a table function poisons its output, one
 * that no reader takes for whole. Prints for
 * each file how many allocations its run makes, and how it ends.
 */
#include "executable.h"

#undef main

/* Reads a small file whole. */
static size_t read_input(const char *path, uint8_t *data, size_t capacity_bytes)
{
    FILE *file = fopen(path, "rb");
    REQUIRE(file != NULL);
    size_t size_bytes = fread(data, 1, capacity_bytes, file);
    REQUIRE(size_bytes > 0 && size_bytes < capacity_bytes);
    REQUIRE(fclose(file) == 0);
    return size_bytes;
}

static bool is_equal(const struct buf *a, const struct buf *b)
{
    return a->size_bytes == b->size_bytes && memcmp(a->data, b->data, a->size_bytes) == 0;
}

static bool is_same(const struct executable_run *run, const struct executable_run *right)
{
    return run->status == right->status && is_equal(&run->output, &right->output) &&
           is_equal(&run->complaint, &right->complaint);
}

static void expect_a_refusal(const struct executable_run *run, const struct executable_run *right)
{
    REQUIRE(run->status != 0);
    REQUIRE(strstr((const char *)run->complaint.data, "out of memory") != NULL);
    if (!executable_poisons)
        REQUIRE(run->output.size_bytes <= right->output.size_bytes &&
                memcmp(run->output.data, right->output.data, run->output.size_bytes) == 0);
}

static void starve(const char *path)
{
    enum { CAPACITY_BYTES = 1 << 20 };
    static uint8_t data[CAPACITY_BYTES];
    size_t size_bytes = read_input(path, data, CAPACITY_BYTES);
    struct executable_run right;
    executable_start(data, size_bytes, 0, &right);
    executable_judge(&right);
    unsigned long n = 0;
    bool survived = false;
    for (bool has_starved = true; has_starved;) {
        struct executable_run run;
        executable_start(data, size_bytes, ++n, &run);
        executable_judge(&run);
        has_starved = run.has_starved;
        if (!is_same(&run, &right)) {
            expect_a_refusal(&run, &right);
        } else if (has_starved) {
            /* One memory may fail: what io_held_open puts by. */
            REQUIRE(executable_poisons && !survived);
            survived = true;
        }
        executable_free(&run);
    }
    printf("%s: %lu allocations, status %d %s\n", path, n - 1, right.status,
           right.status == 0 ? "" : strtok((char *)right.complaint.data, "\n"));
    executable_free(&right);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* the last line says how far it came */
    for (int i = 1; i < argc; i++)
        starve(argv[i]);
    return 0;
}
