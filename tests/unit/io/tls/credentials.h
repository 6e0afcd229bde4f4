/* Certificates and keys for tests, made on the spot. */
#ifndef TEST_TLS_CREDENTIALS_H
#define TEST_TLS_CREDENTIALS_H

#include "base/str.h"
#include "io/tls/bundle.h"

struct credentials {
    char key[512], certificate[2048]; /* PEM */
};

/* An elliptic-curve key and a certificate that it signed itself. `alt_names` as OpenSSL's configuration has them,
 * "DNS:a,DNS:b"; NULL: none. */
void credentials_make(struct credentials *c, const char *common_name, const char *alt_names);

/* Certificate, then key. */
struct tls_bundle *credentials_bundle(const char *common_name, const char *alt_names);

#endif
