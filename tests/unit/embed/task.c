/* Tests of embed/task.c and embed/scheduler.c: calls in instances of their own, on a loop. */
#include <pthread.h>

#include "host.h"

enum { TASKS = 4 };

/* A thread's part of it. */
struct stage {
    struct fixture *f;
    struct berth_loop *loop;
    struct berth_scheduler *scheduler;
    struct berth_executor *executor;
    int live;
};

/* What became of a call; `host` comes first, as the host's functions look for it. */
struct call {
    struct host host;
    struct stage *stage;
    int begun;
    bool done;
    enum berth_error_kind kind;
    char text[200];
    char result[64];
    double number;
};

static void on_begun(void *data)
{
    struct call *c = data;
    c->begun++;
}

static void on_done(void *data, const struct berth_error *e)
{
    struct call *c = data;
    assert_false(c->done);
    c->done = true;
    if (e) {
        c->kind = e->kind;
        snprintf(c->text, sizeof(c->text), "%.150s", e->text);
    }
    if (--c->stage->live == 0)
        berth_loop_stop(c->stage->loop);
}

static void on_text(void *data, const void *result)
{
    struct call *c = data;
    const berth_string *s = result;
    snprintf(c->result, sizeof(c->result), "%.*s", (int)s->len, s->ptr);
}

static void on_u32(void *data, const void *result)
{
    struct call *c = data;
    c->number = *(const uint32_t *)result;
}

static void open_component(struct fixture *f, const struct berth_component_options *o)
{
    assert_ok(f, berth_component_open(f->linker, fixture_wasm(f), o, &f->component, &f->e));
}

static int begin_with(void **state, bool recycle)
{
    static struct stage s;
    fixture_bare(state);
    struct fixture *f = *state;
    const struct berth_component_options options = {
        .threads = 3, .tasks = TASKS, .recycle = recycle, .memory_bytes = 1 << 20
    };
    assert_ok(f, berth_linker_define(f->linker, &host_things, &f->e));
    open_component(f, &options);
    s = (struct stage){ .f = f, .loop = berth_loop_new() };
    const struct berth_scheduler_options o = { .loop = s.loop };
    assert_ok(f, berth_scheduler_new(f->engine, &o, &s.scheduler, &f->e));
    assert_ok(f, berth_executor_new(s.scheduler, f->component, &s.executor, &f->e));
    *state = &s;
    return 0;
}

static int begin(void **state)
{
    return begin_with(state, true);
}

static int begin_pooled(void **state)
{
    return begin_with(state, false);
}

static int end(void **state)
{
    struct stage *s = *state;
    *state = s->f;
    berth_executor_free(s->executor);
    berth_scheduler_free(s->scheduler);
    berth_loop_free(s->loop);
    return fixture_end(state);
}

static struct berth_task *start(struct stage *s, struct call *c, struct berth_task_options o)
{
    struct berth_task *t = NULL;
    c->stage = s;
    o.data = c;
    o.on_begun = on_begun;
    o.on_done = on_done;
    assert_ok(s->f, berth_task_start(s->executor, &o, &t, &s->f->e));
    s->live++;
    return t;
}

/* The handler of recycled memory comes with the first task that needs it, once a process: in front of the engine's. */
static void with_signals(struct stage *s, void (*run_on)(struct berth_loop *l))
{
    static struct sigaction memory;
    static bool known;
    engine_signals();
    if (known)
        sigaction(SIGSEGV, &memory, NULL);
    run_on(s->loop);
    sigaction(SIGSEGV, NULL, &memory);
    known = true;
}

static void run(struct stage *s)
{
    with_signals(s, berth_loop_run);
}

static const struct berth_func *func(struct stage *s, const char *wit, size_t params, size_t result)
{
    return fixture_func(s->f, wit, params, result);
}

static const struct berth_func *shout(struct stage *s)
{
    return func(s, "shout: func(text: string) -> string", sizeof(berth_string), sizeof(berth_string));
}

static const struct berth_func *posts(struct stage *s)
{
    return func(s, "posts: func() -> u32", 0, sizeof(uint32_t));
}

