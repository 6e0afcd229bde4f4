/* The server process's inside: one application, a number of workers that serve it on one address, and the clock of
 * running guests. Independent of any command. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

struct component_app; /* server/app/component.h */
struct engine;        /* runtime/engine/engine.h */
struct log;           /* server/log.h */
struct server;

struct server_options {
    const struct component_app *app; /* its concurrency times `workers` fits into the engine's pool */
    struct engine *engine;
    str addr; /* HOST:PORT; port 0 picks a free one */
    uint32_t workers;
    uint64_t max_body_bytes;
    duration client_timeout; /* longest silence of a client */
    const struct log *log;
    /* The last worker has ended; called once, on a thread of the server's. */
    void (*on_end)(void *ctx);
    void *ctx;
};

/* Returns when all workers listen. Errors: ERR_USAGE for the address, ERR_SYSTEM when it cannot be listened on. */
MUST_USE bool server_start(const struct server_options *o, struct server **ret, struct err *e);

/* "127.0.0.1:8080": the address listened on, with the real port. */
const char *server_addr(const struct server *s);

/* Any thread: accept nothing new, finish what runs, then end. */
void server_stop(struct server *s);

/* Any thread: end now; what runs is cut. */
void server_cut(struct server *s);

/* Waits for the workers to end, which one of the calls above has asked for. */
void server_free(struct server *s);

#endif
