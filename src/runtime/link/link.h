/* Linking: a checked component and the host's interfaces become a plan. Component instances are interpreted
 * symbolically, as the specification instantiates them, but once and without an engine: every definition's value is
 * known beforehand.
 *
 * Spec: Explainer.md "Instance Definitions", Linking.md; matching of versions: semver, 0.2.x with 0.2.y. */
#ifndef RUNTIME_LINK_LINK_H
#define RUNTIME_LINK_LINK_H

#include "runtime/check/check.h"
#include "runtime/link/plan.h"
#include "runtime/wit/wit.h"

struct host_interface; /* host/host.h */

/* What the host offers. */
struct link_host {
    const struct wit *wit;
    const struct host_interface *const *interfaces;
    size_t interface_count;
};

/* The arena keeps everything the plan points to. ERR_LINK names the import that nothing matches and why;
 * ERR_UNSUPPORTED what is not there yet. */
MUST_USE bool link_component(struct arena *a, const struct component *c, const struct link_host *host, struct plan *ret,
                             struct err *e);

/* True when an import of `want` ("wasi:io/poll@0.2.3") is served by `have`: the same name, and versions that semver
 * calls compatible. Exports are found by the same rule. */
bool link_names_match(str want, str have);

#endif