static void each_in_an_instance_of_its_own(void **state)
{
    struct stage *s = *state;
    static const char *const words[TASKS - 1] = { "tea", "coffee", "milk" };
    for (int round = 0; round < 3; round++) {
        struct call calls[TASKS] = { 0 };
        berth_string texts[TASKS];
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
            texts[i] = berth_string_of(words[i]);
            start(s, &calls[i],
                  (struct berth_task_options){ .func = shout(s), .params = &texts[i], .on_result = on_text });
        }
        calls[TASKS - 1].number = -1;
        start(s, &calls[TASKS - 1], (struct berth_task_options){ .func = posts(s), .on_result = on_u32 });
        assert_false(berth_executor_has_room(s->executor));
        assert_true(berth_executor_has_line(s->executor));
        assert_false(calls[0].done); /* only the loop runs it */
        run(s);
        assert_true(berth_executor_has_room(s->executor));
        assert_false(berth_executor_has_line(s->executor));
        assert_string_equal(calls[0].result, "TEA");
        assert_string_equal(calls[1].result, "COFFEE");
        assert_string_equal(calls[2].result, "MILK");
        assert_string_equal(calls[1].host.noted, "coffee at 7");
        assert_int_equal(calls[TASKS - 1].number, 0); /* no call before it was of its instance */
        for (size_t i = 0; i < TASKS; i++)
            assert_int_equal(calls[i].kind, BERTH_ERROR_NONE);
    }
}

static void drops_what_the_guest_had_of_the_host(void **state)
{
    struct stage *s = *state;
    struct call c = { 0 };
    uint32_t from = 40;
    const struct berth_func *f = func(s, "count: func(from: u32) -> u32", sizeof(from), sizeof(uint32_t));
    start(s, &c, (struct berth_task_options){ .func = f, .params = &from, .on_result = on_u32 });
    run(s);
    assert_int_equal(c.number, 42);
    assert_int_equal(c.host.counters, 0);
}

static void fails(void **state)
{
    struct stage *s = *state;
    struct call trap = { 0 }, spin = { 0 }, host = { .host = { .fail = true } }, after = { 0 };
    berth_string text = berth_string_of("tea");
    start(s, &trap, (struct berth_task_options){ .func = func(s, "trap: func()", 0, 0) });
    start(s, &spin, (struct berth_task_options){ .func = func(s, "spin: func()", 0, 0), .time_ms = 30 });
    start(s, &host, (struct berth_task_options){ .func = shout(s), .params = &text });
    start(s, &after, (struct berth_task_options){ .func = shout(s), .params = &text, .on_result = on_text });
    run(s);
    assert_int_equal(trap.kind, BERTH_ERROR_TRAP);
    assert_int_equal(spin.kind, BERTH_ERROR_TIMEOUT);
    assert_string_equal(spin.text, "time-out of 30 ms");
    assert_int_equal(spin.begun, 1);
    assert_int_equal(host.kind, BERTH_ERROR_TRAP);
    assert_non_null(strstr(host.text, "no room for 'tea'"));
    assert_int_equal(after.kind, BERTH_ERROR_NONE);
    assert_string_equal(after.result, "TEA");
}

static void grows_no_further_than_it_may(void **state)
{
    struct stage *s = *state;
    struct call fits = { 0 }, too_much = { 0 };
    const struct berth_func *grow = func(s, "grow: func(pages: u32) -> s32", sizeof(uint32_t), sizeof(int32_t));
    uint32_t pages[] = { 10, 20 };
    start(s, &fits, (struct berth_task_options){ .func = grow, .params = &pages[0], .on_result = on_u32 });
    start(s, &too_much, (struct berth_task_options){ .func = grow, .params = &pages[1], .on_result = on_u32 });
    run(s);
    assert_int_equal(fits.number, 1);
    assert_int_equal((uint32_t)too_much.number, UINT32_MAX); /* the guest's memory.grow says -1 */
}

static void cancelled(void **state)
{
    struct stage *s = *state;
    struct call waiting = { 0 }, running = { 0 };
    const struct berth_func *spin = func(s, "spin: func()", 0, 0);
    berth_task_cancel(start(s, &waiting, (struct berth_task_options){ .func = spin }));
    struct berth_task *t = start(s, &running, (struct berth_task_options){ .func = spin });
    while (!running.begun)
        with_signals(s, berth_loop_turn);
    berth_task_cancel(t);
    run(s);
    assert_int_equal(waiting.kind, BERTH_ERROR_CLOSED);
    assert_int_equal(running.kind, BERTH_ERROR_CLOSED);
}

static void cancel(void *task)
{
    berth_task_cancel(*(struct berth_task **)task);
}

