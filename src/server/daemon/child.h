/* A server process, as its supervisor sees it. */
#ifndef SERVER_DAEMON_CHILD_H
#define SERVER_DAEMON_CHILD_H

#include <sys/types.h>

#include "base/clock.h"
#include "base/err.h"

struct broker_desk; /* server/daemon/broker.h */
struct supervisor;  /* server/daemon/supervisor.h */

struct child {
    pid_t pid; /* 0: there is none */
    int fd;    /* its questions to the broker; -1 when it asks no more */
    instant started;
};

#define CHILD_NONE         \
    {                      \
        .pid = 0, .fd = -1 \
    }

/* Forks. In the child this does not return, and nothing of `desk` stays: what it needs of it, it asks for. */
MUST_USE bool child_start(const struct supervisor *s, struct broker_desk *desk, struct child *ret, struct err *e);

/* No signal goes anywhere when there is no child. */
void child_signal(const struct child *c, int signum);

/* It asks no more, or it has ended. */
void child_hang_up(struct child *c);

#endif
