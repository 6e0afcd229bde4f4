/* Tasks and the executor that runs them: one state machine for a call, from an empty store to the end of the instance.
 */
#include "runtime/run/task.h"

#include <assert.h>

#include "runtime/run/instance_pool.h"
#include "runtime/run/memory_limit.h"
#include "runtime/run/recycle.h"
#include "runtime/run/run_queue.h"
#include "runtime/run/snapshot.h"
#include "runtime/run/wake.h"

/* What comes next; of the first two, also what is under way. */
enum task_state {
    TASK_STEPS, /* the plan's steps */
    TASK_PRIME, /* calls of reallocs, then the snapshot */
    TASK_CALL,  /* of an instance that was restored */
    TASK_POST_RETURN,
    TASK_OVER,
    TASK_DISCARD, /* the call has ended; the instance's memory is given back */
};

enum { SLICES_IN_A_ROW = 10 };

/* Belongs to one worker thread. Kept for reuse by its pool. */
struct task {
    struct task_head head;
    struct task *next_free;
    struct executor *executor;
    struct pool *pool;
    struct instance *instance; /* from its first run to its end; NULL while it waits in line */
    struct task_options options;
    char *params; /* copy of the parameters; options.params points here */
    size_t params_room;
    enum task_state state;
    bool in_line;   /* before its first turn */
    bool begun;     /* options.on_begun was called */
    bool operating; /* an engine operation is under way */
    bool cancelled, timed_out;
    struct err why; /* while discarding: what the call ended with */
    union core_value flat[ENGINE_CALL_MAX];
    struct run_item turn;
    uint32_t slices;             /* that it used up in a row */
    struct timer timeout, alarm; /* the task's limit; the earliest task_wake_at */
};

/* An executor's tasks of one program. */
struct pool {
    struct pool *next;
    struct task *free;
    struct instance_pool instances;
};

struct executor {
    struct run_share share;
    struct engine *engine;
    struct warm_set *warm;
    struct pool *pools;
    uint32_t live, max_live;
    uint32_t in_line; /* of the live ones */
};

struct executor *executor_new(struct run_queue *queue, struct engine *engine, uint32_t max_tasks, struct warm_set *warm)
{
    struct executor *x = mem_new(struct executor);
    *x = (struct executor){ .engine = engine, .warm = warm, .max_live = max_tasks };
    run_share_init(&x->share, queue);
    return x;
}

static void pool_free(struct pool *p)
{
    for (struct task *t = p->free, *next; t; t = next) {
        next = t->next_free;
        mem_free(t->params);
        mem_free(t);
    }
    instance_pool_fini(&p->instances);
    mem_free(p);
}

void executor_free(struct executor *x)
{
    if (!x)
        return;
    assert(x->live == 0);
    for (struct pool *p = x->pools, *next; p; p = next) {
        next = p->next;
        pool_free(p);
    }
    run_share_fini(&x->share);
    mem_free(x);
}

bool executor_has_room(const struct executor *x)
{
    return x->live < x->max_live;
}

bool executor_has_line(const struct executor *x)
{
    return x->in_line;
}

static struct pool *pool_of(struct executor *x, const struct program *program, struct err *e)
{
    for (struct pool *p = x->pools; p; p = p->next)
        if (p->instances.program == program)
            return p;
    struct pool *p = mem_new(struct pool);
    if (!instance_pool_init(&p->instances, program, x->warm, e)) {
        pool_free(p);
        return NULL;
    }
    p->next = x->pools;
    x->pools = p;
    return p;
}

/* --- One task --- */

static void task_run(struct run_item *item);

/* Runs it when it is its turn; it may be in line already. */
static void task_is_ready(struct task *t)
{
    if (!run_item_queued(&t->turn))
        run_item_add(&t->executor->share, &t->turn);
}

static void on_timeout(struct timer *timer)
{
    struct task *t = CONTAINER_OF(timer, struct task, timeout);
    t->timed_out = true;
    task_is_ready(t);
}

