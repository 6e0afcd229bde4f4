/* Tasks: calls into fresh instances of a program, driven by a worker's loop. A task makes the instance, calls one
 * exported function, suspends when the guest blocks, and destroys the instance at the end. */
#ifndef RUNTIME_RUN_TASK_H
#define RUNTIME_RUN_TASK_H

#include "base/err.h"
#include "base/clock.h"
#include "runtime/host/host.h"
#include "runtime/run/program.h"

struct executor;
struct task;
struct run_queue; /* runtime/run/run_queue.h */
struct warm_set;  /* runtime/run/instance_pool.h */

/* Runs the tasks of one worker thread, at most `max_tasks` at one time: all executors of an engine together must fit
 * into its pool (engine_options.stores). It has one share of `queue`, which is the thread's, as `warm` is. Arenas,
 * tasks and instances are kept for reuse. */
struct executor *executor_new(struct run_queue *queue, struct engine *engine, uint32_t max_tasks,
                              struct warm_set *warm);
/* No task may be live. */
void executor_free(struct executor *x);

struct task_limits {
    duration timeout;      /* computing and waiting together; 0 is no limit */
    uint64_t memory_bytes; /* sum over all memories of the instance; 0 is no limit but the engine's */
};

struct task_options {
    const struct program_func *func; /* whose types name no resources of the component */
    const void *params; /* C struct of the parameters (abi/host_layout.h); owned handles move to the guest when the call
                           starts */
    size_t params_size;
    void *host; /* host_call.host for every import the guest calls */
    struct task_limits limits;
    /* The call is not over after its first turn: it waits, or has used up a slice. From the loop; NULL: nobody wants
     * it. */
    void (*on_begun)(void *owner);
    /* The function has returned: the C struct of its result, which lives until this returns (owned objects of the host
     * are the callee's now); NULL for none. Called from the loop; NULL: nobody wants it, and objects are dropped. */
    void (*on_result)(void *owner, const void *result);
    /* The call has ended and the instance is gone, all handles dropped. `e` is NULL on success, else kind ERR_TRAP,
     * ERR_TIMEOUT, ERR_LIMIT (memory) or ERR_CLOSED (cancelled). Called from the loop, never from inside task_start. */
    void (*on_done)(void *owner, const struct err *e);
    void *owner;
};

/* Starts when it is the executor's turn. False, when the pool of instances is used up or memory is short:
 * `e` says which. */
MUST_USE bool task_start(struct executor *x, const struct task_options *o, struct task **ret, struct err *e);

/* Ends the task at its next chance: on_done follows with ERR_CLOSED. */
void task_cancel(struct task *t);

/* Whether the pool has room for another task now. */
bool executor_has_room(const struct executor *x);

/* A task has not had its first turn yet. Who keeps something for each task (and is told by on_begun and on_done) does
 * better not to start another before that: the next one finds in the processor's cache what the last one has used. */
bool executor_has_line(const struct executor *x);

#endif
