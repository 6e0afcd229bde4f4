/* Keys of session tickets, given by the operator so that several servers, or one after a restart, can resume each
 * other's sessions. RFC 5077 and RFC 8446, 4.6.1. */
#ifndef IO_TLS_TICKET_H
#define IO_TLS_TICKET_H

#include "base/err.h"
#include "base/str.h"

enum { TLS_TICKET_NAME_BYTES = 16, TLS_TICKET_KEY_SHORT = 48, TLS_TICKET_KEY_LONG = 80, TLS_TICKET_SECRET_MAX = 32 };

/* AES-128 or AES-256 in CBC mode, and HMAC-SHA-256. */
struct tls_ticket_key {
    uint8_t name[TLS_TICKET_NAME_BYTES]; /* in the clear in each ticket */
    uint8_t mac[TLS_TICKET_SECRET_MAX], aes[TLS_TICKET_SECRET_MAX];
    size_t secret_bytes; /* of `mac` and of `aes`: 16 or 32 */
};

enum tls_ticket_parse { TLS_TICKET_OK, TLS_TICKET_NO_BASE64, TLS_TICKET_BAD_LENGTH };

/* A key as base64 of 48 or 80 bytes, laid out as nginx's and Unit's are. `ret_len`: the bytes that there were. */
enum tls_ticket_parse tls_ticket_key_parse(str base64, struct tls_ticket_key *ret, size_t *ret_len);

#endif
