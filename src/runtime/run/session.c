/* Instances that stay: see session.h. */
#include <assert.h>
#include <time.h>

#include "runtime/run/memory_limit.h"
#include "runtime/run/session_types.h"

/* Longest sleep without a look at what other threads want. */
enum { NAP_MS = 10 };

static const instant never = { INT64_MAX };

/* --- Waiting --- */

static void wake(struct task_head *head)
{
    CONTAINER_OF(head, struct session, task)->woken = true;
}

static void wake_at(struct task_head *head, instant at)
{
    struct session *s = CONTAINER_OF(head, struct session, task);
    if (instant_before(at, s->alarm))
        s->alarm = at;
}

/* Whether the guest must stop. */
static bool stopped(struct session *s, struct err *e)
{
    if (atomic_load(&s->interrupted))
        return !err_set(e, ERR_CLOSED, "interrupted");
    if (s->deadline.ns != never.ns && !instant_before(instant_now(), s->deadline))
        return !err_set(e, ERR_TIMEOUT, "time-out of %lld ms", (long long)(s->options.timeout.ns / 1000000));
    return false;
}

static void nap(instant until)
{
    instant latest = instant_add(instant_now(), duration_ms(NAP_MS));
    if (instant_before(latest, until))
        until = latest;
    const struct timespec at = { until.ns / 1000000000, until.ns % 1000000000 };
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

/* The guest waits, and only the clock moves meanwhile. */
static bool wait(struct session *s, struct err *e)
{
    while (!s->woken && instant_before(instant_now(), s->alarm)) {
        if (stopped(s, e))
            return false;
        if (s->alarm.ns == never.ns)
            return err_set(e, ERR_TRAP, "the guest waits for what cannot come while its call is all that runs");
        nap(instant_before(s->deadline, s->alarm) ? s->deadline : s->alarm);
    }
    s->woken = false;
    s->alarm = never;
    engine_wake(s->instance.store);
    return true;
}

bool session_run(struct session *s, struct err *e)
{
    for (;;) {
        if (stopped(s, e))
            return false;
        switch (engine_poll(s->instance.store, e)) {
        case ENGINE_PENDING:
            if (engine_waiting(s->instance.store) && !wait(s, e))
                return false;
            continue;
        case ENGINE_DONE: return true;
        case ENGINE_FAILED: return false;
        }
    }
}

bool session_begin(struct session *s, struct err *e)
{
    if (s->dead)
        return err_set(e, ERR_TRAP, "cannot enter component instance: a call of it failed before");
    s->running = true;
    s->woken = false;
    s->alarm = never;
    s->deadline = s->options.timeout.ns ? instant_add(instant_now(), s->options.timeout) : never;
    return true;
}

bool session_end(struct session *s, bool ok, struct err *e)
{
    s->running = false;
    if (ok)
        return true;
    s->dead = true;
    memory_limit_explain(&s->instance, s->options.memory_bytes, e);
    return false;
}

/* --- Opening and closing --- */

static bool run_steps(struct session *s, struct err *e)
{
    struct instance *i = &s->instance;
    if (!instance_begin(i, memory_limit_each(i->program, s->options.memory_bytes), NULL, e))
        return false;
    for (bool more = true;;) {
        if (!instance_begin_step(i, &more, e))
            return false;
        if (!more)
            break;
        if (!session_run(s, e))
            return false;
        instance_end_step(i);
    }
    i->starting = false;
    return true;
}

static bool instantiate(struct session *s, struct err *e)
{
    return session_begin(s, e) && session_end(s, run_steps(s, e), e);
}

bool session_open(struct program *p, const struct session_options *o, struct session **ret, struct err *e)
{
    if (o && !program_check_memory(p, o->memory_bytes, e))
        return false;
    struct session *s = mem_new(struct session);
    if (o)
        s->options = *o;
    s->task = (struct task_head){ wake, wake_at };
    list_init(&s->resources);
    list_init(&s->given);
    bool ok = program_make_linkers(p, &s->linkers, e);
    instance_init(&s->instance, p, s->linkers);
    s->instance.host = s->options.host;
    s->instance.task = (struct task *)(void *)&s->task;
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
    guest_resources_free(s);
    instance_fini(&s->instance);
    program_free_linkers(p, s->linkers);
    mem_free(s);
}

void session_interrupt(struct session *s)
{
    atomic_store(&s->interrupted, true);
    engine_tick(s->instance.program->engine);
}

uint64_t session_memory_bytes(struct session *s)
{
    return instance_memory_bytes(&s->instance);
}

/* --- Calls --- */

static bool call(struct session *s, const struct program_func *f, const void *params, void *result, struct err *e)
{
    struct instance *i = &s->instance;
    struct call_env env;
    struct engine_ref func = { 0 };
    union core_value flat[ENGINE_CALL_MAX];
    if (!instance_ref(i, &f->plan->core, &func, e) || !instance_enter(i, &f->plan->entered, e) ||
        !call_env_init(&env, &i->call, f->plan->component_instance, &f->plan->options, e))
        return false;
    env.abi.ops = &guest_resource_env_ops;
    if (!abi_lower_params(f->abi, &env.abi, params, flat, e))
        return false;
    engine_begin_call(i->store, &func, &f->signature, flat);
    if (!session_run(s, e))
        return false;
    if (f->signature.result_count)
        s->result = engine_result(i->store);
    return call_env_refresh(&env, e) && abi_lift_result(f->abi, &env.abi, &s->result, result, e) &&
           subtask_check_borrows(&i->call, e);
}

bool session_check_idle(const struct session *s, struct err *e)
{
    return !s->running ||
           err_set(e, ERR_USAGE, "the instance is called from inside a host function that it called itself");
}

bool session_call(struct session *s, const struct program_func *f, const void *params, void *result, struct err *e)
{
    if (!session_check_idle(s, e))
        return false;
    assert(!s->func);
    if (!session_begin(s, e))
        return false;
    subtask_begin(&s->instance.call, &s->instance);
    bool ok = session_end(s, call(s, f, params, result, e), e);
    guest_resources_forget_given(s);
    if (ok) {
        s->func = f;
        subtask_forget_taken(&s->instance.call);
        return true;
    }
    subtask_drop_taken(&s->instance.call);
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
    if (!session_run(s, e))
        return false;
    instance_set_may_leave(i, f->plan->component_instance, true);
    return true;
}

bool session_finish(struct session *s, struct err *e)
{
    const struct program_func *f = s->func;
    s->func = NULL;
    if (!f)
        return true;
    if (!session_begin(s, e) || !session_end(s, post_return(s, f, e), e))
        return false;
    instance_exit(&s->instance, &f->plan->entered);
    subtask_end(&s->instance.call);
    return true;
}