/* By a function that the guest called; the guest computes on. */
static void cancelled_by_the_host(void **state)
{
    struct stage *s = *state;
    struct berth_task *t = NULL;
    struct call c = { .host = { .inside = cancel, .inside_ctx = (void *)&t } };
    t = start(s, &c, (struct berth_task_options){ .func = func(s, "note-and-spin: func()", 0, 0) });
    run(s);
    assert_string_equal(c.host.noted, " at 7");
    assert_int_equal(c.kind, BERTH_ERROR_CLOSED);
}

static void free_executor(void *data, const struct berth_error *e)
{
    struct call *c = data;
    struct stage *s = c->stage;
    berth_executor_free(s->executor);
    s->executor = NULL;
    on_done(data, e);
}

static void the_last_one_ends_its_executor(void **state)
{
    struct stage *s = *state;
    struct call c = { .stage = s };
    struct berth_task *t = NULL;
    const struct berth_task_options o = { .func = posts(s), .data = &c, .on_done = free_executor };
    s->live = 1;
    assert_ok(s->f, berth_task_start(s->executor, &o, &t, &s->f->e));
    run(s);
    assert_true(c.done);
    assert_null(s->executor);
}

/* Others go on meanwhile, and a wake that nobody waits for is none. */
static void waits_for_the_host(void **state)
{
    struct stage *s = *state;
    struct call slow = { .host = { .waits = 2 } }, quick = { 0 }, never = { .host = { .waits = 1 } };
    berth_string text = berth_string_of("tea");
    const struct berth_task_options o = { .func = shout(s), .params = &text, .on_result = on_text };
    struct berth_task *t = start(s, &slow, o), *other = start(s, &never, o);
    start(s, &quick, o);
    while (!quick.done)
        with_signals(s, berth_loop_turn);
    assert_false(slow.done);
    assert_int_equal(slow.begun, 1);
    assert_int_equal(slow.host.waits, 1);
    berth_task_wake(t);
    berth_task_wake(t);
    while (slow.host.waits)
        with_signals(s, berth_loop_turn);
    with_signals(s, berth_loop_turn);
    assert_false(slow.done);
    berth_task_wake(t);
    berth_task_cancel(other);
    run(s);
    assert_string_equal(slow.result, "TEA");
    assert_string_equal(slow.host.noted, "tea at 7");
    assert_int_equal(never.kind, BERTH_ERROR_CLOSED);
}

/* --- Many, one after the other --- */

enum { CHAIN = 300 };

/* Tasks that each start the next one when they are done, and cancel it now and then. */
struct chain {
    struct host host;
    struct fixture *f;
    struct berth_loop *loop;
    struct berth_executor *executor;
    const struct berth_func *shout;
    berth_string text;
    int started, answered, cancelled;
};

static void next_in_chain(struct chain *c);

static void chain_result(void *data, const void *result)
{
    struct chain *c = data;
    const berth_string *s = result;
    c->answered += s->len == 3 && memcmp(s->ptr, "TEA", 3) == 0;
}

static void chain_done(void *data, const struct berth_error *e)
{
    struct chain *c = data;
    c->cancelled += e && e->kind == BERTH_ERROR_CLOSED;
    if (c->started < CHAIN)
        next_in_chain(c);
    else
        berth_loop_stop(c->loop);
}

static void next_in_chain(struct chain *c)
{
    const struct berth_task_options o = {
        .func = c->shout, .params = &c->text, .data = c, .on_result = chain_result, .on_done = chain_done
    };
    struct berth_task *t = NULL;
    struct berth_error e;
    if (!berth_task_start(c->executor, &o, &t, &e))
        fail_msg("%s", e.text);
    if (++c->started % 3 == 0)
        berth_task_cancel(t);
}

static void *run_chain(void *arg)
{
    struct chain *c = arg;
    struct berth_scheduler *scheduler = NULL;
    struct berth_error e;
    c->loop = berth_loop_new();
    c->text = berth_string_of("tea");
    const struct berth_scheduler_options o = { .loop = c->loop };
    if (!berth_scheduler_new(c->f->engine, &o, &scheduler, &e) ||
        !berth_executor_new(scheduler, c->f->component, &c->executor, &e))
        return NULL;
    next_in_chain(c);
    berth_loop_run(c->loop);
    berth_executor_free(c->executor);
    berth_scheduler_free(scheduler);
    berth_loop_free(c->loop);
    return c;
}

static void two_threads(void **state)
{
    struct stage *s = *state;
    struct chain chains[2] = { { .f = s->f, .shout = shout(s) }, { .f = s->f, .shout = shout(s) } };
    pthread_t threads[2];
    with_signals(s, berth_loop_turn);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_chain, &chains[i]), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        void *done = NULL;
        pthread_join(threads[i], &done);
        assert_ptr_equal(done, &chains[i]);
        assert_int_equal(chains[i].cancelled, CHAIN / 3);
        assert_int_equal(chains[i].answered, CHAIN - CHAIN / 3);
    }
}

