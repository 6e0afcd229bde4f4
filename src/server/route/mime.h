/* Media types of files by the last extension of their names. */
#ifndef SERVER_ROUTE_MIME_H
#define SERVER_ROUTE_MIME_H

#include "base/arena.h"
#include "base/err.h"

struct json;       /* server/json/json.h */
struct mime_types; /* immutable */

/* The built-in types, and those of `settings` (type → extensions with their dot, or whole file names; may be NULL),
 * which come first. Errors are NGINX Unit's. */
MUST_USE bool mime_types_compile(struct arena *a, const struct json *settings, const struct mime_types **ret,
                                 struct err *e);

/* Empty when it is unknown. */
str mime_type_of(const struct mime_types *m, str path);

#endif
