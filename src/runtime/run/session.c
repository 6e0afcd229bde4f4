/* Instances that stay: see session.h. */
#include "runtime/run/session.h"

#include <assert.h>

#include "runtime/run/instance.h"

struct session {
    struct instance instance;
    struct engine_linker **linkers;
    bool dead;                       /* it trapped */
    const struct program_func *func; /* of the call that is to be finished */
    union core_value result;         /* its flat result */
};

static bool run(struct session *s, struct err *e)
{
    for (;;) {
        switch (engine_poll(s->instance.store, e)) {
        case ENGINE_PENDING: assert(!engine_waiting(s->instance.store)); continue;
        case ENGINE_DONE: return true;
        case ENGINE_FAILED: return false;
        }
    }
}

static bool calls_host(const struct plan *p)
{
    for (uint32_t i = 0; i < p->trampolines.len; i++)
        if (p->trampolines.at[i].kind == TRAMPOLINE_HOST)
            return true;
    return false;
}

static bool instantiate(struct session *s, struct err *e)
{
    struct instance *i = &s->instance;
    if (!instance_begin(i, 0, NULL, e))
        return false;
    for (bool more = true;;) {
        if (!instance_begin_step(i, &more, e))
            return false;
        if (!more)
            break;
        if (!run(s, e))
            return false;
        instance_end_step(i);
    }
    i->starting = false;
    return true;
}

bool session_open(struct program *p, struct session **ret, struct err *e)
{
    if (calls_host(&p->plan))
        return err_set(e, ERR_UNSUPPORTED,
                       "the component imports functions of the host, which this command has none of");
    struct session *s = mem_new(struct session);
    bool ok = program_make_linkers(p, &s->linkers, e);
    instance_init(&s->instance, p, s->linkers);
    if (!ok || !instantiate(s, e)) {
        session_close(s);
        return false;
    }
    *ret = s;
    return true;
}

void session_close(struct session *s)
{
    if (!s)
        return;
    const struct program *p = s->instance.program;
    instance_end(&s->instance);
    instance_fini(&s->instance);
    program_free_linkers(p, s->linkers);
    mem_free(s);
}

static bool call(struct session *s, const struct program_func *f, const void *params, void *result, struct err *e)
{
    struct instance *i = &s->instance;
    struct call_env env;
    struct engine_ref func = { 0 };
    union core_value flat[ENGINE_CALL_MAX];
    if (!instance_ref(i, &f->plan->core, &func, e) || !instance_enter(i, &f->plan->entered, e) ||
        !call_env_init(&env, &i->call, f->plan->component_instance, &f->plan->options, e) ||
        !abi_lower_params(f->abi, &env.abi, params, flat, e))
        return false;
    engine_begin_call(i->store, &func, &f->signature, flat);
    if (!run(s, e))
        return false;
    if (f->signature.result_count)
        s->result = engine_result(i->store);
    return call_env_refresh(&env, e) && abi_lift_result(f->abi, &env.abi, &s->result, result, e) &&
           subtask_check_borrows(&i->call, e);
}

bool session_call(struct session *s, const struct program_func *f, const void *params, void *result, struct err *e)
{
    assert(!s->func);
    if (s->dead)
        return err_set(e, ERR_TRAP, "cannot enter component instance: it trapped before");
    subtask_begin(&s->instance.call, &s->instance);
    s->func = f;
    if (call(s, f, params, result, e)) {
        subtask_forget_taken(&s->instance.call);
        return true;
    }
    subtask_drop_taken(&s->instance.call);
    s->dead = true;
    s->func = NULL;
    return false;
}

static bool post_return(struct session *s, const struct program_func *f, struct err *e)
{
    struct instance *i = &s->instance;
    const struct engine_ref *func = NULL;
    struct core_signature sig = { .param_count = f->signature.result_count };
    sig.params[0] = f->signature.results[0];
    if (f->plan->options.post_return == PLAN_NONE)
        return true;
    if (!instance_func(i, f->plan->options.post_return, &func, e))
        return false;
    instance_set_may_leave(i, f->plan->component_instance, false);
    engine_begin_call(i->store, func, &sig, &s->result);
    bool ok = run(s, e);
    instance_set_may_leave(i, f->plan->component_instance, true);
    return ok;
}

bool session_finish(struct session *s, struct err *e)
{
    const struct program_func *f = s->func;
    s->func = NULL;
    s->dead = !post_return(s, f, e);
    if (s->dead)
        return false;
    instance_exit(&s->instance, &f->plan->entered);
    subtask_end(&s->instance.call);
    return true;
}
