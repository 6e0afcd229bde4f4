/* What adapters have to know of a type before they are made. Internal to link/.
 *
 * Spec: CanonicalABI.md "Loading", "Flat Lifting". */
#ifndef RUNTIME_LINK_ADAPTER_TYPE_H
#define RUNTIME_LINK_ADAPTER_TYPE_H

#include "runtime/type/type.h"

/* What there is to a type. */
enum adapter_trait {
    ADAPTER_REFUSES = 1, /* lifting may refuse a value */
    ADAPTER_TEXT = 2,    /* it reaches a string */
    ADAPTER_BITS = 4,    /* lifting and lowering a flat value may change it */
    ADAPTER_OWN = 8,     /* it reaches a handle that is owned … */
    ADAPTER_BORROW = 16, /* … or borrowed */
};
unsigned adapter_traits(const struct type *t);

/* Whether lifting may refuse a value that comes after an owned handle, which is no longer the sender's by then: the
 * host could not say why. `*owned`: whether there has been one. */
bool adapter_refuses_after_own(const struct type *t, bool *owned);

/* The most handles that a value has; UINT32_MAX for a list of any length. */
uint32_t adapter_handles(const struct type *t);

#endif
