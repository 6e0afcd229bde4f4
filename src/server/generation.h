/* A generation: one configuration as it is served, immutable once it has been handed to the workers. Requests end under
 * the generation that they began with; it goes when the last of them has ended. */
#ifndef SERVER_GENERATION_H
#define SERVER_GENERATION_H

#include "base/arena.h"
#include "io/http/server/server.h"
#include "server/route/forwarded.h"
#include "server/route/route.h"

struct access_file;   /* server/access_log/file.h */
struct access_format; /* server/access_log/format.h */
struct compression;   /* server/route/compression.h */
struct app;           /* server/app/app.h */
struct json;          /* server/json/json.h */
struct log;           /* server/log.h */
struct tls_context;   /* io/tls/context.h */

struct listener_config {
    str address;             /* as it is written; what has the same one in the next generation is the same listener */
    int fd;                  /* the listening socket, its owner's; the workers duplicate it when they take over */
    struct tls_context *tls; /* what its connections begin with; NULL: nothing but TCP */
    struct target target;    /* where its requests go */
    const struct forwarded *forwarded; /* proxies that are believed; NULL: none */
};

struct generation {
    struct arena arena; /* of everything below */
    uint32_t refs;      /* counted on the thread of the server's owner */
    struct listener_config *listeners;
    uint32_t listener_count;
    uint32_t listen_threads; /* workers that take connections; 0: all */
    struct app **apps;       /* in the order that `routing` names them */
    uint32_t app_count;
    struct routing routing;
    bool discard_unsafe_fields;            /* of requests */
    const struct compression *compression; /* NULL: none */
    bool log_route;                        /* lines about the way that requests take */
    struct http_settings http;
    const struct log *log;
    bool log_requests;                         /* a line a request, for people */
    const struct access_format *access_format; /* NULL: no access log */
    struct access_file *access_file;           /* its own reference */
    const struct json *config;                 /* that it was made of; NULL without one */
};

/* Empty, with one reference: its maker's. */
struct generation *generation_new(void);
struct generation *generation_retain(struct generation *g);
void generation_release(struct generation *g);

#endif
