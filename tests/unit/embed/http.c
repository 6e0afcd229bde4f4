/* Tests of embed/http.c: what the embedder is told of a request, with a WASI and tasks that do as the test says. */
#include "../../../src/embed/http.c"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

static struct {
    enum wasi_http_outcome outcome;
    const char *why;
    bool starts;
    bool readable, writable, ended, complete, cancelled, retired;
} stage;

static struct berth_task task;
static const struct berth_func handler;
static struct berth_component component = { .http_handler = &handler };
static struct berth_executor executor = { .component = &component };

struct berth_task *task_prepare(struct berth_executor *x, void *data)
{
    task = (struct berth_task){ .executor = x, .caller.data = data };
    return &task;
}

bool task_launch(struct berth_task *t, const struct berth_func *func, const void *params, uint32_t time_ms,
                 struct err *e)
{
    (void)func;
    assert_ptr_equal(params, &t->params);
    assert_int_equal(time_ms, 70);
    return stage.starts || err_set(e, ERR_LIMIT, "no room");
}

void task_retire(struct berth_task *t)
{
    assert_ptr_equal(t, &task);
    stage.retired = true;
}

void task_explain(const struct berth_task *t, const struct err *e, struct berth_error *ret)
{
    (void)t;
    err_give(ret, e);
}

void task_cancel(struct task *t)
{
    (void)t;
    stage.cancelled = true;
}

void wasi_http_begin(struct wasi *w, struct berth_http_exchange *x, struct wasi_http_handle_params *ret)
{
    (void)w, (void)x;
    *ret = (struct wasi_http_handle_params){ 0 };
}

void wasi_http_readable(struct wasi *w)
{
    (void)w;
    stage.readable = true;
}

void wasi_http_writable(struct wasi *w)
{
    (void)w;
    stage.writable = true;
}

void wasi_http_ended(struct wasi *w, bool complete)
{
    (void)w;
    stage.ended = true;
    stage.complete = complete;
}

enum wasi_http_outcome wasi_http_finish(struct wasi *w, struct err *e)
{
    (void)w;
    if (stage.outcome == WASI_HTTP_ERROR || stage.outcome == WASI_HTTP_INCOMPLETE)
        err_set(e, ERR_INVALID, "%s", stage.why);
    return stage.outcome;
}

const struct program_func *program_func(struct program *p, str interface, str name, struct err *e)
{
    (void)p, (void)interface, (void)name, (void)e;
    abort();
}

const struct berth_func *component_keep_func(struct berth_component *c, const struct program_func *func)
{
    (void)c, (void)func;
    abort();
}

/* --- What it is told --- */

struct told {
    int count;
    enum berth_http_outcome outcome;
    struct berth_error e; /* of kind BERTH_ERROR_NONE: none */
};

static void on_done(void *data, enum berth_http_outcome outcome, const struct berth_error *e)
{
    struct told *t = data;
    assert_true(stage.retired); /* it may start another one */
    t->count++;
    t->outcome = outcome;
    if (e)
        t->e = *e;
}

static struct berth_task *begin(struct told *told)
{
    static struct berth_http_exchange exchange;
    const struct berth_http_options o = {
        .handler = &handler, .exchange = &exchange, .data = told, .time_ms = 70, .on_done = on_done
    };
    struct berth_task *t = NULL;
    struct berth_error e = { 0 };
    stage.starts = true;
    assert_true(berth_http_start(&executor, &o, &t, &e));
    return t;
}

