/* What stands behind `struct berth_task`, `struct berth_executor` and `struct berth_scheduler`. */
#ifndef EMBED_TASK_H
#define EMBED_TASK_H

#include "base/list.h"
#include "berth/http.h"
#include "embed/caller.h"
#include "embed/component.h"
#include "runtime/engine/ticker.h"
#include "runtime/run/instance_pool.h"
#include "runtime/run/run_queue.h"
#include "runtime/run/task.h"

struct berth_scheduler {
    struct run_queue queue;
    struct warm_set warm;
    struct ticker_client clock; /* busy while a task lives */
};

struct berth_executor {
    struct berth_scheduler *scheduler;
    struct berth_component *component;
    struct executor *executor;
    struct list spare; /* tasks kept for reuse, the one used last first */
};

/* Kept for reuse by its executor. */
struct berth_task {
    struct list node;
    struct berth_executor *executor;
    struct caller caller;
    struct task *task; /* while it lives */
    void (*on_begun)(void *data);
    void (*on_result)(void *data, const void *result);
    void (*done)(struct berth_task *t, const struct err *e);
    union {
        void (*call)(void *data, const struct berth_error *e);
        void (*http)(void *data, enum berth_http_outcome outcome, const struct berth_error *e);
    } on_done;
    struct wasi_http_handle_params params; /* of wasi:http/incoming-handler.handle */
};

/* A task with its caller begun; it is not started yet. */
struct berth_task *task_prepare(struct berth_executor *x, void *data);
/* Starts it; on false it is gone. */
MUST_USE bool task_launch(struct berth_task *t, const struct berth_func *func, const void *params, uint32_t time_ms,
                          struct err *e);
/* Why it ended, as the embedder is told: a guest that exits does that by a trap. */
void task_explain(const struct berth_task *t, const struct err *e, struct berth_error *ret);
/* When it is over (`done`), before the embedder is told: the embedder may start another, or free the executor. */
void task_retire(struct berth_task *t);

#endif
