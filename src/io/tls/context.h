/* What a listener's TLS is made of: certificates, chosen by the name that the client asks for (SNI), protocols (ALPN),
 * how sessions are resumed. TLS 1.2 and 1.3. Immutable once made, reference counted, shared by all workers, and with it
 * the sessions that it remembers. */
#ifndef IO_TLS_CONTEXT_H
#define IO_TLS_CONTEXT_H

#include "base/clock.h"
#include "base/err.h"
#include "io/tls/bundle.h"
#include "io/tls/ticket.h"

struct tls_context;

/* A configuration command of OpenSSL, as in its own files: SSL_CONF_cmd(3). */
struct tls_command {
    str name, value;
};

enum tls_tickets {
    TLS_TICKETS_OFF,
    TLS_TICKETS_OWN,  /* under keys of the context's own */
    TLS_TICKETS_KEYS, /* under those that are given */
};

struct tls_settings {
    struct tls_bundle *const *bundles; /* the first serves clients that ask for no name, or for an unknown one */
    uint32_t bundle_count;             /* at least 1 */
    const str *protocols;              /* for ALPN, the favourite first; a client that offers none of them is refused */
    uint32_t protocol_count;           /* 0: ALPN is not answered */
    const struct tls_command *commands;
    uint32_t command_count;
    uint32_t cache_size; /* sessions remembered at most; 0: none */
    duration session_timeout;
    enum tls_tickets tickets;
    const struct tls_ticket_key *keys; /* the last one encrypts, all decrypt */
    uint32_t key_count;
};

/* Everything is copied or retained. Errors: ERR_INVALID for a bundle without key and for commands. One reference: the
 * caller's. */
MUST_USE bool tls_context_new(const struct tls_settings *s, struct tls_context **ret, struct err *e);

struct tls_context *tls_context_retain(struct tls_context *c);
/* NULL allowed. Streams have references of their own. */
void tls_context_release(struct tls_context *c);

/* Was it made of just these bundles? */
bool tls_context_is_of(const struct tls_context *c, struct tls_bundle *const *bundles, uint32_t count);

/* Whether OpenSSL takes the command. */
MUST_USE bool tls_command_check(const struct tls_command *command, struct err *e);

#endif
