/* Writing responses: heads, bodies framed by length, chunks or the end of the connection, trailers. Bytes gather in
 * `out` and leave together: at the end of a response, when there are many, or at the end of the loop's turn. */
#include <assert.h>

#include "base/date.h"
#include "base/num.h"
#include "io/http/server/h1_conn.h"

/* More than this is sent without waiting for the end of the turn. */
enum { CORK_BYTES = 16 * 1024 };

/* A client that takes a file as fast as it is read does not hold up the others for longer than this. */
enum { FILE_TURN_BYTES = 2 * 1024 * 1024 };

static void put_field(struct buf *out, str name, str value)
{
    buf_put_str(out, name);
    buf_put(out, ": ", 2);
    buf_put_str(out, value);
    buf_put(out, "\r\n", 2);
}

static void put_number(struct buf *out, uint64_t v)
{
    char digits[20];
    buf_put(out, digits, num_format_u64(v, digits));
}

static void put_chunk_size(struct buf *out, size_t size)
{
    char digits[16];
    buf_put(out, digits, num_format_hex_u64(size, digits));
    buf_put(out, "\r\n", 2);
}

static void put_status(struct buf *out, uint16_t status)
{
    buf_put_str(out, STR("HTTP/1.1 "));
    buf_put_u8(out, (uint8_t)('0' + status / 100));
    buf_put_u8(out, (uint8_t)('0' + status / 10 % 10));
    buf_put_u8(out, (uint8_t)('0' + status % 10));
    buf_put_u8(out, ' ');
    buf_put_str(out, http_reason(status));
    buf_put(out, "\r\n", 2);
}

/* How the end of the body is told. RFC 9112, 6.3. */
static void choose_framing(struct h1_conn *c, const struct http_response *r)
{
    c->no_body = http_response_bodiless(c->x.request.method, r->status);
    c->response_left = r->content_length;
    c->response_chunked = r->content_length == HTTP_LENGTH_UNKNOWN && !c->no_body && c->x.request.version == HTTP_1_1;
    if (r->content_length == HTTP_LENGTH_UNKNOWN && !c->no_body && !c->response_chunked)
        c->close_after = true;
}

static void put_length(struct h1_conn *c, const struct http_response *r)
{
    if (r->content_length == HTTP_LENGTH_UNKNOWN || r->status == 204 || r->status < 200 ||
        http_fields_count(&r->fields, STR("content-length")))
        return;
    buf_put_str(&c->out, STR("Content-Length: "));
    put_number(&c->out, r->content_length);
    buf_put(&c->out, "\r\n", 2);
}

/* A Server that is the application's gives way to ours; RFC 9110, 8.6: no Content-Length with 1xx and 204. */
static bool is_dropped(const struct http_response *r, str name, str server)
{
    return (server.len && str_eq_nocase(name, STR("server"))) ||
           ((r->status == 204 || r->status < 200) && str_eq_nocase(name, STR("content-length")));
}

void h1_put_head(struct h1_conn *c, const struct http_response *r)
{
    str server = http_server_settings(c->server)->server_field;
    put_status(&c->out, r->status);
    for (uint32_t i = 0; i < r->fields.len; i++)
        if (!is_dropped(r, r->fields.at[i].name, server))
            put_field(&c->out, r->fields.at[i].name, r->fields.at[i].value);
    if (server.len)
        put_field(&c->out, STR("Server"), server);
    if (!http_fields_count(&r->fields, STR("date")))
        put_field(&c->out, STR("Date"), str_from(loop_http_date(http_server_loop(c->server)), DATE_HTTP_LEN));
    choose_framing(c, r);
    put_length(c, r);
    c->x.closes = c->close_after;
    if (c->close_after)
        put_field(&c->out, STR("Connection"), STR("close"));
    else if (c->x.request.version == HTTP_1_0)
        put_field(&c->out, STR("Connection"), STR("keep-alive"));
    if (c->response_chunked)
        put_field(&c->out, STR("Transfer-Encoding"), STR("chunked"));
    buf_put(&c->out, "\r\n", 2);
}

void h1_respond(struct http_exchange *x, const struct http_response *r)
{
    struct h1_conn *c = CONTAINER_OF(x, struct h1_conn, x);
    if (c->state != H1_CONN_EXCHANGE || c->ending)
        return;
    assert(c->response == H1_RESPONSE_NONE);
    c->response = H1_RESPONSE_BODY;
    /* A client that still waits to be told to send its body will not: the rest of the connection is unclear. */
    if (!c->head.keep_alive || c->eof || http_server_settings(c->server)->one_request ||
        http_server_stopping(c->server) || (c->head.expect_continue && !c->body_done))
        c->close_after = true;
    h1_put_head(c, r);
    h1_conn_schedule(c);
}

