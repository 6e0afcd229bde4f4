/* A worker: a thread with a loop of its own, the connections it took from the shared listening sockets, and its part of
 * each application. Workers share nothing on the way of a request. What it serves is a generation; the next one takes
 * over while requests of the one before still run. */
#ifndef SERVER_WORKER_H
#define SERVER_WORKER_H

#include "base/err.h"
#include "io/http/server/server.h"

struct berth_engine; /* berth/engine.h */
struct generation;   /* server/generation.h */
struct worker;

struct worker_options {
    struct loop *owner; /* where generations are counted, and `on_end` is called */
    struct berth_engine *engine;
    uint32_t index, count;     /* of this worker and of all: requests are numbered apart */
    void (*on_end)(void *ctx); /* it served its last request */
    void *ctx;
};

MUST_USE bool worker_start(const struct worker_options *o, struct worker **ret, struct err *e);

/* A message to a worker, embedded in the sender's; it is the sender's again when `done` was called on the owner's loop.
 */
struct worker_message {
    struct worker *worker;
    void (*done)(struct worker_message *m);
    void *ctx;

    struct generation *generation; /* of worker_apply: a reference that becomes the worker's */
    struct err error;              /* of what could not be served */

    struct http_counters http; /* of worker_status: since it started */
    const struct generation *subject;
    uint32_t *app_requests; /* live ones for each of the subject's applications */
};

/* Serves `m->generation` instead of the one before. `m->error` tells when it does not listen everywhere. */
void worker_apply(struct worker *w, struct worker_message *m);

/* Fills in `m->http` and, when it serves the subject, `m->app_requests`. */
void worker_status(struct worker *w, struct worker_message *m);

/* Stop: accept nothing new, finish what runs. Cut: end what runs, too. */
void worker_stop(struct worker *w);
void worker_cut(struct worker *w);

/* Waits for its end; what it has posted to its owner must still be delivered. */
void worker_free(struct worker *w);

#endif
