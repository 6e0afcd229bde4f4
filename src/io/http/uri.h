/* Targets of requests: path and query, made comparable. RFC 3986; what NGINX Unit makes of a path before it matches. */
#ifndef IO_HTTP_URI_H
#define IO_HTTP_URI_H

#include "base/arena.h"
#include "base/str.h"

struct uri {
    str path;  /* decoded once, without "//", "/./" and "/../"; begins with '/' (or is "*") */
    str query; /* as sent, without '?'; STR_NONE when there is none */
};

/* The parts are slices of `target` where nothing had to change, else in the arena. False when it climbs above the root,
 * holds %00, or is badly encoded. A fragment is dropped. */
MUST_USE bool uri_parse(struct arena *a, str target, struct uri *ret);

/* For a Location: all but what may stand in a path is percent-encoded. */
str uri_encode_path(struct arena *a, str path);

/* For a Location that may hold a whole URI: percent-encodes what cannot stand in one, and '%'; but what is a proper
 * reference already stays as it is. */
str uri_encode_reference(struct arena *a, str text);

/* Percent-decodes; with `plus`, '+' is a space (queries). False when it is badly encoded. */
MUST_USE bool uri_decode(struct arena *a, str text, bool plus, str *ret);

/* The next "name=value" of a query, decoded; `*rest` begins as the query and moves on. False at the end. What is badly
 * encoded stays as it is. */
bool uri_next_argument(struct arena *a, str *rest, str *ret_name, str *ret_value);

#endif
