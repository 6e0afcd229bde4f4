/* The commands of `berth`: a row each, a file each. Usage, help and hints come from the table. */
#ifndef TOOL_COMMAND_H
#define TOOL_COMMAND_H

#include "tool/options.h"
#include "tool/report.h"

enum exit_status { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* A row of the manual page. */
struct exit_help {
    const char *status, *help;
};

struct command {
    const char *name;
    const char *args; /* "FILE.wasm", or "" */
    uint32_t args_min, args_max;
    const char *help;              /* one line for `berth --help` */
    const char *example;           /* one command line for `berth NAME --help` */
    const char *about;             /* paragraphs for the manual page (roff_paragraphs); NULL: `help` says it all */
    const struct exit_help *exits; /* what other statuses than 0, 1 and 2 mean, or what these mean here */
    size_t exit_count;
    const struct option_table *options;
    size_t settings_size;
    /* `settings` as the options filled it. */
    enum exit_status (*run)(const struct console *c, const void *settings, const struct arguments *args);
};

extern const struct command serve_command, inspect_command, ctl_command, check_command, schema_command, wast_command;

struct command_table {
    const struct command *const *at;
    size_t len;
};

/* Runs what `words` (without the program's name) ask for. */
enum exit_status command_main(const struct console *c, const struct command_table *t, const str *words, size_t count);

#endif