static void on_alarm(struct timer *timer)
{
    task_wake(CONTAINER_OF(timer, struct task, alarm));
}

static void wake(struct task_head *head);
static void wake_at(struct task_head *head, instant at);

static struct task *task_take(struct pool *p, struct executor *x)
{
    struct task *t = p->free;
    if (t) {
        p->free = t->next_free;
        return t;
    }
    t = mem_new(struct task);
    t->head = (struct task_head){ wake, wake_at };
    t->executor = x;
    t->pool = p;
    run_item_init(&t->turn, task_run);
    timer_init(&t->timeout, x->share.queue->loop, on_timeout);
    timer_init(&t->alarm, x->share.queue->loop, on_alarm);
    return t;
}

static void keep_params(struct task *t, const struct task_options *o)
{
    size_t size = o->func->params_size;
    if (size > t->params_room) {
        t->params = mem_realloc(t->params, size, 1);
        t->params_room = size;
    }
    if (size)
        memcpy(t->params, o->params, size);
    t->options = *o;
    t->options.params = t->params;
}

bool task_start(struct executor *x, const struct task_options *o, struct task **ret, struct err *e)
{
    const struct program *program = o->func->program;
    if (!executor_has_room(x))
        return err_set(e, ERR_LIMIT, "all %u instances are busy", x->max_live);
    struct pool *pool = pool_of(x, program, e);
    if (!pool)
        return false;
    struct task *t = task_take(pool, x);
    x->live++;
    keep_params(t, o);
    x->in_line++;
    t->in_line = true;
    t->begun = t->operating = t->cancelled = t->timed_out = false;
    t->state = TASK_STEPS;
    t->slices = 0;
    if (o->limits.timeout.ns)
        timer_set(&t->timeout, instant_add(instant_now(), o->limits.timeout));
    task_is_ready(t);
    *ret = t;
    return true;
}

/* An instance that is ready for a call, or has been begun. Taken when the task first runs, not when it gets in line:
 * the one that the task before it has left is still warm. */
static bool take_instance(struct task *t, struct err *e)
{
    struct instance_pool *p = &t->pool->instances;
    uint64_t memory = memory_limit_each(p->program, t->options.limits.memory_bytes);
    bool ready;
    struct instance *i = instance_pool_take(p, memory, &ready);
    t->instance = i;
    i->task = t;
    i->host = t->options.host;
    t->state = ready ? TASK_CALL : TASK_STEPS;
    return ready || instance_begin(i, memory, snapshot_find(p->program, memory), e);
}

static void leave_line(struct task *t)
{
    t->executor->in_line -= t->in_line;
    t->in_line = false;
}

/* Others may begin: this one goes on later. */
static void tell_begun(struct task *t)
{
    if (!t->begun && t->options.on_begun)
        t->options.on_begun(t->options.owner);
    t->begun = true;
}

/* A guest may leave behind what takes longer to give back than a request takes: that is done by slices, on its
 * application's share. */
static bool discard_first(struct task *t, const struct err *e)
{
    if (t->state == TASK_DISCARD || !t->instance || !engine_store_is_heavy(t->instance->store))
        return false;
    t->state = TASK_DISCARD;
    t->why = e ? *e : (struct err)ERR_INIT;
    run_item_add_first(&t->executor->share, &t->turn);
    tell_begun(t);
    return true;
}

static void task_end(struct task *t, struct err *e)
{
    struct executor *x = t->executor;
    timer_clear(&t->timeout);
    timer_clear(&t->alarm);
    run_item_cancel(&x->share, &t->turn);
    if (e && t->instance)
        memory_limit_explain(t->instance, t->options.limits.memory_bytes, e);
    if (discard_first(t, e))
        return;
    if (t->instance)
        instance_pool_give(&t->pool->instances, t->instance, !e && t->state != TASK_DISCARD);
    t->instance = NULL;
    x->live--;
    void (*on_done)(void *, const struct err *) = t->options.on_done;
    void *owner = t->options.owner;
    t->next_free = t->pool->free;
    t->pool->free = t;
    on_done(owner, e);
}

