/* Sessions: an instance of a program that stays, called many times by its owner's thread, each call run to its end at
 * once. When the guest waits for a time, the thread does; nothing else can end a wait. */
#ifndef RUNTIME_RUN_SESSION_H
#define RUNTIME_RUN_SESSION_H

#include "base/clock.h"
#include "base/err.h"
#include "runtime/run/program.h"

struct session;
struct guest_resource;

struct session_options {
    void *host;            /* host_call.host */
    void *owner;           /* guest_resource_owner */
    uint64_t memory_bytes; /* most that all memories may hold; 0 is no limit but the engine's */
    duration timeout;      /* of the start and of each call, kept as exactly as the engine is ticked; 0 is no limit */
};

/* Instantiates a compiled program, start functions included; `o` may be NULL. Errors: ERR_TRAP; ERR_LIMIT; ERR_TIMEOUT;
 * ERR_CLOSED, when it was interrupted. */
MUST_USE bool session_open(struct program *p, const struct session_options *o, struct session **ret, struct err *e);
void session_close(struct session *s);

/* Whether nothing of it is under way. Errors: ERR_USAGE. */
MUST_USE bool session_check_idle(const struct session *s, struct err *e);

/* Calls an export (program_export). `params` and `result` are C structs as abi/host_layout.h has them, NULL for none;
 * what `result` points to lives until session_finish, which must follow. Owned and borrowed resources that the
 * component defines are struct guest_resource in both. After an error every call fails. Errors: as session_open;
 * ERR_USAGE from inside a host function of the session, which changes nothing. */
MUST_USE bool session_call(struct session *s, const struct program_func *f, const void *params, void *result,
                           struct err *e);

/* Ends the call: the guest frees what it returned (post-return). Without a call that has returned, does nothing. */
MUST_USE bool session_finish(struct session *s, struct err *e);

/* Any thread: ends what is under way, or is begun next, with ERR_CLOSED. */
void session_interrupt(struct session *s);

uint64_t session_memory_bytes(struct session *s);

/* Gives up an owned resource that a call returned: its destructor runs. It is gone whatever comes of that. No call may
 * be unfinished. */
MUST_USE bool guest_resource_drop(struct guest_resource *r, struct err *e);

/* Whose session it is of: the options' owner. */
void *guest_resource_owner(const struct guest_resource *r);

#endif
