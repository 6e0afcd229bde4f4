/* The state machine of an HTTP/1.x connection. */
#include "io/http/server/h1_conn.h"

#include <assert.h>

#include "io/net/tcp.h"

enum {
    BODY_BUFFER_BYTES = 64 * 1024, /* input held besides the head */
    DRAIN_BYTES = 64 * 1024,       /* unread request body that is thrown away to keep the connection */
    OUT_BYTES = 1024 * 1024,       /* one response head with its first bytes */
    LINGER_S = 2,                  /* for a client to read the answer and close */
};

static const struct http_limits *limits_of(const struct h1_conn *c)
{
    return &http_server_settings(c->server)->limits;
}

static void set_state(struct h1_conn *c, enum h1_conn_state state)
{
    struct http_counters *n = http_server_count(c->server);
    n->idle += (state == H1_CONN_IDLE);
    n->idle -= (c->state == H1_CONN_IDLE);
    c->state = state;
}

static void set_in_timer(struct h1_conn *c, duration d)
{
    timer_set(&c->in_timer, instant_add(instant_now(), d));
}

void h1_conn_schedule(struct h1_conn *c)
{
    if (!loop_job_queued(&c->job))
        loop_defer(http_server_loop(c->server), &c->job);
}

/* Reads on while a whole read has room; the consumer's next read of the body makes some. */
static void read_if_room(struct h1_conn *c)
{
    size_t unread = c->end - c->start;
    if (c->eof || c->in_cap - c->head_bytes - unread < TCP_READ_BYTES)
        stream_read_stop(c->stream);
    else
        stream_read_start(c->stream);
}

/* --- Closing --- */

static void conn_close(struct h1_conn *c)
{
    if (c->state == H1_CONN_CLOSED)
        return;
    set_state(c, H1_CONN_CLOSED);
    timer_clear(&c->in_timer);
    timer_clear(&c->out_timer);
    stream_close(c->stream);
}

static void end_exchange(struct h1_conn *c, bool complete)
{
    c->ending = true;
    c->end_complete = complete;
    h1_conn_schedule(c);
}

/* Cuts the connection; the consumer is told from the loop. */
static void conn_abort(struct h1_conn *c)
{
    if (c->state == H1_CONN_CLOSED)
        return;
    bool exchange = c->state == H1_CONN_EXCHANGE;
    set_state(c, H1_CONN_CLOSED);
    timer_clear(&c->in_timer);
    timer_clear(&c->out_timer);
    buf_reset(&c->out);
    if (exchange)
        end_exchange(c, false);
    stream_abort(c->stream);
}

/* No more is sent; what the client still sends is thrown away, so that the system does not answer it with a reset that
 * would destroy our last bytes on their way. */
static void conn_linger(struct h1_conn *c)
{
    if (c->eof) {
        if (!stream_queued_bytes(c->stream)) {
            conn_close(c);
            return;
        }
    }
    set_state(c, H1_CONN_LINGER);
    c->start = c->end = c->head_bytes = 0;
    set_in_timer(c, duration_s(LINGER_S));
    stream_shut_write(c->stream);
    stream_read_start(c->stream);
}

/* --- Refusing --- */

static void put_refusal(struct h1_conn *c, const struct http_failure *f)
{
    struct http_response r = { .status = f->status };
    struct buf body;
    buf_init(&body, BUF_NO_LIMIT);
    str type = http_server_error_body(c->server, f, &body);
    http_fields_add(&r.fields, &c->arena, STR("Content-Type"), type);
    r.content_length = body.len;
    buf_reset(&c->out);
    c->close_after = true;
    c->x.status = f->status;
    h1_put_head(c, &r);
    if (!str_eq(c->x.request.method, STR("HEAD"))) {
        buf_put(&c->out, body.ptr, body.len);
        c->x.sent_body_bytes = body.len;
    }
    buf_fini(&body);
}

