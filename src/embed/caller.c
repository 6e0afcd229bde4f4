/* Whoever runs guests: see caller.h. */
#include "embed/caller.h"

#include "embed/linker.h"

void caller_init(struct caller *c, const struct berth_linker *l)
{
    *c = (struct caller){ .linker = l, .wasi = l->has_wasi ? wasi_new(&l->wasi) : NULL };
}

void caller_fini(struct caller *c)
{
    wasi_free(c->wasi);
}

void caller_begin(struct caller *c, void *data)
{
    c->data = data;
    if (c->wasi)
        wasi_begin(c->wasi, c);
}

void caller_end(struct caller *c)
{
    if (c->wasi)
        wasi_end(c->wasi);
}

void *caller_host(struct caller *c)
{
    return c->wasi ? (void *)c->wasi : c;
}

struct caller *caller_of_host(const struct berth_linker *l, void *host)
{
    return l->has_wasi ? wasi_owner(host) : host;
}
