/* "compiling app.wasm: 43 %", redrawn in place on a terminal when something takes longer than a moment. */
#ifndef TOOL_PROGRESS_H
#define TOOL_PROGRESS_H

#include "base/clock.h"
#include "tool/report.h"

enum { PROGRESS_DELAY_MS = 300 };

struct progress {
    const struct console *console;
    str what; /* "compiling app.wasm" */
    instant start;
    unsigned percent; /* drawn last */
    bool drawn;
};

void progress_begin(struct progress *p, const struct console *c, str what);
void progress_update(struct progress *p, size_t done, size_t total);
/* Clears the line, if there is one. */
void progress_end(struct progress *p);

#endif