void h1_conn_refuse(struct h1_conn *c, const struct http_failure *f)
{
    if (c->state == H1_CONN_EXCHANGE && c->response != H1_RESPONSE_NONE) {
        conn_abort(c);
        return;
    }
    put_refusal(c, f);
    h1_flush(c);
    if (c->state == H1_CONN_CLOSED)
        return;
    if (c->state == H1_CONN_EXCHANGE) {
        end_exchange(c, false);
    } else {
        http_server_ended(c->server, &c->x, true);
        conn_linger(c);
    }
}

/* --- Exchanges --- */

static void begin_idle(struct h1_conn *c);
static void drain(struct h1_conn *c);

static void begin_exchange(struct h1_conn *c)
{
    struct http_request *r = &c->x.request;
    r->scheme = c->scheme;
    set_state(c, H1_CONN_EXCHANGE);
    c->head_bytes = c->start = c->head.at;
    c->body_left = r->content_length == HTTP_LENGTH_UNKNOWN ? 0 : r->content_length;
    c->body_taken = 0;
    c->body_done = !r->has_body;
    c->body_failed = false;
    c->response = H1_RESPONSE_NONE;
    c->close_after = false;
    c->want_readable = c->tell_readable = c->want_writable = c->tell_writable = c->ending = false;
    h1_chunked_init(&c->chunked);
    timer_clear(&c->in_timer);
    if (c->body_left > limits_of(c)->max_body_bytes && r->content_length != HTTP_LENGTH_UNKNOWN) {
        set_state(c, H1_CONN_HEAD);
        h1_conn_refuse(c, &(struct http_failure){ 413, "the body is larger than this server takes" });
        return;
    }
    http_server_request(c->server, &c->x);
}

static void parse_head(struct h1_conn *c)
{
    const struct http_limits *l = limits_of(c);
    size_t head_room = c->in_cap - 2 * BODY_BUFFER_BYTES; /* as of when the connection was made */
    size_t max_head = l->max_head_bytes < head_room ? l->max_head_bytes : head_room;
    const struct h1_limits limits = { max_head, max_head / 2, l->max_line_bytes, l->max_fields };
    struct http_failure failure;
    bool begins = c->state == H1_CONN_IDLE;
    if (begins) {
        set_state(c, H1_CONN_HEAD);
        c->x.started = instant_now();
        http_server_count(c->server)->requests++;
    }
    switch (h1_head_parse(&c->head, str_from(c->in, c->end), &limits, &c->arena, &c->x.request, &failure)) {
    case H1_DONE: begin_exchange(c); return;
    case H1_ERROR: h1_conn_refuse(c, &failure); return;
    case H1_MORE:
    case H1_DATA: break;
    }
    if (c->eof)
        conn_close(c);
    else if (begins)
        timer_set(&c->in_timer, instant_add(c->x.started, l->head_timeout));
}

/* The exchange is over and its response is out: the next one, if the connection lives. */
static void after_exchange(struct h1_conn *c)
{
    if (c->close_after || c->body_failed) {
        conn_linger(c);
        return;
    }
    if (!c->body_done) {
        set_state(c, H1_CONN_DRAIN);
        c->body_taken = 0;
        set_in_timer(c, limits_of(c)->body_timeout);
        drain(c);
        if (c->state == H1_CONN_DRAIN)
            read_if_room(c);
        return;
    }
    begin_idle(c);
}

static void finish_exchange(struct h1_conn *c)
{
    c->ending = false;
    if (c->x.consumer_ops)
        c->x.consumer_ops->on_end(c->x.consumer, c->end_complete);
    c->x.consumer_ops = NULL;
    http_server_ended(c->server, &c->x, c->end_complete);
    if (c->state == H1_CONN_EXCHANGE)
        after_exchange(c);
}

