/* The linker holds what the host offers to components: interfaces, each WIT text with a C function for each function
 * that the text declares; and, if wanted, WASI.
 *
 * A host function gets its arguments as one C struct and leaves its result in another. Their members are those of the
 * WIT, in order, as C lays structs out:
 *
 *   bool, s8 … u64, f32, f64   bool, int8_t … uint64_t, float, double
 *   char                       uint32_t: a Unicode scalar value
 *   string                     berth_string
 *   list<u8>                   berth_bytes
 *   list<T>                    struct { const T *ptr; size_t len; }
 *   map<K, V>                  as list<tuple<K, V>>
 *   record, tuple              struct of the fields in order
 *   variant                    struct { uint32_t tag; union { one member for each case with a payload } of; }
 *   enum                       uint32_t: 0 is the first case
 *   flags                      uint32_t: bit 0 is the first flag
 *   option<T>                  struct { bool some; T value; }
 *   result<T, E>               struct { bool is_err; union { T ok; E err; } of; }, without union if neither has a type
 *   own<R>, borrow<R>          of a resource of the host: the pointer that it gave for the object
 *                              of a guest's: struct berth_resource *
 *
 * The sizes of both structs are compared with what the WIT says when the interface is defined, so that a struct that
 * lacks a member is an error then. Two members of one size that changed places are not noticed.
 *
 * Spec: CanonicalABI.md "canon lower". */
#ifndef BERTH_LINKER_H
#define BERTH_LINKER_H

#include <stdbool.h>

#include "berth/engine.h"
#include "berth/string.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One call of a host function by a guest. */
struct berth_host_call {
    void *context; /* the interface's */
    void *data;    /* the calling instance's or task's: berth_instance_options, berth_task_options */
};

/* `params` is the struct of the arguments (NULL when there are none): what it points to lives until the function
 * returns. Owned resources (own<R>) are the function's from now on. `result` is zeroed room for the result. Called by
 * the thread that called the instance, which it must not call again. False, after berth_host_trap: the guest traps. */
typedef bool berth_host_fn(struct berth_host_call *call, const void *params, void *result);

/* `size` bytes, aligned for anything, for what a result points to; it lives until the result has been handed over. */
void *berth_host_alloc(struct berth_host_call *call, size_t size);

/* Says why the guest is to trap. False, so that `return berth_host_trap(…)` ends a function. */
bool berth_host_trap(struct berth_host_call *call, const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* Makes the guest wait for what is not there yet. False, so that `return berth_host_wait(call)` ends a function. Only
 * in tasks (berth/task.h), which others of the thread overtake meanwhile; in an instance the guest traps, and a
 * function that has to wait does so itself. Until berth_task_wake nothing happens; then the function is called again,
 * with the same arguments, and answers or waits once more. What is to be remembered in between is the embedder's: in
 * `data`. Owned resources stay the guest's until it answers. When the task ends first, it is not called again. A wake
 * before the function has returned is none. */
bool berth_host_wait(struct berth_host_call *call);

/* A function of an interface. */
struct berth_host_func {
    const char *name; /* as components name it: "price", "[constructor]basket", "[method]basket.add" */
    berth_host_fn *call;
    size_t params_size, result_size; /* of the structs; 0 for none */
};

/* A resource of an interface. `drop` ends an object whose last owner was a guest. */
struct berth_host_resource {
    const char *name;
    void (*drop)(void *object);
};

/* An interface that the host implements. All of it is copied, but for `context`. */
struct berth_host_interface {
    /* A WIT package, e.g. "package shop:prices@1.0.0; interface list { price: func(article: string) -> u32; }". Of
     * several interfaces in it, the others are there for their types; those that were defined earlier, or WASI's, can
     * be used too. */
    const char *wit;
    const char *name; /* of the one that is implemented, "shop:prices/list@1.0.0" */
    const struct berth_host_func *funcs;
    size_t func_count;
    const struct berth_host_resource *resources;
    size_t resource_count;
    void *context; /* given to every call */
};

/* Belongs to one thread at a time. */
struct berth_linker;

struct berth_linker *berth_linker_new(struct berth_engine *engine);
/* Components opened with it must be gone. NULL is allowed. */
void berth_linker_free(struct berth_linker *l);

/* Offers an interface to the components that are opened from now on. Errors: BERTH_ERROR_PARSE, BERTH_ERROR_INVALID and
 * BERTH_ERROR_LINK (an unknown name) for the WIT, with line and column in the text; BERTH_ERROR_USAGE for a function
 * without a row, a row without a function, or a struct of another size. */
bool berth_linker_define(struct berth_linker *l, const struct berth_host_interface *i, struct berth_error *e);

#ifdef __cplusplus
}
#endif

#endif
