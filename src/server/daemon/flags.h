/* The command line of berthd: the flags of NGINX Unit's daemon, with its texts. Only the form `--flag VALUE`. */
#ifndef SERVER_DAEMON_FLAGS_H
#define SERVER_DAEMON_FLAGS_H

#include <stdio.h>

#include "base/err.h"

struct flags {
    const char *control;                      /* address of the control API */
    uint32_t control_mode;                    /* of its socket file */
    const char *control_user, *control_group; /* NULL: as created */
    const char *pid, *log, *statedir, *tmpdir, *modulesdir;
    const char *user, *group; /* of the server process; NULL: `nobody`, and the user's */
    bool no_daemon;
    bool help, version; /* print and leave */
};

/* Values point into `argv`. Notes about old names go to `notes`, unless it is NULL. ERR_USAGE with Unit's text. */
MUST_USE bool flags_parse(int argc, char **argv, FILE *notes, struct flags *ret, struct err *e);

void flags_print_help(FILE *out);

/* A flag that --help lists; `value` and `fallback` may be NULL. */
struct flag_help {
    const char *name, *value, *fallback, *help;
};

/* All of them, in the order of --help; returns how many, at most `max`. */
size_t flags_list_help(struct flag_help *ret, size_t max);

#endif
