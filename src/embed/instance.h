/* What stands behind `struct berth_instance`. */
#ifndef EMBED_INSTANCE_H
#define EMBED_INSTANCE_H

#include "berth/instance.h"
#include "embed/caller.h"
#include "embed/component.h"
#include "runtime/engine/ticker.h"
#include "runtime/run/session.h"

struct berth_instance {
    struct berth_component *component;
    struct session *session;
    struct caller caller;
    struct ticker_client *clock; /* NULL when it has no time limit */
    struct arena arena;          /* of the last call's dynamic values */
};

/* Before and after the guest runs: while it does, it looks at the instance's time limit. */
void instance_begin_timed(struct berth_instance *i);
void instance_end_timed(struct berth_instance *i);

/* Finishes the call before and calls. */
MUST_USE bool instance_call(struct berth_instance *i, const struct berth_func *f, const void *params, void *result,
                            struct err *e);

#endif
