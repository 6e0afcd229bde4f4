/* An application that is a component: requests in, each answered by a fresh instance of its program.
 *
 * A request that finds no instance free waits in line; the line is bounded in length and time (503 when full or late).
 * What goes wrong is told to the log in one line, and to the client only as a status: 500 for a failure of the
 * component, 503 when it took too long; when the response's head is already out, the connection is cut. */
#ifndef SERVER_APP_COMPONENT_H
#define SERVER_APP_COMPONENT_H

#include "base/err.h"
#include "runtime/run/task.h"
#include "runtime/wasi/wasi.h"

struct http_exchange; /* io/http/exchange.h */
struct log;           /* server/log.h */
struct loop;          /* io/loop/loop.h */
struct ticker_client; /* server/ticker.h */

/* The application: the same for all workers, immutable while they run. */
struct component_app {
    const struct program_func *handle; /* wasi:http/incoming-handler.handle */
    struct wasi_options wasi;          /* `output` is set by component_app_init */
    struct task_limits limits;
    uint32_t concurrency; /* most requests running at once, a worker */
    uint32_t queue_len;   /* most requests waiting, a worker */
    duration queue_time;  /* longest wait */
    const struct log *log;
    bool log_requests; /* a line a request */
    bool plain_output; /* guests' lines without the request's number */
};

/* Finds the handler in the program and completes `app`. Errors: ERR_LINK when the program does not export one. */
MUST_USE bool component_app_init(struct component_app *app, struct program *program, struct err *e);

/* One worker's part of it: instances running and requests waiting. Belongs to the worker's thread. */
struct component_worker;

struct component_worker_options {
    const struct component_app *app;
    struct loop *loop;
    struct engine *engine;
    struct ticker_client *ticker;
    uint32_t index, count;       /* of this worker and of all: requests are numbered apart */
    void (*on_quiet)(void *ctx); /* the last request that ran or waited has ended; may be NULL */
    void *ctx;
};

struct component_worker *component_worker_new(const struct component_worker_options *o);
/* No request may be live. */
void component_worker_free(struct component_worker *w);

/* Handles a new exchange, to its end. */
void component_worker_handle(struct component_worker *w, struct http_exchange *x);

/* Ends what runs and drops what waits: their connections are cut. */
void component_worker_cut(struct component_worker *w);

/* Requests that run or wait. */
uint32_t component_worker_live(const struct component_worker *w);

#endif
