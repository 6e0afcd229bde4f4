/* The life of a `struct wasi`: kept from instance to instance, so that a request allocates nothing
 * once its pool has grown. */
#include "runtime/wasi/wasi.h"

#include <assert.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

#include "runtime/wasi/state.h"
#include "runtime/wasi/wasi_gen.h"
#include "runtime/wit/wit.h"

struct wasi *wasi_new(const struct wasi_options *o)
{
    struct wasi *w = mem_new(struct wasi);
    w->options = o;
    wasi_pool_init(&w->pool);
    return w;
}

void wasi_free(struct wasi *w)
{
    if (!w)
        return;
    wasi_pool_fini(&w->pool);
    explicit_bzero(w->random, sizeof(w->random));
    mem_free(w);
}

void wasi_begin(struct wasi *w, void *owner)
{
    assert(w->object_count == 0);
    w->owner = owner;
    w->exited = false;
}

/* Objects that are left (the parameters of a call that never started) go with the pool. */
void wasi_end(struct wasi *w)
{
    wasi_serving_end(w);
    w->serving = (struct wasi_serving){ 0 };
    w->owner = NULL;
    w->task = NULL;
    w->object_count = 0;
    w->fields_bytes = w->pending_bytes = 0;
    wasi_pool_reset(&w->pool);
}

void *wasi_owner(const struct wasi *w)
{
    return w->owner;
}

void wasi_set_task(struct wasi *w, struct task *t)
{
    w->task = t;
}

void wasi_wake(struct wasi *w)
{
    if (w->task)
        task_wake(w->task);
}

bool wasi_exited(const struct wasi *w, uint8_t *ret_status)
{
    if (w->exited)
        *ret_status = w->exit_status;
    return w->exited;
}

/* --- objects --- */

void *wasi_object_new(struct wasi *w, size_t size, const struct host_object_ops *ops, struct err *e)
{
    if (w->object_count == WASI_MAX_OBJECTS) {
        err_set(e, ERR_LIMIT, "more than %d host objects (streams, fields, pollables, ...) at a time",
                WASI_MAX_OBJECTS);
        return NULL;
    }
    w->object_count++;
    struct wasi_object *o = wasi_pool_take(&w->pool, size);
    memset(o, 0, size);
    host_object_init(&o->host, ops);
    o->wasi = w;
    return o;
}

void wasi_object_free(struct wasi_object *o, size_t size)
{
    struct wasi *w = o->wasi;
    o->host.ops = NULL; /* a use after this crashes at once */
    w->object_count--;
    wasi_pool_give(&w->pool, o, size);
}

enum host_status wasi_trap(struct host_call *c, enum err_kind kind, const char *fmt, ...)
{
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    err_set(c->err, kind, "%s", text);
    return HOST_TRAP;
}
