/* The access log's open file, shared by workers and generations. Writing appends; whoever opened it may put a new file
 * in its place, under the same descriptor, at any time. */
#ifndef SERVER_ACCESS_LOG_FILE_H
#define SERVER_ACCESS_LOG_FILE_H

#include "base/err.h"
#include "base/str.h"

struct access_file;

/* Takes over the descriptor; one reference. */
struct access_file *access_file_new(str path, int fd);

/* References are counted on any thread. The last one that goes closes the file. NULL is harmless. */
struct access_file *access_file_retain(struct access_file *f);
void access_file_release(struct access_file *f);

str access_file_path(const struct access_file *f);

/* Another file in its place; takes over the descriptor. */
void access_file_replace(struct access_file *f, int fd);

/* Writes whole lines. A reader that stopped loses lines, it does not stop the server. */
MUST_USE bool access_file_write(struct access_file *f, str lines, struct err *e);

#endif
