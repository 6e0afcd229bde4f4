/* Certificate bundles: a private key and the chain of its certificate, as PEM text, parsed and described. Immutable,
 * reference counted, shared by threads. */
#ifndef IO_TLS_BUNDLE_H
#define IO_TLS_BUNDLE_H

#include "base/err.h"
#include "base/str.h"

struct tls_bundle;

enum { TLS_BUNDLE_BYTES_MAX = 1024 * 1024, TLS_BUNDLE_CHAIN_MAX = 64 };

/* Takes the first certificate for the server's own, those that follow for the chain above it; one key may stand
 * anywhere, or nowhere. Blocks of other kinds and text between blocks are passed over. Errors: ERR_PARSE for what is
 * no PEM, certificate or key; ERR_LIMIT; ERR_INVALID for a key that is not the first certificate's; ERR_UNSUPPORTED
 * for an encrypted one. Source: RFC 7468. The new bundle has one reference: the caller's. */
MUST_USE bool tls_bundle_parse(str pem, struct tls_bundle **ret, struct err *e);

struct tls_bundle *tls_bundle_retain(struct tls_bundle *b);
/* NULL allowed. */
void tls_bundle_release(struct tls_bundle *b);

/* Parts of a subject's or an issuer's name that people look for; STR_NONE when absent. UTF-8. */
struct tls_name {
    str common_name;
    const str *alt_names; /* DNS names */
    uint32_t alt_count;
    str country, state_or_province, locality, organization, department;
};

struct tls_certificate {
    struct tls_name subject, issuer;
    str since, until; /* "Sep 18 19:46:19 2028 GMT" */
};

/* Of its certificates, the server's own first. Alive as long as the bundle. */
uint32_t tls_bundle_chain(const struct tls_bundle *b, const struct tls_certificate **ret);

/* The key's kind, as NGINX Unit names it: "RSA (2048 bits)", "ECDH", …; STR_NONE when there is no key. */
str tls_bundle_key(const struct tls_bundle *b);

#endif
