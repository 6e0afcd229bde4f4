/* What stands behind `struct berth_linker`. */
#ifndef EMBED_LINKER_H
#define EMBED_LINKER_H

#include "base/arena.h"
#include "base/vec.h"
#include "berth/wasi.h"
#include "runtime/host/host.h"
#include "runtime/wasi/wasi.h"
#include "runtime/wit/wit.h"

/* A WIT text that was given. */
struct linker_text {
    str name, text;
};

struct berth_linker {
    struct berth_engine *engine;
    struct arena arena; /* of what components and instances look at */
    VEC(struct linker_text) texts;
    VEC(const struct host_interface *) interfaces;
    VEC(struct wit *) wits; /* the last one has all texts; components know those before */
    bool has_wasi;
    struct wasi_options wasi;
    void (*output)(void *data, enum berth_wasi_stream stream, berth_bytes text);
};

/* The WIT of everything that is offered; NULL when nothing is. */
const struct wit *linker_wit(const struct berth_linker *l);

/* Makes a text part of the WIT. On false nothing has changed. */
MUST_USE bool linker_add_text(struct berth_linker *l, str name, str text, struct err *e);

#endif
