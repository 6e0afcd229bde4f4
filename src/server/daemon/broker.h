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

/* A descriptor to append to the access log at `path`, whose text holds no NUL; -1 on failure. */
MUST_USE int broker_access_log(struct broker *b, str path, struct err *e);

/* The stored certificates, as certificate_files.h lays them out in a memory file; -1 when they cannot be read. */
MUST_USE int broker_certificates(struct broker *b, struct err *e);
MUST_USE bool broker_store_certificate(struct broker *b, str name, str pem, struct err *e);
MUST_USE bool broker_delete_certificate(struct broker *b, str name, struct err *e);

/* Tells that the configuration is in force: an older server process may go. */
void broker_tell_ready(struct broker *b);

/* Tells that no change of the configuration runs and none will begin: the supervisor's program may be replaced. */
void broker_tell_standby(struct broker *b);

/* --- In the supervisor. --- */

struct broker_desk;

struct broker_desk *broker_desk_new(const char *state_dir);
/* Closes the sockets: from now on clients are refused, once the server process has closed its own, too. */
void broker_desk_close(struct broker_desk *d);
/* Closes the sockets; `leave_paths`: in a process that has only inherited them. */
void broker_desk_free(struct broker_desk *d, bool leave_paths);

enum broker_event {
    BROKER_GONE, /* the other side has ended */
    BROKER_ANSWERED,
    BROKER_IS_READY,
    BROKER_IS_ON_STANDBY,
};

/* Answers one question that waits on `fd`, or tells what the server process had to tell. */
enum broker_event broker_answer(struct broker_desk *d, int fd);

/* The sockets, for a program that takes the place of this one: `each` is called for each, `adopt` takes one over. */
void broker_desk_each(struct broker_desk *d, void (*each)(void *ctx, str address, int fd), void *ctx);
MUST_USE bool broker_desk_adopt(struct broker_desk *d, str address, int fd, struct err *e);

#endif
