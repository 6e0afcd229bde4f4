/* TLS streams: see stream.h. OpenSSL reads from the bytes that have just arrived and writes into a buffer that the
 * streams of a loop share; what one call has made of it leaves in one write. */
#include "io/tls/stream.h"

#include <assert.h>

#include <openssl/err.h>

#include "io/tls/context_types.h"
#include "io/tls/openssl_error.h"

enum {
    RECORD_BYTES = 16 * 1024, /* RFC 8446, 5.1 */
    FLUSH_BYTES = 128 * 1024, /* more is not gathered before it is sent */
};

struct tls_scratch {
    struct buf out;            /* records to send; empty between calls */
    char plain[RECORD_BYTES];  /* what was read */
    char gather[RECORD_BYTES]; /* small parts of what is written, for one record */
};

struct tls_scratch *tls_scratch_new(void)
{
    struct tls_scratch *s = mem_new(struct tls_scratch);
    buf_init(&s->out, BUF_NO_LIMIT);
    return s;
}

void tls_scratch_free(struct tls_scratch *s)
{
    if (!s)
        return;
    buf_fini(&s->out);
    mem_free(s);
}

static struct tls_stream *tls_of(struct stream *s)
{
    return CONTAINER_OF(s, struct tls_stream, stream);
}

static const struct tls_stream *tls_of_const(const struct stream *s)
{
    static_assert(offsetof(struct tls_stream, stream) == 0, "the stream is the first member");
    return (const struct tls_stream *)(const void *)s;
}

/* --- What OpenSSL reads and writes --- */

static int bio_read(BIO *b, char *out, int len)
{
    struct tls_stream *t = BIO_get_data(b);
    size_t n = (size_t)len < t->in.len ? (size_t)len : t->in.len;
    BIO_clear_retry_flags(b);
    if (!n) {
        BIO_set_retry_read(b);
        return -1;
    }
    memcpy(out, t->in.ptr, n);
    t->in.ptr += n;
    t->in.len -= n;
    return (int)n;
}

static int bio_write(BIO *b, const char *data, int len)
{
    struct tls_stream *t = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    buf_put(&t->scratch->out, data, (size_t)len);
    return len;
}

static long bio_ctrl(BIO *b, int command, long number, void *ptr)
{
    (void)b, (void)number, (void)ptr;
    return command == BIO_CTRL_FLUSH;
}

BIO_METHOD *tls_stream_bio_new(void)
{
    BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "stream");
    assert(m);
    BIO_meth_set_read(m, bio_read);
    BIO_meth_set_write(m, bio_write);
    BIO_meth_set_ctrl(m, bio_ctrl);
    return m;
}

/* --- Sending --- */

static void flush(struct tls_stream *t)
{
    struct buf *out = &t->scratch->out;
    bytes part = bytes_from(out->ptr, out->len);
    out->len = 0; /* an error may come from the write, and close streams */
    if (part.len && !t->failed)
        stream_write(t->lower, &part, 1);
}

static void fail(struct tls_stream *t, const struct err *e)
{
    if (t->failed || t->closing)
        return;
    t->failed = true;
    stream_read_stop(t->lower);
    t->stream.events->on_error(t->stream.owner, e);
}

/* An alert for the client, which OpenSSL has written, goes out first. */
static void fail_ssl(struct tls_stream *t, const char *what)
{
    struct err e = ERR_INIT;
    openssl_error(&e, ERR_INVALID, "%s", what);
    flush(t);
    fail(t, &e);
}

static bool put(struct tls_stream *t, const void *data, size_t len)
{
    size_t written;
    if (SSL_write_ex(t->ssl, data, len, &written) != 1) {
        fail_ssl(t, "writing");
        return false;
    }
    assert(written == len); /* nothing below ever blocks */
    if (t->scratch->out.len >= FLUSH_BYTES)
        flush(t);
    return !t->failed;
}

