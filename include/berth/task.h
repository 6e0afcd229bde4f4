/* Tasks: calls of a component's function, each in a fresh instance of its own, many at one time on one thread. A guest
 * that waits lets the others run, and so does one that computes for long. This is how a server runs guests: every
 * request in an instance that nobody has used before, and whose memory nobody sees afterwards.
 *
 * A thread has a loop (loop.h) and a scheduler on it; a component that was opened for tasks (berth_component_options)
 * has an executor on each thread that runs it. All of a thread's executors get the same share of its time, however many
 * tasks they have.
 *
 * Everything here belongs to the loop's thread. Callbacks come from the loop, never from inside a call. */
#ifndef BERTH_TASK_H
#define BERTH_TASK_H

#include "berth/component.h"
#include "berth/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Gives tasks their turns. A thread needs one. */
struct berth_scheduler;

struct berth_scheduler_options {
    struct berth_loop *loop;
    /* What instances that are ready for a call (berth_component_options.recycle) may hold while they wait for one, all
     * executors' together; 0: 128 MiB. */
    uint64_t warm_bytes;
};

/* Errors: BERTH_ERROR_SYSTEM. */
bool berth_scheduler_new(struct berth_engine *engine, const struct berth_scheduler_options *o,
                         struct berth_scheduler **ret, struct berth_error *e);
/* Before its loop, and not from inside a callback; its executors must be gone. NULL is allowed. */
void berth_scheduler_free(struct berth_scheduler *s);

/* Runs the tasks of one component on one thread. What they need is kept for the next ones. */
struct berth_executor;

/* Errors: BERTH_ERROR_USAGE, when the component was not opened for tasks. */
bool berth_executor_new(struct berth_scheduler *s, struct berth_component *c, struct berth_executor **ret,
                        struct berth_error *e);
/* Before its component; no task may be live. The last one's on_done may do it. NULL is allowed. */
void berth_executor_free(struct berth_executor *x);

/* Whether another task could start now: there are at most berth_component_tasks at one time. */
bool berth_executor_has_room(const struct berth_executor *x);

/* Whether a task has not had its first turn yet. Who keeps something for each task (and is told by on_begun and
 * on_done) does better not to start another before that: the next one finds in the processor's cache what the last one
 * has used. */
bool berth_executor_has_line(const struct berth_executor *x);

/* One call, from berth_task_start to on_done: what is called with it afterwards is undefined. */
struct berth_task;

struct berth_task_options {
    const struct berth_func *func; /* one whose types name no resources of the component: they would end with it */
    const void *params;            /* the struct that it was looked up with; what it points to lives until on_done */
    void *data;                    /* given to host functions that it calls, to the output of WASI, and to callbacks */
    uint32_t time_ms;              /* most that it may take, computing and waiting together; 0: any time */
    /* The call is not over after its first turn: it goes on later. May be NULL. */
    void (*on_begun)(void *data);
    /* The function has returned: `result` is the struct that it was looked up with, NULL for none. What it points to
     * lives until this returns. May be NULL. */
    void (*on_result)(void *data, const void *result);
    /* The call has ended, and the instance with it. NULL: well. BERTH_ERROR_TRAP, BERTH_ERROR_TIMEOUT,
     * BERTH_ERROR_LIMIT, or BERTH_ERROR_CLOSED after berth_task_cancel. May be NULL. */
    void (*on_done)(void *data, const struct berth_error *e);
};

/* Starts when it is the executor's turn. Errors: BERTH_ERROR_LIMIT, when there is no room; BERTH_ERROR_USAGE. */
bool berth_task_start(struct berth_executor *x, const struct berth_task_options *o, struct berth_task **ret,
                      struct berth_error *e);

/* A function of the host that let the guest wait (berth_host_wait) is called again soon. When none does, nothing
 * happens.
 */
void berth_task_wake(struct berth_task *t);

/* Ends it at its next chance: on_done follows. */
void berth_task_cancel(struct berth_task *t);

#ifdef __cplusplus
}
#endif

#endif
