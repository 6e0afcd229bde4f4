/* Upgrading in place: the supervisor's program is replaced by the file that is now where it came from, in the same
 * process, with the same arguments. Listening sockets stay open, and the server process goes on serving until the new
 * program's own is ready. docs/guide/operations.md tells it to operators. */
#ifndef SERVER_DAEMON_UPGRADE_H
#define SERVER_DAEMON_UPGRADE_H

#include "base/err.h"

struct broker_desk; /* server/daemon/broker.h */
struct child;       /* server/daemon/child.h */
struct supervisor;  /* server/daemon/supervisor.h */

/* Remembers where the program comes from, before a package replaces the file. */
MUST_USE bool upgrade_find_program(const char *argv0, char ret[4096], struct err *e);

/* Whether the file that is there now runs at all: it is asked for its version. May take seconds, at most. */
MUST_USE bool upgrade_try_program(const char *program, struct err *e);

/* Does not return when all goes well. */
void upgrade_exec(const struct supervisor *s, struct broker_desk *d, const struct child *server, struct err *e);

/* In the new program: the descriptor of what was left to it, -1 when it was not started so. Forgets it. */
int upgrade_inherited(void);

#endif
