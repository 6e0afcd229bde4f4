/* A TLS client over a stream in memory: see client.h. */
#include "client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/clock.h"

static struct client *client_of(struct stream *s)
{
    return CONTAINER_OF(s, struct client, wire);
}

/* --- The stream below the server --- */

static void wire_read_start(struct stream *s)
{
    client_of(s)->wire_reading = true;
}

static void wire_read_stop(struct stream *s)
{
    client_of(s)->wire_reading = false;
}

static void wire_write(struct stream *s, const bytes *parts, size_t count)
{
    struct client *c = client_of(s);
    assert_false(c->wire_closed);
    if (c->wire_breaks) {
        struct err e = ERR_INIT;
        err_set(&e, ERR_CLOSED, "broken");
        s->events->on_error(s->owner, &e);
        return;
    }
    c->writes++;
    for (size_t i = 0; i < count; i++)
        assert_int_equal(BIO_write(c->in, parts[i].ptr, (int)parts[i].len), (int)parts[i].len);
}

static size_t wire_queued(const struct stream *s)
{
    (void)s;
    return 7;
}

static void wire_shut(struct stream *s)
{
    client_of(s)->wire_shut = true;
}

static void wire_close(struct stream *s)
{
    client_of(s)->wire_closed = true;
}

static void wire_abort(struct stream *s)
{
    client_of(s)->wire_closed = client_of(s)->wire_aborted = true;
}

static const struct sockaddr *wire_address(const struct stream *s)
{
    static const struct sockaddr nowhere = { .sa_family = AF_UNIX };
    (void)s;
    return &nowhere;
}

static const struct stream_ops wire_ops = {
    .read_start = wire_read_start,
    .read_stop = wire_read_stop,
    .write = wire_write,
    .queued_bytes = wire_queued,
    .shut_write = wire_shut,
    .close = wire_close,
    .abort = wire_abort,
    .peer = wire_address,
    .local = wire_address,
};

/* --- The server's owner --- */

static void on_read(void *owner, bytes data)
{
    struct client *c = owner;
    assert_false(c->ended || c->failed);
    c->reads++;
    c->ended = !data.len;
    buf_put(&c->received, data.ptr, data.len);
}

static void on_drained(void *owner)
{
    ((struct client *)owner)->drained++;
}

static void on_error(void *owner, const struct err *e)
{
    struct client *c = owner;
    assert_false(c->failed);
    c->failed = true;
    c->err = *e;
}

static void on_closed(void *owner)
{
    ((struct client *)owner)->closed = true;
}

static void on_secure(void *owner)
{
    struct client *c = owner;
    c->secure = true;
    if (c->read_when_secure)
        stream_read_start(&c->server.stream);
}

static void on_plain_http(void *owner)
{
    ((struct client *)owner)->plain = true;
}

static const struct stream_events events = {
    .on_read = on_read,
    .on_drained = on_drained,
    .on_error = on_error,
    .on_closed = on_closed,
};

/* --- The client --- */

static int on_session(SSL *ssl, SSL_SESSION *session)
{
    struct client *c = SSL_get_app_data(ssl);
    SSL_SESSION_free(c->session);
    c->session = session;
    return 1;
}

static void open_ssl(struct client *c, const struct client_options *o)
{
    c->ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_session_cache_mode(c->ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(c->ctx, on_session);
    c->ssl = SSL_new(c->ctx);
    SSL_set_app_data(c->ssl, c);
    if (o->version) {
        SSL_set_min_proto_version(c->ssl, o->version);
        SSL_set_max_proto_version(c->ssl, o->version);
    }
    if (o->name)
        SSL_set_tlsext_host_name(c->ssl, o->name);
    if (o->protocol) {
        unsigned char wire[64] = { (unsigned char)strlen(o->protocol) };
        memcpy(wire + 1, o->protocol, strlen(o->protocol));
        assert_int_equal(SSL_set_alpn_protos(c->ssl, wire, wire[0] + 1U), 0);
    }
    if (o->resume)
        SSL_set_session(c->ssl, o->resume);
    c->in = BIO_new(BIO_s_mem());
    c->out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(c->in, -1);
    SSL_set_bio(c->ssl, c->in, c->out);
    SSL_set_connect_state(c->ssl);
}

void client_open(struct client *c, struct tls_context *context, const struct client_options *o)
{
    struct err e = ERR_INIT;
    *c = (struct client){ .wire = { .ops = &wire_ops }, .loop = loop_new(), .scratch = tls_scratch_new() };
    c->read_when_secure = true;
    buf_init(&c->received, BUF_NO_LIMIT);
    open_ssl(c, o);
    tls_stream_init(&c->server);
    stream_set_owner(&c->server.stream, &events, c);
    const struct tls_stream_options options = {
        .loop = c->loop,
        .scratch = c->scratch,
        .context = context,
        .lower = &c->wire,
        .on_secure = on_secure,
        .on_plain_http = on_plain_http,
    };
    assert_true(tls_stream_open(&c->server, &options, &e));
}

void client_send_raw(struct client *c, bytes data)
{
    assert_true(c->wire_reading);
    c->wire.events->on_read(c->wire.owner, data);
}

void client_run(struct client *c)
{
    char part[5000]; /* records come in pieces */
    for (int idle = 0; idle < 2;) {
        idle++;
        if (!SSL_is_init_finished(c->ssl))
            SSL_do_handshake(c->ssl);
        else
            SSL_peek(c->ssl, part, 1); /* session tickets */
        int n = c->wire_reading && !c->wire_closed ? BIO_read(c->out, part, sizeof(part)) : 0;
        if (n > 0) {
            client_send_raw(c, bytes_from(part, (size_t)n));
            idle = 0;
        }
    }
}

bool client_connect(struct client *c)
{
    client_run(c);
    return SSL_is_init_finished(c->ssl) && c->secure;
}

size_t client_read(struct client *c, char *out, size_t room)
{
    size_t total = 0, n = 0;
    while (total < room && SSL_read_ex(c->ssl, out + total, room - total, &n) == 1)
        total += n;
    return total;
}

static void on_stop_timer(struct timer *t)
{
    loop_stop(t->loop);
}

void client_run_loop(struct client *c)
{
    struct timer t;
    timer_init(&t, c->loop, on_stop_timer);
    timer_set(&t, instant_now());
    loop_run(c->loop);
    timer_clear(&t);
}

const char *client_peer_name(struct client *c, char out[64])
{
    X509 *x = SSL_get0_peer_certificate(c->ssl);
    assert_non_null(x);
    assert_true(X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, out, 64) > 0);
    return out;
}

void client_close(struct client *c)
{
    if (!c->wire_closed)
        stream_close(&c->server.stream);
    assert_true(c->wire_closed);
    c->wire.events->on_closed(c->wire.owner);
    assert_true(c->closed);
    tls_stream_fini(&c->server);
    tls_scratch_free(c->scratch);
    SSL_set_shutdown(c->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); /* its session stays good */
    SSL_free(c->ssl);
    SSL_CTX_free(c->ctx);
    buf_fini(&c->received);
    loop_free(c->loop);
}
