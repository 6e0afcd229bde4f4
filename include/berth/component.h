/* A component, ready to be instantiated: read, validated, linked with what a linker offers, and compiled. And its
 * exported functions, each looked up once with the type that the caller expects.
 *
 * Spec: Binary.md, Explainer.md, Linking.md. */
#ifndef BERTH_COMPONENT_H
#define BERTH_COMPONENT_H

#include "berth/linker.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Once its functions are looked up, any thread may make instances of it. */
struct berth_component;

/* `wasm` must stay as it is until the component is freed. Compiling takes about a second for each MB of code. Errors:
 * BERTH_ERROR_PARSE and BERTH_ERROR_INVALID, with offset; BERTH_ERROR_LINK, with the import that is missing;
 * BERTH_ERROR_UNSUPPORTED; BERTH_ERROR_LIMIT. */
bool berth_component_open(struct berth_linker *l, berth_bytes wasm, struct berth_component **ret,
                          struct berth_error *e);
/* Its instances must be gone. NULL is allowed. */
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
