#include "h2_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <nghttp2/nghttp2.h>

#include "base/num.h"

enum { PIECE_BYTES = 4096 }; /* the server gets so many, then a turn of its loop */

/* --- The stream --- */

static struct stage *stage_of(const struct stream *s)
{
    return CONTAINER_OF((struct stream *)(uintptr_t)s, struct stage, stream);
}

static void nothing(struct stream *s)
{
    (void)s;
}

static void put_parts(struct stream *s, const bytes *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_put(&stage_of(s)->wire, parts[i].ptr, parts[i].len);
}

static size_t queued_bytes(const struct stream *s)
{
    return stage_of(s)->queued;
}

static void shut_stream(struct stream *s)
{
    stage_of(s)->shut = true;
}

static void close_stream(struct stream *s)
{
    assert_false(stage_of(s)->closed);
    stage_of(s)->closed = true;
}

static const struct sockaddr *nowhere(const struct stream *s)
{
    (void)s;
    return NULL;
}

static const struct stream_ops stream_ops = {
    .read_start = nothing,
    .read_stop = nothing,
    .write = put_parts,
    .queued_bytes = queued_bytes,
    .shut_write = shut_stream,
    .close = close_stream,
    .abort = close_stream,
    .peer = nowhere,
    .local = nowhere,
};

/* --- The application --- */

void stage_reply(struct http_exchange *x)
{
    const struct http_response r = { .status = 200, .content_length = 4 };
    http_exchange_respond(x, &r);
    http_exchange_write(x, bytes_from("done", 4));
    http_exchange_finish(x, NULL);
}

static void on_readable(void *consumer)
{
    struct stage *t = consumer;
    bytes part;
    struct err e = ERR_INIT;
    enum http_read result;
    while ((result = http_exchange_read(t->reading, 1000, &part, &e)) == HTTP_READ_DATA)
        t->taken += part.len;
    if (result == HTTP_READ_END)
        stage_reply(t->reading);
}

static void on_writable(void *consumer)
{
    ((struct stage *)consumer)->writable++;
}

static void on_consumer_end(void *consumer, bool complete)
{
    struct stage *t = consumer;
    t->ended++;
    t->complete += complete;
}

static const struct http_consumer_ops consumer_ops = { on_readable, on_writable, on_consumer_end };

static void on_request(void *ctx, struct http_exchange *x)
{
    struct stage *t = ctx;
    t->held[t->begun++] = x;
    http_exchange_consume(x, &consumer_ops, t);
    if (t->holds)
        return;
    t->reading = x;
    on_readable(t);
}

static void on_exchange_end(void *ctx, struct http_exchange *x, bool complete)
{
    (void)x, (void)complete;
    ((struct stage *)ctx)->gone++;
}

/* --- The client --- */

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
    struct stage *t = ctx;
    (void)session;
    if (frame->hd.type == NGHTTP2_RST_STREAM) {
        t->resets++;
        t->reset_code = frame->rst_stream.error_code;
    } else if (frame->hd.type == NGHTTP2_GOAWAY) {
        t->goaways++;
        t->goaway_code = frame->goaway.error_code;
    } else if (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) {
        t->answers += (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    }
    return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_len,
                     const uint8_t *value, size_t value_len, uint8_t flags, void *ctx)
{
    struct stage *t = ctx;
    (void)session, (void)frame, (void)flags;
    if (str_eq(str_from((const char *)name, name_len), STR(":status"))) {
        assert_true(num_parse_u64(str_from((const char *)value, value_len), &t->status));
    }
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data, size_t len, void *ctx)
{
    struct stage *t = ctx;
    (void)flags, (void)data;
    t->bytes += len;
    if (!t->slow)
        assert_int_equal(nghttp2_session_consume(session, id, len), 0);
    return 0;
}

static ssize_t read_upload(nghttp2_session *session, int32_t id, uint8_t *buf, size_t max, uint32_t *flags,
                           nghttp2_data_source *source, void *ctx)
{
    struct stage *t = ctx;
    size_t n = t->upload < max ? t->upload : max;
    (void)session, (void)id, (void)source;
    if (!n && t->upload_pauses)
        return NGHTTP2_ERR_DEFERRED;
    for (size_t i = 0; i < n; i++)
        buf[i] = 'u';
    t->upload -= n;
    if (!t->upload && !t->upload_pauses)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)n;
}

