/* Text for man(7): escaping, and the few requests that a page needs. */
#ifndef TOOL_MANUAL_ROFF_H
#define TOOL_MANUAL_ROFF_H

#include <stdio.h>

#include "base/str.h"

/* As it is to be read: hyphens, backslashes and quotes are themselves, and no line of it is a request. */
void roff_text(FILE *f, str text);

/* The same in a font, 'B' or 'I'. Nothing for an empty text. */
void roff_font(FILE *f, char font, str text);

/* Paragraphs with an empty line between them. Lines that begin with a space are kept as they are: examples. */
void roff_paragraphs(FILE *f, str text);

void roff_section(FILE *f, const char *title);

/* An example, to be read as it would be typed. */
void roff_example(FILE *f, str line);

#endif
