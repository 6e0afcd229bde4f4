/* What needs privileges, or must outlive the server process: listening sockets and files of the state directory. The
 * supervisor holds them; the server process asks for them over a socket pair, one question at a time. */
#ifndef SERVER_DAEMON_BROKER_H
#define SERVER_DAEMON_BROKER_H

#include "base/err.h"
#include "base/str.h"

/* --- In the server process. Any thread; each call blocks for its answer. --- */

struct broker; /* the connection to it */

/* Takes over the descriptor. */
struct broker *broker_connect(int fd);
void broker_disconnect(struct broker *b);

/* A listening socket for an address of a configuration: the one that is open already, or a new one. -1 on failure. The
 * descriptor is the caller's, the socket stays the supervisor's, too. */
MUST_USE int broker_listen(struct broker *b, str address, int backlog, struct err *e);

/* Closes the sockets of all other addresses than these, which are separated by newlines. */
MUST_USE bool broker_keep(struct broker *b, str addresses, struct err *e);

/* Keeps the configuration, whole or not at all, whenever the machine stops. */
MUST_USE bool broker_store(struct broker *b, str text, struct err *e);

/* Descriptors to read the stored configuration and to write the log, which may be a new file; -1 when there is none. */
int broker_stored(struct broker *b);
int broker_log(struct broker *b);

/* --- In the supervisor. --- */

struct broker_desk;

struct broker_desk *broker_desk_new(const char *state_dir, const char *log_file);
/* Closes the sockets; `leave_paths`: in a process that has only inherited them. */
void broker_desk_free(struct broker_desk *d, bool leave_paths);

/* Answers one question that waits on `fd`; false when the other side is gone. */
bool broker_answer(struct broker_desk *d, int fd);

#endif
