/* For interfaces that are there in type only: functions of resources that no guest can hold a
 * handle of, because nothing makes them. They are defined, so that components that import them can
 * be linked. */
#ifndef RUNTIME_WASI_ABSENT_H
#define RUNTIME_WASI_ABSENT_H

#include "runtime/wasi/state.h"

/* `func` fails with `code`; `result` is the tag of its result type, whose error is an enum. */
#define WASI_FAILS(func, result, code)                                                          \
    enum host_status func(struct host_call *c, const struct func##_args *a, struct result *ret) \
    {                                                                                           \
        (void)c, (void)a;                                                                       \
        *ret = (struct result){ .is_err = true, .of.err = (code) };                             \
        return HOST_DONE;                                                                       \
    }

/* `func` has no way to fail: it traps. */
#define WASI_TRAPS(func, result)                                                         \
    enum host_status func(struct host_call *c, const struct func##_args *a, result *ret) \
    {                                                                                    \
        (void)a, (void)ret;                                                              \
        return wasi_trap(c, ERR_TRAP, #func ": there is no such resource");              \
    }

/* The drop of a resource that never comes into being. */
#define WASI_NEVER_DROPPED(resource)         \
    void resource##_drop(struct resource *r) \
    {                                        \
        (void)r;                             \
    }

#endif
