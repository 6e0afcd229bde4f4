/* What a listener's `tls` is made into. */
#ifndef SERVER_CONFIG_BUILD_TLS_H
#define SERVER_CONFIG_BUILD_TLS_H

#include "base/arena.h"
#include "base/err.h"

struct certificates; /* server/certificate/certificates.h */
struct json;         /* server/json/json.h */
struct tls_context;  /* io/tls/context.h */

/* A context of checked options, with a reference for the caller. `kept`, or NULL, was made of the same options: when
 * its certificates are still the same ones, it is taken over, and with it the sessions that it remembers. */
MUST_USE bool build_tls(struct arena *scratch, const struct json *tls, const struct certificates *certificates,
                        struct tls_context *kept, struct tls_context **ret, struct err *e);

#endif
