/* wasi:io/poll. A guest that finds nothing ready is suspended; every event of its host objects
 * wakes it, and it looks again at all its pollables. */
#include "runtime/wasi/io/poll.h"

#include "runtime/wasi/wasi_gen.h"

struct wasi_io_poll_pollable {
    struct wasi_object object;
    struct host_object *source; /* NULL: a point in time */
    bool (*ready)(struct host_object *source);
    instant at;
};

static struct wasi_io_poll_pollable *pollable_of(struct host_object *o)
{
    return CONTAINER_OF(o, struct wasi_io_poll_pollable, object.host);
}

static void pollable_free(struct host_object *o)
{
    struct wasi_io_poll_pollable *p = pollable_of(o);
    host_object_unref(p->source);
    wasi_object_free(&p->object, sizeof(*p));
}

static const struct host_object_ops pollable_ops = { "pollable", pollable_free };

struct wasi_io_poll_pollable *wasi_pollable_of(struct wasi *w, struct host_object *source,
                                               bool (*ready)(struct host_object *source), struct err *e)
{
    struct wasi_io_poll_pollable *p = wasi_object_new(w, sizeof(*p), &pollable_ops, e);
    if (!p)
        return NULL;
    p->source = host_object_ref(source);
    p->ready = ready;
    return p;
}

struct wasi_io_poll_pollable *wasi_pollable_at(struct wasi *w, instant at, struct err *e)
{
    struct wasi_io_poll_pollable *p = wasi_object_new(w, sizeof(*p), &pollable_ops, e);
    if (p)
        p->at = at;
    return p;
}

/* `now` is read at the first timer: most polls have none. */
static bool pollable_ready(const struct wasi_io_poll_pollable *p, instant *now)
{
    if (p->source)
        return p->ready(p->source);
    if (now->ns == INT64_MIN)
        *now = instant_now();
    return !instant_before(*now, p->at);
}

static enum host_status wait_until(struct host_call *c, instant at)
{
    if (at.ns != INT64_MAX)
        task_wake_at(c->task, at);
    return HOST_BLOCK;
}

enum host_status wasi_io_poll_pollable_ready(struct host_call *c, const struct wasi_io_poll_pollable_ready_args *a,
                                             bool *ret)
{
    (void)c;
    instant now = { INT64_MIN };
    *ret = pollable_ready(a->self, &now);
    return HOST_DONE;
}

enum host_status wasi_io_poll_pollable_block(struct host_call *c, const struct wasi_io_poll_pollable_block_args *a)
{
    instant now = { INT64_MIN };
    if (pollable_ready(a->self, &now))
        return HOST_DONE;
    return wait_until(c, a->self->source ? (instant){ INT64_MAX } : a->self->at);
}

enum host_status wasi_io_poll_poll(struct host_call *c, const struct wasi_io_poll_poll_args *a, struct list_u32 *ret)
{
    if (a->in.len == 0)
        return wasi_trap(c, ERR_TRAP, "poll of an empty list");
    if (a->in.len > UINT32_MAX)
        return wasi_trap(c, ERR_TRAP, "poll of more than 2^32 pollables");
    uint32_t *ready = NULL;
    size_t count = 0;
    instant now = { INT64_MIN }, first = { INT64_MAX };
    for (size_t i = 0; i < a->in.len; i++) {
        const struct wasi_io_poll_pollable *p = a->in.ptr[i];
        if (!pollable_ready(p, &now)) {
            if (!p->source && instant_before(p->at, first))
                first = p->at;
            continue;
        }
        if (!ready) /* not before: a poll that blocks is tried many times */
            ready = arena_alloc(c->arena, (a->in.len - i) * sizeof(*ready));
        ready[count++] = (uint32_t)i;
    }
    if (count == 0)
        return wait_until(c, first);
    *ret = (struct list_u32){ ready, count };
    return HOST_DONE;
}

void wasi_io_poll_pollable_drop(struct wasi_io_poll_pollable *p)
{
    host_object_unref(&p->object.host);
}
