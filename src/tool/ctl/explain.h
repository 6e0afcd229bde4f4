/* What a control API's error says, for people: the sentence, the line of the file it is about, and what to do. */
#ifndef TOOL_CTL_EXPLAIN_H
#define TOOL_CTL_EXPLAIN_H

#include "tool/report.h"

/* A part of the body that was sent, with the name of where it came from. */
struct source {
    str name, text;
};

/* `answer`: the JSON text of an error. Without sources the place is told as the API tells it. */
void explain_error(const struct console *c, str answer, const struct source *sources, size_t count);

#endif
