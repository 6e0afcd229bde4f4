/* Arenas: memory by lifetime. One per request, per loaded component, per configuration. Nothing in an arena
 * is freed alone; what must outlive it is copied out. `arena_reset` keeps the chunks, so an arena that is
 * reused reaches a steady state without malloc. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

struct arena_chunk;
struct arena_end;

struct arena {
    char *at, *end;            /* free part of the current chunk */
    struct arena_chunk *chunk; /* current chunk; older ones hang off it */
    struct arena_chunk *spare; /* chunks kept by arena_reset */
    struct arena_end *ends;    /* what is called before it all goes, the latest first */
    size_t used_bytes;         /* given out since the last reset */
};

void arena_init(struct arena *a);
void arena_fini(struct arena *a);

/* Everything given out becomes invalid; memory is kept for the next use, up to ARENA_KEEP_BYTES. */
void arena_reset(struct arena *a);

/* A place to go back to. Rewinding makes everything given out since invalid, and keeps memory as arena_reset does. The
 * arena must not have been reset or rewound to an earlier place in between. */
struct arena_mark {
    struct arena_chunk *chunk;
    struct arena_end *ends;
    char *at;
    size_t used_bytes;
};

static inline struct arena_mark arena_mark(const struct arena *a)
{
    return (struct arena_mark){ a->chunk, a->ends, a->at, a->used_bytes };
}

void arena_rewind(struct arena *a, const struct arena_mark *to);

enum { ARENA_CHUNK_BYTES = 16 * 1024, ARENA_KEEP_BYTES = 256 * 1024 };

/* `size` bytes, aligned for any type, uninitialised. `size` 0 gives a unique non-NULL pointer. */
void *arena_alloc(struct arena *a, size_t size);

/* `count` zeroed objects. */
void *arena_zalloc(struct arena *a, size_t count, size_t size);

#define arena_new(a, type, count) ((type *)arena_zalloc((a), (count), sizeof(type)))

/* Calls fn(object) before the arena's memory becomes invalid, for what an object in it holds elsewhere. The latest
 * comes first. */
void arena_on_end(struct arena *a, void (*fn)(void *object), void *object);

str str_dup(struct arena *a, str s);
bytes bytes_dup(struct arena *a, bytes b);
str str_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

/* NUL-terminated copy for the libc edge. The caller has checked that `s` has no NUL inside. */
char *str_dupz(struct arena *a, str s);

#endif
