/* The cache of compiled code: a private directory with one file a core module, and some that spare starts other work,
 * each named by the SHA-256 of its key and of the format's version. What it holds is run as machine code, so the
 * directory and each file must be ours alone, and a file that does not hold what was written (a crash, a full or
 * failing disk) is recompiled. Least recently used files go when the whole grows past its bound.
 *
 * A file is the code followed by a trailer (magic with the format's version, key, checksum and length of the code),
 * so that the code stands at the file's beginning, where the engine maps it. The checksum is for damage only: who could
 * write to the file could write a digest as well, and its owner and mode are looked at for that. */
#ifndef SERVER_CACHE_H
#define SERVER_CACHE_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "berth/code_cache.h"

struct log;

struct cache {
    struct berth_code_cache ops; /* what libberth takes */
    const struct log *log;
    int dir_fd;
    uint64_t limit_bytes;
    _Atomic bool failing; /* the last file could not be written, and the log was told */
    char *dir;
};

#define CACHE_LIMIT_BYTES ((uint64_t)1 << 30)

/* Where the cache is unless told otherwise: `berth` below $XDG_CACHE_HOME (`xdg`, when it is an absolute path) or below
 * .cache in `home`; STR_NONE when neither is known. */
str cache_default_dir(struct arena *a, str xdg, str home);

/* Opens the directory, and makes it (0700) with its parents when it is not there. Errors: ERR_SYSTEM; ERR_INVALID when
 * it is a symbolic link, someone else's, or writable by others. */
MUST_USE bool cache_open(struct cache *c, str dir, uint64_t limit_bytes, const struct log *log, struct err *e);
void cache_close(struct cache *c);

#endif
