/* Instances: sessions of the runtime with WASI's state and the clock of their calls. */
#include "embed/instance.h"

#include "embed/engine.h"
#include "embed/error.h"
#include "embed/linker.h"

struct berth_instance *instance_of_host(const struct berth_linker *l, void *host)
{
    return l->has_wasi ? wasi_owner(host) : host;
}

/* --- The clock --- */

bool instance_begin_timed(struct berth_instance *i, struct err *e)
{
    return !i->timed || engine_begin_timed(i->component->linker->engine, e);
}

void instance_end_timed(struct berth_instance *i)
{
    if (i->timed)
        engine_end_timed(i->component->linker->engine);
}

/* --- From start to end --- */

static void make_wasi(struct berth_instance *i)
{
    const struct berth_linker *l = i->component->linker;
    if (!l->has_wasi)
        return;
    i->wasi = wasi_new(&l->wasi);
    wasi_begin(i->wasi, i);
}

static bool start(struct berth_instance *i, const struct berth_instance_options *o, struct err *e)
{
    const struct session_options s = {
        .host = i->wasi ? (void *)i->wasi : i,
        .owner = i,
        .memory_bytes = o->memory_bytes,
        .timeout = duration_ms(o->time_ms),
    };
    if (!instance_begin_timed(i, e))
        return false;
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
    i->data = o->data;
    i->timed = o->time_ms != 0;
    arena_init(&i->arena);
    make_wasi(i);
    if (!start(i, o, &why)) {
        berth_instance_free(i);
        return error_give(e, &why);
    }
    *ret = i;
    return true;
}

void berth_instance_free(struct berth_instance *i)
{
    if (!i)
        return;
    session_close(i->session);
    if (i->wasi)
        wasi_end(i->wasi);
    wasi_free(i->wasi);
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
    if (!instance_begin_timed(i, e))
        return false;
    bool ok = finish_and_call(i, f, params, result, e);
    instance_end_timed(i);
    return ok;
}

bool berth_instance_call(struct berth_instance *i, const struct berth_func *f, const void *params, void *result,
                         struct berth_error *e)
{
    struct err why;
    err_clear(&why);
    return instance_call(i, f, params, result, &why) || error_give(e, &why);
}

bool berth_instance_finish(struct berth_instance *i, struct berth_error *e)
{
    struct err why = ERR_INIT;
    if (!instance_begin_timed(i, &why))
        return error_give(e, &why);
    bool ok = session_finish(i->session, &why);
    instance_end_timed(i);
    return ok || error_give(e, &why);
}

void berth_instance_interrupt(struct berth_instance *i)
{
    session_interrupt(i->session);
}

uint64_t berth_instance_memory_bytes(struct berth_instance *i)
{
    return session_memory_bytes(i->session);
}