/* Ready for the next request, which may be here already. */
static void begin_idle(struct h1_conn *c)
{
    size_t rest = c->end - c->start;
    if (rest)
        memmove(c->in, c->in + c->start, rest);
    c->start = c->head_bytes = 0;
    c->end = rest;
    set_state(c, H1_CONN_IDLE);
    arena_reset(&c->arena);
    h1_head_init(&c->head);
    c->x.request = (struct http_request){ 0 };
    c->x.responded = c->x.ends_with_client = false;
    c->x.status = 0;
    c->x.sent_body_bytes = c->x.sent_framing_bytes = 0;
    c->x.consumer_ops = NULL;
    c->x.context = NULL;
    c->x.number = 0;
    c->x.on_respond = NULL;
    set_in_timer(c, http_server_idle_timeout(c->server));
    if (rest) {
        parse_head(c);
    } else if (c->eof) {
        conn_close(c);
        return;
    }
    if (c->state != H1_CONN_CLOSED)
        read_if_room(c);
}

/* --- Request bodies --- */

static enum http_read body_failure(struct h1_conn *c, struct err *e)
{
    return err_set(e, ERR_PARSE, "%s", c->failure.text) ? HTTP_READ_END : HTTP_READ_ERROR;
}

static enum http_read fail_body(struct h1_conn *c, const struct http_failure *f, struct err *e)
{
    c->body_failed = true;
    c->failure = *f;
    h1_conn_schedule(c);
    return body_failure(c, e);
}

/* Takes body bytes from the input, decoded. */
static enum http_read take_body(struct h1_conn *c, size_t max, bytes *ret, struct err *e)
{
    const struct http_limits *l = limits_of(c);
    const struct h1_limits limits = { l->max_head_bytes, l->max_head_bytes, 0, l->max_fields };
    bytes in = bytes_from(c->in + c->start, c->end - c->start);
    struct http_failure failure;
    enum h1_result result = H1_MORE;
    if (c->head.chunked) {
        result = h1_chunked_next(&c->chunked, &in, max, &limits, &c->arena, ret, &failure);
    } else if (in.len) {
        size_t n = in.len < max ? in.len : max;
        if (n > c->body_left)
            n = (size_t)c->body_left;
        *ret = bytes_from(in.ptr, n);
        in.len -= n;
        c->body_left -= n;
        result = H1_DATA;
    }
    c->start = c->end - in.len;
    switch (result) {
    case H1_DATA:
        c->body_taken += ret->len;
        if (!c->head.chunked && c->body_left == 0)
            c->body_done = true;
        if (c->state == H1_CONN_EXCHANGE && c->body_taken > l->max_body_bytes)
            return fail_body(c, &(struct http_failure){ 413, "the body is larger than this server takes" }, e);
        return HTTP_READ_DATA;
    case H1_DONE: c->body_done = true; return HTTP_READ_END;
    case H1_ERROR: return fail_body(c, &failure, e);
    case H1_MORE: break;
    }
    if (c->eof)
        return fail_body(c, &(struct http_failure){ 400, "the body ends too early" }, e);
    return HTTP_READ_LATER;
}

static enum http_read read_body(struct http_exchange *x, size_t max, bytes *ret, struct err *e)
{
    struct h1_conn *c = CONTAINER_OF(x, struct h1_conn, x);
    if (c->state != H1_CONN_EXCHANGE || c->ending) {
        err_set(e, ERR_CLOSED, "the exchange is over");
        return HTTP_READ_ERROR;
    }
    if (c->body_failed)
        return body_failure(c, e);
    if (c->body_done)
        return HTTP_READ_END;
    if (c->head.expect_continue && c->response == H1_RESPONSE_NONE)
        h1_continue(c);
    enum http_read result = take_body(c, max, ret, e);
    if (result == HTTP_READ_LATER) {
        c->want_readable = true;
        set_in_timer(c, limits_of(c)->body_timeout);
    }
    read_if_room(c);
    return result;
}

static const struct http_fields *read_trailers(const struct http_exchange *x)
{
    const struct h1_conn *c = (const struct h1_conn *)(const void *)x;
    return &c->chunked.trailers;
}

