/* Arenas: chunks of memory that are given out front to back and dropped together. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>

struct arena_chunk {
    struct arena_chunk *next;
    size_t size;
    max_align_t data[];
};

struct arena_end {
    struct arena_end *next;
    void (*fn)(void *object);
    void *object;
};

enum { ALIGN = alignof(max_align_t) };

void arena_init(struct arena *a)
{
    *a = (struct arena){ 0 };
}

static void free_chunks(struct arena_chunk *c)
{
    while (c) {
        struct arena_chunk *next = c->next;
        mem_free(c);
        c = next;
    }
}

/* Of those that came after `until`. */
static void call_ends(struct arena *a, const struct arena_end *until)
{
    for (struct arena_end *e = a->ends; e != until; e = e->next)
        e->fn(e->object);
}

void arena_on_end(struct arena *a, void (*fn)(void *object), void *object)
{
    struct arena_end *e = arena_new(a, struct arena_end, 1);
    *e = (struct arena_end){ a->ends, fn, object };
    a->ends = e;
}

void arena_fini(struct arena *a)
{
    call_ends(a, NULL);
    free_chunks(a->chunk);
    free_chunks(a->spare);
    arena_init(a);
}

/* The list `all` in front of the spare chunks, as far as they are worth keeping. */
static void keep_spare(struct arena *a, struct arena_chunk *all)
{
    size_t kept = 0;
    struct arena_chunk *keep = NULL;
    for (struct arena_chunk *next; all; all = next) {
        next = all->next;
        if (kept + all->size > ARENA_KEEP_BYTES) {
            mem_free(all);
            continue;
        }
        kept += all->size;
        all->next = keep;
        keep = all;
    }
    a->spare = keep;
}

void arena_rewind(struct arena *a, const struct arena_mark *to)
{
    call_ends(a, to->ends);
    a->ends = to->ends;
    if (a->chunk != to->chunk) {
        struct arena_chunk *all = a->spare, *next;
        for (struct arena_chunk *c = a->chunk; c != to->chunk; c = next) {
            next = c->next;
            c->next = all;
            all = c;
        }
        keep_spare(a, all);
        a->chunk = to->chunk;
        a->end = to->chunk ? (char *)to->chunk->data + to->chunk->size : NULL;
    }
    a->at = to->at;
    a->used_bytes = to->used_bytes;
}

void arena_reset(struct arena *a)
{
    const struct arena_mark empty = { 0 };
    arena_rewind(a, &empty);
}

/* A spare chunk of at least `size` bytes, unlinked, or NULL. */
static struct arena_chunk *take_spare(struct arena *a, size_t size)
{
    for (struct arena_chunk **p = &a->spare; *p; p = &(*p)->next) {
        struct arena_chunk *c = *p;
        if (c->size >= size) {
            *p = c->next;
            return c;
        }
    }
    return NULL;
}

static void add_chunk(struct arena *a, size_t size)
{
    if (size < ARENA_CHUNK_BYTES)
        size = ARENA_CHUNK_BYTES;
    struct arena_chunk *c = take_spare(a, size);
    if (!c) {
        c = mem_alloc(1, sizeof(*c) + size);
        c->size = size;
    }
    c->next = a->chunk;
    a->chunk = c;
    a->at = (char *)c->data;
    a->end = a->at + c->size;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 2)
        size = SIZE_MAX / 2; /* mem_alloc refuses it */
    size_t rounded = size ? (size + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
    if ((size_t)(a->end - a->at) < rounded)
        add_chunk(a, rounded);
    void *p = a->at;
    a->at += rounded;
    a->used_bytes += rounded;
    return p;
}

void *arena_zalloc(struct arena *a, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        total = SIZE_MAX / 2; /* mem_alloc refuses it */
    void *p = arena_alloc(a, total);
    memset(p, 0, total);
    return p;
}

str str_dup(struct arena *a, str s)
{
    char *p = arena_alloc(a, s.len);
    if (s.len)
        memcpy(p, s.ptr, s.len);
    return (str){ p, s.len };
}

bytes bytes_dup(struct arena *a, bytes b)
{
    return bytes_of_str(str_dup(a, str_of_bytes(b)));
}

char *str_dupz(struct arena *a, str s)
{
    char *p = arena_alloc(a, s.len + 1);
    if (s.len)
        memcpy(p, s.ptr, s.len);
    p[s.len] = '\0';
    return p;
}

str str_printf(struct arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    size_t len = n < 0 ? 0 : (size_t)n;
    char *p = arena_alloc(a, len + 1);
    vsnprintf(p, len + 1, fmt, again);
    va_end(again);
    return (str){ p, len };
}
