/* Tests of server/app/component.c: what becomes of requests, with tasks and exchanges that do as the test says. */
#include "../../../../src/server/app/component.c"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TASKS_MAX = 16 };

/* --- Tasks --- */

struct berth_task {
    struct berth_http_options options;
    bool live, cancelled;
    bool saw_end, saw_readable, saw_writable;
};

static struct berth_task tasks[TASKS_MAX];
static uint32_t task_count;
static bool task_start_fails;
static uint32_t first_turns; /* tasks up to this one have had theirs */

bool berth_executor_new(struct berth_scheduler *s, struct berth_component *c, struct berth_executor **ret,
                        struct berth_error *e)
{
    (void)s, (void)c, (void)e;
    *ret = NULL;
    return true;
}

void berth_executor_free(struct berth_executor *x)
{
    (void)x;
}

bool berth_executor_has_room(const struct berth_executor *x)
{
    (void)x;
    return true;
}

bool berth_executor_has_line(const struct berth_executor *x)
{
    (void)x;
    return task_count > first_turns;
}

bool berth_http_start(struct berth_executor *x, const struct berth_http_options *o, struct berth_task **ret,
                      struct berth_error *e)
{
    (void)x;
    if (task_start_fails) {
        struct err why;
        err_set(&why, ERR_LIMIT, "the pool is used up");
        return err_give(e, &why);
    }
    assert_true(task_count < TASKS_MAX);
    struct berth_task *t = &tasks[task_count++];
    *t = (struct berth_task){ .options = *o, .live = true };
    *ret = t;
    return true;
}

void berth_task_cancel(struct berth_task *t)
{
    assert_true(t->live);
    t->cancelled = true;
}

void berth_http_readable(struct berth_task *t)
{
    assert_true(t->live);
    t->saw_readable = true;
}

void berth_http_writable(struct berth_task *t)
{
    assert_true(t->live);
    t->saw_writable = true;
}

void berth_http_ended(struct berth_task *t, bool complete)
{
    assert_true(t->live);
    t->saw_end = true;
    t->cancelled = !complete;
}

void guest_exchange_init(struct guest_exchange *g, struct http_exchange *x)
{
    g->x = x;
}

void component_close(struct component_app *app)
{
    (void)app;
    fail_msg("the application is the test's");
}

/* --- Exchanges --- */

static uint16_t replied;
static char reply_body[100];
static bool retry_after, aborted;

void http_exchange_consume(struct http_exchange *x, const struct http_consumer_ops *consumer_ops, void *consumer)
{
    x->consumer_ops = consumer_ops;
    x->consumer = consumer;
}

void http_exchange_refuse(struct http_exchange *x, uint16_t status, str text, uint32_t retry_after_s)
{
    x->responded = true;
    x->status = replied = status;
    retry_after = retry_after_s != 0;
    snprintf(reply_body, sizeof(reply_body), "%.*s", STR_ARG(text));
}

void http_exchange_abort(struct http_exchange *x)
{
    (void)x;
    aborted = true;
}

/* --- The loop and the clock --- */

static instant timer_at;

void timer_init(struct timer *t, struct loop *l, void (*fn)(struct timer *t))
{
    (void)l;
    t->fn = fn;
}

void timer_set(struct timer *t, instant at)
{
    timer_at = at;
    t->heap_index = 1;
}

void timer_clear(struct timer *t)
{
    timer_at = (instant){ 0 };
    t->heap_index = 0;
}

/* --- The tests --- */

struct fixture {
    struct log log;
    int log_read;
    char logged[4096];
    struct component_app app;
    struct app_part *part;
    struct http_exchange exchanges[8];
};

static int quiet;

