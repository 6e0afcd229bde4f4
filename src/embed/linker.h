/* What stands behind `struct berth_linker`. */
#ifndef EMBED_LINKER_H
#define EMBED_LINKER_H

#include "base/arena.h"
#include "base/vec.h"
#include "berth/wasi.h"
#include "runtime/host/host.h"
#include "runtime/wasi/wasi.h"
#include "runtime/wit/wit.h"

struct berth_linker {
    struct berth_engine *engine;
    struct arena arena; /* of what components and instances look at */
    struct wit *wit;    /* of everything that is offered, once the embedder has offered something of its own */
    VEC(const struct host_interface *) interfaces;
    bool has_wasi, has_own;     /* interfaces */
    const struct wit *wasi_wit; /* WASI's alone, all linkers'; NULL without it */
    struct wasi_options wasi;
    str told; /* program_options.told */
    void (*output)(void *data, enum berth_wasi_stream stream, berth_bytes text);
};

/* Of what is offered now; it only grows. */
const struct wit *linker_wit(const struct berth_linker *l);

#endif
