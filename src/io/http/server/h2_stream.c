/* A request of an HTTP/2 connection: its life, and how its body is read. */
#include <assert.h>

#include "io/http/server/h2_types.h"

enum {
    SPARE_STREAMS = 256,         /* kept by a server */
    SPARE_BUF_BYTES = 16 * 1024, /* that one of them keeps of a buffer */
    UNREAD_BYTES = 1024 * 1024,  /* of a request that is answered already: a longer rest is refused */
};

void h2_stream_ready(struct h2_stream *s)
{
    if (list_empty(&s->ready_node))
        list_push(&s->conn->ready, &s->ready_node);
    h2_conn_schedule(s->conn);
}

/* --- The end --- */

static void tell_end(struct h2_stream *s, bool complete)
{
    if (!s->begun || s->told)
        return;
    s->told = true;
    timer_clear(&s->body_timer);
    if (s->x.consumer_ops)
        s->x.consumer_ops->on_end(s->x.consumer, complete);
    s->x.consumer_ops = NULL;
    http_server_ended(s->conn->server, &s->x, complete);
}

static void shrink(struct buf *b)
{
    if (b->cap > SPARE_BUF_BYTES)
        buf_fini(b);
    buf_reset(b);
}

/* nghttp2 may still have the stream: when the response is out and the request is not in, or after a reset. */
static void let_go(struct h2_stream *s)
{
    struct h2_conn *c = s->conn;
    if (!s->closed)
        nghttp2_session_set_stream_user_data(c->session, s->id, NULL);
    if (c->heading == s)
        c->heading = NULL;
    c->unsent_bytes -= s->body.len - s->body_start;
    list_remove(&s->node);
    list_remove(&s->ready_node);
    list_remove(&s->sent_node);
    timer_clear(&s->body_timer);
}

void h2_stream_drop(struct h2_stream *s)
{
    struct h2_shared *shared = s->conn->shared;
    tell_end(s, s->ending && s->end_complete);
    let_go(s);
    if (shared->spare_count == SPARE_STREAMS) {
        h2_stream_free(s);
        return;
    }
    arena_reset(&s->arena);
    shrink(&s->in);
    shrink(&s->body);
    list_push(&shared->spare, &s->node);
    shared->spare_count++;
}

void h2_stream_free(struct h2_stream *s)
{
    arena_fini(&s->arena);
    buf_fini(&s->in);
    buf_fini(&s->body);
    mem_free(s);
}

/* What was not read is granted anew, and on_data grants what comes now: there is no h2_stream for it any more. nghttp2
 * sees to it that it is not longer than announced. */
static bool let_rest_in(const struct h2_stream *s)
{
    uint64_t length = s->x.request.content_length;
    if (length == HTTP_LENGTH_UNKNOWN || length > s->in_bytes + UNREAD_BYTES)
        return false;
    nghttp2_session_consume_stream(s->conn->session, s->id, s->in.len - s->in_start);
    return true;
}

void h2_stream_end_sent(struct h2_stream *s)
{
    /* RFC 9113, 8.1: the client need not send the rest of a body that nobody wants. But clients take that for a failure
     * and throw the answer away (curl 7.88 does), so a reset is for long bodies. */
    if (!s->closed && !s->in_end && !let_rest_in(s))
        nghttp2_submit_rst_stream(s->conn->session, NGHTTP2_FLAG_NONE, s->id, NGHTTP2_NO_ERROR);
    s->ending = s->end_complete = true;
    h2_stream_ready(s);
}

void h2_stream_reset(struct h2_stream *s, uint32_t error_code)
{
    if (s->ending)
        return;
    s->ending = true;
    s->end_complete = false;
    if (!s->closed)
        nghttp2_submit_rst_stream(s->conn->session, NGHTTP2_FLAG_NONE, s->id, error_code);
    h2_stream_ready(s);
}

void h2_stream_close(struct h2_stream *s)
{
    struct h2_conn *c = s->conn;
    s->closed = true;
    if (c->heading == s)
        c->heading = NULL;
    if (s->response_sent)
        return;
    if (s->begun && !s->ending && !h2_budget_take(&c->resets))
        h2_conn_refuse(c, NGHTTP2_ENHANCE_YOUR_CALM);
    s->ending = true;
    s->end_complete = false;
    h2_stream_ready(s);
}

/* --- The request's body --- */

void h2_stream_fail(struct h2_stream *s, uint16_t status, const char *text)
{
    if (s->failure.status || s->told)
        return;
    s->failure = (struct http_failure){ status, text };
    h2_stream_ready(s);
}

static void tell_readable(struct h2_stream *s)
{
    if (!s->want_readable)
        return;
    timer_clear(&s->body_timer);
    s->want_readable = false;
    s->tell_readable = true;
    h2_stream_ready(s);
}

void h2_stream_add(struct h2_stream *s, bytes data)
{
    s->in_bytes += data.len;
    if (s->in_bytes > h2_limits(s->conn)->max_body_bytes)
        h2_stream_fail(s, 413, "the body is larger than this server takes");
    if (s->failure.status || s->told || s->ending) {
        nghttp2_session_consume_stream(s->conn->session, s->id, data.len); /* thrown away */
        return;
    }
    if (s->in_start) {
        buf_consume(&s->in, s->in_start);
        s->in_start = 0;
    }
    buf_put(&s->in, data.ptr, data.len); /* not more than the window */
    tell_readable(s);
}

