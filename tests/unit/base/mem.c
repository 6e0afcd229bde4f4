/* Tests of base/mem.c: each request that cannot be met is tried in a child, whose hook ends it. */
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

enum { EXHAUSTED = 42 };

/* The address sanitizer would end the program where malloc says no. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void requests(void **state)
{
    (void)state;
    char *p = mem_alloc(3, 5);
    memset(p, 7, 15);
    p = mem_realloc(p, 100, 1);
    for (int i = 0; i < 15; i++)
        assert_int_equal(p[i], 7);
    mem_free(p);
    uint32_t *v = mem_new_n(uint32_t, 4);
    assert_int_equal(v[0] | v[1] | v[2] | v[3], 0);
    mem_free(v);
    uint64_t *one = mem_new(uint64_t);
    assert_int_equal(*one, 0);
    mem_free(one);
    void *none = mem_alloc(0, 8);
    assert_non_null(none);
    mem_free(none);
    mem_free(mem_realloc(NULL, 1, 1));
    mem_free(NULL);
}

static void ask_product(void)
{
    mem_free(mem_alloc(SIZE_MAX / 2, 3));
}

static void ask_zeroed(void)
{
    mem_free(mem_zalloc(SIZE_MAX, 2));
}

static void ask_resized(void)
{
    mem_free(mem_realloc(NULL, SIZE_MAX, 2));
}

static void ask_arena(void)
{
    struct arena a;
    arena_init(&a);
    arena_alloc(&a, SIZE_MAX);
}

static void ask_arena_near_the_end(void)
{
    struct arena a;
    arena_init(&a);
    arena_alloc(&a, SIZE_MAX - 8);
}

static void ask_arena_product(void)
{
    struct arena a;
    arena_init(&a);
    arena_zalloc(&a, SIZE_MAX / 4, 16);
}

static void on_exhausted(size_t size)
{
    _exit(size ? EXHAUSTED : 1);
}

static void exhausted(void **state)
{
    (void)state;
    static void (*const asks[])(void) = { ask_product,      ask_zeroed, ask_resized, ask_arena, ask_arena_near_the_end,
                                          ask_arena_product };
    for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            mem_set_exhausted(on_exhausted);
            asks[i]();
            _exit(0);
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), EXHAUSTED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(requests), cmocka_unit_test(exhausted) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