void h1_flush(struct h1_conn *c)
{
    if (!c->out.len || c->state == H1_CONN_CLOSED)
        return;
    bytes part = bytes_from(c->out.ptr, c->out.len);
    stream_write(c->stream, &part, 1);
    buf_reset(&c->out);
    if (stream_queued_bytes(c->stream))
        timer_set(&c->out_timer, instant_add(instant_now(), http_server_settings(c->server)->limits.send_timeout));
}

/* Sends what is corked and then the data, in one call. */
static void flush_with(struct h1_conn *c, bytes data, str tail)
{
    bytes parts[] = { bytes_from(c->out.ptr, c->out.len), data, bytes_of_str(tail) };
    stream_write(c->stream, parts, ARRAY_LEN(parts));
    buf_reset(&c->out);
    if (c->state != H1_CONN_CLOSED && stream_queued_bytes(c->stream))
        timer_set(&c->out_timer, instant_add(instant_now(), http_server_settings(c->server)->limits.send_timeout));
}

size_t h1_writable(const struct http_exchange *x)
{
    const struct h1_conn *c = (const struct h1_conn *)(const void *)x;
    static_assert(offsetof(struct h1_conn, x) == 0, "the exchange is the first member");
    if (c->state != H1_CONN_EXCHANGE || c->ending || c->file_bytes >= FILE_TURN_BYTES)
        return 0;
    size_t limit = http_server_settings(c->server)->limits.write_buffer_bytes;
    size_t held = c->out.len + stream_queued_bytes(c->stream);
    return held < limit ? limit - held : 0;
}

void h1_write(struct http_exchange *x, bytes data)
{
    struct h1_conn *c = CONTAINER_OF(x, struct h1_conn, x);
    if (c->state != H1_CONN_EXCHANGE || c->ending || data.len == 0)
        return;
    assert(c->response == H1_RESPONSE_BODY);
    if (c->response_left != HTTP_LENGTH_UNKNOWN) {
        assert(data.len <= c->response_left);
        c->response_left -= data.len;
    }
    str tail = STR("");
    if (c->response_chunked) {
        size_t before = c->out.len;
        put_chunk_size(&c->out, data.len);
        tail = STR("\r\n");
        x->sent_framing_bytes += c->out.len - before + tail.len;
    }
    if (c->out.len + data.len > CORK_BYTES || c->response_left == 0) { /* nothing comes that it could wait for */
        flush_with(c, data, tail);
    } else {
        buf_put(&c->out, data.ptr, data.len);
        buf_put_str(&c->out, tail);
        h1_conn_schedule(c);
    }
    if (h1_writable(x) == 0)
        c->want_writable = true;
}

size_t h1_send_file(struct http_exchange *x, int fd, uint64_t offset, size_t max)
{
    struct h1_conn *c = CONTAINER_OF(x, struct h1_conn, x);
    if (c->state != H1_CONN_EXCHANGE || c->ending || c->response_chunked)
        return 0;
    h1_flush(c);
    if (c->state != H1_CONN_EXCHANGE || stream_queued_bytes(c->stream))
        return 0;
    size_t room = c->file_bytes < FILE_TURN_BYTES ? FILE_TURN_BYTES - c->file_bytes : 0;
    size_t n = stream_send_file(c->stream, fd, offset, max < room ? max : room);
    if (c->response_left != HTTP_LENGTH_UNKNOWN)
        c->response_left -= n;
    c->file_bytes += n;
    if (c->file_bytes >= FILE_TURN_BYTES && c->response_left) {
        c->tell_writable = true;
        loop_job_cancel(&c->job);
        loop_defer_turn(http_server_loop(c->server), &c->job);
    }
    return n;
}

void h1_finish(struct http_exchange *x, const struct http_fields *trailers)
{
    struct h1_conn *c = CONTAINER_OF(x, struct h1_conn, x);
    if (c->state != H1_CONN_EXCHANGE || c->ending)
        return;
    assert(c->response == H1_RESPONSE_BODY);
    assert(c->no_body || c->response_left == 0 || c->response_left == HTTP_LENGTH_UNKNOWN);
    c->response = H1_RESPONSE_DONE;
    if (c->response_chunked) {
        size_t before = c->out.len;
        buf_put_str(&c->out, STR("0\r\n"));
        for (uint32_t i = 0; trailers && i < trailers->len; i++)
            put_field(&c->out, trailers->at[i].name, trailers->at[i].value);
        buf_put(&c->out, "\r\n", 2);
        x->sent_framing_bytes += c->out.len - before;
    }
    h1_flush(c);
    h1_conn_schedule(c);
}

void h1_continue(struct h1_conn *c)
{
    static const str line = STR_INIT("HTTP/1.1 100 Continue\r\n\r\n");
    bytes part = bytes_of_str(line);
    c->head.expect_continue = false;
    stream_write(c->stream, &part, 1);
}
