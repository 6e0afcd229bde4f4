/* A bundle's inside, for the files of io/tls that hand it to OpenSSL. */
#ifndef IO_TLS_BUNDLE_TYPES_H
#define IO_TLS_BUNDLE_TYPES_H

#include <stdatomic.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/arena.h"
#include "io/tls/bundle.h"

struct tls_bundle {
    _Atomic uint32_t refs;
    struct arena arena; /* of the descriptions */
    X509 *own;
    STACK_OF(X509) * chain; /* those above it */
    EVP_PKEY *key;          /* NULL: there is none */
    struct tls_certificate *certificates;
    uint32_t count;
    str key_kind;
};

/* describe.c */
void tls_describe_certificate(struct arena *a, const X509 *x, struct tls_certificate *ret);
str tls_describe_key(struct arena *a, const EVP_PKEY *key);

#endif
