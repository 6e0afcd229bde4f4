/* Files and pipes, whole. */
#ifndef TOOL_FILE_H
#define TOOL_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* Appends to `ret`. Errors: ERR_SYSTEM, and ERR_LIMIT when it is longer than the buffer may be. */
MUST_USE bool file_read(const char *path, struct buf *ret, struct err *e);
MUST_USE bool file_read_fd(int fd, struct buf *ret, struct err *e);

MUST_USE bool file_write(int fd, str text, struct err *e);

#endif
