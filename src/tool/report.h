/* What commands say to people: errors with place and help, notes. On a terminal the first word is coloured, unless
 * NO_COLOR is set. */
#ifndef TOOL_REPORT_H
#define TOOL_REPORT_H

#include <stdio.h>

#include "base/err.h"
#include "base/str.h"

/* Where a command writes: results to `out`, everything else to `err`. */
struct console {
    FILE *out, *err;
    bool is_terminal; /* `err` is a terminal: progress may be drawn */
    bool colour;      /* on `err` */
};

/* The process's own stdout and stderr. */
struct console console_of_process(void);

/*   error: <text>
 *     --> <file>, byte 0x1a2b      when the error has an offset and `file` is not empty
 *     --> <file>                   when it has none
 *   help: <help>                   when there is one */
void report_error(const struct console *c, const struct err *e, str file);

/* The last of these lines alone. */
void report_help(const struct console *c, const struct err *e);

void report_note(const struct console *c, const char *text);

#endif
