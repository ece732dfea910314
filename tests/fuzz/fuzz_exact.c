/*
 * Fuzz target: the payload of an exact state. What is accepted must be the one form of its state,
 * and is then used: merged with itself in both ways, written, read again and finalised.
 */
#include "exact_sums.h"
#include "fuzz.h"

#include <math.h>

static void require_same_bytes(const struct buf *payload, const uint8_t *data, size_t size_bytes)
{
    REQUIRE(payload->size_bytes == size_bytes);
    REQUIRE(size_bytes == 0 || memcmp(payload->data, data, size_bytes) == 0);
}

static void check_moments(const struct exact *state)
{
    struct moments moments;
    exact_final(state, &moments);
    REQUIRE(moments.n == state->n);
    REQUIRE(isnan(moments.mean) == state->is_non_finite);
    REQUIRE(isnan(moments.m2) == state->is_non_finite);
    REQUIRE(state->is_non_finite || (isfinite(moments.mean) && moments.m2 >= 0));
}

/* Both ways of merging a state with itself agree, and what they give is a state again. */
static void check_merge(const struct exact *state, const uint8_t *data, size_t size_bytes)
{
    struct exact merged = *state;
    struct exact from_payload = *state;
    enum status status = exact_merge(&merged, &merged, NULL);
    REQUIRE(exact_merge_payload(&from_payload, data, size_bytes, NULL) == status);
    REQUIRE(status == (state->n > UINT64_MAX / 2 ? STATUS_LIMIT : STATUS_OK));

    struct buf payload = {0};
    struct buf again = {0};
    struct exact read;
    REQUIRE(exact_encode(&merged, &payload, NULL) == STATUS_OK);
    REQUIRE(exact_encode(&from_payload, &again, NULL) == STATUS_OK);
    require_same_bytes(&again, payload.data, payload.size_bytes);
    exact_reset(&read);
    REQUIRE(exact_merge_payload(&read, payload.data, payload.size_bytes, NULL) == STATUS_OK);
    check_moments(&read);
    buf_free(&payload);
    buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    struct exact state;
    struct err err = {0};
    exact_reset(&state);
    if (exact_merge_payload(&state, data, size_bytes, &err) != STATUS_OK) {
        REQUIRE(err.code != STATUS_OK && err.message[0] != '\0');
        return 0;
    }
    struct buf payload = {0};
    REQUIRE(exact_encode(&state, &payload, NULL) == STATUS_OK);
    require_same_bytes(&payload, data, size_bytes);
    buf_free(&payload);
    check_moments(&state);
    check_merge(&state, data, size_bytes);
    return 0;
}
