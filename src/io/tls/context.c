/* TLS contexts: see context.h. */
#include "io/tls/context.h"

#include <limits.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "io/tls/bundle_types.h"
#include "io/tls/context_types.h"
#include "io/tls/openssl_error.h"

/* Sessions of all contexts alike: which one a client may resume is not a matter of who it is, since clients are not
 * asked for certificates. */
static const unsigned char session_id_context[] = "berth";

/* --- While a handshake is under way --- */

static int on_server_name(SSL *ssl, int *alert, void *arg)
{
    const struct tls_context *c = arg;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    SSL_CTX *found = name ? tls_names_find(c, str_of(name)) : NULL;
    (void)alert;
    if (found && found != SSL_get_SSL_CTX(ssl))
        SSL_set_SSL_CTX(ssl, found);
    return SSL_TLSEXT_ERR_OK; /* an unknown name gets the first certificate: the client judges */
}

/* RFC 7301, 3.2. */
static int on_protocols(SSL *ssl, const unsigned char **ret, unsigned char *ret_len, const unsigned char *offered,
                        unsigned int offered_len, void *arg)
{
    const struct tls_context *c = arg;
    unsigned char *chosen = NULL;
    (void)ssl;
    if (SSL_select_next_proto(&chosen, ret_len, c->protocols, c->protocols_len, offered, offered_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *ret = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/* --- Making --- */

static void set_sessions(SSL_CTX *ssl, const struct tls_settings *s)
{
    int64_t seconds = s->session_timeout.ns / 1000000000;
    SSL_CTX_set_session_id_context(ssl, session_id_context, sizeof(session_id_context) - 1);
    SSL_CTX_set_timeout(ssl, seconds > INT_MAX ? INT_MAX : (long)seconds);
    SSL_CTX_set_session_cache_mode(ssl, s->cache_size ? SSL_SESS_CACHE_SERVER : SSL_SESS_CACHE_OFF);
    if (s->cache_size)
        SSL_CTX_sess_set_cache_size(ssl, (long)s->cache_size);
    if (s->tickets == TLS_TICKETS_OFF) {
        SSL_CTX_set_options(ssl, SSL_OP_NO_TICKET);
        if (!s->cache_size)
            SSL_CTX_set_num_tickets(ssl, 0); /* of TLS 1.3: they could not be used */
    }
    if (s->tickets == TLS_TICKETS_KEYS)
        tls_ticket_use_keys(ssl);
}

static bool set_certificate(SSL_CTX *ssl, const struct tls_bundle *b, struct err *e)
{
    if (!b->key)
        return err_set(e, ERR_INVALID, "the bundle has no private key");
    if (SSL_CTX_use_cert_and_key(ssl, b->own, b->key, b->chain, 1) == 1)
        return true;
    return openssl_error(e, ERR_INVALID, "the certificate cannot be used");
}

static SSL_CTX *ssl_new(struct tls_context *c, const struct tls_settings *s, const struct tls_bundle *b, struct err *e)
{
    SSL_CTX *ssl = SSL_CTX_new(TLS_server_method());
    if (!ssl) {
        openssl_error(e, ERR_SYSTEM, "TLS");
        return NULL;
    }
    SSL_CTX_set_app_data(ssl, c);
    SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION);
    SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    /* Idle connections keep no buffers; chains are sent as they were uploaded. */
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    set_sessions(ssl, s);
    if (c->protocols_len)
        SSL_CTX_set_alpn_select_cb(ssl, on_protocols, c);
    /* Commands first: they may lower the security level that an old certificate needs. */
    if (tls_commands_apply(ssl, s->commands, s->command_count, e) && set_certificate(ssl, b, e))
        return ssl;
    SSL_CTX_free(ssl);
    return NULL;
}

static void set_protocols(struct tls_context *c, const struct tls_settings *s)
{
    size_t len = 0;
    for (uint32_t i = 0; i < s->protocol_count; i++)
        len += 1 + s->protocols[i].len;
    uint8_t *at = c->protocols = arena_alloc(&c->arena, len);
    for (uint32_t i = 0; i < s->protocol_count; i++) {
        *at++ = (uint8_t)s->protocols[i].len;
        memcpy(at, s->protocols[i].ptr, s->protocols[i].len);
        at += s->protocols[i].len;
    }
    c->protocols_len = (unsigned)len;
}

static bool fill(struct tls_context *c, const struct tls_settings *s, struct err *e)
{
    set_protocols(c, s);
    c->keys = arena_new(&c->arena, struct tls_ticket_key, s->key_count);
    if (s->key_count)
        memcpy(c->keys, s->keys, s->key_count * sizeof(*c->keys));
    c->key_count = s->key_count;
    c->bundles = arena_new(&c->arena, struct tls_bundle *, s->bundle_count);
    c->ssl = arena_new(&c->arena, SSL_CTX *, s->bundle_count);
    c->bio = tls_stream_bio_new();
    for (; c->count < s->bundle_count; c->count++) {
        struct tls_bundle *b = s->bundles[c->count];
        SSL_CTX *ssl = ssl_new(c, s, b, e);
        if (!ssl)
            return false;
        c->ssl[c->count] = ssl;
        c->bundles[c->count] = tls_bundle_retain(b);
        tls_names_add(c, b, ssl);
    }
    if (c->count > 1) {
        SSL_CTX_set_tlsext_servername_callback(c->ssl[0], on_server_name);
        SSL_CTX_set_tlsext_servername_arg(c->ssl[0], c);
    }
    return true;
}

bool tls_context_new(const struct tls_settings *s, struct tls_context **ret, struct err *e)
{
    struct tls_context *c = mem_new(struct tls_context);
    atomic_init(&c->refs, 1);
    arena_init(&c->arena);
    map_init(&c->names);
    ERR_clear_error();
    if (fill(c, s, e)) {
        *ret = c;
        return true;
    }
    tls_context_release(c);
    return false;
}

struct tls_context *tls_context_retain(struct tls_context *c)
{
    atomic_fetch_add(&c->refs, 1);
    return c;
}

void tls_context_release(struct tls_context *c)
{
    if (!c || atomic_fetch_sub(&c->refs, 1) > 1)
        return;
    for (uint32_t i = 0; i < c->count; i++) {
        SSL_CTX_free(c->ssl[i]);
        tls_bundle_release(c->bundles[i]);
    }
    BIO_meth_free(c->bio);
    map_fini(&c->names);
    if (c->key_count)
        OPENSSL_cleanse(c->keys, c->key_count * sizeof(*c->keys));
    arena_fini(&c->arena);
    mem_free(c);
}

bool tls_context_is_of(const struct tls_context *c, struct tls_bundle *const *bundles, uint32_t count)
{
    return c->count == count && memcmp(c->bundles, bundles, count * sizeof(*bundles)) == 0;
}
