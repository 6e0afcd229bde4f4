/* Tests of io/http/server/h2_*.c: a connection over a stream in memory, with nghttp2's client at the other end. */
#include "io/http/server/h2_conn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <nghttp2/nghttp2.h>

#include "base/buf.h"
#include "base/num.h"
#include "io/loop/loop.h"
#include "io/net/stream.h"

enum {
    EXTRA = 2,         /* requests more than the client may have at once */
    PIECE_BYTES = 4096 /* the server gets so many, then a turn of its loop */
};

struct stage {
    struct loop *loop;
    struct http_server *server;
    struct h2_conn *conn;
    struct stream stream;
    struct loop_job stop;
    struct buf wire;   /* from the server, not with the client yet */
    size_t queued;     /* what the stream says of itself */
    bool shut, closed; /* what the connection asked of it */

    /* The client. */
    nghttp2_session *client;
    bool slow;           /* grants no more window than it began with */
    size_t upload;       /* of a request's body, not sent yet */
    bool upload_pauses;  /* no end comes after it */
    unsigned long bytes; /* of answers */
    uint64_t status;
    unsigned answers, resets, goaways;
    uint32_t reset_code, goaway_code;

    /* The application. */
    bool holds; /* the test answers */
    struct http_exchange *held[H2_MAX_STREAMS + EXTRA];
    struct http_exchange *reading;
    size_t taken;
    unsigned begun, ended, complete, gone, writable;
};

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

static void reply(struct http_exchange *x)
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
        reply(t->reading);
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

static int32_t request(struct stage *t)
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
    nghttp2_option_set_peer_max_concurrent_streams(option, H2_MAX_STREAMS + EXTRA);
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

static void run_turn(struct stage *t)
{
    loop_defer_turn(t->loop, &t->stop);
    loop_run(t->loop);
}

static void feed(struct stage *t, const void *data, size_t len)
{
    if (!t->closed)
        t->stream.events->on_read(t->stream.owner, bytes_from(data, len));
}

/* What the client has to say reaches the server; no turn of its loop yet. */
static bool send_piece(struct stage *t)
{
    const uint8_t *data;
    size_t sent = 0;
    while (sent < PIECE_BYTES) {
        ssize_t len = nghttp2_session_mem_send(t->client, &data);
        assert_true(len >= 0);
        if (!len)
            break;
        feed(t, data, (size_t)len);
        sent += (size_t)len;
    }
    return sent > 0;
}

/* Until neither has anything to say. */
static void talk(struct stage *t)
{
    for (bool moved = true; moved;) {
        moved = send_piece(t);
        run_turn(t);
        moved = moved || t->wire.len;
        assert_int_equal(nghttp2_session_mem_recv(t->client, t->wire.ptr, t->wire.len), (ssize_t)t->wire.len);
        buf_reset(&t->wire);
    }
}

