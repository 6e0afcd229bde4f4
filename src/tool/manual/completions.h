/* Scripts with which shells complete the command lines of berth, berthd and unitc. Installed, they are found by the
 * shell; to try one: source <(berth help --completions bash). */
#ifndef TOOL_MANUAL_COMPLETIONS_H
#define TOOL_MANUAL_COMPLETIONS_H

#include "tool/command.h"

void completions_bash(FILE *f, const struct command_table *t);
void completions_zsh(FILE *f, const struct command_table *t);
void completions_fish(FILE *f, const struct command_table *t);

/* What can be offered where a value or an argument stands. */
enum completion {
    COMPLETE_NOTHING, /* only the user knows */
    COMPLETE_WORDS,   /* "on|off" */
    COMPLETE_FILES,
    COMPLETE_COMPONENTS, /* files named *.wasm */
    COMPLETE_DIRECTORIES,
    COMPLETE_USERS,
    COMPLETE_GROUPS,
};

/* By what the help calls it: "FILE.wasm", "DIR", "[METHOD] [FILE...] PATH", … */
enum completion completion_of(const char *placeholder);

/* Those of a placeholder that names them, with spaces between. */
void completion_print_words(FILE *f, const char *placeholder);

#endif
