/* src/runtime/wasi/pool.c: blocks come back, and everything goes at once. */
#include "runtime/wasi/pool.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void given_blocks_come_back(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t give, take;
        bool same;
    } cases[] = {
        { "nothing is a smallest block", 0, 32, true },
        { "one byte", 1, 32, true },
        { "within its size", 33, 64, true },
        { "exactly its size", 64, 33, true },
        { "the next size is another", 64, 65, false },
        { "the largest", WASI_POOL_MAX_BYTES, WASI_POOL_MAX_BYTES / 2 + 1, true },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct wasi_pool p;
        wasi_pool_init(&p);
        void *first = wasi_pool_take(&p, cases[i].give);
        wasi_pool_give(&p, first, cases[i].give);
        if ((wasi_pool_take(&p, cases[i].take) == first) != cases[i].same)
            fail_msg("%s", cases[i].name);
        wasi_pool_fini(&p);
    }
}

static void blocks_do_not_overlap(void **state)
{
    (void)state;
    struct wasi_pool p;
    wasi_pool_init(&p);
    uint8_t *blocks[40];
    for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
        blocks[i] = wasi_pool_take(&p, 1 + i * 17);
        memset(blocks[i], (int)i, 1 + i * 17);
    }
    for (size_t i = 0; i < ARRAY_LEN(blocks); i++)
        for (size_t k = 0; k < 1 + i * 17; k++)
            assert_int_equal(blocks[i][k], i);
    wasi_pool_fini(&p);
}

static void reset_forgets_all(void **state)
{
    (void)state;
    struct wasi_pool p;
    wasi_pool_init(&p);
    wasi_pool_give(&p, wasi_pool_take(&p, 100), 100);
    wasi_pool_give(&p, NULL, 100);
    wasi_pool_reset(&p);
    assert_int_equal(p.arena.used_bytes, 0);
    assert_non_null(wasi_pool_take(&p, 100));
    assert_int_equal(p.arena.used_bytes, 128);
    wasi_pool_fini(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(given_blocks_come_back),
        cmocka_unit_test(blocks_do_not_overlap),
        cmocka_unit_test(reset_forgets_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
