/* What stands behind `struct berth_component` and `struct berth_func`. */
#ifndef EMBED_COMPONENT_H
#define EMBED_COMPONENT_H

#include "base/arena.h"
#include "berth/component.h"
#include "embed/pool.h"
#include "runtime/run/program.h"

struct berth_component {
    struct berth_linker *linker;
    struct program *program;
    struct arena arena;                    /* of functions, and of what the options say */
    uint32_t tasks;                        /* most at one time on a thread; 0: it is for instances */
    struct pool pool;                      /* of a component for tasks */
    const struct berth_func *http_handler; /* NULL before berth_http_handler */
};

struct berth_func {
    const struct berth_component *component;
    const struct program_func *func;
    const struct func_type *type;
    bool has_guest_resource; /* somewhere in its type */
};

const struct berth_func *component_keep_func(struct berth_component *c, const struct program_func *func);

/* An exported function of any type; the component's. */
MUST_USE bool component_export(struct berth_component *c, str interface, str name, const struct berth_func **ret,
                               struct err *e);

#endif
