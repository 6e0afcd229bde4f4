/* The server process: workers, applications and the control API. It has no privileges; what needs them it asks of the
 * supervisor. */
#ifndef SERVER_DAEMON_PROCESS_H
#define SERVER_DAEMON_PROCESS_H

#include <stdint.h>

struct process_options {
    int control_fd; /* listening socket of the control API */
    int broker_fd;  /* to the supervisor */
    uint32_t workers;
    const char *cache_dir; /* of compiled code, the process's own */
};

/* Serves until a signal ends it: SIGQUIT lets running requests finish, SIGTERM does not; SIGUSR1 opens the log anew,
 * SIGUSR2 ends the control API only, because a successor is about to be started. These may come at any time: they are
 * blocked when this is called. The log is stderr. Returns the exit status. */
int process_main(const struct process_options *o);

#endif
