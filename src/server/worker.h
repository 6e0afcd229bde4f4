/* A worker: a thread with a loop of its own, the connections it took from the shared listening socket, and its part of
 * the application. Workers share nothing on the way of a request. */
#ifndef SERVER_WORKER_H
#define SERVER_WORKER_H

#include "base/clock.h"
#include "base/err.h"

struct component_app; /* server/app/component.h */
struct engine;        /* runtime/engine/engine.h */
struct log;           /* server/log.h */
struct ticker_client; /* server/ticker.h */
struct worker;

struct worker_options {
    const struct component_app *app;
    struct engine *engine;
    struct ticker_client *ticker;
    int fd;                /* the listening socket; it stays the caller's */
    uint32_t index, count; /* of this worker and of all */
    uint64_t max_body_bytes;
    duration client_timeout;
    const struct log *log;
    void (*on_end)(void *ctx); /* the worker served its last request; on its thread */
    void *ctx;
};

/* Returns when it listens. */
MUST_USE bool worker_start(const struct worker_options *o, struct worker **ret, struct err *e);

/* Any thread. Stop: accept nothing new, finish what runs. Cut: end what runs, too. */
void worker_stop(struct worker *w);
void worker_cut(struct worker *w);

/* Waits for its end. */
void worker_free(struct worker *w);

#endif