static void on_quiet(void *ctx, struct app_part *part)
{
    (void)ctx, (void)part;
    quiet++;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    f->log_read = fds[0];
    f->log = (struct log){ .fd = fds[1], .level = LOG_INFO };
    f->app = (struct component_app){ .concurrency = 2, .queue_len = 2, .queue_time = duration_s(10), .log = &f->log };
    component_app_init(&f->app);
    const struct app_part_options o = { .on_quiet = on_quiet };
    f->part = ops.part_new(&f->app.base, &o);
    for (size_t i = 0; i < ARRAY_LEN(f->exchanges); i++)
        f->exchanges[i] = (struct http_exchange){
            .number = i + 1,
            .started = instant_now(),
            .request = { .method = STR_INIT("GET"), .target = STR_INIT("/x") },
        };
    task_count = 0;
    first_turns = TASKS_MAX; /* tasks begin at once */
    task_start_fails = retry_after = aborted = false;
    replied = 0;
    quiet = 0;
    reply_body[0] = '\0';
    timer_at = (instant){ 0 };
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    ops.part_free(f->part);
    close(f->log_read);
    close(f->log.fd);
    free(f);
    return 0;
}

static const char *logged(struct fixture *f)
{
    ssize_t n = read(f->log_read, f->logged, sizeof(f->logged) - 1);
    f->logged[n > 0 ? n : 0] = '\0';
    return f->logged;
}

static void arrive(struct fixture *f, uint32_t i)
{
    ops.handle(f->part, &f->exchanges[i]);
}

static void end_exchange(struct fixture *f, uint32_t i, bool complete)
{
    f->exchanges[i].consumer_ops->on_end(f->exchanges[i].consumer, complete);
}

static void end_task_as(uint32_t i, enum berth_http_outcome outcome, enum berth_error_kind kind, const char *text)
{
    struct berth_error e = { .kind = kind };
    snprintf(e.text, sizeof(e.text), "%s", text);
    assert_true(tasks[i].live);
    tasks[i].live = false;
    tasks[i].options.on_done(tasks[i].options.data, outcome, kind == BERTH_ERROR_NONE ? NULL : &e);
}

static void end_task(uint32_t i)
{
    end_task_as(i, BERTH_HTTP_COMPLETE, BERTH_ERROR_NONE, "");
}

