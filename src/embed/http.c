/* HTTP requests that components answer: tasks whose WASI serves an exchange. */
#include "embed/linker.h"
#include "embed/task.h"

bool berth_http_handler(struct berth_component *c, const struct berth_func **ret, struct berth_error *e)
{
    struct err why = ERR_INIT;
    const struct program_func *f = NULL;
    if (c->http_handler) {
        *ret = c->http_handler;
        return true;
    }
    if (c->linker->has_wasi)
        f = program_func(c->program, STR("wasi:http/incoming-handler@0.2.0"), STR("handle"), &why);
    else
        err_set(&why, ERR_USAGE, "the component was opened without WASI: berth_linker_wasi");
    if (!f)
        return err_give(e, &why);
    *ret = c->http_handler = component_keep_func(c, f);
    return true;
}

/* Says in `ret` what the guest did wrong; false when it did nothing wrong. `e`: how its call ended. */
static bool find_fault(const struct berth_task *t, enum wasi_http_outcome outcome, const struct err *e,
                       const struct err *why, struct berth_error *ret)
{
    static const struct err unset = { .kind = ERR_INVALID,
                                      .offset = ERR_NO_OFFSET,
                                      .text = "the component returned without setting a response" };
    if (e) {
        task_explain(t, e, ret);
        return true;
    }
    switch (outcome) {
    case WASI_HTTP_COMPLETE:
    case WASI_HTTP_GONE: return false;
    case WASI_HTTP_UNSET: err_give(ret, &unset); return true;
    case WASI_HTTP_ERROR:
    case WASI_HTTP_INCOMPLETE: err_give(ret, why); return true;
    }
    __builtin_unreachable();
}

static const enum berth_http_outcome outcomes[] = {
    [WASI_HTTP_COMPLETE] = BERTH_HTTP_COMPLETE, [WASI_HTTP_UNSET] = BERTH_HTTP_NONE,
    [WASI_HTTP_ERROR] = BERTH_HTTP_NONE,        [WASI_HTTP_INCOMPLETE] = BERTH_HTTP_INCOMPLETE,
    [WASI_HTTP_GONE] = BERTH_HTTP_GONE,
};

static void http_done(struct berth_task *t, const struct err *e)
{
    struct err why;
    struct berth_error fault;
    void *data = t->caller.data;
    void (*told)(void *, enum berth_http_outcome, const struct berth_error *) = t->on_done.http;
    err_clear(&why);
    enum wasi_http_outcome outcome = wasi_http_finish(t->caller.wasi, &why);
    bool failed = find_fault(t, outcome, e, &why, &fault);
    task_retire(t);
    told(data, outcomes[outcome], failed ? &fault : NULL);
}

/* Another function has other parameters, and a component of its own may be without WASI. */
static bool check_handler(const struct berth_executor *x, const struct berth_func *f, struct err *e)
{
    return (f && f == x->component->http_handler) ||
           err_set(e, ERR_USAGE,
                   "the handler is not the one that berth_http_handler gave for the executor's component");
}

bool berth_http_start(struct berth_executor *x, const struct berth_http_options *o, struct berth_task **ret,
                      struct berth_error *e)
{
    struct err why;
    err_clear(&why);
    if (!check_handler(x, o->handler, &why))
        return err_give(e, &why);
    struct berth_task *t = task_prepare(x, o->data);
    t->on_begun = o->on_begun;
    t->on_result = NULL;
    t->done = http_done;
    t->on_done.http = o->on_done;
    wasi_http_begin(t->caller.wasi, o->exchange, &t->params);
    if (!task_launch(t, o->handler, &t->params, o->time_ms, &why))
        return err_give(e, &why);
    *ret = t;
    return true;
}

void berth_http_readable(struct berth_task *t)
{
    wasi_http_readable(t->caller.wasi);
}

void berth_http_writable(struct berth_task *t)
{
    wasi_http_writable(t->caller.wasi);
}

void berth_http_ended(struct berth_task *t, bool complete)
{
    wasi_http_ended(t->caller.wasi, complete);
    if (!complete)
        task_cancel(t->task);
}