/* Small parts share a record, large ones are cut into some. */
static void write_parts(struct stream *s, const bytes *parts, size_t count)
{
    struct tls_stream *t = tls_of(s);
    char *gather = t->scratch->gather;
    size_t gathered = 0;
    if (t->closing || t->failed || t->shut)
        return;
    if (t->plain) {
        stream_write(t->lower, parts, count);
        return;
    }
    assert(t->secure && !t->scratch->out.len);
    ERR_clear_error();
    for (size_t i = 0; i < count; i++) {
        for (bytes p = parts[i]; p.len;) {
            size_t room = RECORD_BYTES - gathered, n = p.len < room ? p.len : room;
            bool whole = n == RECORD_BYTES || (!gathered && i + 1 == count); /* no need to copy it */
            if (!whole)
                memcpy(gather + gathered, p.ptr, n);
            gathered += n;
            if ((whole || gathered == RECORD_BYTES) && !put(t, whole ? (const char *)p.ptr : gather, gathered))
                return;
            gathered = whole || gathered == RECORD_BYTES ? 0 : gathered;
            p.ptr += n;
            p.len -= n;
        }
    }
    if (gathered && !put(t, gather, gathered))
        return;
    flush(t);
}

static void shut_write(struct stream *s)
{
    struct tls_stream *t = tls_of(s);
    if (t->closing || t->failed || t->shut || !(t->secure || t->plain))
        return;
    t->shut = true;
    if (t->secure) {
        ERR_clear_error();
        SSL_shutdown(t->ssl);
        flush(t);
    }
    stream_shut_write(t->lower);
}

/* --- Receiving --- */

static bool is_readable(const struct tls_stream *t)
{
    return t->reading && !t->closing && !t->failed && !t->told_end && !t->plain;
}

static void tell_end(struct tls_stream *t)
{
    t->told_end = true;
    stream_read_stop(t->lower);
    t->stream.events->on_read(t->stream.owner, bytes_from("", 0));
}

/* OpenSSL's alert is dropped: the client would take it for the answer. */
static void go_plain(struct tls_stream *t)
{
    t->scratch->out.len = 0;
    ERR_clear_error();
    t->plain = true;
    stream_read_stop(t->lower);
    t->on_plain_http(t->stream.owner);
}

static bool shake_hands(struct tls_stream *t)
{
    int result = SSL_do_handshake(t->ssl);
    if (result != 1) {
        bool wants_more = SSL_get_error(t->ssl, result) == SSL_ERROR_WANT_READ;
        if (!wants_more && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST)
            go_plain(t);
        else if (!wants_more)
            fail_ssl(t, "TLS handshake");
        return false;
    }
    t->secure = true;
    flush(t);
    if (t->failed || t->closing)
        return false;
    t->on_secure(t->stream.owner);
    return true;
}

/* Looks at `in`, as far as somebody reads. The events that it tells may lead to writes on other streams: `out` is sent
 * before each. */
static void pump(struct tls_stream *t)
{
    assert(!t->scratch->out.len);
    ERR_clear_error();
    if (!t->secure && !shake_hands(t))
        return;
    while (is_readable(t)) {
        size_t n = 0;
        int result = SSL_read_ex(t->ssl, t->scratch->plain, sizeof(t->scratch->plain), &n);
        if (result == 1) {
            flush(t);
            if (is_readable(t)) /* the write may have failed */
                t->stream.events->on_read(t->stream.owner, bytes_from(t->scratch->plain, n));
            continue;
        }
        int why = SSL_get_error(t->ssl, result);
        if (why == SSL_ERROR_ZERO_RETURN)
            tell_end(t);
        else if (why != SSL_ERROR_WANT_READ)
            fail_ssl(t, "reading");
        return;
    }
}

/* The stream below is read while records are wanted. */
static void go_on(struct tls_stream *t)
{
    if (t->closing || t->failed || t->told_end || t->plain)
        return;
    if (t->reading || !t->secure)
        stream_read_start(t->lower);
    else
        stream_read_stop(t->lower);
}

static void on_lower_read(void *owner, bytes data)
{
    struct tls_stream *t = owner;
    if (t->failed || t->closing || t->told_end || t->plain)
        return;
    if (!data.len && !t->secure) {
        struct err e = ERR_INIT;
        err_set(&e, ERR_CLOSED, "the client closed the connection during the TLS handshake");
        fail(t, &e);
        return;
    }
    if (!data.len) {
        tell_end(t);
        return;
    }
    t->in = data;
    pump(t);
    flush(t);                                /* the handshake, answers to key updates */
    buf_put(&t->kept, t->in.ptr, t->in.len); /* not more than one read below: nothing is read while something is kept */
    t->in = bytes_from("", 0);
    go_on(t);
}

static void run_kept(struct loop_job *job)
{
    struct tls_stream *t = CONTAINER_OF(job, struct tls_stream, job);
    if (!is_readable(t))
        return;
    t->in = bytes_from(t->kept.ptr, t->kept.len);
    pump(t);
    flush(t);
    buf_consume(&t->kept, t->kept.len - t->in.len);
    t->in = bytes_from("", 0);
    go_on(t);
}

