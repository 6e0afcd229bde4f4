/* Whoever runs guests, an instance or a task: what host functions and WASI's output learn of it. */
#ifndef EMBED_CALLER_H
#define EMBED_CALLER_H

#include "runtime/wasi/wasi.h"

struct berth_linker; /* embed/linker.h */

struct caller {
    const struct berth_linker *linker;
    void *data;        /* the embedder's */
    struct wasi *wasi; /* NULL when the linker offers none; begun */
    bool can_wait;     /* it is a task, on a loop where something may happen meanwhile */
};

void caller_init(struct caller *c, const struct berth_linker *l);
void caller_fini(struct caller *c);

/* Before and after each use: it is kept for the next one. */
void caller_begin(struct caller *c, void *data);
void caller_end(struct caller *c);

/* The runtime's host_call.host, and back. */
void *caller_host(struct caller *c);
struct caller *caller_of_host(const struct berth_linker *l, void *host);

#endif
