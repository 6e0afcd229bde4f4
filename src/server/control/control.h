/* The control API: HTTP on a socket of its own, JSON in and out, as NGINX Unit has it. A change makes a whole new
 * configuration, checks it, puts it in force and has it stored; when any of that fails, everything stays as it was.
 * Changes happen one after the other; what only reads is answered meanwhile. Belongs to its loop's thread. */
#ifndef SERVER_CONTROL_CONTROL_H
#define SERVER_CONTROL_CONTROL_H

#include "base/err.h"
#include "base/str.h"

struct certificates; /* server/certificate/certificates.h */
struct config_host;  /* server/config/config.h */
struct control;
struct generation; /* server/generation.h */
struct log;        /* server/log.h */
struct loop;       /* io/loop/loop.h */
struct server;     /* server/server.h */

struct control_options {
    struct loop *loop;
    struct server *server;
    const struct config_host *host;
    const struct log *log;
    /* A change has ended, well or not: listening sockets that `g`, which is in force, does not name may go. */
    void (*settled)(void *ctx, const struct generation *g);
    /* Keeps the configuration, a JSON text, for the next start. */
    bool (*store)(void *ctx, str config, struct err *e);
    struct certificates *certificates; /* the control's to change */
    /* Keep one for the next start, or no longer. */
    bool (*store_certificate)(void *ctx, str name, str pem, struct err *e);
    bool (*delete_certificate)(void *ctx, str name, struct err *e);
    void *ctx;
};

struct control *control_new(const struct control_options *o);

/* Once, at the start: puts `stored` in force, or the empty configuration when it is empty or of no use any more, which
 * the log tells. */
void control_restore(struct control *c, str stored);

/* Takes calls from a listening socket, which stays the caller's. Only when a configuration is in force: clients wait
 * until then. */
MUST_USE bool control_listen(struct control *c, int fd, struct err *e);

/* Takes no more calls; what is being changed is finished first. Then `done`, which may be NULL. Again, with another
 * `done`: that one is called instead. */
void control_stop(struct control *c, void (*done)(void *ctx), void *ctx);

/* A change is being made; control_free must not be called. */
bool control_is_changing(const struct control *c);
void control_free(struct control *c);

#endif
