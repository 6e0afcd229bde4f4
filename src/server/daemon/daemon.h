/* The production server as a program: `berth` is it when it is called `berthd`. */
#ifndef SERVER_DAEMON_DAEMON_H
#define SERVER_DAEMON_DAEMON_H

/* Runs to its end; returns the exit status. */
int daemon_main(int argc, char **argv);

#endif
