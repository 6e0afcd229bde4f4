/* Digests of bytes, over libcrypto. */
#ifndef IO_TLS_DIGEST_H
#define IO_TLS_DIGEST_H

#include "base/str.h"

enum { DIGEST_SHA256_BYTES = 32, DIGEST_HEX_LEN = 64 };

/* SHA-256. Source: FIPS 180-4. */
void digest_sha256(bytes data, uint8_t ret[DIGEST_SHA256_BYTES]);

/* The same in lower-case hexadecimal digits; no NUL. */
void digest_hex(bytes data, char out[DIGEST_HEX_LEN]);

#endif
