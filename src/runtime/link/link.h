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

/* Components of which each but the last imports what the next one exports: a middleware before an application. The
 * first is the outermost: what it exports can be called. All else they import from the host. */
struct link_chain {
    const struct component *const *at;
    const str *names; /* for messages */
    uint32_t len;
};

/* The arena keeps everything the plan points to. ERR_LINK names the import that nothing matches and why;
 * ERR_UNSUPPORTED what is not there yet. */
MUST_USE bool link_components(struct arena *a, const struct link_chain *c, const struct link_host *host,
                              struct plan *ret, struct err *e);

/* Of several files: makes the file and the place in it part of the text. False, for `return`. */
bool link_locate(struct err *e, str file);

/* True when an import of `want` ("wasi:io/poll@0.2.3") is served by `have`: the same name, and versions that semver
 * calls compatible. Exports are found by the same rule. */
bool link_names_match(str want, str have);

#endif
