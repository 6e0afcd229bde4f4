/* Places in texts that people wrote: their names, and the lines as they stand there. */
#ifndef TOOL_EXCERPT_H
#define TOOL_EXCERPT_H

#include <stdio.h>

#include "base/arena.h"

/* "config.json:3:12, /routes/0": the name of the text, line and column, and the JSON pointer if there is one. */
str excerpt_place(struct arena *a, str name, str text, size_t at, str pointer);

/* The line that the offset is in, and a caret under the place. */
void excerpt_print(FILE *f, str text, size_t at);

#endif
