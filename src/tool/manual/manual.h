/* `berth help --man` and `berth help --completions`: what the tables of commands and options say, for man and for
 * shells. */
#ifndef TOOL_MANUAL_MANUAL_H
#define TOOL_MANUAL_MANUAL_H

#include "tool/command.h"

/* Whether `words` (after `help`) ask for it. */
bool manual_is_asked(const str *words, size_t count);

/* ERR_USAGE for a command or shell that there is none of. */
MUST_USE bool manual_print(FILE *out, const struct command_table *t, const str *words, size_t count, struct err *e);

#endif