static void read_start(struct stream *s)
{
    struct tls_stream *t = tls_of(s);
    if (t->reading || t->closing || t->failed || t->told_end || t->plain)
        return;
    t->reading = true;
    if (!t->secure || t->in.len)
        return; /* called from on_read, or from on_secure: pump goes on */
    if (!t->kept.len && !SSL_has_pending(t->ssl))
        stream_read_start(t->lower);
    else if (!loop_job_queued(&t->job))
        loop_defer(t->loop, &t->job);
}

static void read_stop(struct stream *s)
{
    struct tls_stream *t = tls_of(s);
    t->reading = false;
    if (t->secure && !t->closing)
        stream_read_stop(t->lower);
}

/* --- The rest --- */

static void on_lower_drained(void *owner)
{
    struct tls_stream *t = owner;
    if ((t->secure || t->plain) && !t->closing && !t->failed)
        t->stream.events->on_drained(t->stream.owner);
}

static void on_lower_error(void *owner, const struct err *e)
{
    fail(owner, e);
}

static void on_lower_closed(void *owner)
{
    struct tls_stream *t = owner;
    loop_job_cancel(&t->job);
    /* Else OpenSSL would forget the session, which many a client means to resume after it has just left. */
    SSL_set_shutdown(t->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(t->ssl);
    t->ssl = NULL;
    tls_context_release(t->context);
    t->context = NULL;
    t->stream.events->on_closed(t->stream.owner);
}

static const struct stream_events lower_events = {
    .on_read = on_lower_read,
    .on_drained = on_lower_drained,
    .on_error = on_lower_error,
    .on_closed = on_lower_closed,
};

static size_t queued_bytes(const struct stream *s)
{
    return stream_queued_bytes(tls_of_const(s)->lower);
}

static void close_stream(struct stream *s)
{
    struct tls_stream *t = tls_of(s);
    shut_write(s);
    t->closing = true;
    stream_close(t->lower);
}

static void abort_stream(struct stream *s)
{
    struct tls_stream *t = tls_of(s);
    t->closing = true;
    stream_abort(t->lower);
}

static const struct sockaddr *peer(const struct stream *s)
{
    return stream_peer(tls_of_const(s)->lower);
}

static const struct sockaddr *local(const struct stream *s)
{
    return stream_local(tls_of_const(s)->lower);
}

static const struct stream_ops tls_ops = {
    .read_start = read_start,
    .read_stop = read_stop,
    .write = write_parts,
    .queued_bytes = queued_bytes,
    .shut_write = shut_write,
    .close = close_stream,
    .abort = abort_stream,
    .peer = peer,
    .local = local,
};

void tls_stream_init(struct tls_stream *t)
{
    *t = (struct tls_stream){ .stream.ops = &tls_ops };
    buf_init(&t->kept, BUF_NO_LIMIT);
    loop_job_init(&t->job, run_kept);
}

void tls_stream_fini(struct tls_stream *t)
{
    buf_fini(&t->kept);
}

bool tls_stream_open(struct tls_stream *t, const struct tls_stream_options *o, struct err *e)
{
    t->lower = o->lower;
    t->loop = o->loop;
    t->scratch = o->scratch;
    t->on_secure = o->on_secure;
    t->on_plain_http = o->on_plain_http;
    t->secure = t->plain = t->reading = t->told_end = t->shut = t->closing = t->failed = false;
    t->in = bytes_from("", 0);
    buf_reset(&t->kept);
    ERR_clear_error();
    t->ssl = SSL_new(o->context->ssl[0]);
    BIO *bio = BIO_new(o->context->bio);
    if (!t->ssl || !bio) {
        SSL_free(t->ssl);
        BIO_free(bio);
        t->ssl = NULL;
        return openssl_error(e, ERR_SYSTEM, "TLS");
    }
    BIO_set_data(bio, t);
    BIO_set_init(bio, 1);
    SSL_set_bio(t->ssl, bio, bio);
    SSL_set_accept_state(t->ssl);
    t->context = tls_context_retain(o->context);
    stream_set_owner(t->lower, &lower_events, t);
    stream_read_start(t->lower);
    return true;
}

str tls_stream_protocol(const struct tls_stream *t)
{
    const unsigned char *name = NULL;
    unsigned len = 0;
    SSL_get0_alpn_selected(t->ssl, &name, &len);
    return str_from((const char *)name, len);
}
