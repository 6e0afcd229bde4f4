/* Routes: where a request goes. A target names an application or a route; a route is a list of steps, the first that
 * matches gives its action; an action answers, or passes on to another target. Immutable, part of a generation. */
#ifndef SERVER_ROUTE_ROUTE_H
#define SERVER_ROUTE_ROUTE_H

#include "base/map.h"
#include "server/route/match.h"
#include "server/route/share.h"
#include "server/route/template.h"
#include "server/route/upstream.h"

struct http_response; /* io/http/message.h */
struct route;
struct route_index; /* server/route/route_index.h */

enum { ROUTE_PASSES_MAX = 255 };

enum target_kind {
    TARGET_NOTHING, /* answers 404 */
    TARGET_APP,
    TARGET_UPSTREAM,
    TARGET_ROUTE,
    TARGET_TEMPLATE, /* named by the request */
};

struct target {
    enum target_kind kind;
    uint32_t app;      /* index in the generation */
    uint32_t upstream; /* index in the routing */
    const struct route *route;
    const struct template *name;
};

enum action_kind { ACTION_PASS, ACTION_RETURN, ACTION_SHARE, ACTION_PROXY };

/* A field that the action sets, or removes. */
struct header_edit {
    str name;
    const struct template *value; /* NULL: removed */
};

struct action {
    enum action_kind kind;
    struct target pass;
    uint16_t status;                 /* return */
    const struct template *location; /* of a return; or NULL */
    const struct share *share;
    const struct action *fallback; /* of a share; or NULL */
    const struct address *proxy;   /* the server that answers */
    const struct template *rewrite;
    const struct header_edit *headers;
    uint32_t header_count;
};

struct step {
    const struct match *match; /* NULL: always */
    struct action action;
};

struct route {
    str name; /* STR_NONE for the only one, "routes" */
    struct step *steps;
    uint32_t len;
    const struct route_index *index; /* NULL: all steps are asked */
};

/* All targets by the names that a `pass` has. */
struct routing {
    struct route *routes;
    uint32_t route_count;
    const str *apps; /* names, in the order of the generation's applications */
    uint32_t app_count;
    struct upstream *upstreams;
    uint32_t upstream_count;
    const struct mime_types *mime;
};

/* Only the names, of a configuration whose shape need not be right: steps may pass to routes that come later. */
void routing_name(struct arena *a, const struct json *root, struct routing *ret);

/* Compiles the configuration's routes. Their shape was checked; errors are of what only compiling shows. */
MUST_USE bool routing_compile(struct arena *a, const struct json *root, struct routing *ret, struct err *e);

/* What a `pass` names: "applications/NAME", "upstreams/NAME", "routes", "routes/NAME", each segment percent-encoded.
 * TARGET_NOTHING when there is no such thing. */
struct target routing_find(const struct routing *r, struct arena *scratch, str name);

/* The target of a `pass`, with variables or without. */
MUST_USE bool target_compile(struct arena *a, const struct routing *r, str pass, struct target *ret, struct err *e);

/* Sends the request on its way. */
void route_request(const struct routing *routing, struct request *r, const struct target *target);

/* Applies the response_headers of the action that was chosen last. */
void route_edit_response(struct request *r, struct http_response *response);

#endif
