/* Scripts as commands: `wasm-tools json-from-wast` parses the text, into a folder that holds the commands as JSON and
 * the binaries that they name. */
#ifndef TOOL_WAST_CONVERT_H
#define TOOL_WAST_CONVERT_H

#include "base/arena.h"
#include "base/err.h"

/* Makes a folder for the files of one script; its name is the arena's. */
MUST_USE bool convert_make_folder(struct arena *a, str *ret, struct err *e);
void convert_remove_folder(str folder);

/* Runs the program `tool` (a path, or a name that PATH has). Errors: ERR_SYSTEM when it cannot be run, ERR_PARSE when
 * it refuses the script (it has said why on stderr). */
MUST_USE bool convert_script(const char *tool, str script, str folder, str commands, struct err *e);

#endif
