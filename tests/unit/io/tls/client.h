/* A TLS client and, over a stream in memory, the server's tls_stream that it talks with. */
#ifndef TEST_TLS_CLIENT_H
#define TEST_TLS_CLIENT_H

#include <openssl/ssl.h>

#include "base/buf.h"
#include "io/tls/context.h"
#include "io/tls/stream.h"

struct client_options {
    const char *name;     /* asked for by SNI; NULL: none */
    const char *protocol; /* offered by ALPN; NULL: none */
    int version;          /* TLS1_2_VERSION, TLS1_3_VERSION; 0: any */
    SSL_SESSION *resume;  /* NULL: none */
};

struct client {
    /* The client's side. */
    SSL_CTX *ctx;
    SSL *ssl;
    BIO *in, *out;
    SSL_SESSION *session; /* the last that the server gave; the test's to free */
    /* Between them. */
    struct stream wire;
    bool wire_reading, wire_shut, wire_closed, wire_aborted, wire_breaks;
    unsigned writes;
    /* The server's side. */
    struct loop *loop;
    struct tls_scratch *scratch;
    struct tls_stream server;
    struct buf received;
    unsigned reads, drained;
    bool read_when_secure; /* set by client_open */
    bool secure, plain, ended, failed, closed;
    struct err err;
};

void client_open(struct client *c, struct tls_context *context, const struct client_options *o);

/* Lets bytes go both ways until nothing moves. */
void client_run(struct client *c);

/* Handshake, then true when both sides agree that it is done. */
bool client_connect(struct client *c);

/* Bytes as they are, from the client to the server. */
void client_send_raw(struct client *c, bytes data);

/* What the server has sent, decrypted, as far as it fits. */
size_t client_read(struct client *c, char *out, size_t room);

/* Runs what the server deferred. */
void client_run_loop(struct client *c);

/* Common name of the certificate that the server showed; static storage of the client. */
const char *client_peer_name(struct client *c, char out[64]);

/* Closes whatever is open. */
void client_close(struct client *c);

#endif
