/* Telling systemd about a service's state: sd_notify(3), for units of Type=notify. */
#ifndef SERVER_DAEMON_NOTIFY_H
#define SERVER_DAEMON_NOTIFY_H

/* "READY=1", "STOPPING=1", … to the socket that NOTIFY_SOCKET names; without that: nothing. Nobody waits for an
 * answer, and a manager that does not listen is its own loss. */
void notify_manager(const char *state);

/* The same for a reload that begins: it ends with the next "READY=1". */
void notify_reloading(void);

#endif
