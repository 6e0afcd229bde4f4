/* Scripts of the Component Model's tests, run: modules are loaded and instantiated, functions called, and what came of
 * it compared. */
#ifndef TOOL_WAST_SCRIPT_H
#define TOOL_WAST_SCRIPT_H

#include "base/err.h"
#include "tool/report.h"

struct engine; /* runtime/engine/engine.h */

/* Directives. What needs a feature that is switched off or not there yet is refused by its name: gated. */
struct script_score {
    uint32_t passed, failed, gated, skipped;
    uint32_t texts; /* of the passed ones: the error is the expected one, but in other words */
};

struct script_options {
    struct engine *engine;
    const struct console *console;
    str name;     /* for messages */
    str commands; /* path of the JSON */
    str folder;   /* of the binaries */
    bool texts;   /* report errors in other words, too */
};

/* Adds to the score, and says a line on stdout for each directive that failed. Errors: the script cannot be read. */
MUST_USE bool script_run(const struct script_options *o, struct script_score *score, struct err *e);

#endif
