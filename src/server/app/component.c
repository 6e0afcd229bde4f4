/* An application that is a component: see component.h.
 *
 * A `visit` is a request from its arrival to its end. While its task runs, the wasi is what consumes the exchange; the
 * visit stands between them to learn of the exchange's end. Two things end a visit: its task (if there is one) and its
 * exchange, in either order. */
#include "server/app/component.h"

#include <assert.h>
#include <stdio.h>

#include "base/list.h"
#include "io/http/exchange.h"
#include "io/loop/loop.h"
#include "server/app/access.h"
#include "server/app/output.h"
#include "server/log.h"
#include "server/ticker.h"

enum visit_state {
    VISIT_WAITING, /* in line for an instance */
    VISIT_RUNNING, /* the task is live */
    VISIT_SENDING, /* the task is over, or there was none: the exchange is sent */
};

struct visit {
    struct list node; /* of the worker's list of its state */
    struct component_worker *worker;
    enum visit_state state;
    uint64_t number;
    struct http_exchange *exchange; /* NULL when it is over */
    struct task *task;
    struct wasi *wasi;                         /* while running */
    const struct http_consumer_ops *inner_ops; /* the wasi's side of the exchange */
    void *inner;
    struct wasi_http_handle_params params;
    struct output output;
};

struct component_worker {
    struct component_worker_options options;
    const struct component_app *app;
    struct executor *executor;
    uint32_t waiting_count, running_count;
    struct list waiting; /* oldest first */
    struct list running;
    struct list sending;
    struct list spare;        /* visits kept for reuse */
    struct timer queue_timer; /* of the oldest that waits */
    struct wasi **wasis;      /* those that no task uses; room for app->concurrency */
    uint32_t wasi_count;
};

static void start_next(struct component_worker *w);
static void on_queue_timer(struct timer *t);
static void set_queue_timer(struct component_worker *w);

static void wasi_output(void *owner, enum wasi_output which, bytes data)
{
    struct visit *v = owner;
    output_add(&v->output, which == WASI_STDOUT ? OUTPUT_STDOUT : OUTPUT_STDERR, data);
}

bool component_app_init(struct component_app *app, struct program *program, struct err *e)
{
    app->wasi.output = wasi_output;
    app->handle = program_func(program, STR("wasi:http/incoming-handler@0.2.0"), STR("handle"), e);
    return app->handle != NULL;
}

struct component_worker *component_worker_new(const struct component_worker_options *o)
{
    struct component_worker *w = mem_new(struct component_worker);
    w->options = *o;
    w->app = o->app;
    w->executor = executor_new(o->loop, o->engine, o->app->concurrency);
    list_init(&w->waiting);
    list_init(&w->running);
    list_init(&w->sending);
    list_init(&w->spare);
    timer_init(&w->queue_timer, o->loop, on_queue_timer);
    w->wasis = mem_new_n(struct wasi *, o->app->concurrency);
    return w;
}

void component_worker_free(struct component_worker *w)
{
    if (!w)
        return;
    assert(component_worker_live(w) == 0 && list_empty(&w->sending));
    while (!list_empty(&w->spare)) {
        struct visit *v = list_first(&w->spare, struct visit, node);
        list_remove(&v->node);
        output_fini(&v->output);
        mem_free(v);
    }
    for (uint32_t i = 0; i < w->wasi_count; i++)
        wasi_free(w->wasis[i]);
    mem_free(w->wasis);
    timer_clear(&w->queue_timer);
    executor_free(w->executor);
    mem_free(w);
}

uint32_t component_worker_live(const struct component_worker *w)
{
    return w->waiting_count + w->running_count;
}

static struct visit *visit_new(struct component_worker *w, struct http_exchange *x)
{
    struct visit *v;
    if (list_empty(&w->spare)) {
        v = mem_new(struct visit);
        list_init(&v->node);
        v->worker = w;
        output_init(&v->output, w->app->log, w->app->plain_output);
    } else {
        v = list_first(&w->spare, struct visit, node);
        list_remove(&v->node);
    }
    v->exchange = x;
    v->number = (x->number - 1) * w->options.count + w->options.index + 1;
    v->task = NULL;
    return v;
}

static void visit_move(struct visit *v, enum visit_state state, struct list *to)
{
    list_remove(&v->node);
    v->state = state;
    list_push(to, &v->node);
}

static void visit_free(struct visit *v)
{
    list_remove(&v->node);
    list_push(&v->worker->spare, &v->node);
}

