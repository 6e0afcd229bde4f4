/* `berthd` as rows like those of a command, for its manual page and for shells. */
#ifndef TOOL_MANUAL_DAEMON_H
#define TOOL_MANUAL_DAEMON_H

#include "tool/command.h"

enum { DAEMON_OPTIONS_MAX = 32 };

struct daemon_signal {
    const char *name, *help;
};

struct daemon_command {
    struct option options[DAEMON_OPTIONS_MAX];
    struct option_table table;
    struct command command; /* points into this struct; not to be run */
    const struct daemon_signal *signals;
    size_t signal_count;
};

void daemon_command_init(struct daemon_command *d);

#endif
