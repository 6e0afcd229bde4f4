/* An application that is a component: see component.h.
 *
 * A `visit` is a request from its arrival to its end. It consumes the exchange, and hands its events on while a task
 * answers. Two things end a visit: its task (if there is one) and its exchange, in either order. */
#include "server/app/component.h"

#include <assert.h>

#include "base/list.h"
#include "berth/berth.h"
#include "io/http/exchange.h"
#include "io/loop/loop.h"
#include "server/app/guest_exchange.h"
#include "server/app/output.h"
#include "server/log.h"

enum visit_state {
    VISIT_WAITING, /* in line for an instance, or for its turn */
    VISIT_RUNNING, /* the task is live */
    VISIT_SENDING, /* the task is over, or there was none: the exchange is sent */
};

struct visit {
    struct list node; /* of the worker's list of its state */
    struct component_part *part;
    enum visit_state state;
    uint64_t number;
    instant waits_since;
    struct http_exchange *exchange; /* NULL when it is over */
    struct guest_exchange guest;    /* the same for the task; while running */
    struct berth_task *task;        /* while running */
    struct output output;
};

struct component_part {
    struct app_part base;
    struct app_part_options options;
    struct component_app *app;
    struct berth_executor *executor;
    uint32_t waiting_count, running_count;
    struct list waiting; /* oldest first */
    struct list running;
    struct list sending;
    struct list spare;        /* visits kept for reuse */
    struct timer queue_timer; /* of the one that was the oldest when it was set */
};

static void start_next(struct component_part *p);
static void on_queue_timer(struct timer *t);
static void set_queue_timer(struct component_part *p);

void component_output(void *data, enum berth_wasi_stream stream, bytes text)
{
    struct visit *v = data;
    output_add(&v->output, stream == BERTH_WASI_STDOUT ? OUTPUT_STDOUT : OUTPUT_STDERR, text);
}

static struct component_part *part_of(struct app_part *base)
{
    return CONTAINER_OF(base, struct component_part, base);
}

static struct app_part *part_new(struct app *base, const struct app_part_options *o)
{
    struct component_app *app = CONTAINER_OF(base, struct component_app, base);
    struct component_part *p = mem_new(struct component_part);
    p->base.app = base;
    p->options = *o;
    p->app = app;
    bool ok = berth_executor_new(o->scheduler, app->component, &p->executor, NULL);
    assert(ok); /* the component was opened for tasks */
    (void)ok;
    list_init(&p->waiting);
    list_init(&p->running);
    list_init(&p->sending);
    list_init(&p->spare);
    timer_init(&p->queue_timer, o->loop, on_queue_timer);
    return &p->base;
}

static uint32_t part_live(const struct app_part *base)
{
    const struct component_part *p = (const struct component_part *)(const void *)base;
    static_assert(offsetof(struct component_part, base) == 0, "the base is the first member");
    return p->waiting_count + p->running_count;
}

static void part_free(struct app_part *base)
{
    struct component_part *p = part_of(base);
    assert(part_live(base) == 0 && list_empty(&p->sending));
    while (!list_empty(&p->spare)) {
        struct visit *v = list_first(&p->spare, struct visit, node);
        list_remove(&v->node);
        output_fini(&v->output);
        mem_free(v);
    }
    timer_clear(&p->queue_timer);
    berth_executor_free(p->executor);
    mem_free(p);
}

static struct visit *visit_new(struct component_part *p, struct http_exchange *x)
{
    struct visit *v;
    if (list_empty(&p->spare)) {
        v = mem_new(struct visit);
        list_init(&v->node);
        v->part = p;
        output_init(&v->output, p->app->log, p->app->plain_output);
    } else {
        v = list_first(&p->spare, struct visit, node);
        list_remove(&v->node);
    }
    v->exchange = x;
    v->number = x->number;
    v->task = NULL;
    return v;
}

static void visit_move(struct visit *v, enum visit_state state, struct list *to)
{
    list_remove(&v->node);
    v->state = state;
    list_push(to, &v->node);
}

/* The one used last is the next one to be used: it is still in the processor's cache. */
static void visit_free(struct visit *v)
{
    list_remove(&v->node);
    list_push(v->part->spare.next, &v->node);
}

/* One line for a request that failed. */
static void log_failure(const struct visit *v, const char *why)
{
    const struct http_exchange *x = v->exchange;
    log_error(v->part->app->log, "request failed", LOG_NUM("request", v->number),
              LOG_STR("method", x ? x->request.method : STR("-")), LOG_STR("target", x ? x->request.target : STR("-")),
              LOG_STR("why", str_of(why)));
}

/* --- The exchange's events --- */

static void visit_on_readable(void *consumer)
{
    struct visit *v = consumer;
    if (v->state == VISIT_RUNNING)
        berth_http_readable(v->task);
}

static void visit_on_writable(void *consumer)
{
    struct visit *v = consumer;
    if (v->state == VISIT_RUNNING)
        berth_http_writable(v->task);
}

