/* Calls in instances of their own: tasks of the runtime with WASI's state and the clock. */
#include "embed/task.h"

#include <stdio.h>

struct berth_task *task_prepare(struct berth_executor *x, void *data)
{
    struct berth_task *t;
    if (list_empty(&x->spare)) {
        t = mem_new(struct berth_task);
        list_init(&t->node);
        t->executor = x;
        caller_init(&t->caller, x->component->linker);
        t->caller.can_wait = true;
    } else {
        t = list_first(&x->spare, struct berth_task, node);
        list_remove(&t->node);
    }
    caller_begin(&t->caller, data);
    return t;
}

void task_explain(const struct berth_task *t, const struct err *e, struct berth_error *ret)
{
    uint8_t status = 0;
    err_give(ret, e);
    if (t->caller.wasi && wasi_exited(t->caller.wasi, &status))
        snprintf(ret->text, sizeof(ret->text), "the component exited with status %u", status);
}

/* The one used last is the next one to be used: it is still in the processor's cache. */
static void task_keep(struct berth_task *t)
{
    caller_end(&t->caller);
    t->task = NULL;
    list_push(t->executor->spare.next, &t->node);
}

void task_retire(struct berth_task *t)
{
    ticker_end(&t->executor->scheduler->clock);
    task_keep(t);
}

static void on_begun(void *owner)
{
    const struct berth_task *t = owner;
    t->on_begun(t->caller.data);
}

static void on_result(void *owner, const void *result)
{
    const struct berth_task *t = owner;
    t->on_result(t->caller.data, result);
}

static void on_done(void *owner, const struct err *e)
{
    struct berth_task *t = owner;
    t->done(t, e);
}

static bool check_func(const struct berth_executor *x, const struct berth_func *f, struct err *e)
{
    if (f->component != x->component)
        return err_set(e, ERR_USAGE, "the function is of another component than the executor");
    return !f->has_guest_resource ||
           err_set(e, ERR_USAGE,
                   "the function's type names a resource of the component, which would end with the task");
}

bool task_launch(struct berth_task *t, const struct berth_func *func, const void *params, uint32_t time_ms,
                 struct err *e)
{
    struct berth_executor *x = t->executor;
    const struct task_options o = {
        .func = func->func,
        .params = params,
        .host = caller_host(&t->caller),
        .limits = { .timeout = duration_ms(time_ms), .memory_bytes = x->component->pool.memory_bytes },
        .on_begun = t->on_begun ? on_begun : NULL,
        .on_result = t->on_result ? on_result : NULL,
        .on_done = on_done,
        .owner = t,
    };
    if (!check_func(x, func, e) || !task_start(x->executor, &o, &t->task, e)) {
        task_keep(t);
        return false;
    }
    if (t->caller.wasi)
        wasi_set_task(t->caller.wasi, t->task);
    ticker_begin(&x->scheduler->clock);
    return true;
}

void berth_task_wake(struct berth_task *t)
{
    task_wake(t->task);
}

void berth_task_cancel(struct berth_task *t)
{
    task_cancel(t->task);
}

/* --- Calls --- */

static void call_done(struct berth_task *t, const struct err *e)
{
    struct berth_error why;
    void *data = t->caller.data;
    void (*told)(void *, const struct berth_error *) = t->on_done.call;
    if (e)
        task_explain(t, e, &why);
    task_retire(t);
    if (told)
        told(data, e ? &why : NULL);
}

bool berth_task_start(struct berth_executor *x, const struct berth_task_options *o, struct berth_task **ret,
                      struct berth_error *e)
{
    struct err why;
    struct berth_task *t = task_prepare(x, o->data);
    err_clear(&why);
    t->on_begun = o->on_begun;
    t->on_result = o->on_result;
    t->done = call_done;
    t->on_done.call = o->on_done;
    if (!task_launch(t, o->func, o->params, o->time_ms, &why))
        return err_give(e, &why);
    *ret = t;
    return true;
}
