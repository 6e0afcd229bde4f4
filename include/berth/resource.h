/* Resources that a component defines, as their owner outside sees them: a handle that only the component can look into.
 * A result of type own<R> gives one; arguments of type borrow<R> lend it; an argument of type own<R> gives it back.
 * (The host's own resources: linker.h.)
 *
 * Spec: Explainer.md "Handle types". */
#ifndef BERTH_RESOURCE_H
#define BERTH_RESOURCE_H

#include "berth/instance.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Belongs to the instance that it came from, and ends with it. */
struct berth_resource;

/* Runs the destructor that the component gives for it. Errors as of berth_instance_call; whatever comes of it, the
 * handle is gone, but for BERTH_ERROR_USAGE: from inside a host function that the instance called. NULL is allowed. */
bool berth_resource_drop(struct berth_resource *r, struct berth_error *e);

#ifdef __cplusplus
}
#endif

#endif
