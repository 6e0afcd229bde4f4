/* Calls of the embedder's functions by guests. */
#include "embed/host_func.h"

#include <stdarg.h>
#include <stdio.h>

#include "embed/caller.h"
#include "embed/linker.h"

/* The embedder sees the first member. */
struct open_call {
    struct berth_host_call call;
    struct host_call *inner;
    bool waits;
};

static struct open_call *open_call_of(struct berth_host_call *c)
{
    return CONTAINER_OF(c, struct open_call, call);
}

enum host_status host_func_call(struct host_call *c, const void *params, void *result)
{
    const struct linked_func *f = c->context;
    const struct caller *caller = caller_of_host(f->linker, c->host);
    struct open_call call = {
        .call = { .context = f->context, .data = caller->data },
        .inner = c,
    };
    err_clear(c->err);
    if (f->call(&call.call, f->has_params ? params : NULL, result))
        return HOST_DONE;
    if (call.waits && caller->can_wait && c->err->kind == ERR_NONE)
        return HOST_BLOCK;
    if (call.waits && c->err->kind == ERR_NONE)
        err_set(c->err, ERR_TRAP, "the host function lets the guest wait, which only tasks can");
    else if (c->err->kind == ERR_NONE)
        err_set(c->err, ERR_TRAP, "the host function failed without saying why");
    return HOST_TRAP;
}

void *berth_host_alloc(struct berth_host_call *call, size_t size)
{
    return arena_alloc(open_call_of(call)->inner->arena, size);
}

bool berth_host_wait(struct berth_host_call *call)
{
    open_call_of(call)->waits = true;
    return false;
}

bool berth_host_trap(struct berth_host_call *call, const char *format, ...)
{
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return err_set(open_call_of(call)->inner->err, ERR_TRAP, "%s", text);
}
