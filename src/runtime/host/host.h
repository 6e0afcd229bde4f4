/* Host functions: what a function that guests import looks like in C, and how an interface offers them.
 *
 * An interface is WIT text plus one row a function. `witc` generates the rows, the argument structs and the
 * prototypes from the WIT, so that a missing function is a link error and a wrong type a compile error. */
#ifndef RUNTIME_HOST_HOST_H
#define RUNTIME_HOST_HOST_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/clock.h"

enum host_status {
    HOST_DONE,  /* `ret` is filled */
    HOST_BLOCK, /* nothing happened yet: the guest is suspended and the function called again, with the same
                 * arguments, after the next wake. Only for functions marked blocking. */
    HOST_TRAP,  /* `call->err` is set; the guest traps */
};

/* One call of a host function by a guest. Arguments and results that point somewhere live until the function's
 * results are lowered: use `arena` for what the function builds. */
struct host_call {
    struct arena *arena;
    void *host;        /* the embedder's state of this instance (WASI: struct wasi) */
    struct err *err;   /* for HOST_TRAP */
    struct task *task; /* the guest's running call: to be woken, or timed */
    void *context;     /* of the function's row */
};

/* Owned arguments (own<R>) are the function's to keep or unref; borrowed ones end with the call.
 * Owned results hand their reference to the guest. */
typedef enum host_status host_fn(struct host_call *c, const void *args, void *ret);

/* Every host object that guests hold handles to begins with this. */
struct host_object {
    const struct host_object_ops *ops;
    uint32_t refs;
};

struct host_object_ops {
    const char *name;
    void (*free)(struct host_object *o); /* called when the last reference goes */
};

static inline void host_object_init(struct host_object *o, const struct host_object_ops *ops)
{
    o->ops = ops;
    o->refs = 1;
}

static inline void *host_object_ref(struct host_object *o)
{
    o->refs++;
    return o;
}

static inline void host_object_unref(struct host_object *o)
{
    if (o && --o->refs == 0)
        o->ops->free(o);
}

/* One row: a function of an interface. */
struct host_func {
    const char *name; /* "[method]fields.append", "now" */
    host_fn *call;
    bool blocking; /* may return HOST_BLOCK */
    bool constant; /* gives the same each time that an application is asked, and changes nothing */
    void *context; /* given in host_call; of functions that know what they are without it: NULL */
};

/* A resource that the host defines: `drop` releases the reference of a handle that the guest dropped or left behind. */
struct host_resource {
    const char *interface; /* "wasi:io/poll@0.2.12" */
    const char *name;      /* "pollable" */
    void (*drop)(void *object);
};

/* An interface that the host offers, e.g. "wasi:http/types@0.2.12". Its types are those of the WIT text that
 * `host_wit` names; its resources have one identity for all 0.2.x (or 0.3.x) versions. */
struct host_interface {
    const char *name;
    const struct host_func *funcs;
    uint32_t func_count;
    const struct host_resource *resources;
    uint32_t resource_count;
};

/* Blocking. A function that returns HOST_BLOCK has made sure that task_wake is called when trying again may
 * succeed: host objects of one instance call it on every event of theirs (waking too often is harmless). */
void task_wake(struct task *t);

/* Wakes the task at `at`, or earlier when asked for an earlier time while it waits. */
void task_wake_at(struct task *t, instant at);

#endif