static nghttp2_nv line(const char *name, const char *value)
{
    str n = str_of(name), v = str_of(value);
    return (nghttp2_nv){ (uint8_t *)(uintptr_t)n.ptr, (uint8_t *)(uintptr_t)v.ptr, n.len, v.len, 0 };
}

int32_t stage_request(struct stage *t)
{
    const nghttp2_nv lines[] = { line(":method", t->upload ? "POST" : "GET"), line(":scheme", "http"),
                                 line(":authority", "a"), line(":path", "/") };
    const nghttp2_data_provider body = { .read_callback = read_upload };
    int32_t id = nghttp2_submit_request(t->client, NULL, lines, ARRAY_LEN(lines), t->upload ? &body : NULL, NULL);
    assert_true(id > 0);
    return id;
}

static void client_new(struct stage *t)
{
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *option;
    assert_int_equal(nghttp2_session_callbacks_new(&callbacks), 0);
    assert_int_equal(nghttp2_option_new(&option), 0);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_peer_max_concurrent_streams(option, H2_MAX_STREAMS + STAGE_EXTRA);
    assert_int_equal(nghttp2_session_client_new2(&t->client, callbacks, t, option), 0);
    assert_int_equal(nghttp2_submit_settings(t->client, NGHTTP2_FLAG_NONE, NULL, 0), 0);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
}

/* --- Between them --- */

static void stop_loop(struct loop_job *job)
{
    loop_stop(CONTAINER_OF(job, struct stage, stop)->loop);
}

void stage_run_turn(struct stage *t)
{
    loop_defer_turn(t->loop, &t->stop);
    loop_run(t->loop);
}

void stage_feed(struct stage *t, const void *data, size_t len)
{
    if (!t->closed)
        t->stream.events->on_read(t->stream.owner, bytes_from(data, len));
}

bool stage_send_piece(struct stage *t)
{
    const uint8_t *data;
    size_t sent = 0;
    while (sent < PIECE_BYTES) {
        ssize_t len = nghttp2_session_mem_send(t->client, &data);
        assert_true(len >= 0);
        if (!len)
            break;
        stage_feed(t, data, (size_t)len);
        sent += (size_t)len;
    }
    return sent > 0;
}

void stage_talk(struct stage *t)
{
    for (bool moved = true; moved;) {
        moved = stage_send_piece(t);
        stage_run_turn(t);
        moved = moved || t->wire.len;
        assert_int_equal(nghttp2_session_mem_recv(t->client, t->wire.ptr, t->wire.len), (ssize_t)t->wire.len);
        buf_reset(&t->wire);
    }
}

void stage_talk_until(struct stage *t, const bool *what)
{
    instant begin = instant_now();
    while (!*what && instant_diff(instant_now(), begin).ns < duration_s(20).ns)
        stage_talk(t);
    assert_true(*what);
}

static struct stage *stage_new(const struct http_limits *limits)
{
    struct stage *t = mem_new(struct stage);
    const struct http_server_options options = {
        .loop = t->loop = loop_new(),
        .settings = { .limits = *limits },
        .on_request = on_request,
        .on_end = on_exchange_end,
        .ctx = t,
    };
    loop_job_init(&t->stop, stop_loop);
    buf_init(&t->wire, BUF_NO_LIMIT);
    t->stream.ops = &stream_ops;
    t->server = http_server_new(&options);
    client_new(t);
    return t;
}

static void nothing_closed(void *owner)
{
    (void)owner;
}

struct stage *stage_begin(const struct http_limits *limits)
{
    struct stage *t = stage_new(limits);
    t->conn = h2_conn_new(t->server, nothing_closed, t);
    h2_conn_begin(t->conn, &t->stream, STR("http"));
    return t;
}

void stage_end(struct stage *t)
{
    if (!t->closed)
        h2_conn_cut(t->conn);
    t->stream.events->on_closed(t->stream.owner);
    assert_int_equal(t->ended, t->begun);
    assert_int_equal(t->gone, t->begun);
    h2_conn_free(t->conn);
    stage_run_turn(t);
    http_server_free(t->server);
    loop_free(t->loop);
    nghttp2_session_del(t->client);
    buf_fini(&t->wire);
    mem_free(t);
}
