/* Content codings: RFC 9110, 8.4.1; br of RFC 7932, zstd of RFC 8878. A coder turns one body, piece by piece, into its
 * coded form, and can be used again for the next one. */
#ifndef IO_CODING_CODING_H
#define IO_CODING_CODING_H

#include "base/err.h"
#include "base/list.h"
#include "base/str.h"

struct buf; /* base/buf.h */

enum coding { CODING_GZIP, CODING_DEFLATE, CODING_BR, CODING_ZSTD };

/* "gzip", "deflate", "br", "zstd". */
const char *coding_name(enum coding c);

/* False when there is no such coding; names are compared without regard to case, as HTTP does. */
bool coding_parse(str name, enum coding *ret);

/* More is smaller and slower. */
struct coding_levels {
    int min, max, fallback;
};
struct coding_levels coding_levels(enum coding c);

struct coder;

enum coder_flush {
    CODER_GATHER, /* as little as needs to comes out now */
    CODER_FLUSH,  /* all that went in can be decoded */
    CODER_FINISH, /* the body is complete; nothing more until coder_reset */
};

/* `level` is one of the coding's levels. Takes up to a few hundred kilobytes. */
struct coder *coder_new(enum coding c, int level);
void coder_free(struct coder *c);

/* Ready for another body, whatever became of the last one. */
void coder_reset(struct coder *c);

/* Appends what comes out to `out`. */
void coder_write(struct coder *c, bytes data, enum coder_flush flush, struct buf *out);

/* Coders that wait for their next body. Belongs to one thread. */
struct coder_pool {
    struct list spare;
    uint32_t count;
};

void coder_pool_init(struct coder_pool *p);
void coder_pool_fini(struct coder_pool *p);
struct coder *coder_pool_take(struct coder_pool *p, enum coding c, int level);
void coder_pool_give(struct coder_pool *p, struct coder *c);

#endif
