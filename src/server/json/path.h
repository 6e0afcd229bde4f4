/* Places in a configuration: the paths of the control API ("/config/routes/0") and JSON pointers for error messages. */
#ifndef SERVER_JSON_PATH_H
#define SERVER_JSON_PATH_H

#include "server/json/json.h"

enum { PATH_SEGMENT_MAX = 256 /* bytes, as sent */, PATH_DEPTH_MAX = JSON_DEPTH_MAX };

/* Names and indexes, from the top. */
struct path {
    const str *at;
    uint32_t len;
};

/* Splits a request's path. Each segment is percent-decoded on its own, so that "%2F" gives a slash inside of a name;
 * one slash at the end is ignored. Errors: ERR_PARSE, ERR_LIMIT. */
MUST_USE bool path_parse(struct arena *a, str text, struct path *ret, struct err *e);

/* Without its first segment. */
struct path path_rest(struct path p);

/* The index that a segment is in an array; false when it is none. */
bool path_index(str segment, uint32_t *ret);

/* NULL when there is nothing. */
const struct json *path_find(const struct json *root, struct path p);

/* RFC 6901: "~" and "/" in names are escaped. */
void path_print_pointer(struct buf *out, struct path p);

#endif
