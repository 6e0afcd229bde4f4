/* Session tickets under keys that the operator gave. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "io/tls/context_types.h"

static const struct tls_ticket_key *find_key(const struct tls_context *c, const unsigned char *name)
{
    for (uint32_t i = c->key_count; i-- > 0;)
        if (memcmp(c->keys[i].name, name, TLS_TICKET_NAME_BYTES) == 0)
            return &c->keys[i];
    return NULL;
}

static bool use_mac(EVP_MAC_CTX *mac, const struct tls_ticket_key *k)
{
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_init(mac, k->mac, k->secret_bytes, params) == 1;
}

/* As SSL_CTX_set_tlsext_ticket_key_evp_cb(3) wants it: 0 is a ticket under a key that is not known, 2 one that should
 * be replaced. */
static int on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac,
                     int encrypt)
{
    const struct tls_context *c = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    const struct tls_ticket_key *newest = &c->keys[c->key_count - 1];
    const struct tls_ticket_key *k = encrypt ? newest : find_key(c, name);
    if (!k)
        return 0;
    const EVP_CIPHER *aes = k->secret_bytes == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc();
    if (encrypt) {
        memcpy(name, k->name, sizeof(k->name));
        if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(aes)) != 1 ||
            EVP_EncryptInit_ex(cipher, aes, NULL, k->aes, iv) != 1)
            return -1;
        return use_mac(mac, k) ? 1 : -1;
    }
    if (EVP_DecryptInit_ex(cipher, aes, NULL, k->aes, iv) != 1 || !use_mac(mac, k))
        return -1;
    /* RFC 8446, C.4: a client should use a ticket of TLS 1.3 once only. */
    return k != newest || SSL_version(ssl) == TLS1_3_VERSION ? 2 : 1;
}

void tls_ticket_use_keys(SSL_CTX *ssl)
{
    SSL_CTX_set_tlsext_ticket_key_evp_cb(ssl, on_ticket);
}
