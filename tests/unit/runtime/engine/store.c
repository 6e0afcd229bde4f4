/* Stores of the engine: calls, host functions, waiting, yielding, and ending a call in the middle. */
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/engine/engine.h"

/* (module (import "h" "f" (func)) (func (export "run") call 0) (func (export "spin") (loop br 0))) */
static const uint8_t wasm[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,                                                 /* preamble */
    0x01, 0x04, 0x01, 0x60, 0x00, 0x00,                                                             /* types */
    0x02, 0x07, 0x01, 0x01, 'h',  0x01, 'f',  0x00, 0x00,                                           /* imports */
    0x03, 0x03, 0x02, 0x00, 0x00,                                                                   /* functions */
    0x07, 0x0e, 0x02, 0x03, 'r',  'u',  'n',  0x00, 0x01, 0x04, 's',  'p',  'i',  'n',  0x00, 0x02, /* exports */
    0x0a, 0x0e, 0x02, 0x04, 0x00, 0x10, 0x00, 0x0b, 0x07, 0x00, 0x03, 0x40, 0x0c, 0x00, 0x0b, 0x0b,
};

static const struct core_signature no_values;

struct fixture {
    struct engine *engine;
    struct engine_module *module;
    struct engine_linker *linker;
    struct engine_pre *pre;
    struct engine_store *store;
    struct engine_instance instance;
    int calls, waits, ended;
    bool fail;
    struct err err;
    atomic_bool stop;
};

/* Waits twice, then returns; or fails. */
static bool host_f(void *env, void *owner, union core_value *values, struct err *e)
{
    struct fixture *f = owner;
    (void)env, (void)values;
    f->calls++;
    if (f->fail)
        return err_set(e, ERR_TRAP, "the host says no");
    for (int i = 0; i < 2; i++) {
        f->waits++;
        if (!engine_wait(f->store, e)) {
            f->ended++;
            return false;
        }
    }
    return true;
}

static const struct engine_store_limits no_limits;

static int setup(void **state)
{
    static struct fixture f;
    memset(&f, 0, sizeof(f));
    err_clear(&f.err);
    const struct engine_options o = {
        .stores = 4, .core_instances = 1, .memories = 1, .tables = 1, .table_elements = 10, .memory_bytes = 1 << 20
    };
    assert_true(engine_new(&o, &f.engine, &f.err));
    assert_true(engine_compile(f.engine, bytes_from(wasm, sizeof(wasm)), &f.module, &f.err));
    assert_true(engine_linker_new(f.engine, &f.linker, &f.err));
    assert_true(engine_linker_host(f.linker, STR("h"), STR("f"), &no_values, host_f, NULL, &f.err));
    assert_true(engine_pre_new(f.linker, f.module, &f.pre, &f.err));
    f.store = engine_store_new(f.engine, &f);
    assert_true(engine_store_open(f.store, &no_limits, &f.err));
    engine_begin_pre(f.store, f.pre, &f.instance);
    assert_int_equal(engine_poll(f.store, &f.err), ENGINE_DONE);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    engine_store_free(f->store);
    engine_pre_free(f->pre);
    engine_linker_free(f->linker);
    engine_module_free(f->module);
    engine_free(f->engine);
    return 0;
}

static void begin(struct fixture *f, const char *name)
{
    struct engine_ref func;
    assert_true(engine_export(f->store, &f->instance, str_of(name), &func));
    engine_begin_call(f->store, &func, &no_values, NULL);
}

static void test_wait(void **state)
{
    struct fixture *f = *state;
    begin(f, "run");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(engine_poll(f->store, &f->err), ENGINE_PENDING);
        assert_true(engine_waiting(f->store));
        assert_int_equal(engine_poll(f->store, &f->err), ENGINE_PENDING); /* not woken: stays */
        assert_int_equal(f->waits, i + 1);
        engine_wake(f->store);
    }
    assert_int_equal(engine_poll(f->store, &f->err), ENGINE_DONE);
    assert_int_equal(f->calls, 1);
}

static void test_end_while_waiting(void **state)
{
    struct fixture *f = *state;
    begin(f, "run");
    assert_int_equal(engine_poll(f->store, &f->err), ENGINE_PENDING);
    engine_store_clear(f->store);
    assert_int_equal(f->ended, 1); /* the host function's frames were unwound */

    /* The store is as good as new. */
    assert_true(engine_store_open(f->store, &no_limits, &f->err));
    engine_begin_pre(f->store, f->pre, &f->instance);
    assert_int_equal(engine_poll(f->store, &f->err), ENGINE_DONE);
}

static void test_host_error(void **state)
{
    struct fixture *f = *state;
    f->fail = true;
    begin(f, "run");
    assert_int_equal(engine_poll(f->store, &f->err), ENGINE_FAILED);
    assert_string_equal(f->err.text, "the host says no");
}

static void *tick(void *arg)
{
    struct fixture *f = arg;
    while (!atomic_load(&f->stop)) {
        engine_tick(f->engine);
        usleep(1000);
    }
    return NULL;
}

static void test_yield(void **state)
{
    struct fixture *f = *state;
    pthread_t ticker;
    atomic_store(&f->stop, false);
    assert_int_equal(pthread_create(&ticker, NULL, tick, f), 0);
    begin(f, "spin");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(engine_poll(f->store, &f->err), ENGINE_PENDING);
        assert_false(engine_waiting(f->store));
    }
    atomic_store(&f->stop, true);
    pthread_join(ticker, NULL);
}

static void test_serialize(void **state)
{
    struct fixture *f = *state;
    struct engine_module *none = NULL;
    assert_false(engine_module_load(f->engine, "/nowhere/at/all", &none, &f->err));
    assert_false(engine_compile(f->engine, bytes_from(wasm, 20), &none, &f->err));
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_wait, setup, teardown),
        cmocka_unit_test_setup_teardown(test_end_while_waiting, setup, teardown),
        cmocka_unit_test_setup_teardown(test_host_error, setup, teardown),
        cmocka_unit_test_setup_teardown(test_yield, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serialize, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
