/* Sessions: an instance of a program that stays, called many times by its owner's thread, each call run to its end at
 * once. For programs that import nothing from the host: such calls never have to wait. */
#ifndef RUNTIME_RUN_SESSION_H
#define RUNTIME_RUN_SESSION_H

#include "base/err.h"
#include "runtime/run/program.h"

struct session;

/* Instantiates a compiled program, start functions included. Errors: ERR_TRAP; ERR_UNSUPPORTED when it imports host
 * functions; ERR_LIMIT. */
MUST_USE bool session_open(struct program *p, struct session **ret, struct err *e);
void session_close(struct session *s);

/* Calls an export (program_export). `params` and `result` are C structs as abi/host_layout.h has them, NULL for none;
 * what `result` points to lives until session_finish, which must follow. After a trap every call fails. Errors:
 * ERR_TRAP. */
MUST_USE bool session_call(struct session *s, const struct program_func *f, const void *params, void *result,
                           struct err *e);

/* Ends the call: the guest frees what it returned (post-return). */
MUST_USE bool session_finish(struct session *s, struct err *e);

#endif
