/* Tests of runtime/run/cache_key.c: keys are the same for the same program and differ with whatever they are to tell
 * apart. */
#include "runtime/run/cache_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/run/program_types.h"

enum { COMPONENT_BYTES = 24, FIRST = 4, FIRST_LEN = 6, SECOND = 12, SECOND_LEN = 8, UNUSED = 22 };

static const uint8_t component[COMPONENT_BYTES] = "head111111++22222222..3.";
static const uint8_t adapter[] = "made by the linker";

/* Of modules at FIRST and SECOND, the second one used twice, one that is not used, and one that linking made. */
struct fixture {
    struct program program;
    uint8_t wasm[COMPONENT_BYTES];
    struct plan_module modules[5];
    struct plan_step steps[4];
};

static void setup(struct fixture *f)
{
    struct program *p = &f->program;
    *f = (struct fixture){ 0 };
    memcpy(f->wasm, component, sizeof(component));
    f->modules[0].wasm = bytes_from(f->wasm + SECOND, SECOND_LEN);
    f->modules[1].wasm = bytes_from(f->wasm + UNUSED, 1);
    f->modules[2].wasm = bytes_from(f->wasm + FIRST, FIRST_LEN);
    f->modules[3].wasm = bytes_from(f->wasm + SECOND, SECOND_LEN);
    f->modules[4].wasm = bytes_from(adapter, sizeof(adapter));
    f->steps[0].module = 0;
    f->steps[1].module = 2;
    f->steps[2].module = 3;
    f->steps[3].module = 4;
    p->wasm = bytes_from(f->wasm, sizeof(f->wasm));
    p->plan.modules.at = f->modules;
    p->plan.modules.len = ARRAY_LEN(f->modules);
    p->plan.steps.at = f->steps;
    p->plan.steps.len = ARRAY_LEN(f->steps);
    p->options.memory_bytes = 1 << 20;
    p->options.told = STR("A=1");
    p->recycle.possible = true;
    arena_init(&p->arena);
}

struct keys {
    char code[2][CACHE_KEY_BYTES], scan[CACHE_KEY_BYTES], snapshot[CACHE_KEY_BYTES];
};

/* Of modules 0 and 2; ends the fixture. */
static struct keys keys_of(struct fixture *f)
{
    struct keys k;
    cache_key_prepare(&f->program);
    cache_key_of_code(&f->program, 0, k.code[0]);
    cache_key_of_code(&f->program, 2, k.code[1]);
    cache_key_of_scan(&f->program, k.scan);
    cache_key_of_snapshot(&f->program, k.snapshot);
    arena_fini(&f->program.arena);
    return k;
}

static struct keys keys_of_original(void)
{
    struct fixture f;
    setup(&f);
    return keys_of(&f);
}

static bool differ(const char *a, const char *b)
{
    return strcmp(a, b) != 0;
}

static void bytes_of_the_component(void **state)
{
    (void)state;
    struct keys want = keys_of_original(), again = keys_of_original();
    assert_string_equal(again.snapshot, want.snapshot);
    for (size_t i = 0; i < COMPONENT_BYTES; i++) {
        struct fixture f;
        setup(&f);
        f.wasm[i] ^= 1;
        struct keys got = keys_of(&f);
        bool in_second = i >= SECOND && i < SECOND + SECOND_LEN, in_first = i >= FIRST && i < FIRST + FIRST_LEN;
        assert_true(differ(got.snapshot, want.snapshot));
        assert_int_equal(differ(got.code[0], want.code[0]), in_second);
        assert_int_equal(differ(got.code[1], want.code[1]), in_first);
        assert_int_equal(differ(got.scan, want.scan), in_first || in_second);
    }
}

/* The same bytes, divided otherwise: into another module, or between two components. */
static void places_of_the_bytes(void **state)
{
    (void)state;
    struct keys want = keys_of_original();
    struct fixture f;
    setup(&f);
    f.modules[2].wasm.len--;
    assert_true(differ(keys_of(&f).snapshot, want.snapshot));
    setup(&f);
    const struct program_middleware before = { .wasm = bytes_from(f.wasm, FIRST) };
    f.program.options.middleware = &before;
    f.program.options.middleware_count = 1;
    f.program.wasm = bytes_from(f.wasm + FIRST, COMPONENT_BYTES - FIRST);
    assert_true(differ(keys_of(&f).snapshot, want.snapshot));
}

static void modules_of_the_linker(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    f.modules[4].wasm.len--;
    assert_true(differ(keys_of(&f).scan, keys_of_original().scan));
}

static void options(void **state)
{
    (void)state;
    struct keys want = keys_of_original();
    struct fixture f;
    setup(&f);
    f.program.recycle.possible = false;
    struct keys plain = keys_of(&f);
    setup(&f);
    f.program.recycle.options.tables = true;
    struct keys tables = keys_of(&f);
    setup(&f);
    f.program.recycle.options.start_apart = true;
    struct keys start = keys_of(&f);
    const char *codes[] = { want.code[0], plain.code[0], tables.code[0], start.code[0] };
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        for (size_t k = 0; k < i; k++)
            assert_true(differ(codes[i], codes[k]));
    setup(&f);
    f.program.options.memory_bytes++;
    assert_true(differ(keys_of(&f).snapshot, want.snapshot));
    setup(&f);
    f.program.options.told = STR("A=2");
    assert_true(differ(keys_of(&f).snapshot, want.snapshot));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_of_the_component),
        cmocka_unit_test(places_of_the_bytes),
        cmocka_unit_test(modules_of_the_linker),
        cmocka_unit_test(options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
