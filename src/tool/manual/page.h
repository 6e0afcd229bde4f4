/* Manual pages in man(7), from the rows that also give --help and the parsing. */
#ifndef TOOL_MANUAL_PAGE_H
#define TOOL_MANUAL_PAGE_H

#include "tool/command.h"

/* berth(1): the commands. */
void page_overview(FILE *f, const struct command_table *t);

/* berth-COMMAND(1). */
void page_command(FILE *f, const struct command *cmd);

/* berthd(8). */
void page_daemon(FILE *f);

#endif