/* Throws away the rest of a body nobody wanted. */
static void drain(struct h1_conn *c)
{
    bytes ignored;
    struct err e;
    while (!c->body_done && !c->body_failed) {
        if (take_body(c, SIZE_MAX, &ignored, &e) == HTTP_READ_LATER)
            return;
        if (c->body_taken > DRAIN_BYTES)
            c->body_failed = true;
    }
    if (c->body_failed)
        conn_linger(c);
    else
        begin_idle(c);
}

/* --- Input --- */

/* Looks at what has arrived, as the state demands. */
static void feed(struct h1_conn *c)
{
    switch (c->state) {
    case H1_CONN_IDLE:
    case H1_CONN_HEAD: parse_head(c); break;
    case H1_CONN_EXCHANGE:
        if (c->want_readable) {
            timer_clear(&c->in_timer);
            c->tell_readable = true;
            h1_conn_schedule(c);
        }
        break;
    case H1_CONN_DRAIN: drain(c); break;
    case H1_CONN_LINGER:
    case H1_CONN_CLOSED: break;
    }
}

/* Room for at least one read, or reading pauses until the consumer has taken some. */
static void make_room(struct h1_conn *c)
{
    if (c->start > c->head_bytes) {
        memmove(c->in + c->head_bytes, c->in + c->start, c->end - c->start);
        c->end -= c->start - c->head_bytes;
        c->start = c->head_bytes;
    }
}

static void on_read(void *owner, bytes data)
{
    struct h1_conn *c = owner;
    if (c->state == H1_CONN_LINGER) {
        if (data.len == 0)
            conn_close(c);
        return;
    }
    if (data.len == 0) {
        c->eof = true;
        if (c->state == H1_CONN_IDLE || c->state == H1_CONN_DRAIN)
            conn_close(c);
        else if (c->state == H1_CONN_EXCHANGE && c->x.ends_with_client && c->response != H1_RESPONSE_DONE)
            conn_abort(c);
        else
            feed(c);
        return;
    }
    make_room(c);
    assert(data.len <= c->in_cap - c->end);
    memcpy(c->in + c->end, data.ptr, data.len);
    c->end += data.len;
    feed(c);
    if (c->state != H1_CONN_CLOSED)
        read_if_room(c);
}

static void on_drained(void *owner)
{
    struct h1_conn *c = owner;
    timer_clear(&c->out_timer);
    if (c->state == H1_CONN_LINGER && c->eof) {
        conn_close(c);
        return;
    }
    if (c->want_writable) {
        c->want_writable = false;
        c->tell_writable = true;
    }
    h1_conn_schedule(c);
}

static void on_error(void *owner, const struct err *e)
{
    (void)e; /* the client is gone, one way or another */
    conn_abort(owner);
}

static void on_closed(void *owner)
{
    struct h1_conn *c = owner;
    if (c->ending)
        finish_exchange(c);
    loop_job_cancel(&c->job);
    c->on_closed(c->owner);
}

static const struct stream_events events = {
    .on_read = on_read,
    .on_drained = on_drained,
    .on_error = on_error,
    .on_closed = on_closed,
};

/* --- The job --- */

static void job_run(struct loop_job *job)
{
    struct h1_conn *c = CONTAINER_OF(job, struct h1_conn, job);
    if (c->ending) {
        finish_exchange(c);
        return;
    }
    if (c->state != H1_CONN_EXCHANGE)
        return;
    if (c->body_failed && c->response == H1_RESPONSE_NONE) {
        h1_conn_refuse(c, &c->failure);
        return;
    }
    if (c->body_failed && c->response == H1_RESPONSE_BODY) {
        conn_abort(c);
        return;
    }
    h1_flush(c);
    if (c->state != H1_CONN_EXCHANGE)
        return;
    if (c->tell_readable && c->x.consumer_ops) {
        c->tell_readable = c->want_readable = false;
        c->x.consumer_ops->on_readable(c->x.consumer);
    }
    c->file_bytes = 0;
    if (c->tell_writable && c->x.consumer_ops && c->state == H1_CONN_EXCHANGE && !c->ending) {
        c->tell_writable = false;
        c->x.consumer_ops->on_writable(c->x.consumer);
    }
    if (c->state == H1_CONN_EXCHANGE && c->response == H1_RESPONSE_DONE && !c->out.len &&
        !stream_queued_bytes(c->stream)) {
        c->end_complete = true;
        finish_exchange(c);
    }
}

