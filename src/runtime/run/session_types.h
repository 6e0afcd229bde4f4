/* What session.c and guest_resource.c share. */
#ifndef RUNTIME_RUN_SESSION_TYPES_H
#define RUNTIME_RUN_SESSION_TYPES_H

#include <stdatomic.h>

#include "runtime/run/instance.h"
#include "runtime/run/session.h"
#include "runtime/run/wake.h"

struct session {
    struct instance instance;
    struct task_head task;
    struct engine_linker **linkers;
    struct session_options options;
    atomic_bool interrupted;
    bool running;                    /* the guest is, or a host function that it called */
    bool dead;                       /* it trapped, or was stopped */
    bool woken;                      /* the wait is over */
    instant alarm;                   /* when to wake the guest; INT64_MAX: nobody asked */
    instant deadline;                /* of what is under way; INT64_MAX: none */
    const struct program_func *func; /* of the call that is to be finished */
    union core_value result;         /* its flat result */
    struct list resources;           /* that the owner holds */
    struct list given;               /* that the call under way has taken from the owner */
};

/* Begins and ends what the time limit is for. */
MUST_USE bool session_begin(struct session *s, struct err *e);
bool session_end(struct session *s, bool ok, struct err *e);

/* Runs the engine's operation to its end. */
MUST_USE bool session_run(struct session *s, struct err *e);

/* Of call_env_init: resources of the component are handed out as struct guest_resource, and taken back as these. */
extern const struct abi_env_ops guest_resource_env_ops;

/* The call is over: what it was given is gone. */
void guest_resources_forget_given(struct session *s);

/* The session ends: the owner's handles do. */
void guest_resources_free(struct session *s);

#endif
