/* Static files. RFC 9110: conditional requests (13), ranges (14). */
#ifndef SERVER_ROUTE_SHARE_H
#define SERVER_ROUTE_SHARE_H

#include "server/route/mime.h"
#include "server/route/pattern.h"
#include "server/route/template.h"

struct request; /* server/route/request.h */

/* The options of an action `share`. */
struct share {
    const struct template *paths; /* tried in order */
    uint32_t path_count;
    str index;                     /* appended to paths that end in '/' */
    const struct patterns *types;  /* media types that may be sent; NULL: all */
    const struct template *chroot; /* below which paths must resolve; or NULL */
    bool follow_symlinks, traverse_mounts;
};

enum share_result {
    SHARE_SERVED,    /* answered, or being answered */
    SHARE_NOT_FOUND, /* nothing was sent, here and below */
    SHARE_FORBIDDEN,
    SHARE_METHOD, /* other than GET and HEAD */
    SHARE_FAILED,
};

MUST_USE bool share_compile(struct arena *a, const struct json *action, struct share *ret, struct err *e);

enum share_result share_serve(const struct share *s, const struct mime_types *mime, struct request *r);

#endif
