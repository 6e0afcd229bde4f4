/* Instances: sessions of the runtime with WASI's state and the clock of their calls. */
#include "embed/instance.h"

#include "embed/engine.h"
#include "embed/linker.h"

/* --- The clock --- */

static bool take_clock(struct berth_instance *i, struct err *e)
{
    struct berth_engine *engine = i->component->linker->engine;
    struct ticker *ticker = NULL;
    if (!engine_ticker(engine, &ticker, e))
        return false;
    i->clock = &engine->calls;
    return true;
}

void instance_begin_timed(struct berth_instance *i)
{
    if (i->clock)
        ticker_begin(i->clock);
}

void instance_end_timed(struct berth_instance *i)
{
    if (i->clock)
        ticker_end(i->clock);
}

/* --- From start to end --- */

static bool start(struct berth_instance *i, const struct berth_instance_options *o, struct err *e)
{
    const struct session_options s = {
        .host = caller_host(&i->caller),
        .owner = i,
        .memory_bytes = o->memory_bytes,
        .timeout = duration_ms(o->time_ms),
    };
    if (i->component->tasks)
        return err_set(e, ERR_USAGE, "the component was opened for tasks, which have instances of their own");
    if (o->time_ms && !take_clock(i, e))
        return false;
    instance_begin_timed(i);
    bool ok = session_open(i->component->program, &s, &i->session, e);
    instance_end_timed(i);
    return ok;
}

bool berth_instance_new(struct berth_component *c, const struct berth_instance_options *o, struct berth_instance **ret,
                        struct berth_error *e)
{
    static const struct berth_instance_options none;
    struct err why = ERR_INIT;
    struct berth_instance *i = mem_new(struct berth_instance);
    o = o ? o : &none;
    i->component = c;
    arena_init(&i->arena);
    caller_init(&i->caller, c->linker);
    caller_begin(&i->caller, o->data);
    if (!start(i, o, &why)) {
        berth_instance_free(i);
        return err_give(e, &why);
    }
    *ret = i;
    return true;
}

void berth_instance_free(struct berth_instance *i)
{
    if (!i)
        return;
    session_close(i->session);
    caller_end(&i->caller);
    caller_fini(&i->caller);
    arena_fini(&i->arena);
    mem_free(i);
}

/* --- Calls --- */

static bool finish_and_call(struct berth_instance *i, const struct berth_func *f, const void *params, void *result,
                            struct err *e)
{
    return session_finish(i->session, e) && session_call(i->session, f->func, params, result, e);
}

bool instance_call(struct berth_instance *i, const struct berth_func *f, const void *params, void *result,
                   struct err *e)
{
    if (f->component != i->component)
        return err_set(e, ERR_USAGE, "the function is of another component than the instance");
    instance_begin_timed(i);
    bool ok = finish_and_call(i, f, params, result, e);
    instance_end_timed(i);
    return ok;
}

bool berth_instance_call(struct berth_instance *i, const struct berth_func *f, const void *params, void *result,
                         struct berth_error *e)
{
    struct err why;
    err_clear(&why);
    return instance_call(i, f, params, result, &why) || err_give(e, &why);
}

bool berth_instance_finish(struct berth_instance *i, struct berth_error *e)
{
    struct err why = ERR_INIT;
    instance_begin_timed(i);
    bool ok = session_finish(i->session, &why);
    instance_end_timed(i);
    return ok || err_give(e, &why);
}

void berth_instance_interrupt(struct berth_instance *i)
{
    session_interrupt(i->session);
}

uint64_t berth_instance_memory_bytes(struct berth_instance *i)
{
    return session_memory_bytes(i->session);
}
