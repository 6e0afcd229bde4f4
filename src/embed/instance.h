/* What stands behind `struct berth_instance`. */
#ifndef EMBED_INSTANCE_H
#define EMBED_INSTANCE_H

#include "berth/instance.h"
#include "embed/component.h"
#include "runtime/run/session.h"

struct wasi; /* runtime/wasi/wasi.h */

struct berth_instance {
    struct berth_component *component;
    struct session *session;
    struct wasi *wasi; /* NULL when the linker offers none */
    void *data;
    bool timed;
    struct arena arena; /* of the last call's dynamic values */
};

/* Of what the runtime has as `host`. */
struct berth_instance *instance_of_host(const struct berth_linker *l, void *host);

/* Before and after the guest runs: while it does, it looks at the instance's time limit. */
MUST_USE bool instance_begin_timed(struct berth_instance *i, struct err *e);
void instance_end_timed(struct berth_instance *i);

/* Finishes the call before and calls. */
MUST_USE bool instance_call(struct berth_instance *i, const struct berth_func *f, const void *params, void *result,
                            struct err *e);

#endif