/* A short answer for people, in place of the component's. `again`: another try may succeed soon. */
static void answer(struct http_exchange *x, uint16_t status, str text, bool again)
{
    struct http_response r = { .status = status, .content_length = text.len };
    http_fields_add(&r.fields, x->arena, STR("content-type"), STR("text/plain; charset=utf-8"));
    if (again)
        http_fields_add(&r.fields, x->arena, STR("retry-after"), STR("1"));
    http_exchange_respond(x, &r);
    http_exchange_write(x, bytes_of_str(text));
    http_exchange_finish(x, NULL);
}

/* One line for a request that failed. */
static void log_failure(const struct visit *v, const char *why)
{
    const struct http_exchange *x = v->exchange;
    log_error(v->worker->app->log, "request failed", LOG_NUM("request", v->number),
              LOG_STR("method", x ? x->request.method : STR("-")), LOG_STR("target", x ? x->request.target : STR("-")),
              LOG_STR("why", str_of(why)));
}

/* --- The exchange's events --- */

static void visit_on_readable(void *consumer)
{
    struct visit *v = consumer;
    if (v->state == VISIT_RUNNING)
        v->inner_ops->on_readable(v->inner);
}

static void visit_on_writable(void *consumer)
{
    struct visit *v = consumer;
    if (v->state == VISIT_RUNNING)
        v->inner_ops->on_writable(v->inner);
}

static void visit_on_end(void *consumer, bool complete)
{
    struct visit *v = consumer;
    struct component_worker *w = v->worker;
    if (w->app->log_requests)
        access_log(w->app->log, v->number, v->exchange, complete, instant_now());
    v->exchange = NULL;
    switch (v->state) {
    case VISIT_WAITING:
        w->waiting_count--;
        visit_free(v);
        set_queue_timer(w);
        return;
    case VISIT_RUNNING:
        v->inner_ops->on_end(v->inner, complete);
        if (!complete)
            task_cancel(v->task);
        return;
    case VISIT_SENDING: visit_free(v); return;
    }
}

static const struct http_consumer_ops visit_consumer = {
    .on_readable = visit_on_readable,
    .on_writable = visit_on_writable,
    .on_end = visit_on_end,
};

/* --- The task --- */

/* What the client is told when nothing was sent yet. */
static void answer_failure(struct visit *v, const struct err *e)
{
    if (e && e->kind == ERR_TIMEOUT)
        answer(v->exchange, 503, STR("The application took too long to answer.\n"), false);
    else if (e && e->kind == ERR_CLOSED)
        http_exchange_abort(v->exchange); /* the server is ending */
    else
        answer(v->exchange, 500, STR("The application failed to answer.\n"), false);
}

/* Tells the log and the client how the call ended: `e` is the task's error or NULL. */
static void settle(struct visit *v, const struct err *e)
{
    struct err why = ERR_INIT;
    enum wasi_http_outcome outcome = wasi_http_finish(v->wasi, &why);
    uint8_t status = 0;
    char text[ERR_TEXT_MAX + 80];
    if (e && wasi_exited(v->wasi, &status))
        snprintf(text, sizeof(text), "the component exited with status %u", status);
    else
        snprintf(text, sizeof(text), "%s", e ? e->text : why.text);
    bool failed = e && e->kind != ERR_CLOSED;
    switch (outcome) {
    case WASI_HTTP_COMPLETE:
        /* The client has a whole answer; what came after it is still a failure of the component. */
        if (failed)
            log_failure(v, text);
        return;
    case WASI_HTTP_UNSET: log_failure(v, e ? text : "the component returned without setting a response"); break;
    case WASI_HTTP_ERROR: log_failure(v, failed ? text : why.text); break;
    case WASI_HTTP_INCOMPLETE: log_failure(v, failed ? text : why.text); return;
    case WASI_HTTP_GONE:
        if (failed)
            log_failure(v, text);
        return;
    }
    if (v->exchange)
        answer_failure(v, e);
}

static void give_wasi(struct component_worker *w, struct wasi *wasi)
{
    assert(w->wasi_count < w->app->concurrency);
    w->wasis[w->wasi_count++] = wasi;
}

static struct wasi *take_wasi(struct component_worker *w)
{
    return w->wasi_count ? w->wasis[--w->wasi_count] : wasi_new(&w->app->wasi);
}

static void visit_end_running(struct visit *v)
{
    struct component_worker *w = v->worker;
    wasi_end(v->wasi);
    give_wasi(w, v->wasi);
    v->wasi = NULL;
    v->task = NULL;
    if (--w->running_count == 0)
        ticker_set_busy(w->options.ticker, false);
    visit_move(v, VISIT_SENDING, &w->sending);
}