void h2_stream_add_end(struct h2_stream *s)
{
    s->in_end = true;
    tell_readable(s);
}

static void on_body_timer(struct timer *timer)
{
    h2_stream_fail(CONTAINER_OF(timer, struct h2_stream, body_timer), 408, "the body did not arrive in time");
}

static enum http_read read_body(struct http_exchange *x, size_t max, bytes *ret, struct err *e)
{
    struct h2_stream *s = CONTAINER_OF(x, struct h2_stream, x);
    if (s->ending || s->told) {
        err_set(e, ERR_CLOSED, "the exchange is over");
        return HTTP_READ_ERROR;
    }
    if (s->failure.status) {
        err_set(e, ERR_PARSE, "%s", s->failure.text);
        return HTTP_READ_ERROR;
    }
    if (s->head.expect_continue && !x->responded)
        h2_continue(s);
    size_t have = s->in.len - s->in_start, n = have < max ? have : max;
    if (!have && (s->in_end || !x->request.has_body))
        return HTTP_READ_END;
    if (!have) {
        s->want_readable = true;
        timer_set(&s->body_timer, instant_add(instant_now(), h2_limits(s->conn)->body_timeout));
        return HTTP_READ_LATER;
    }
    *ret = bytes_from(s->in.ptr + s->in_start, n);
    s->in_start += n;
    if (!s->closed)
        nghttp2_session_consume_stream(s->conn->session, s->id, n);
    h2_conn_schedule(s->conn); /* the window may have to be told */
    return HTTP_READ_DATA;
}

static const struct http_fields *read_trailers(const struct http_exchange *x)
{
    return &((const struct h2_stream *)(const void *)x)->trailers;
}

static void abort_exchange(struct http_exchange *x)
{
    h2_stream_reset(CONTAINER_OF(x, struct h2_stream, x), NGHTTP2_INTERNAL_ERROR);
}

static const struct http_exchange_ops exchange_ops = {
    .read = read_body,
    .trailers = read_trailers,
    .respond = h2_respond,
    .writable = h2_writable,
    .write = h2_write,
    .finish = h2_finish,
    .abort = abort_exchange,
};

/* --- What the job does for it --- */

static void refuse_body(struct h2_stream *s)
{
    if (!s->x.responded) {
        tell_end(s, false);
        h2_answer(s, &s->failure);
    } else if (!s->finished) {
        h2_stream_reset(s, NGHTTP2_INTERNAL_ERROR);
    }
}

void h2_stream_run(struct h2_stream *s)
{
    if (s->failure.status && !s->told && !s->ending)
        refuse_body(s);
    if (s->ending) {
        h2_stream_drop(s);
        return;
    }
    if (s->tell_readable && s->x.consumer_ops) {
        s->tell_readable = false;
        s->x.consumer_ops->on_readable(s->x.consumer);
    }
    if (s->tell_writable && s->x.consumer_ops && !s->ending) {
        s->tell_writable = false;
        s->x.consumer_ops->on_writable(s->x.consumer);
    }
}

/* --- The beginning --- */

static struct h2_stream *stream_make(struct h2_conn *c)
{
    struct h2_stream *s = mem_new(struct h2_stream);
    arena_init(&s->arena);
    buf_init(&s->in, BUF_NO_LIMIT);
    buf_init(&s->body, BUF_NO_LIMIT);
    list_init(&s->node);
    list_init(&s->ready_node);
    list_init(&s->sent_node);
    timer_init(&s->body_timer, http_server_loop(c->server), on_body_timer);
    return s;
}

static struct h2_stream *stream_take(struct h2_conn *c)
{
    struct h2_shared *shared = c->shared;
    if (list_empty(&shared->spare))
        return stream_make(c);
    struct h2_stream *s = list_first(&shared->spare, struct h2_stream, node);
    struct h2_stream clean = { .arena = s->arena, .in = s->in, .body = s->body, .body_timer = s->body_timer };
    list_remove(&s->node);
    shared->spare_count--;
    *s = clean;
    list_init(&s->node);
    list_init(&s->ready_node);
    list_init(&s->sent_node);
    return s;
}

struct h2_stream *h2_stream_new(struct h2_conn *c, int32_t id)
{
    struct h2_stream *s = stream_take(c);
    s->conn = c;
    s->id = id;
    s->x.ops = &exchange_ops;
    s->x.arena = &s->arena;
    s->x.peer = stream_peer(c->stream);
    s->x.local = stream_local(c->stream);
    s->x.started = instant_now();
    s->x.request.scheme = c->scheme;
    h2_head_init(&s->head);
    list_push(&c->streams, &s->node);
    return s;
}

void h2_stream_begin(struct h2_stream *s, bool end)
{
    struct h2_conn *c = s->conn;
    struct http_request *r = &s->x.request;
    s->in_end = end;
    http_server_count(c->server)->requests++;
    if (http_server_settings(c->server)->one_request)
        h2_conn_last_request(c);
    bool good = h2_head_finish(&s->head, end, &s->arena, r);
    if (good && r->content_length != HTTP_LENGTH_UNKNOWN && r->content_length > h2_limits(c)->max_body_bytes) {
        s->head.failure = (struct http_failure){ 413, "the body is larger than this server takes" };
        good = false;
    }
    if (good) {
        s->begun = true;
        http_server_request(c->server, &s->x);
        return;
    }
    s->told = true;
    h2_answer(s, &s->head.failure);
    http_server_ended(c->server, &s->x, true);
}
