/* The state directory: one server's, for as long as any of its processes lives. */
#ifndef SERVER_DAEMON_STATE_DIR_H
#define SERVER_DAEMON_STATE_DIR_H

#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

struct identity; /* server/daemon/identity.h */

/* Makes it, takes its lock and puts the file `version` there. The descriptor holds the lock, also in processes that
 * inherit it. -1 on failure, such as another server that lives there, which the error names. */
MUST_USE int state_dir_open(const char *path, struct err *e);

/* Writes this process's id into the lock: it is alive as long as that process is. */
MUST_USE bool state_dir_sign(int lock_fd, struct err *e);

/* Makes the directory of compiled code, which is the server process's own; `ret` gets its path. */
MUST_USE bool state_dir_make_cache(const char *path, const struct identity *i, char ret[4096], struct err *e);

/* Makes a directory, or those above a file, where they are missing: 0755, the last one `mode`. */
MUST_USE bool directory_make(const char *path, mode_t mode, struct err *e);
MUST_USE bool directory_make_above(const char *file, struct err *e);

/* All of it, in as many calls as that takes; errno says why not. */
MUST_USE bool write_whole(int fd, str text);

/* A new file takes the place of an old one once it is on the disk: whole or not at all, whenever the machine stops.
 * `fill` writes it. */
MUST_USE bool file_replace(const char *dir, const char *name, bool (*fill)(void *ctx, int fd), void *ctx,
                           struct err *e);

#endif
