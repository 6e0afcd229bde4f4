/* Responses of HTTP/2: heads, bodies that wait for the client's window, trailers. RFC 9113, 8.1. */
#include <assert.h>

#include "base/date.h"
#include "base/num.h"
#include "io/http/server/h2_types.h"

static struct h2_stream *stream_of(struct http_exchange *x)
{
    return CONTAINER_OF(x, struct h2_stream, x);
}

static nghttp2_nv nv_of(str name, str value)
{
    /* nghttp2 copies both, and makes the name lower case; it changes nothing through these pointers. */
    return (nghttp2_nv){
        .name = (uint8_t *)(uintptr_t)name.ptr,
        .value = (uint8_t *)(uintptr_t)value.ptr,
        .namelen = name.len,
        .valuelen = value.len,
    };
}

/* RFC 9113, 8.2.2: what belongs to a connection of HTTP/1. */
static bool is_of_connection(str name)
{
    static const str names[] = {
        STR_INIT("connection"),        STR_INIT("keep-alive"), STR_INIT("proxy-connection"),
        STR_INIT("transfer-encoding"), STR_INIT("upgrade"),
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq_nocase(name, names[i]))
            return true;
    return false;
}

static bool has_length(const struct http_response *r)
{
    return r->status >= 200 && r->status != 204;
}

/* As for HTTP/1: a Server that is the application's gives way to ours, no Content-Length with 1xx and 204. */
static bool is_dropped(const struct http_response *r, str name, str server)
{
    return is_of_connection(name) || (server.len && str_eq_nocase(name, STR("server"))) ||
           (!has_length(r) && str_eq_nocase(name, STR("content-length")));
}

static str number(struct arena *a, uint64_t v)
{
    char *digits = arena_alloc(a, 20);
    return str_from(digits, num_format_u64(v, digits));
}

enum { EXTRA_LINES = 4 }; /* :status, server, date, content-length */

static void submit_head(struct h2_stream *s, const struct http_response *r, const nghttp2_data_provider *body)
{
    struct h2_conn *c = s->conn;
    str server = http_server_settings(c->server)->server_field;
    nghttp2_nv *lines = arena_new(&s->arena, nghttp2_nv, r->fields.len + EXTRA_LINES);
    size_t n = 0;
    lines[n++] = nv_of(STR(":status"), number(&s->arena, r->status));
    for (uint32_t i = 0; i < r->fields.len; i++)
        if (!is_dropped(r, r->fields.at[i].name, server))
            lines[n++] = nv_of(r->fields.at[i].name, r->fields.at[i].value);
    if (server.len)
        lines[n++] = nv_of(STR("server"), server);
    if (!http_fields_count(&r->fields, STR("date")))
        lines[n++] = nv_of(STR("date"), str_from(loop_http_date(http_server_loop(c->server)), DATE_HTTP_LEN));
    if (r->content_length != HTTP_LENGTH_UNKNOWN && has_length(r) &&
        !http_fields_count(&r->fields, STR("content-length")))
        lines[n++] = nv_of(STR("content-length"), number(&s->arena, r->content_length));
    nghttp2_submit_response(c->session, s->id, lines, n, body);
    h2_conn_schedule(c);
}

/* The last of the body: with trailers, these carry the end of the stream. */
static uint32_t last_flags(struct h2_stream *s)
{
    if (!s->trailers_out_count)
        return NGHTTP2_DATA_FLAG_EOF;
    nghttp2_submit_trailer(s->conn->session, s->id, s->trailers_out, s->trailers_out_count);
    return NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
}

/* How much of the body the next DATA frame has; the bytes themselves go from `body` to the connection's buffer when
 * the frame is sent (h2_session.c). */
static ssize_t frame_body(nghttp2_session *session, int32_t id, uint8_t *buffer, size_t max, uint32_t *flags,
                          nghttp2_data_source *source, void *conn)
{
    (void)buffer, (void)source, (void)conn;
    struct h2_stream *s = nghttp2_session_get_stream_user_data(session, id);
    if (!s)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    size_t have = s->body.len - s->body_start, n = have < max ? have : max;
    if (!n && !s->finished)
        return NGHTTP2_ERR_DEFERRED;
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (n == have && s->finished)
        *flags |= last_flags(s);
    return (ssize_t)n;
}

