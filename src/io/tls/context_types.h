/* A context's inside, for the files of io/tls. */
#ifndef IO_TLS_CONTEXT_TYPES_H
#define IO_TLS_CONTEXT_TYPES_H

#include <stdatomic.h>

#include <openssl/ssl.h>

#include "base/arena.h"
#include "base/map.h"
#include "io/tls/context.h"

struct tls_context {
    _Atomic uint32_t refs;
    struct arena arena;
    struct tls_bundle **bundles;
    SSL_CTX **ssl; /* one a bundle: OpenSSL ties certificates to it */
    uint32_t count;
    struct map names;   /* lower case, "*." for any first label → SSL_CTX */
    uint8_t *protocols; /* ALPN's wire form */
    unsigned protocols_len;
    struct tls_ticket_key *keys;
    uint32_t key_count;
    BIO_METHOD *bio; /* of streams */
};

/* names.c: chooses the certificate while a handshake is under way. */
void tls_names_add(struct tls_context *c, const struct tls_bundle *b, SSL_CTX *ssl);
SSL_CTX *tls_names_find(const struct tls_context *c, str name);

/* ticket_seal.c: encrypts and decrypts under the context's keys. */
void tls_ticket_use_keys(SSL_CTX *ssl);

/* commands.c */
bool tls_commands_apply(SSL_CTX *ssl, const struct tls_command *commands, uint32_t count, struct err *e);

/* stream.c */
BIO_METHOD *tls_stream_bio_new(void);

#endif
