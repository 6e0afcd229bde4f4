/* What a supervisor leaves to the program that takes its place, in the same process: the sockets, the lock and the
 * server process that still serves. It is text, a line each, so that the next version can read it. */
#ifndef SERVER_DAEMON_HANDOVER_H
#define SERVER_DAEMON_HANDOVER_H

#include <sys/types.h>

#include "base/err.h"

struct broker_desk; /* server/daemon/broker.h */

struct handover {
    int control_fd, lock_fd;
    pid_t server; /* the server process, a child; 0: none */
};

/* Writes all of it to a memory file, and has the descriptors survive the exec. The file's descriptor, or -1. */
MUST_USE int handover_write(const struct handover *h, struct broker_desk *d, struct err *e);

/* Reads it; the descriptors do not survive another exec. Unknown lines are skipped, they are a newer version's. */
MUST_USE bool handover_read(int fd, struct handover *ret, struct broker_desk *d, struct err *e);

/* Takes back the former, when there was no exec. */
void handover_undo(int fd, const struct handover *h, struct broker_desk *d);

#endif