static void tells_outcomes(void **state)
{
    static const char unset[] = "the component returned without setting a response";
    static const struct {
        const char *name;
        enum err_kind kind; /* of the task; its text is "task" */
        enum wasi_http_outcome outcome;
        const char *why; /* of the outcome */
        enum berth_http_outcome want;
        enum berth_error_kind want_kind;
        const char *want_text;
    } cases[] = {
        { "good", ERR_NONE, WASI_HTTP_COMPLETE, "", BERTH_HTTP_COMPLETE, BERTH_ERROR_NONE, "" },
        { "unset", ERR_NONE, WASI_HTTP_UNSET, "", BERTH_HTTP_NONE, BERTH_ERROR_INVALID, unset },
        { "error-code", ERR_NONE, WASI_HTTP_ERROR, "DNS", BERTH_HTTP_NONE, BERTH_ERROR_INVALID, "DNS" },
        { "incomplete", ERR_NONE, WASI_HTTP_INCOMPLETE, "dropped", BERTH_HTTP_INCOMPLETE, BERTH_ERROR_INVALID,
          "dropped" },
        { "gone", ERR_NONE, WASI_HTTP_GONE, "", BERTH_HTTP_GONE, BERTH_ERROR_NONE, "" },
        { "trap", ERR_TRAP, WASI_HTTP_UNSET, "", BERTH_HTTP_NONE, BERTH_ERROR_TRAP, "task" },
        { "trap after an error", ERR_TRAP, WASI_HTTP_ERROR, "x", BERTH_HTTP_NONE, BERTH_ERROR_TRAP, "task" },
        { "trap in the body", ERR_TRAP, WASI_HTTP_INCOMPLETE, "x", BERTH_HTTP_INCOMPLETE, BERTH_ERROR_TRAP, "task" },
        { "trap at the end", ERR_TRAP, WASI_HTTP_COMPLETE, "", BERTH_HTTP_COMPLETE, BERTH_ERROR_TRAP, "task" },
        { "time-out", ERR_TIMEOUT, WASI_HTTP_UNSET, "", BERTH_HTTP_NONE, BERTH_ERROR_TIMEOUT, "task" },
        { "cancelled", ERR_CLOSED, WASI_HTTP_GONE, "", BERTH_HTTP_GONE, BERTH_ERROR_CLOSED, "task" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct told told = { 0 };
        struct err e = ERR_INIT;
        memset(&stage, 0, sizeof(stage));
        stage.outcome = cases[i].outcome;
        stage.why = cases[i].why;
        struct berth_task *t = begin(&told);
        if (cases[i].kind != ERR_NONE)
            err_set(&e, cases[i].kind, "task");
        t->done(t, cases[i].kind == ERR_NONE ? NULL : &e);
        if (told.count != 1 || told.outcome != cases[i].want || told.e.kind != cases[i].want_kind ||
            strcmp(told.e.text, cases[i].want_text) != 0)
            fail_msg("%s: told %d times, outcome %d, kind %d: %s", cases[i].name, told.count, (int)told.outcome,
                     (int)told.e.kind, told.e.text);
    }
}

static void passes_events_on(void **state)
{
    (void)state;
    struct told told = { 0 };
    memset(&stage, 0, sizeof(stage));
    struct berth_task *t = begin(&told);
    berth_http_readable(t);
    assert_true(stage.readable && !stage.writable);
    berth_http_writable(t);
    assert_true(stage.writable && !stage.ended);
    berth_http_ended(t, true);
    assert_true(stage.ended && stage.complete && !stage.cancelled);
    berth_http_ended(t, false); /* the client went away */
    assert_true(!stage.complete && stage.cancelled);
    assert_int_equal(told.count, 0);
}

static void says_why_it_does_not_start(void **state)
{
    (void)state;
    const struct berth_http_options o = { .handler = &handler, .time_ms = 70 };
    struct berth_task *t = NULL;
    struct berth_error e = { 0 };
    stage.starts = false;
    assert_false(berth_http_start(&executor, &o, &t, &e));
    assert_int_equal(e.kind, BERTH_ERROR_LIMIT);
    assert_string_equal(e.text, "no room");
}

static void takes_the_handler_only(void **state)
{
    (void)state;
    const struct berth_func other = { .component = &component };
    const struct berth_http_options options[] = { { .handler = &other, .time_ms = 70 }, { .time_ms = 70 } };
    struct berth_component none = { .http_handler = NULL };
    struct berth_executor of_none = { .component = &none };
    struct berth_task *t = NULL;
    struct berth_error e = { 0 };
    stage.starts = true;
    assert_false(berth_http_start(&executor, &options[0], &t, &e));
    assert_int_equal(e.kind, BERTH_ERROR_USAGE);
    assert_false(berth_http_start(&of_none, &options[1], &t, &e));
    assert_int_equal(e.kind, BERTH_ERROR_USAGE);
}

static void needs_wasi(void **state)
{
    (void)state;
    struct berth_linker l = { .has_wasi = false };
    struct berth_component c = { .linker = &l };
    const struct berth_func *f = NULL;
    struct berth_error e = { 0 };
    assert_false(berth_http_handler(&c, &f, &e));
    assert_int_equal(e.kind, BERTH_ERROR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_outcomes),
        cmocka_unit_test(passes_events_on),
        cmocka_unit_test(says_why_it_does_not_start),
        cmocka_unit_test(takes_the_handler_only),
        cmocka_unit_test(needs_wasi),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