/* Parameters become flat values and handles in the callee's table. */
static bool lower_params(struct task *t, struct err *e)
{
    const struct program_func *f = t->options.func;
    struct call_env env;
    subtask_begin(&t->instance->call, t->instance);
    if (!call_env_init(&env, &t->instance->call, f->plan->component_instance, &f->plan->options, e))
        return false;
    engine_store_enter(t->instance->store);
    bool ok = abi_lower_params(f->abi, &env.abi, t->options.params, t->flat, e);
    engine_store_leave(t->instance->store);
    return ok;
}

static bool find_core(struct instance *i, const struct program_func *f, struct err *e)
{
    if (i->called == f)
        return true;
    i->called = instance_ref(i, &f->plan->core, &i->called_core, e) ? f : NULL;
    return i->called;
}

static bool begin_call(struct task *t, struct err *e)
{
    struct instance *i = t->instance;
    const struct program_func *f = t->options.func;
    if (!find_core(i, f, e) || !instance_enter(i, &f->plan->entered, e) || !lower_params(t, e))
        return false;
    engine_begin_call(i->store, &i->called_core, &f->signature, t->flat);
    t->state = TASK_POST_RETURN;
    return true;
}

/* The function has returned. */
static bool give_result(struct task *t, struct err *e)
{
    struct instance *i = t->instance;
    const struct program_func *f = t->options.func;
    struct call_env env;
    union core_value flat = { 0 };
    if (!t->options.on_result)
        return true;
    if (f->signature.result_count)
        flat = engine_result(i->store);
    void *result = f->result_size ? arena_zalloc(&i->arena, 1, f->result_size) : NULL;
    if (!call_env_init(&env, &i->call, f->plan->component_instance, &f->plan->options, e) ||
        !abi_lift_result(f->abi, &env.abi, &flat, result, e)) {
        subtask_drop_taken(&i->call);
        return false;
    }
    t->options.on_result(t->options.owner, result);
    subtask_forget_taken(&i->call);
    return true;
}

/* Its parameters are the flat results of the call. */
static bool begin_post_return(struct task *t, struct err *e)
{
    struct instance *i = t->instance;
    const struct program_func *f = t->options.func;
    struct core_signature sig = { .param_count = f->signature.result_count };
    sig.params[0] = f->signature.results[0];
    union core_value result = engine_result(i->store);
    const struct engine_ref *post_return = NULL;
    if (!instance_func(i, f->plan->options.post_return, &post_return, e))
        return false;
    instance_set_may_leave(i, f->plan->component_instance, false);
    engine_begin_call(i->store, post_return, &sig, &result);
    t->state = TASK_OVER;
    return true;
}

/* With a start of its own. */
static bool begin_anew(struct task *t, struct err *e)
{
    instance_end(t->instance);
    t->operating = false;
    t->state = TASK_STEPS;
    return instance_begin(t->instance, t->instance->memory_limit, NULL, e);
}

/* Begins the next engine operation, as `state` has it; `*ret_over` when there is none left. */
static bool task_next(struct task *t, bool *ret_over, struct err *e)
{
    struct instance *i = t->instance;
    bool more = false;
    *ret_over = false;
    switch (t->state) {
    case TASK_STEPS:
        if (!instance_begin_step(i, &more, e))
            return false;
        if (more)
            return true;
        if (i->snapshot && !snapshot_apply(i))
            return begin_anew(t, e) && task_next(t, ret_over, e);
        if (i->snapshot)
            return recycle_revive(i, e) && begin_call(t, e);
        t->state = TASK_PRIME;
        /* fall through */
    case TASK_PRIME:
        if (!recycle_begin_priming(i, &more, e))
            return false;
        if (more)
            return true;
        recycle_keep(i);
        snapshot_take(i);
        return begin_call(t, e);
    case TASK_CALL: return recycle_revive(i, e) && begin_call(t, e);
    case TASK_POST_RETURN:
        if (!give_result(t, e) || !subtask_check_borrows(&i->call, e))
            return false;
        if (t->options.func->plan->options.post_return != PLAN_NONE)
            return begin_post_return(t, e);
        /* fall through */
    case TASK_OVER: *ret_over = true; return true;
    case TASK_DISCARD: break; /* not a call's */
    }
    __builtin_unreachable();
}

