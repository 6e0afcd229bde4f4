/* A request on its way through the routes: what they compare and change. In the exchange's arena. */
#ifndef SERVER_ROUTE_REQUEST_H
#define SERVER_ROUTE_REQUEST_H

#include "io/http/exchange.h"
#include "io/http/uri.h"

struct action;        /* server/route/route.h */
struct http_client;   /* io/http/client/client.h */
struct upstream_turn; /* server/route/upstream.h */

struct request {
    struct http_exchange *x;
    const struct sockaddr *source; /* the client's address, with port; or what a proxy says that it is */
    struct uri uri;                /* `path` changes with rewrites */
    const struct action *action;   /* chosen last: its response_headers apply */
    bool rewritten;                /* it has */
    bool proxied;                  /* the answer is another server's, to be passed on as it is */
    unsigned passes;               /* from target to target so far */
    bool wrong_method;             /* a file was asked for with a method that files do not have */
    /* That is being sent, or was, when somebody wants to know; or NULL. */
    const struct http_response *response;
    str id;   /* $request_id, once it was asked for */
    str host; /* request_host, once it was asked for */
    /* Gives it to the generation's application of this index. */
    void (*to_app)(struct request *r, uint32_t app);
    struct http_client *client;           /* the worker's: for proxies */
    struct upstream_turn *upstream_turns; /* the worker's, one for each upstream of the routing */
    /* Told why the server at an address did not answer as it should; NULL: nobody listens. */
    void (*on_failure)(struct request *r, str what, str address, str why);
    /* Told of the way that it takes, in words; `taken`: it goes there, else only: not there. NULL: nobody listens. */
    void (*on_route)(struct request *r, bool taken, str text);
};

/* False when the target is no path, or the host is one of a path's steps ("..", which names a file's directory where
 * $host stands in a path): then it is to be refused with 400. */
MUST_USE bool request_begin(struct request *r, struct http_exchange *x);

/* Of a request that was refused before it came here: as much as was understood. */
void request_begin_refused(struct request *r, struct http_exchange *x);

/* Drops fields whose names have other than letters, digits and '-': programs behind may read '_' as '-'. */
void request_discard_unsafe_fields(struct http_request *r);

/* The Host in lower case, without port and final dot; empty when there is none. */
str request_host(struct request *r);

/* The last value of a query argument of this name, decoded; STR_NONE when absent. */
str request_argument(const struct request *r, str name);

/* The next cookie of all Cookie fields, as sent. `*field` and `*rest` begin as 0 and STR_NONE. */
bool request_next_cookie(const struct request *r, uint32_t *field, str *rest, str *ret_name, str *ret_value);

#endif