static const nghttp2_data_provider body_provider = { .read_callback = frame_body };

void h2_respond(struct http_exchange *x, const struct http_response *r)
{
    struct h2_stream *s = stream_of(x);
    if (s->ending || s->closed)
        return;
    s->body_left = r->content_length;
    s->no_body = http_response_bodiless(x->request.method, r->status) || r->content_length == 0;
    submit_head(s, r, s->no_body ? NULL : &body_provider);
}

size_t h2_writable(const struct http_exchange *x)
{
    const struct h2_stream *s = (const struct h2_stream *)(const void *)x;
    static_assert(offsetof(struct h2_stream, x) == 0, "the exchange is the first member");
    if (s->ending || s->closed || s->told)
        return 0;
    size_t limit = h2_limits(s->conn)->write_buffer_bytes, held = s->body.len - s->body_start;
    return held < limit ? limit - held : 0;
}

static void go_on(struct h2_stream *s)
{
    nghttp2_session_resume_data(s->conn->session, s->id);
    h2_conn_schedule(s->conn);
}

void h2_write(struct http_exchange *x, bytes data)
{
    struct h2_stream *s = stream_of(x);
    if (s->ending || s->closed || !data.len)
        return;
    assert(!s->finished);
    if (s->body_left != HTTP_LENGTH_UNKNOWN) {
        assert(data.len <= s->body_left);
        s->body_left -= data.len;
    }
    if (s->body_start == s->body.len) {
        buf_reset(&s->body);
        s->body_start = 0;
        s->body_moved = instant_now();
    } else if (s->body_start > s->body.len / 2) {
        buf_consume(&s->body, s->body_start);
        s->body_start = 0;
    }
    buf_put(&s->body, data.ptr, data.len);
    s->conn->unsent_bytes += data.len;
    go_on(s);
    if (!h2_writable(x))
        s->want_writable = true;
}

void h2_body_taken(struct h2_stream *s, size_t len)
{
    s->body_start += len;
    s->conn->unsent_bytes -= len;
    s->body_moved = instant_now();
    if (s->want_writable && h2_writable(&s->x)) {
        s->want_writable = false;
        s->tell_writable = true;
        h2_stream_ready(s);
    }
}

/* The lines outlive the call: they leave after the last of the body. */
static void keep_trailers(struct h2_stream *s, const struct http_fields *trailers)
{
    s->trailers_out = arena_new(&s->arena, nghttp2_nv, trailers->len);
    for (uint32_t i = 0; i < trailers->len; i++) {
        const struct http_field *f = &trailers->at[i];
        if (!is_of_connection(f->name))
            s->trailers_out[s->trailers_out_count++] = nv_of(str_dup(&s->arena, f->name), str_dup(&s->arena, f->value));
    }
}

void h2_finish(struct http_exchange *x, const struct http_fields *trailers)
{
    struct h2_stream *s = stream_of(x);
    if (s->ending)
        return;
    assert(s->no_body || s->closed || s->body_left == 0 || s->body_left == HTTP_LENGTH_UNKNOWN);
    s->finished = true;
    h2_conn_schedule(s->conn);
    if (s->no_body || s->closed)
        return; /* its head has ended it */
    if (trailers && trailers->len)
        keep_trailers(s, trailers);
    go_on(s);
}

void h2_continue(struct h2_stream *s)
{
    const nghttp2_nv line = nv_of(STR(":status"), STR("100"));
    s->head.expect_continue = false;
    nghttp2_submit_headers(s->conn->session, NGHTTP2_FLAG_NONE, s->id, NULL, &line, 1, NULL);
    h2_conn_schedule(s->conn);
}

void h2_answer(struct h2_stream *s, const struct http_failure *f)
{
    struct http_response r = { .status = f->status };
    struct buf body;
    buf_init(&body, BUF_NO_LIMIT);
    str type = http_server_error_body(s->conn->server, f, &body);
    http_fields_add(&r.fields, &s->arena, STR("content-type"), type);
    r.content_length = body.len;
    s->x.responded = true;
    s->x.status = f->status;
    h2_respond(&s->x, &r);
    if (!s->no_body) {
        s->x.sent_body_bytes = body.len;
        h2_write(&s->x, bytes_from(body.ptr, body.len));
    }
    h2_finish(&s->x, NULL);
    buf_fini(&body);
}
