/* The listening socket of the control API. */
#ifndef SERVER_DAEMON_CONTROL_SOCKET_H
#define SERVER_DAEMON_CONTROL_SOCKET_H

#include "base/err.h"

struct flags; /* server/daemon/flags.h */

/* -1 on failure, such as a server that listens there already. A unix socket has its mode and owner before anybody can
 * connect to it. */
MUST_USE int control_socket_open(const struct flags *f, struct err *e);

/* Removes the path of a unix socket. */
void control_socket_remove(const struct flags *f);

#endif
