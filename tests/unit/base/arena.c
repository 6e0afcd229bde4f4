/* Tests of base/arena.c. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdalign.h>

static void allocations_are_apart_and_aligned(void **state)
{
    (void)state;
    static const size_t sizes[] = {
        0, 1, 7, 8, 15, 16, 17, 1000, ARENA_CHUNK_BYTES - 1, ARENA_CHUNK_BYTES, ARENA_CHUNK_BYTES + 1, 100000, 3
    };
    char *got[ARRAY_LEN(sizes)];
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        got[i] = arena_alloc(&a, sizes[i]);
        assert_non_null(got[i]);
        assert_int_equal((uintptr_t)got[i] % alignof(max_align_t), 0);
        memset(got[i], (int)i, sizes[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(got[i][k], (char)i);
        for (size_t j = 0; j < i; j++)
            assert_ptr_not_equal(got[i], got[j]);
    }
    arena_fini(&a);
    arena_fini(&a);
}

static void used_bytes_count(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    arena_alloc(&a, 1);
    arena_alloc(&a, 32);
    assert_int_equal(a.used_bytes, alignof(max_align_t) + 32);
    arena_reset(&a);
    assert_int_equal(a.used_bytes, 0);
    arena_fini(&a);
}

static void count_end(void *count)
{
    ++*(int *)count;
}

/* Back to a place: what came before it stays, what came after is given out again. */
static void rewinds_to_a_mark(void **state)
{
    (void)state;
    static const size_t sizes[] = { 0, 100, ARENA_CHUNK_BYTES, 3 * ARENA_CHUNK_BYTES, 2 * ARENA_KEEP_BYTES };
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct arena a;
        int before = 0, after = 0;
        arena_init(&a);
        char *kept = arena_alloc(&a, 32);
        memset(kept, 1, 32);
        arena_on_end(&a, count_end, &before);
        struct arena_mark mark = arena_mark(&a);
        void *first = arena_alloc(&a, 8);
        memset(arena_alloc(&a, sizes[i]), 2, sizes[i]);
        arena_on_end(&a, count_end, &after);
        arena_rewind(&a, &mark);
        assert_int_equal(before, 0);
        assert_int_equal(after, 1);
        assert_int_equal(a.used_bytes, mark.used_bytes);
        assert_ptr_equal(arena_alloc(&a, 8), first);
        for (size_t k = 0; k < 32; k++)
            assert_int_equal(kept[k], 1);
        arena_fini(&a);
        assert_int_equal(before, 1);
        assert_int_equal(after, 1);
    }
}

static void reset_keeps_memory(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    void *first = arena_alloc(&a, 100);
    arena_reset(&a);
    assert_ptr_equal(arena_alloc(&a, 100), first);
    /* More than is kept: the rest is given back, and what is kept still serves. */
    for (int i = 0; i < 40; i++)
        arena_alloc(&a, ARENA_CHUNK_BYTES);
    arena_alloc(&a, 2 * ARENA_KEEP_BYTES);
    arena_reset(&a);
    for (int i = 0; i < 40; i++)
        memset(arena_alloc(&a, ARENA_CHUNK_BYTES), 1, ARENA_CHUNK_BYTES);
    arena_fini(&a);
}

static void note(void *object)
{
    char **at = object;
    *(*at)++ = 'x';
}

static void on_end(void **state)
{
    (void)state;
    struct arena a;
    char notes[4] = "", *at = notes;
    arena_init(&a);
    arena_on_end(&a, note, &at);
    arena_on_end(&a, note, &at);
    arena_reset(&a);
    assert_string_equal(notes, "xx");
    arena_reset(&a);
    arena_on_end(&a, note, &at);
    arena_fini(&a);
    arena_fini(&a);
    assert_string_equal(notes, "xxx");
}

static void zeroed(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    memset(arena_alloc(&a, 64), 0xff, 64);
    arena_reset(&a);
    uint64_t *v = arena_new(&a, uint64_t, 8);
    for (int i = 0; i < 8; i++)
        assert_int_equal(v[i], 0);
    arena_fini(&a);
}

static void copies(void **state)
{
    (void)state;
    struct arena a;
    char text[] = "text";
    arena_init(&a);
    str s = str_dup(&a, str_of(text));
    bytes b = bytes_dup(&a, bytes_from(text, 2));
    char *z = str_dupz(&a, str_of(text));
    str p = str_printf(&a, "%s-%d", text, 5);
    memset(text, '!', sizeof(text));
    assert_true(str_eq(s, STR("text")));
    assert_int_equal(b.len, 2);
    assert_memory_equal(b.ptr, "te", 2);
    assert_string_equal(z, "text");
    assert_true(str_eq(p, STR("text-5")));
    assert_int_equal(str_dup(&a, STR_NONE).len, 0);
    assert_non_null(str_dup(&a, STR_NONE).ptr);
    assert_string_equal(str_dupz(&a, STR_NONE), "");
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_apart_and_aligned),
        cmocka_unit_test(used_bytes_count),
        cmocka_unit_test(rewinds_to_a_mark),
        cmocka_unit_test(reset_keeps_memory),
        cmocka_unit_test(on_end),
        cmocka_unit_test(zeroed),
        cmocka_unit_test(copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