static void visit_on_end(void *consumer, bool complete)
{
    struct visit *v = consumer;
    struct component_part *p = v->part;
    v->exchange = NULL;
    switch (v->state) {
    case VISIT_WAITING:
        p->waiting_count--;
        visit_free(v);
        set_queue_timer(p);
        return;
    case VISIT_RUNNING: berth_http_ended(v->task, complete); return;
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
static void answer_failure(struct visit *v, const struct berth_error *e)
{
    if (e->kind == BERTH_ERROR_TIMEOUT)
        http_exchange_refuse(v->exchange, 503, STR("The application took too long to answer.\n"), 0);
    else if (e->kind == BERTH_ERROR_CLOSED)
        http_exchange_abort(v->exchange); /* the server is ending */
    else
        http_exchange_refuse(v->exchange, 500, STR("The application failed to answer.\n"), 0);
}

/* Tells the log and the client how the call ended. A whole answer does not make up for what failed after it. */
static void settle(struct visit *v, enum berth_http_outcome outcome, const struct berth_error *e)
{
    bool unanswered = outcome == BERTH_HTTP_NONE || outcome == BERTH_HTTP_INCOMPLETE;
    if (e && (e->kind != BERTH_ERROR_CLOSED || unanswered))
        log_failure(v, e->text);
    if (outcome == BERTH_HTTP_NONE && v->exchange)
        answer_failure(v, e);
}

static void on_task_done(void *data, enum berth_http_outcome outcome, const struct berth_error *e)
{
    struct visit *v = data;
    struct component_part *p = v->part;
    output_end(&v->output);
    settle(v, outcome, e);
    v->task = NULL;
    p->running_count--;
    visit_move(v, VISIT_SENDING, &p->sending);
    if (!v->exchange)
        visit_free(v);
    start_next(p);
    if (part_live(&p->base) == 0)
        p->options.on_quiet(p->options.ctx, &p->base);
}

static void on_task_begun(void *data)
{
    const struct visit *v = data;
    start_next(v->part);
}

/* Gives the visit an instance. On false nothing has changed but `e`. */
static bool visit_start(struct visit *v, struct berth_error *e)
{
    struct component_part *p = v->part;
    guest_exchange_init(&v->guest, v->exchange);
    const struct berth_http_options o = {
        .handler = p->app->handler,
        .exchange = &v->guest.guest,
        .data = v,
        .time_ms = p->app->timeout_ms,
        .on_begun = on_task_begun,
        .on_done = on_task_done,
    };
    if (!berth_http_start(p->executor, &o, &v->task, e))
        return false;
    output_begin(&v->output, v->number);
    p->running_count++;
    visit_move(v, VISIT_RUNNING, &p->running);
    return true;
}

static bool has_room(const struct component_part *p)
{
    return p->running_count < p->app->concurrency && berth_executor_has_room(p->executor) &&
           !berth_executor_has_line(p->executor);
}

/* For a place in line. Requests may also wait for their turn of the thread, before there are as many tasks as there may
 * be: they take nobody's place. */
static bool line_has_room(const struct component_part *p)
{
    return p->waiting_count + p->running_count < p->app->queue_len + p->app->concurrency;
}

/* An answer instead of an instance. */
static void visit_refuse(struct visit *v, const char *why)
{
    log_failure(v, why);
    visit_move(v, VISIT_SENDING, &v->part->sending);
    http_exchange_refuse(v->exchange, 503, STR("The server is busy.\n"), 1);
}

static void visit_start_or_refuse(struct visit *v)
{
    struct berth_error e;
    v->exchange->ends_with_client = false;
    if (!visit_start(v, &e))
        visit_refuse(v, e.text);
}

/* --- The line --- */

static void set_queue_timer(struct component_part *p)
{
    if (list_empty(&p->waiting)) {
        timer_clear(&p->queue_timer);
    } else if (!p->queue_timer.heap_index) {
        struct visit *oldest = list_first(&p->waiting, struct visit, node);
        timer_set(&p->queue_timer, instant_add(oldest->waits_since, p->app->queue_time));
    }
}

static struct visit *take_waiting(struct component_part *p)
{
    struct visit *v = list_first(&p->waiting, struct visit, node);
    list_remove(&v->node);
    p->waiting_count--;
    return v;
}

static void start_next(struct component_part *p)
{
    while (!list_empty(&p->waiting) && has_room(p))
        visit_start_or_refuse(take_waiting(p));
    set_queue_timer(p);
}

static void on_queue_timer(struct timer *t)
{
    struct component_part *p = CONTAINER_OF(t, struct component_part, queue_timer);
    instant now = instant_now();
    while (!list_empty(&p->waiting)) {
        struct visit *oldest = list_first(&p->waiting, struct visit, node);
        if (instant_before(now, instant_add(oldest->waits_since, p->app->queue_time)))
            break;
        visit_refuse(take_waiting(p), "no instance became free in time");
    }
    set_queue_timer(p);
}

static void part_handle(struct app_part *base, struct http_exchange *x)
{
    struct component_part *p = part_of(base);
    struct visit *v = visit_new(p, x);
    http_exchange_consume(x, &visit_consumer, v);
    if (list_empty(&p->waiting) && has_room(p)) {
        visit_start_or_refuse(v);
    } else if (line_has_room(p)) {
        p->waiting_count++;
        v->waits_since = instant_now();
        x->ends_with_client = true; /* who has gone is not served in the place of those who still wait */
        visit_move(v, VISIT_WAITING, &p->waiting);
        set_queue_timer(p);
    } else {
        visit_refuse(v, "too many requests wait for an instance");
    }
}

static void part_cut(struct app_part *base)
{
    struct component_part *p = part_of(base);
    while (!list_empty(&p->waiting)) {
        struct visit *v = take_waiting(p);
        visit_move(v, VISIT_SENDING, &p->sending);
        http_exchange_abort(v->exchange);
    }
    set_queue_timer(p);
    for (struct list *n = p->running.next; n != &p->running; n = n->next)
        berth_task_cancel(CONTAINER_OF(n, struct visit, node)->task);
}

static void app_free(struct app *base)
{
    struct component_app *app = CONTAINER_OF(base, struct component_app, base);
    component_close(app);
}

static const struct app_ops ops = {
    .part_new = part_new,
    .part_free = part_free,
    .handle = part_handle,
    .part_cut = part_cut,
    .part_live = part_live,
    .free = app_free,
};

void component_app_init(struct component_app *app)
{
    app_init(&app->base, &ops);
}