static void refuses(void **state)
{
    struct stage *s = *state;
    struct fixture *f = s->f;
    struct berth_task *t = NULL;
    struct call calls[TASKS] = { 0 };
    struct berth_task_options o = { .func = func(s, "resource box; consume: func(box: box) -> u32",
                                                 sizeof(struct berth_resource *), sizeof(uint32_t)) };
    assert_fails(f, berth_task_start(s->executor, &o, &t, &f->e), BERTH_ERROR_USAGE,
                 "names a resource of the component");
    for (int i = 0; i < TASKS; i++)
        start(s, &calls[i], (struct berth_task_options){ .func = posts(s) });
    o.func = posts(s);
    assert_fails(f, berth_task_start(s->executor, &o, &t, &f->e), BERTH_ERROR_LIMIT, "all 4 instances are busy");
    run(s);

    struct berth_instance *i = NULL;
    assert_fails(f, berth_instance_new(f->component, NULL, &i, &f->e), BERTH_ERROR_USAGE, "opened for tasks");
    struct berth_component *other = NULL;
    struct berth_executor *x = NULL;
    assert_ok(f, berth_component_open(f->linker, fixture_wasm(f), NULL, &other, &f->e));
    assert_int_equal(berth_component_tasks(other), 0);
    assert_fails(f, berth_executor_new(s->scheduler, other, &x, &f->e), BERTH_ERROR_USAGE, "opened for instances");
    const struct berth_func *strange = NULL;
    assert_ok(f, berth_component_func(other, NULL, "trap: func()", 0, 0, &strange, &f->e));
    o.func = strange;
    assert_fails(f, berth_task_start(s->executor, &o, &t, &f->e), BERTH_ERROR_USAGE, "of another component");
    berth_component_free(other);
}

static void refuses_too_much_memory(void **state)
{
    struct stage *s = *state;
    struct fixture *f = s->f;
    struct berth_component *c = NULL;
    const struct berth_component_options o = { .threads = 1, .memory_bytes = 1000 };
    assert_fails(f, berth_component_open(f->linker, fixture_wasm(f), &o, &c, &f->e), BERTH_ERROR_LIMIT,
                 "starts with 64 KiB of memory, more than the limit of 1000 bytes");
}

static void refuses_too_many_tasks(void **state)
{
    struct stage *s = *state;
    struct fixture *f = s->f;
    struct berth_component *c = NULL;
    const struct berth_component_options o = { .threads = 2, .tasks = UINT32_C(1) << 31 };
    assert_fails(f, berth_component_open(f->linker, fixture_wasm(f), &o, &c, &f->e), BERTH_ERROR_LIMIT,
                 "2147483648 tasks on each of 2 threads are too many");
}

static void chooses_how_many(void **state)
{
    struct stage *s = *state;
    struct fixture *f = s->f;
    const struct berth_component_options alone = { .threads = 1 }, many = { .threads = 4, .sharers = 1000 };
    struct berth_component *c = NULL;
    assert_int_equal(berth_component_tasks(f->component), TASKS);
    assert_ok(f, berth_component_open(f->linker, fixture_wasm(f), &alone, &c, &f->e));
    assert_int_equal(berth_component_tasks(c), 128);
    berth_component_free(c);
    assert_ok(f, berth_component_open(f->linker, fixture_wasm(f), &many, &c, &f->e));
    assert_int_equal(berth_component_tasks(c), 4);
    berth_component_free(c);
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(each_in_an_instance_of_its_own),
        cmocka_unit_test_setup_teardown(each_in_an_instance_of_its_own, begin_pooled, end),
        ROW(drops_what_the_guest_had_of_the_host),
        ROW(fails),
        cmocka_unit_test_setup_teardown(fails, begin_pooled, end),
        ROW(grows_no_further_than_it_may),
        ROW(cancelled),
        ROW(cancelled_by_the_host),
        ROW(the_last_one_ends_its_executor),
        ROW(waits_for_the_host),
        ROW(two_threads),
        cmocka_unit_test_setup_teardown(two_threads, begin_pooled, end),
        ROW(refuses),
        ROW(refuses_too_much_memory),
        ROW(refuses_too_many_tasks),
        ROW(chooses_how_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