void h1_conn_end_idle(struct h1_conn *c)
{
    const struct http_response nothing = { .status = 408 };
    if (!http_server_settings(c->server)->answer_idle || http_server_stopping(c->server)) {
        conn_close(c);
        return;
    }
    c->close_after = true;
    h1_put_head(c, &nothing);
    h1_flush(c);
    if (c->state != H1_CONN_CLOSED)
        conn_linger(c);
}

static void on_in_timer(struct timer *timer)
{
    struct h1_conn *c = CONTAINER_OF(timer, struct h1_conn, in_timer);
    switch (c->state) {
    case H1_CONN_HEAD: h1_conn_refuse(c, &(struct http_failure){ 408, "the head did not arrive in time" }); break;
    case H1_CONN_EXCHANGE:
        c->body_failed = true;
        c->failure = (struct http_failure){ 408, "the body did not arrive in time" };
        h1_conn_schedule(c);
        break;
    case H1_CONN_IDLE: h1_conn_end_idle(c); break;
    case H1_CONN_DRAIN:
    case H1_CONN_LINGER: conn_close(c); break;
    case H1_CONN_CLOSED: break;
    }
}

static void on_out_timer(struct timer *timer)
{
    conn_abort(CONTAINER_OF(timer, struct h1_conn, out_timer));
}

static void abort_exchange(struct http_exchange *x)
{
    struct h1_conn *c = CONTAINER_OF(x, struct h1_conn, x);
    if (c->state == H1_CONN_EXCHANGE && !c->ending)
        conn_abort(c);
}

static const struct http_exchange_ops exchange_ops = {
    .read = read_body,
    .trailers = read_trailers,
    .respond = h1_respond,
    .writable = h1_writable,
    .write = h1_write,
    .send_file = h1_send_file,
    .finish = h1_finish,
    .abort = abort_exchange,
};

/* --- Life --- */

struct h1_conn *h1_conn_new(struct http_server *s, void (*closed)(void *owner), void *owner)
{
    struct h1_conn *c = mem_new(struct h1_conn);
    c->server = s;
    c->on_closed = closed;
    c->owner = owner;
    c->x.ops = &exchange_ops;
    c->x.arena = &c->arena;
    arena_init(&c->arena);
    buf_init(&c->out, OUT_BYTES);
    c->state = H1_CONN_CLOSED;
    loop_job_init(&c->job, job_run);
    timer_init(&c->in_timer, http_server_loop(s), on_in_timer);
    timer_init(&c->out_timer, http_server_loop(s), on_out_timer);
    c->in_cap = limits_of(c)->max_head_bytes + 2 * BODY_BUFFER_BYTES;
    c->in = mem_alloc(c->in_cap, 1);
    return c;
}

void h1_conn_free(struct h1_conn *c)
{
    if (!c)
        return;
    arena_fini(&c->arena);
    buf_fini(&c->out);
    mem_free(c->in);
    mem_free(c);
}

void h1_conn_begin(struct h1_conn *c, struct stream *stream, str scheme)
{
    c->stream = stream;
    c->scheme = scheme;
    stream_set_owner(stream, &events, c);
    c->start = c->end = c->head_bytes = 0;
    c->eof = c->ending = false;
    buf_reset(&c->out);
    c->x.peer = stream_peer(c->stream);
    c->x.local = stream_local(c->stream);
    begin_idle(c);
}

void h1_conn_stop(struct h1_conn *c)
{
    if (c->state == H1_CONN_IDLE)
        set_in_timer(c, http_server_idle_timeout(c->server));
}

void h1_conn_cut(struct h1_conn *c)
{
    conn_abort(c);
}
