/* The engine compiles WebAssembly to machine code and runs it. A process needs one. */
#ifndef BERTH_ENGINE_H
#define BERTH_ENGINE_H

#include <stdbool.h>

#include "berth/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Any thread may use it, and several at one time. */
struct berth_engine;

/* The first engine of a process installs handlers for SIGSEGV, SIGBUS, SIGILL and SIGFPE, by which it learns of guests'
 * traps; what is not a guest's goes on to the handlers that were there before. A program that installs handlers later
 * must do the same for them. Errors: BERTH_ERROR_SYSTEM, BERTH_ERROR_LIMIT. */
bool berth_engine_new(struct berth_engine **ret, struct berth_error *e);

/* Linkers, components, instances and schedulers of it must be gone. NULL is allowed. */
void berth_engine_free(struct berth_engine *engine);

/* "0.1.0": the version of the library. Static text. */
const char *berth_version(void);

#ifdef __cplusplus
}
#endif

#endif
