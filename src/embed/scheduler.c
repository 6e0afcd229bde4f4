/* What a thread has for its tasks, and what each component has on it. */
#include "embed/engine.h"
#include "embed/task.h"

#define WARM_BYTES_DEFAULT ((uint64_t)128 << 20) /* a hundred instances of Python, a thousand of Rust */

bool berth_scheduler_new(struct berth_engine *engine, const struct berth_scheduler_options *o,
                         struct berth_scheduler **ret, struct berth_error *e)
{
    struct err why = ERR_INIT;
    struct ticker *ticker = NULL;
    if (!engine_ticker(engine, &ticker, &why))
        return err_give(e, &why);
    struct berth_scheduler *s = mem_new(struct berth_scheduler);
    run_queue_init(&s->queue, loop_of_public(o->loop));
    warm_set_init(&s->warm, o->warm_bytes ? o->warm_bytes : WARM_BYTES_DEFAULT);
    ticker_add_client(ticker, &s->clock);
    *ret = s;
    return true;
}

void berth_scheduler_free(struct berth_scheduler *s)
{
    if (!s)
        return;
    ticker_remove_client(&s->clock);
    run_queue_fini(&s->queue);
    mem_free(s);
}

bool berth_executor_new(struct berth_scheduler *s, struct berth_component *c, struct berth_executor **ret,
                        struct berth_error *e)
{
    struct err why = ERR_INIT;
    if (!c->tasks) {
        err_set(&why, ERR_USAGE, "the component was opened for instances: berth_component_options.threads is 0");
        return err_give(e, &why);
    }
    struct berth_executor *x = mem_new(struct berth_executor);
    x->scheduler = s;
    x->component = c;
    x->executor = executor_new(&s->queue, c->pool.engine, c->tasks, &s->warm);
    list_init(&x->spare);
    *ret = x;
    return true;
}

void berth_executor_free(struct berth_executor *x)
{
    if (!x)
        return;
    executor_free(x->executor);
    while (!list_empty(&x->spare)) {
        struct berth_task *t = list_first(&x->spare, struct berth_task, node);
        list_remove(&t->node);
        caller_fini(&t->caller);
        mem_free(t);
    }
    mem_free(x);
}

bool berth_executor_has_room(const struct berth_executor *x)
{
    return executor_has_room(x->executor);
}

bool berth_executor_has_line(const struct berth_executor *x)
{
    return executor_has_line(x->executor);
}
