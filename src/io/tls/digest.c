/* SHA-256 over libcrypto. */
#include "io/tls/digest.h"

#include <assert.h>

#include <openssl/evp.h>

void digest_sha256(bytes data, uint8_t ret[DIGEST_SHA256_BYTES])
{
    unsigned int len = 0;
    int ok = EVP_Digest(data.ptr, data.len, ret, &len, EVP_sha256(), NULL);
    assert(ok == 1 && len == DIGEST_SHA256_BYTES);
}

void digest_hex(bytes data, char out[DIGEST_HEX_LEN])
{
    uint8_t digest[DIGEST_SHA256_BYTES];
    digest_sha256(data, digest);
    for (size_t i = 0; i < sizeof(digest); i++) {
        out[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
}