/* An operation has ended well. */
static void task_advance(struct task *t)
{
    t->operating = false;
    if (t->state == TASK_STEPS)
        instance_end_step(t->instance);
    else if (t->state == TASK_PRIME)
        recycle_end_priming(t->instance);
}

/* An operation has failed: whether the task can go on, from its start. A realloc that cannot be called yet is no fault
 * of the component's. */
static bool task_start_again(struct task *t, struct err *e)
{
    if (t->state != TASK_PRIME)
        return false;
    recycle_give_up_priming(t->instance);
    return begin_anew(t, e);
}

/* The guest waits for something, or its slice is used up. After some slices the others of its share are next; not after
 * each, so that requests which take a few of them run one after the other, in one instance. It is in line already when
 * a host function has cancelled it. */
static void task_pause(struct task *t)
{
    if (engine_waiting(t->instance->store))
        t->slices = 0;
    else if (++t->slices % SLICES_IN_A_ROW && !run_item_queued(&t->turn))
        run_item_add_first(&t->executor->share, &t->turn);
    else
        task_is_ready(t);
    tell_begun(t);
}

static void task_discard(struct task *t)
{
    if (engine_store_discard(t->instance->store)) {
        run_item_add_first(&t->executor->share, &t->turn);
        return;
    }
    struct err why = t->why; /* the task may be another's before its owner has read it */
    task_end(t, why.kind == ERR_NONE ? NULL : &why);
}

/* Runs the guest until it ends, waits or yields. */
static void task_run(struct run_item *item)
{
    struct task *t = CONTAINER_OF(item, struct task, turn);
    struct err e;
    if (t->state == TASK_DISCARD)
        return task_discard(t);
    err_clear(&e);
    leave_line(t);
    for (;;) {
        if (t->cancelled || t->timed_out) {
            err_set(&e, t->cancelled ? ERR_CLOSED : ERR_TIMEOUT, t->cancelled ? "cancelled" : "time-out of %lld ms",
                    (long long)(t->options.limits.timeout.ns / 1000000));
            return task_end(t, &e);
        }
        bool over = false;
        if (!t->instance && !take_instance(t, &e))
            return task_end(t, &e);
        if (!t->operating && !task_next(t, &over, &e))
            return task_end(t, &e);
        if (over)
            return task_end(t, NULL);
        t->operating = true;
        switch (engine_poll(t->instance->store, &e)) {
        case ENGINE_PENDING: task_pause(t); return;
        case ENGINE_FAILED:
            if (!task_start_again(t, &e))
                return task_end(t, &e);
            break;
        case ENGINE_DONE: task_advance(t); break;
        }
    }
}

void task_cancel(struct task *t)
{
    t->cancelled = true;
    task_is_ready(t);
}

static void wake(struct task_head *head)
{
    struct task *t = CONTAINER_OF(head, struct task, head);
    if (!t->instance || !engine_waiting(t->instance->store))
        return;
    engine_wake(t->instance->store);
    timer_clear(&t->alarm);
    task_is_ready(t);
}

static void wake_at(struct task_head *head, instant at)
{
    struct task *t = CONTAINER_OF(head, struct task, head);
    if (t->alarm.heap_index && !instant_before(at, t->alarm.at))
        return;
    timer_set(&t->alarm, at);
}
