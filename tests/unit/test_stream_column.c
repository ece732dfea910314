/* The ticks of a time column. */
#include "one_column.h"
#include "stream_column.h"

/* How many of three values are ticks; the column of their type is read first, and its values are
 * then put where valgrind and the sanitizers see their end. */
static size_t count_ticks(const char *type, const uint64_t values[3])
{
    struct reading reading;
    const struct native_column *column = read_column(&reading, type, 3, values, 24);
    uint8_t *memory = malloc(1 + 24);
    memcpy(memory + 1, values, 24);
    ((struct native_node *)(void *)column->nodes.data)->data = memory + 1;
    struct tick_column ticks = stream_column_ticks(column);
    for (size_t i = 0; i < ticks.n; i++)
        cr_expect(tick_at(&ticks, i) == (int64_t)values[i]);
    free(memory);
    free_reading(&reading);
    return ticks.n;
}

Test(stream_column, ticks_end_before_the_first_above_int64)
{
    static const uint64_t large = (uint64_t)1 << 63;
    cr_expect(count_ticks("UInt64", (uint64_t[]){1, 2, large - 1}) == 3);
    cr_expect(count_ticks("UInt64", (uint64_t[]){1, 2, large}) == 2);
    cr_expect(count_ticks("UInt64", (uint64_t[]){large, 2, 3}) == 0);
    cr_expect(count_ticks("UInt64", (uint64_t[]){UINT64_MAX, large, large}) == 0);
    cr_expect(count_ticks("Int64", (uint64_t[]){UINT64_MAX, large, 1}) == 3);
}
