/* The supervisor: the process that has the privileges and does little else. It holds the listening sockets, stores the
 * configuration, and starts the server process again whenever that dies. */
#ifndef SERVER_DAEMON_SUPERVISOR_H
#define SERVER_DAEMON_SUPERVISOR_H

#include <sys/types.h>

#include "server/daemon/flags.h"

/* Everything that can be refused is done before it daemonises, so that errors reach whoever started it. */
struct supervisor {
    const struct flags *flags;
    int control_fd, log_fd, lock_fd;
    bool has_user; /* the server process changes to: */
    uid_t uid;
    gid_t gid;
    char user[64];
    char cache_dir[4096];
};

MUST_USE bool supervisor_open(struct supervisor *s, const struct flags *f, struct err *e);

/* Returns the exit status, once a signal has ended it. */
int supervisor_run(struct supervisor *s);

#endif
