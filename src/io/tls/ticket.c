/* Keys of session tickets: see ticket.h. */
#include "io/tls/ticket.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

enum { TEXT_MAX = 4096 }; /* of base64; what is longer is no key anyway */

/* With the padding that may have been left away and the characters of the other alphabet (RFC 4648, 5) replaced.
 * -1: no base64. */
static int decode(str text, uint8_t ret[TEXT_MAX])
{
    char padded[TEXT_MAX + 4];
    size_t len = text.len, padding = 0;
    if (len > TEXT_MAX)
        return -1;
    while (len && text.ptr[len - 1] == '=' && padding < 2)
        len--, padding++;
    for (size_t i = 0; i < len; i++) {
        char c = text.ptr[i] == '-' ? '+' : text.ptr[i] == '_' ? '/' : text.ptr[i];
        bool known = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
        if (!known)
            return -1;
        padded[i] = c;
    }
    size_t missing = (4 - len % 4) % 4;
    if (missing == 3 || padding > missing)
        return -1;
    memset(padded + len, '=', missing);
    int n = EVP_DecodeBlock(ret, (const unsigned char *)padded, (int)(len + missing));
    OPENSSL_cleanse(padded, sizeof(padded));
    return n < 0 ? -1 : n - (int)missing;
}

enum tls_ticket_parse tls_ticket_key_parse(str base64, struct tls_ticket_key *ret, size_t *ret_len)
{
    uint8_t raw[TEXT_MAX];
    int len = decode(base64, raw);
    if (len < 0)
        return TLS_TICKET_NO_BASE64;
    *ret_len = (size_t)len;
    if (len != TLS_TICKET_KEY_SHORT && len != TLS_TICKET_KEY_LONG)
        return TLS_TICKET_BAD_LENGTH;
    /* The short form has the two secrets the other way round. */
    bool is_long = len == TLS_TICKET_KEY_LONG;
    size_t n = is_long ? 32 : 16;
    const uint8_t *first = raw + TLS_TICKET_NAME_BYTES;
    *ret = (struct tls_ticket_key){ .secret_bytes = n };
    memcpy(ret->name, raw, sizeof(ret->name));
    memcpy(is_long ? ret->mac : ret->aes, first, n);
    memcpy(is_long ? ret->aes : ret->mac, first + n, n);
    OPENSSL_cleanse(raw, sizeof(raw));
    return TLS_TICKET_OK;
}
