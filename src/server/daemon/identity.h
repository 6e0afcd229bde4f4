/* Users and groups: whom the server process runs as, and who owns the control socket. */
#ifndef SERVER_DAEMON_IDENTITY_H
#define SERVER_DAEMON_IDENTITY_H

#include <sys/types.h>

#include "base/err.h"

struct identity {
    bool changes; /* else it stays who it is: only root can become another */
    uid_t uid;
    gid_t gid;
    char user[64];
};

/* Names may be NULL: `nobody`, and the user's primary group. */
MUST_USE bool identity_find(const char *user, const char *group, struct identity *ret, struct err *e);

/* For good. */
MUST_USE bool identity_assume(const struct identity *i, struct err *e);

/* Ids of names; a NULL name gives (uid_t)-1 or (gid_t)-1, which chown leaves alone. */
MUST_USE bool identity_ids(const char *user, const char *group, uid_t *ret_uid, gid_t *ret_gid, struct err *e);

#endif
