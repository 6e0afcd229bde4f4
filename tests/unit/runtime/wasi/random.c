/* src/runtime/wasi/random.c: lengths, limits, and that no byte is given twice. */
#include "tests/unit/runtime/wasi/fake.h"

static bytes take(struct stage *s, uint64_t len, bool insecure)
{
    bytes ret = { 0 };
    struct wasi_random_random_get_random_bytes_args a = { len };
    struct wasi_random_insecure_get_insecure_random_bytes_args b = { len };
    assert_int_equal(insecure ? wasi_random_insecure_get_insecure_random_bytes(&s->call, &b, &ret)
                              : wasi_random_random_get_random_bytes(&s->call, &a, &ret),
                     HOST_DONE);
    assert_int_equal(ret.len, len);
    return ret;
}

static void lengths(void **state)
{
    struct stage *s = *state;
    static const uint64_t lens[] = { 0, 1, 16, 63, 64, 65, 256, 257, 100000 };
    for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
        bytes a = take(s, lens[i], false), b = take(s, lens[i], true);
        if (lens[i] >= 16) /* equal by chance: less than once in 2^128 */
            assert_memory_not_equal(a.ptr, b.ptr, lens[i]);
    }
}

static void small_requests_share_a_buffer(void **state)
{
    struct stage *s = *state;
    take(s, 16, false);
    assert_int_equal(s->w->random_len, sizeof(s->w->random) - 16);
    for (size_t i = s->w->random_len; i < sizeof(s->w->random); i++)
        assert_int_equal(s->w->random[i], 0); /* what was given is gone */
    uint64_t a = 0, b = 0;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(wasi_random_random_get_random_u64(&s->call, &a), HOST_DONE);
        assert_int_equal(wasi_random_insecure_get_insecure_random_u64(&s->call, &b), HOST_DONE);
        assert_int_not_equal(a, b);
    }
    struct tuple_u64_u64 seed = { 0 };
    assert_int_equal(wasi_random_insecure_seed_insecure_seed(&s->call, &seed), HOST_DONE);
    assert_int_not_equal(seed.f0, seed.f1);
}

static void too_many_at_once(void **state)
{
    struct stage *s = *state;
    bytes ret = { 0 };
    struct wasi_random_random_get_random_bytes_args a = { (uint64_t)WASI_MAX_RANDOM_BYTES + 1 };
    assert_trap(s, wasi_random_random_get_random_bytes(&s->call, &a, &ret),
                "67108865 random bytes asked for at once, the most is 67108864");
    assert_int_equal(s->err.kind, ERR_LIMIT);
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = { ROW(lengths), ROW(small_requests_share_a_buffer), ROW(too_many_at_once) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
