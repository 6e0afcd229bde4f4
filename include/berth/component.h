/* A component, ready to be instantiated: read, validated, linked with what a linker offers, and compiled. And its
 * exported functions, each looked up once with the type that the caller expects.
 *
 * Spec: Binary.md, Explainer.md, Linking.md. */
#ifndef BERTH_COMPONENT_H
#define BERTH_COMPONENT_H

#include "berth/code_cache.h"
#include "berth/linker.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Once its functions are looked up, any thread may make instances of it. */
struct berth_component;

/* A component that is composed with another one at opening. */
struct berth_middleware {
    const char *name; /* of its file, for messages */
    berth_bytes wasm; /* stays as it is until the component is freed */
};

/* Proposals of the Component Model that are not part of it yet: components that use them are refused. */
enum berth_feature {
    BERTH_FEATURE_MAP = 1,       /* map<K, V> */
    BERTH_FEATURE_FIXED_LIST = 2 /* list<T, N> */
};

/* All zero: for instances (instance.h), without anything special. */
struct berth_component_options {
    unsigned features; /* of berth_feature, or-ed: not refused */
    const char *name;  /* of the component's file, for messages when there is middleware; may be NULL */
    /* Components before it: each imports what the one behind it exports; the first is the outermost. */
    const struct berth_middleware *middleware;
    size_t middleware_count;
    struct berth_code_cache *cache; /* or NULL */
    /* Told while modules compile: `done` of `total` bytes of wasm. May be NULL. */
    void (*progress)(void *ctx, size_t done, size_t total);
    void *progress_ctx;

    /* For tasks (task.h): how many threads run them; 0: the component is for instances only, and the rest is unused. */
    uint32_t threads;
    /* Most tasks at one time on each of the threads. 0: what the address space has room for, at most 128, when
     * `sharers` (0 is 1) components share it, this one included. */
    uint32_t tasks;
    uint32_t sharers;
    /* After a call the instance's memory is put back as it was before it, where the component permits that, and the
     * next task starts there: much faster than a new instance, and as clean. */
    bool recycle;
    uint64_t memory_bytes; /* most that all memories of a task may hold together; 0: what 32 bits can address */
};

/* `o` may be NULL. `wasm` must stay as it is until the component is freed. Compiling takes about a second for each MB
 * of code. Errors: BERTH_ERROR_PARSE and BERTH_ERROR_INVALID, with offset; BERTH_ERROR_LINK, with the import that is
 * missing; BERTH_ERROR_UNSUPPORTED; BERTH_ERROR_LIMIT, also when there are no addresses for so many tasks. */
bool berth_component_open(struct berth_linker *l, berth_bytes wasm, const struct berth_component_options *o,
                          struct berth_component **ret, struct berth_error *e);

/* Most tasks at one time on a thread; 0 when it was not opened for tasks. */
uint32_t berth_component_tasks(const struct berth_component *c);

/* Its instances and executors must be gone. NULL is allowed. */
void berth_component_free(struct berth_component *c);

/* An exported function; the component's. */
struct berth_func;

/* Looks up an export. `interface` is the exported interface that it is in, "shop:cart/checkout@1.0.0" (a version that
 * semver calls compatible serves as well), or NULL for a function that the component itself exports. `wit` says what
 * the caller expects, in the words of an interface: the function, behind the types that it names:
 *
 *   "record line { article: string, count: u32 } total: func(cart: list<line>) -> u64"
 *
 * (of several functions, the last one is meant). `params_size` and `result_size` are those of the C structs that calls
 * will be given, laid out as linker.h has it; 0 for none. Errors: BERTH_ERROR_PARSE and BERTH_ERROR_INVALID for `wit`;
 * BERTH_ERROR_LINK when the component has no such export, or one of another type; BERTH_ERROR_USAGE for a struct of
 * another size, with the layout that was expected. */
bool berth_component_func(struct berth_component *c, const char *interface, const char *wit, size_t params_size,
                          size_t result_size, const struct berth_func **ret, struct berth_error *e);

#ifdef __cplusplus
}
#endif

#endif
