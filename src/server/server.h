/* The server process's inside: a number of workers that serve the current generation, and the engine of its
 * applications. Independent of any command. Everything here is called on one thread, its owner's, whose loop runs
 * meanwhile. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "base/err.h"
#include "base/str.h"

struct berth_engine; /* berth/engine.h */
struct generation;   /* server/generation.h */
struct loop;         /* io/loop/loop.h */
struct server;

struct server_options {
    struct loop *loop; /* the owner's; the callbacks come from it */
    uint32_t workers;
    void (*on_end)(void *ctx); /* the last worker has ended */
    void *ctx;
};

/* Starts the workers; they serve nothing yet. */
MUST_USE bool server_start(const struct server_options *o, struct server **ret, struct err *e);

/* Of all applications. */
struct berth_engine *server_engine(struct server *s);

/* All workers serve `g` from now on; a reference is taken. `done` is called once they do; `e` (else NULL) tells that
 * one of them cannot listen somewhere. One at a time. */
void server_apply(struct server *s, struct generation *g, void (*done)(void *ctx, const struct err *e), void *ctx);

/* What all workers have done since they started. */
struct server_status {
    uint64_t accepted, closed, idle, requests;
    uint32_t app_count;
    const uint64_t *app_requests; /* live ones, in the order of the generation's applications */
};

/* `done` gets it; with the applications of `g`, to which a reference is taken meanwhile. */
void server_status(struct server *s, struct generation *g, void (*done)(void *ctx, const struct server_status *status),
                   void *ctx);

/* Accept nothing new, finish what runs, then end. */
void server_stop(struct server *s);

/* End now; what runs is cut. */
void server_cut(struct server *s);

/* Waits for the workers to end, which one of the calls above has asked for. */
void server_free(struct server *s);

#endif
