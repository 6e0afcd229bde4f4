/* Host functions: between the runtime's form of them and that of the library's users. */
#ifndef EMBED_HOST_FUNC_H
#define EMBED_HOST_FUNC_H

#include "berth/linker.h"
#include "runtime/host/host.h"

struct berth_linker;

/* What a row becomes; the linker's. */
struct linked_func {
    const struct berth_linker *linker;
    berth_host_fn *call;
    void *context;
    bool has_params;
};

/* host_func.call of all of them; the context is the linked_func. */
enum host_status host_func_call(struct host_call *c, const void *params, void *result);

#endif
