/* A value of the configuration in the user's editor. */
#ifndef TOOL_CTL_EDIT_H
#define TOOL_CTL_EDIT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Puts `text` into a new file and opens $EDITOR, or editor, vim, vi. Waits for its end. `ret_file`, the arena's, is
 * named in both cases, and empty when there is no file; `ret_text` is what is in it then. */
MUST_USE bool edit_text(struct arena *a, str text, str *ret_file, struct buf *ret_text, struct err *e);

#endif