static void outcomes(void **state)
{
    static const struct {
        const char *name;
        enum berth_http_outcome outcome;
        enum berth_error_kind kind;
        const char *text;
        uint16_t status; /* of our answer; 0: none */
        bool aborted;
        const char *log; /* part of the line; NULL: no line */
    } cases[] = {
        { "good", BERTH_HTTP_COMPLETE, BERTH_ERROR_NONE, "", 0, false, NULL },
        { "unset", BERTH_HTTP_NONE, BERTH_ERROR_INVALID, "no response", 500, false, "why=\"no response\"" },
        { "incomplete", BERTH_HTTP_INCOMPLETE, BERTH_ERROR_INVALID, "body dropped", 0, false, "why=\"body dropped\"" },
        { "gone", BERTH_HTTP_GONE, BERTH_ERROR_NONE, "", 0, false, NULL },
        { "trap", BERTH_HTTP_NONE, BERTH_ERROR_TRAP, "unreachable", 500, false, "why=unreachable" },
        { "trap in the body", BERTH_HTTP_INCOMPLETE, BERTH_ERROR_TRAP, "unreachable", 0, false, "why=unreachable" },
        { "trap at the end", BERTH_HTTP_COMPLETE, BERTH_ERROR_TRAP, "unreachable", 0, false, "why=unreachable" },
        { "trap, client gone", BERTH_HTTP_GONE, BERTH_ERROR_TRAP, "unreachable", 0, false, "why=unreachable" },
        { "time-out", BERTH_HTTP_NONE, BERTH_ERROR_TIMEOUT, "too late", 503, false, "why=\"too late\"" },
        { "time-out in the body", BERTH_HTTP_INCOMPLETE, BERTH_ERROR_TIMEOUT, "too late", 0, false,
          "why=\"too late\"" },
        { "memory", BERTH_HTTP_NONE, BERTH_ERROR_LIMIT, "memory", 500, false, "why=memory" },
        { "cancelled", BERTH_HTTP_GONE, BERTH_ERROR_CLOSED, "cancelled", 0, false, NULL },
        { "cancelled, all sent", BERTH_HTTP_COMPLETE, BERTH_ERROR_CLOSED, "cancelled", 0, false, NULL },
        { "cut before the head", BERTH_HTTP_NONE, BERTH_ERROR_CLOSED, "cancelled", 0, true, "why=cancelled" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        void *fixture;
        setup(&fixture);
        struct fixture *f = fixture;
        arrive(f, 0);
        end_task_as(0, cases[i].outcome, cases[i].kind, cases[i].text);
        if (replied != cases[i].status || aborted != cases[i].aborted || retry_after)
            fail_msg("%s: want status %u, got %u", cases[i].name, cases[i].status, replied);
        const char *log = logged(f);
        if (cases[i].log ? !strstr(log, cases[i].log) || !strstr(log, "request=1 method=GET target=/x") : *log)
            fail_msg("%s: want a line with %s, got '%s'", cases[i].name, cases[i].log, log);
        end_exchange(f, 0, true);
        teardown(&fixture);
    }
}

static void passes_events_on(void **state)
{
    struct fixture *f = *state;
    arrive(f, 0);
    const struct berth_task *t = &tasks[0];
    f->exchanges[0].consumer_ops->on_readable(f->exchanges[0].consumer);
    assert_true(t->saw_readable && !t->saw_writable && !t->saw_end);
    f->exchanges[0].consumer_ops->on_writable(f->exchanges[0].consumer);
    assert_true(t->saw_writable);
    end_exchange(f, 0, true); /* the response is sent; the guest runs on */
    assert_true(t->saw_end && !t->cancelled);
    end_task(0);
    assert_string_equal(logged(f), "");
}

static void client_that_goes_away_cancels(void **state)
{
    struct fixture *f = *state;
    arrive(f, 0);
    end_exchange(f, 0, false);
    assert_true(tasks[0].cancelled);
    end_task_as(0, BERTH_HTTP_GONE, BERTH_ERROR_CLOSED, "cancelled");
    assert_int_equal(ops.part_live(f->part), 0);
    assert_int_equal(quiet, 1);
}

static void late_events_reach_nobody(void **state)
{
    struct fixture *f = *state;
    arrive(f, 0);
    end_task(0);
    f->exchanges[0].consumer_ops->on_readable(f->exchanges[0].consumer);
    f->exchanges[0].consumer_ops->on_writable(f->exchanges[0].consumer);
    end_exchange(f, 0, true);
}

static instant oldest_waits_since(const struct fixture *f)
{
    return list_first(&part_of(f->part)->waiting, struct visit, node)->waits_since;
}

static void waits_in_line(void **state)
{
    struct fixture *f = *state;
    for (uint32_t i = 0; i < 4; i++)
        arrive(f, i);
    assert_int_equal(task_count, 2);
    assert_int_equal(ops.part_live(f->part), 4);
    assert_int_equal(timer_at.ns, instant_add(oldest_waits_since(f), duration_s(10)).ns);
    assert_true(!f->exchanges[0].ends_with_client && f->exchanges[2].ends_with_client);
    arrive(f, 4); /* the line is full */
    assert_int_equal(replied, 503);
    assert_true(retry_after);
    assert_non_null(strstr(logged(f), "why=\"too many requests wait for an instance\""));
    end_task(0);
    assert_int_equal(task_count, 3);
    assert_false(f->exchanges[2].ends_with_client);
    assert_int_not_equal(timer_at.ns, 0);
    end_exchange(f, 3, false); /* left the line: never started */
    assert_int_equal(timer_at.ns, 0);
    end_task(1);
    end_task(2);
    assert_int_equal(task_count, 3);
    for (uint32_t i = 0; i < 5; i++)
        if (i != 3)
            end_exchange(f, i, true);
}

static void waits_no_longer_than_allowed(void **state)
{
    struct fixture *f = *state;
    for (uint32_t i = 0; i < 4; i++)
        arrive(f, i);
    list_first(&part_of(f->part)->waiting, struct visit, node)->waits_since.ns -= duration_s(11).ns;
    part_of(f->part)->queue_timer.heap_index = 0;
    on_queue_timer(&part_of(f->part)->queue_timer);
    assert_int_equal(replied, 503);
    assert_string_equal(reply_body, "The server is busy.\n");
    assert_non_null(strstr(logged(f), "why=\"no instance became free in time\""));
    assert_int_equal(ops.part_live(f->part), 3);
    assert_int_equal(timer_at.ns, instant_add(oldest_waits_since(f), duration_s(10)).ns);
    for (uint32_t i = 0; i < 3; i++)
        end_task(i);
    for (uint32_t i = 0; i < 4; i++)
        end_exchange(f, i, true);
}

static void waits_for_its_turn(void **state)
{
    struct fixture *f = *state;
    first_turns = 0;
    for (uint32_t i = 0; i < 4; i++)
        arrive(f, i);
    assert_int_equal(task_count, 1);
    first_turns = 1;
    end_task(0);
    assert_int_equal(task_count, 2);
    first_turns = 2; /* the second goes on after its turn: a third begins, but no more than may at a time */
    tasks[1].options.on_begun(tasks[1].options.data);
    assert_int_equal(task_count, 3);
    first_turns = 3;
    tasks[2].options.on_begun(tasks[2].options.data);
    assert_int_equal(task_count, 3);
    end_task(2);
    assert_int_equal(task_count, 4);
    end_task(1);
    end_task(3);
    for (uint32_t i = 0; i < 4; i++)
        end_exchange(f, i, true);
}

static void no_instance(void **state)
{
    struct fixture *f = *state;
    task_start_fails = true;
    arrive(f, 0);
    assert_int_equal(replied, 503);
    assert_non_null(strstr(logged(f), "why=\"the pool is used up\""));
    end_exchange(f, 0, true);
}

static void cut_ends_all(void **state)
{
    struct fixture *f = *state;
    for (uint32_t i = 0; i < 3; i++)
        arrive(f, i);
    ops.part_cut(f->part);
    assert_true(tasks[0].cancelled && tasks[1].cancelled && aborted);
    assert_int_equal(ops.part_live(f->part), 2);
    end_task_as(0, BERTH_HTTP_NONE, BERTH_ERROR_CLOSED, "cancelled");
    assert_int_equal(quiet, 0);
    end_task_as(1, BERTH_HTTP_NONE, BERTH_ERROR_CLOSED, "cancelled");
    assert_int_equal(quiet, 1);
    for (uint32_t i = 0; i < 3; i++)
        end_exchange(f, i, false);
    assert_int_equal(task_count, 2);
}

static void output_has_the_number(void **state)
{
    struct fixture *f = *state;
    arrive(f, 1);
    component_output(tasks[0].options.data, BERTH_WASI_STDOUT, bytes_of_str(STR("a\nb")));
    component_output(tasks[0].options.data, BERTH_WASI_STDERR, bytes_of_str(STR("c\n")));
    end_task(0);
    end_exchange(f, 1, true);
    assert_string_equal(logged(f), "stdout [2] :: a\nstderr [2] :: c\nstdout [2] :: b\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes),
        cmocka_unit_test_setup_teardown(passes_events_on, setup, teardown),
        cmocka_unit_test_setup_teardown(client_that_goes_away_cancels, setup, teardown),
        cmocka_unit_test_setup_teardown(late_events_reach_nobody, setup, teardown),
        cmocka_unit_test_setup_teardown(waits_in_line, setup, teardown),
        cmocka_unit_test_setup_teardown(waits_no_longer_than_allowed, setup, teardown),
        cmocka_unit_test_setup_teardown(waits_for_its_turn, setup, teardown),
        cmocka_unit_test_setup_teardown(no_instance, setup, teardown),
        cmocka_unit_test_setup_teardown(cut_ends_all, setup, teardown),
        cmocka_unit_test_setup_teardown(output_has_the_number, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
