/* Changes at a place of a configuration. The old one stays as it is: what comes out is new, with its own copy of all
 * that did not change. Offsets (`at`) are kept in the new value only, so that an error there can be shown in its text.
 */
#ifndef SERVER_JSON_EDIT_H
#define SERVER_JSON_EDIT_H

#include "server/json/path.h"

enum edit_result {
    EDIT_DONE,
    EDIT_NOT_FOUND,   /* a member on the way is missing */
    EDIT_NOT_ALLOWED, /* the target is of a kind that takes no such change */
};

/* Replaces what is there, or adds the last member of the path, or appends to an array at the index of its length. */
enum edit_result edit_put(struct arena *a, const struct json *root, struct path p, const struct json *value,
                          const struct json **ret);

/* Appends an element to the array at `p`. */
enum edit_result edit_post(struct arena *a, const struct json *root, struct path p, const struct json *value,
                           const struct json **ret);

/* Removes a member or an element; the root becomes an empty object. */
enum edit_result edit_delete(struct arena *a, const struct json *root, struct path p, const struct json **ret);

#endif