static void on_task_done(void *owner, const struct err *e)
{
    struct visit *v = owner;
    struct component_worker *w = v->worker;
    output_end(&v->output);
    settle(v, e);
    visit_end_running(v);
    if (!v->exchange)
        visit_free(v);
    start_next(w);
    if (component_worker_live(w) == 0 && w->options.on_quiet)
        w->options.on_quiet(w->options.ctx);
}

/* Gives the visit an instance. On false nothing has changed but `e`. */
static bool visit_start(struct visit *v, struct err *e)
{
    struct component_worker *w = v->worker;
    v->wasi = take_wasi(w);
    wasi_begin(v->wasi, v);
    wasi_http_begin(v->wasi, v->exchange, &v->params);
    v->inner_ops = v->exchange->consumer_ops;
    v->inner = v->exchange->consumer;
    struct task_options o = {
        .func = w->app->handle,
        .params = &v->params,
        .params_size = sizeof(v->params),
        .host = v->wasi,
        .limits = w->app->limits,
        .on_done = on_task_done,
        .owner = v,
    };
    bool ok = task_start(w->executor, &o, &v->task, e);
    http_exchange_consume(v->exchange, &visit_consumer, v);
    if (!ok) {
        wasi_end(v->wasi);
        give_wasi(w, v->wasi);
        v->wasi = NULL;
        return false;
    }
    wasi_set_task(v->wasi, v->task);
    output_begin(&v->output, v->number);
    if (w->running_count++ == 0)
        ticker_set_busy(w->options.ticker, true);
    visit_move(v, VISIT_RUNNING, &w->running);
    return true;
}

static bool has_room(const struct component_worker *w)
{
    return w->running_count < w->app->concurrency && executor_has_room(w->executor);
}

/* An answer instead of an instance. */
static void visit_refuse(struct visit *v, const char *why)
{
    log_failure(v, why);
    visit_move(v, VISIT_SENDING, &v->worker->sending);
    answer(v->exchange, 503, STR("The server is busy.\n"), true);
}

static void visit_start_or_refuse(struct visit *v)
{
    struct err e = ERR_INIT;
    if (!visit_start(v, &e))
        visit_refuse(v, e.text);
}

/* --- The line --- */

static void set_queue_timer(struct component_worker *w)
{
    if (list_empty(&w->waiting)) {
        timer_clear(&w->queue_timer);
    } else {
        struct visit *oldest = list_first(&w->waiting, struct visit, node);
        timer_set(&w->queue_timer, instant_add(oldest->exchange->started, w->app->queue_time));
    }
}

static struct visit *take_waiting(struct component_worker *w)
{
    struct visit *v = list_first(&w->waiting, struct visit, node);
    list_remove(&v->node);
    w->waiting_count--;
    return v;
}

static void start_next(struct component_worker *w)
{
    while (!list_empty(&w->waiting) && has_room(w))
        visit_start_or_refuse(take_waiting(w));
    set_queue_timer(w);
}

static void on_queue_timer(struct timer *t)
{
    struct component_worker *w = CONTAINER_OF(t, struct component_worker, queue_timer);
    instant now = instant_now();
    while (!list_empty(&w->waiting)) {
        struct visit *oldest = list_first(&w->waiting, struct visit, node);
        if (instant_before(now, instant_add(oldest->exchange->started, w->app->queue_time)))
            break;
        visit_refuse(take_waiting(w), "no instance became free in time");
    }
    set_queue_timer(w);
}

void component_worker_handle(struct component_worker *w, struct http_exchange *x)
{
    struct visit *v = visit_new(w, x);
    http_exchange_consume(x, &visit_consumer, v);
    if (list_empty(&w->waiting) && has_room(w)) {
        visit_start_or_refuse(v);
    } else if (w->waiting_count < w->app->queue_len) {
        w->waiting_count++;
        visit_move(v, VISIT_WAITING, &w->waiting);
        set_queue_timer(w);
    } else {
        visit_refuse(v, "too many requests wait for an instance");
    }
}

void component_worker_cut(struct component_worker *w)
{
    while (!list_empty(&w->waiting)) {
        struct visit *v = take_waiting(w);
        visit_move(v, VISIT_SENDING, &w->sending);
        http_exchange_abort(v->exchange);
    }
    set_queue_timer(w);
    for (struct list *n = w->running.next; n != &w->running; n = n->next)
        task_cancel(CONTAINER_OF(n, struct visit, node)->task);
}
