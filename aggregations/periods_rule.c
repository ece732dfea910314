#include "periods_rule.h"

#define XXH_INLINE_ALL
#include <inttypes.h>
#include <xxhash.h>

/* Keys up to here are hashed in one call, from a copy that the tick follows. Above, the
 * hash's own 0.5 KiB of streaming state costs less than the copy. */
enum { SHORT_KEY_BYTES = 248 };

enum status period_rule_check(int64_t gap, int64_t max_span, struct period_rule *rule_out,
                              struct err *err)
{
    if (gap < 0)
        return err_set(err, STATUS_FORMAT, "gap: expected 0 or more, found %" PRId64, gap);
    if (max_span < 0)
        return err_set(err, STATUS_FORMAT, "max_span: expected 0 or more, found %" PRId64,
                       max_span);
    *rule_out = (struct period_rule){.gap = (uint64_t)gap, .max_span = (uint64_t)max_span};
    return STATUS_OK;
}

uint64_t period_id(uint64_t key, int64_t first_tick)
{
    uint8_t bytes[16];
    store_u64(bytes, key);
    store_i64(bytes + 8, first_tick);
    return XXH3_64bits(bytes, sizeof(bytes));
}

static uint64_t long_key_id(const void *key, size_t key_bytes, int64_t first_tick)
{
    XXH3_state_t state;
    XXH3_INITSTATE(&state);
    XXH3_64bits_reset(&state);
    XXH3_64bits_update(&state, key, key_bytes);
    XXH3_64bits_update(&state, &first_tick, sizeof(first_tick));
    return XXH3_64bits_digest(&state);
}

uint64_t period_id_of_bytes(const void *key, size_t key_bytes, int64_t first_tick)
{
    if (key_bytes == sizeof(uint64_t))
        return period_id(load_u64(key), first_tick);
    if (key_bytes > SHORT_KEY_BYTES)
        return long_key_id(key, key_bytes, first_tick);
    uint8_t bytes[SHORT_KEY_BYTES + sizeof(first_tick)];
    if (key_bytes > 0)
        memcpy(bytes, key, key_bytes);
    store_i64(bytes + key_bytes, first_tick);
    return XXH3_64bits(bytes, key_bytes + sizeof(first_tick));
}