static void talk_until(struct stage *t, const bool *what)
{
    instant begin = instant_now();
    while (!*what && instant_diff(instant_now(), begin).ns < duration_s(20).ns)
        talk(t);
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

static const struct http_limits default_limits = HTTP_LIMITS_DEFAULT;

static struct stage *begin_with(const struct http_limits *limits)
{
    struct stage *t = stage_new(limits);
    t->conn = h2_conn_new(t->server, nothing_closed, t);
    h2_conn_begin(t->conn, &t->stream, STR("http"));
    return t;
}

static struct stage *begin(void)
{
    return begin_with(&default_limits);
}

/* Each exchange has ended once, however the test went. */
static void end(struct stage *t)
{
    if (!t->closed)
        h2_conn_cut(t->conn);
    t->stream.events->on_closed(t->stream.owner);
    assert_int_equal(t->ended, t->begun);
    assert_int_equal(t->gone, t->begun);
    h2_conn_free(t->conn);
    run_turn(t);
    http_server_free(t->server);
    loop_free(t->loop);
    nghttp2_session_del(t->client);
    buf_fini(&t->wire);
    mem_free(t);
}

/* --- Tests --- */

static void takes_a_body_beyond_the_window(void **state)
{
    (void)state;
    struct stage *t = begin();
    t->upload = 3 * H2_STREAM_WINDOW;
    request(t);
    talk(t);
    assert_int_equal(t->taken, 3 * H2_STREAM_WINDOW);
    assert_int_equal(t->status, 200);
    assert_int_equal(t->bytes, 4);
    assert_int_equal(t->answers, 1);
    assert_int_equal(t->complete, 1);
    assert_int_equal(t->resets, 0);
    end(t);
}

/* The client has sent them before it could know how many it may. */
static void refuses_more_at_once_than_it_tells(void **state)
{
    (void)state;
    struct stage *t = begin();
    t->holds = true;
    for (unsigned i = 0; i < H2_MAX_STREAMS + EXTRA; i++)
        request(t);
    talk(t);
    assert_int_equal(t->begun, H2_MAX_STREAMS);
    assert_int_equal(t->resets, EXTRA);
    assert_int_equal(t->reset_code, NGHTTP2_REFUSED_STREAM);
    for (unsigned i = 0; i < t->begun; i++)
        reply(t->held[i]);
    talk(t);
    assert_int_equal(t->answers, H2_MAX_STREAMS);
    assert_int_equal(t->complete, H2_MAX_STREAMS);
    end(t);
}

/* exchange.h: who does not know yet that it is over may go on answering. */
static void answers_nothing_after_a_reset(void **state)
{
    (void)state;
    struct stage *t = begin();
    t->holds = true;
    int32_t id = request(t);
    talk(t);
    assert_int_equal(nghttp2_submit_rst_stream(t->client, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL), 0);
    assert_true(send_piece(t));
    assert_int_equal(t->ended, 0); /* comes from the loop */
    assert_int_equal(http_exchange_writable(t->held[0]), 0);
    reply(t->held[0]);
    run_turn(t);
    assert_int_equal(t->wire.len, 0);
    assert_int_equal(t->ended, 1);
    assert_int_equal(t->complete, 0);
    t->holds = false;
    request(t);
    talk(t);
    assert_int_equal(t->answers, 1);
    end(t);
}

static void answers_nothing_after_abort(void **state)
{
    (void)state;
    struct stage *t = begin();
    t->holds = true;
    request(t);
    talk(t);
    http_exchange_abort(t->held[0]);
    assert_int_equal(t->ended, 0);
    reply(t->held[0]);
    talk(t);
    assert_int_equal(t->answers, 0);
    assert_int_equal(t->resets, 1);
    assert_int_equal(t->reset_code, NGHTTP2_INTERNAL_ERROR);
    assert_int_equal(t->ended, 1);
    assert_int_equal(t->complete, 0);
    end(t);
}

static void answers_nothing_when_the_client_is_lost(void **state)
{
    (void)state;
    struct stage *t = begin();
    struct err e = ERR_INIT;
    t->holds = true;
    request(t);
    talk(t);
    err_set(&e, ERR_CLOSED, "reset by the client");
    t->stream.events->on_error(t->stream.owner, &e);
    assert_true(t->closed);
    reply(t->held[0]);
    run_turn(t);
    assert_int_equal(t->wire.len, 0);
    assert_int_equal(t->ended, 0); /* when the stream is closed */
    end(t);
}

static void fill(struct stage *t, size_t *written)
{
    static const uint8_t zeros[1000];
    for (size_t room; (room = http_exchange_writable(t->held[0]));) {
        size_t n = room < sizeof(zeros) ? room : sizeof(zeros);
        http_exchange_write(t->held[0], bytes_from(zeros, n));
        *written += n;
    }
}

static void waits_for_a_slow_client(void **state)
{
    (void)state;
    struct stage *t = begin();
    const struct http_response r = { .status = 200, .content_length = HTTP_LENGTH_UNKNOWN };
    size_t written = 0;
    t->holds = t->slow = true;
    int32_t id = request(t);
    talk(t);
    http_exchange_respond(t->held[0], &r);
    do {
        fill(t, &written);
        talk(t);
    } while (http_exchange_writable(t->held[0]));
    assert_int_equal(t->bytes, NGHTTP2_INITIAL_WINDOW_SIZE);
    assert_int_equal(written, t->bytes + default_limits.write_buffer_bytes);

    unsigned told = t->writable;
    t->slow = false;
    assert_int_equal(nghttp2_session_consume(t->client, id, t->bytes), 0);
    talk(t);
    assert_int_equal(t->writable, told + 1);
    http_exchange_finish(t->held[0], NULL);
    talk(t);
    assert_int_equal(t->bytes, written);
    assert_int_equal(t->complete, 1);
    end(t);
}

static void cuts_a_client_that_takes_nothing(void **state)
{
    (void)state;
    struct http_limits limits = default_limits;
    limits.send_timeout = duration_ms(4);
    struct stage *t = begin_with(&limits);
    t->queued = 10;
    t->holds = true;
    request(t);
    talk_until(t, &t->closed);
    assert_int_equal(t->ended, 0);
    end(t);
}

static void answers_a_body_that_ends_too_early(void **state)
{
    (void)state;
    struct stage *t = begin();
    t->upload = 10;
    t->upload_pauses = true;
    request(t);
    talk(t);
    assert_int_equal(t->taken, 10);
    feed(t, NULL, 0);
    talk(t);
    assert_int_equal(t->status, 400);
    assert_int_equal(t->ended, 1);
    assert_int_equal(t->complete, 0);
    assert_true(t->closed);
    end(t);
}

static void ends_after_the_last_answer(void **state)
{
    (void)state;
    struct http_limits limits = default_limits;
    limits.idle_timeout = duration_ms(1);
    struct stage *t = begin_with(&limits);
    t->holds = true;
    request(t);
    talk(t);
    h2_conn_stop(t->conn);
    talk(t);
    assert_int_equal(t->goaways, 1);
    assert_int_equal(t->goaway_code, NGHTTP2_NO_ERROR);
    assert_false(t->shut);
    reply(t->held[0]);
    talk_until(t, &t->shut);
    assert_int_equal(t->answers, 1);
    assert_int_equal(t->complete, 1);
    assert_false(t->closed);
    feed(t, NULL, 0);
    assert_true(t->closed);
    end(t);
}

static void refuses_a_flood_of_pings(void **state)
{
    (void)state;
    struct stage *t = begin();
    t->holds = true;
    request(t);
    talk(t);
    for (int i = 0; i < 2 * H2_FRAMES_BURST; i++)
        assert_int_equal(nghttp2_submit_ping(t->client, NGHTTP2_FLAG_NONE, NULL), 0);
    talk(t);
    assert_int_equal(t->goaway_code, NGHTTP2_ENHANCE_YOUR_CALM);
    assert_true(t->shut);
    assert_int_equal(t->ended, 1);
    assert_int_equal(t->complete, 0);
    end(t);
}

static void refuses_what_is_not_http_2(void **state)
{
    (void)state;
    struct stage *t = begin();
    static const char other[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    feed(t, other, sizeof(other) - 1);
    run_turn(t);
    assert_true(t->shut);
    assert_int_equal(t->begun, 0);
    end(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_body_beyond_the_window),
        cmocka_unit_test(refuses_more_at_once_than_it_tells),
        cmocka_unit_test(answers_nothing_after_a_reset),
        cmocka_unit_test(answers_nothing_after_abort),
        cmocka_unit_test(answers_nothing_when_the_client_is_lost),
        cmocka_unit_test(waits_for_a_slow_client),
        cmocka_unit_test(cuts_a_client_that_takes_nothing),
        cmocka_unit_test(answers_a_body_that_ends_too_early),
        cmocka_unit_test(ends_after_the_last_answer),
        cmocka_unit_test(refuses_a_flood_of_pings),
        cmocka_unit_test(refuses_what_is_not_http_2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
