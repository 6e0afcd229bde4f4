/* The supervisor: the process that has the privileges and does little else. It holds the listening sockets, stores the
 * configuration, and starts the server process again whenever that dies. */
#ifndef SERVER_DAEMON_SUPERVISOR_H
#define SERVER_DAEMON_SUPERVISOR_H

#include "server/daemon/flags.h"
#include "server/daemon/identity.h"
#include "server/log.h"

struct supervisor {
    const struct flags *flags;
    char **argv;          /* the process's, for its successor */
    char program[4096];   /* the file it was started from */
    char cache_dir[4096]; /* of compiled code */
    struct identity identity;
    struct log log; /* on stderr, which is the log file */
    int control_fd, lock_fd, signals_fd;
    int inherited_fd; /* what the program before has left; -1: a fresh start */
};

/* Everything that can be refused is done here, before it goes to the background, so that errors reach whoever started
 * it. `argv`: of main. */
MUST_USE bool supervisor_open(struct supervisor *s, const struct flags *f, char **argv, struct err *e);

/* Serves until a signal ends it; returns the exit status. `started` is called once, when nothing but the server process
 * can fail any more, or with the error that ends it; until then stderr is the caller's, afterwards it is the log. */
int supervisor_run(struct supervisor *s, void (*started)(void *ctx, const struct err *e), void *ctx);

#endif
