/* Connections of the client: see client_conn.h. */
#include "io/http/client/client_conn.h"

#include <assert.h>
#include <string.h>

#include "base/num.h"

enum {
    WRITE_BUFFER_BYTES = 64 * 1024,
    ASIDE_BYTES = 64 * 1024, /* reading pauses while more than this waits for the reader */
    MAX_HEAD_BYTES = 64 * 1024,
    MAX_FIELDS = 256,
    MAX_INTERIM = 32,
};

static const struct h1_limits head_limits = { .max_head_bytes = MAX_HEAD_BYTES, .max_fields = MAX_FIELDS };

static struct stream *stream_of(const struct client_conn *c)
{
    return (struct stream *)(uintptr_t)&c->tcp.stream;
}

static const struct http_client_limits *limits_of(const struct client_conn *c)
{
    return http_client_limits_of(c->client);
}

static void set_timer(struct client_conn *c, duration d)
{
    timer_set(&c->timer, instant_add(instant_now(), d));
}

/* --- Closing --- */

static void leave(struct client_conn *c)
{
    c->state = CLIENT_CONN_CLOSED;
    c->call = NULL;
    timer_clear(&c->timer);
    loop_job_cancel(&c->job);
    connector_stop(&c->connector);
}

void client_conn_close(struct client_conn *c)
{
    if (c->state == CLIENT_CONN_CLOSED)
        return;
    leave(c);
    stream_close(stream_of(c));
}

/* The other side sees that nobody takes its answer any more. */
static void conn_abort(struct client_conn *c)
{
    if (c->state == CLIENT_CONN_CLOSED)
        return;
    leave(c);
    stream_abort(stream_of(c));
}

static void on_closed(void *owner)
{
    struct client_conn *c = owner;
    http_client_conn_closed(c->client, c);
    tcp_fini(&c->tcp);
    buf_fini(&c->aside);
    arena_fini(&c->arena);
    mem_free(c);
}

/* --- Failing --- */

/* Remembers it; the call is told by the job. */
static void fail(struct client_conn *c, const struct err *e)
{
    if (c->failed)
        return;
    c->failed = true;
    c->error = *e;
    if (!loop_job_queued(&c->job))
        loop_defer(http_client_loop(c->client), &c->job);
}

static void fail_with(struct client_conn *c, enum err_kind kind, const char *text)
{
    struct err e;
    err_set(&e, kind, "%s", text);
    fail(c, &e);
}

static void tell_failure(struct client_conn *c)
{
    struct http_call *call = c->call;
    if (c->state == CLIENT_CONN_IDLE) {
        client_conn_close(c);
        return;
    }
    if (c->state == CLIENT_CONN_BODY) { /* the reader gets what came before it, and then the failure */
        if (!c->response_done)
            call->options.events->on_readable(call->options.owner);
        return;
    }
    struct err e = c->error;
    bool retry = c->kept && !c->answered && e.kind != ERR_TIMEOUT;
    call->conn = NULL;
    conn_abort(c);
    http_client_call_failed(call, retry, &e);
}

static void on_job(struct loop_job *job)
{
    struct client_conn *c = CONTAINER_OF(job, struct client_conn, job);
    if (c->failed && c->state != CLIENT_CONN_CLOSED)
        tell_failure(c);
}

/* A server that has seen enough of a request answers and closes. Its answer may be here before the request has left: it
 * is looked for, and only when there is none, it has failed. */
static void on_error(void *owner, const struct err *e)
{
    struct client_conn *c = owner;
    bool sending = (c->state == CLIENT_CONN_HEAD || c->state == CLIENT_CONN_BODY) && !c->request_done;
    if (!sending || c->send_failed || c->eof) {
        fail(c, e);
        return;
    }
    c->send_failed = true;
    stream_read_start(stream_of(c));
    set_timer(c, limits_of(c)->head_timeout);
}

/* What it waits for next decides how long. */
static void wait_for_more(struct client_conn *c)
{
    c->last_queued = c->send_failed ? 0 : stream_queued_bytes(stream_of(c));
    if (c->last_queued)
        set_timer(c, limits_of(c)->send_timeout);
    else if (c->state == CLIENT_CONN_HEAD && (c->request_done || c->send_failed))
        set_timer(c, limits_of(c)->head_timeout);
    else if (c->state == CLIENT_CONN_BODY && !c->response_done && !c->unread.len)
        set_timer(c, limits_of(c)->body_timeout);
    else
        timer_clear(&c->timer);
}

static void on_timer(struct timer *timer)
{
    struct client_conn *c = CONTAINER_OF(timer, struct client_conn, timer);
    switch (c->state) {
    case CLIENT_CONN_CONNECTING: fail_with(c, ERR_TIMEOUT, "no connection was made in time"); break;
    case CLIENT_CONN_HEAD:
    case CLIENT_CONN_BODY:
        if (c->last_queued && stream_queued_bytes(stream_of(c)) < c->last_queued)
            wait_for_more(c);
        else if (c->last_queued)
            fail_with(c, ERR_TIMEOUT, "the request was not taken in time");
        else if (c->state == CLIENT_CONN_HEAD)
            fail_with(c, ERR_TIMEOUT, "no answer came in time");
        else
            fail_with(c, ERR_TIMEOUT, "the rest of the answer did not come in time");
        break;
    case CLIENT_CONN_IDLE: client_conn_close(c); break;
    case CLIENT_CONN_CLOSED: break;
    }
}

/* --- Sending --- */

/* A new response may come. */
static void begin_response(struct client_conn *c)
{
    arena_reset(&c->arena);
    h1_response_head_init(&c->head);
    h1_chunked_init(&c->chunked);
    c->response = (struct http_response){ 0 };
}

static void send_head(struct client_conn *c)
{
    struct http_call *call = c->call;
    bytes part = bytes_of_str(call->head);
    c->state = CLIENT_CONN_HEAD;
    c->request_done = !call->options.request->has_body;
    c->response_done = c->answered = false;
    c->interim = 0;
    begin_response(c);
    stream_write(stream_of(c), &part, 1);
    stream_read_start(stream_of(c));
    wait_for_more(c);
}

static void on_connected(void *owner)
{
    struct client_conn *c = owner;
    send_head(c);
    if (client_conn_writable(c))
        c->call->options.events->on_writable(c->call->options.owner);
}

static void on_drained(void *owner)
{
    struct client_conn *c = owner;
    if (c->state != CLIENT_CONN_HEAD && c->state != CLIENT_CONN_BODY)
        return;
    wait_for_more(c);
    if (client_conn_writable(c))
        c->call->options.events->on_writable(c->call->options.owner);
}

size_t client_conn_writable(const struct client_conn *c)
{
    if (c->state != CLIENT_CONN_HEAD && c->state != CLIENT_CONN_BODY)
        return 0;
    size_t held = stream_queued_bytes(stream_of(c));
    return c->failed || c->send_failed || c->request_done || held >= WRITE_BUFFER_BYTES ? 0 : WRITE_BUFFER_BYTES - held;
}

void client_conn_write(struct client_conn *c, bytes data)
{
    char size[24];
    if (c->failed || c->send_failed)
        return;
    if (c->call->options.request->content_length == HTTP_LENGTH_UNKNOWN) {
        size_t n = num_format_hex_u64(data.len, size);
        memcpy(size + n, "\r\n", 2);
        const bytes parts[] = { bytes_from(size, n + 2), data, bytes_from("\r\n", 2) };
        stream_write(stream_of(c), parts, ARRAY_LEN(parts));
    } else {
        stream_write(stream_of(c), &data, 1);
    }
    wait_for_more(c);
}

void client_conn_finish(struct client_conn *c)
{
    const bytes last = bytes_from("0\r\n\r\n", 5);
    if (c->failed || c->send_failed)
        return;
    c->request_done = true;
    if (c->call->options.request->content_length == HTTP_LENGTH_UNKNOWN)
        stream_write(stream_of(c), &last, 1);
    wait_for_more(c);
}

/* --- Receiving --- */

static void take(struct client_conn *c, size_t n)
{
    c->unread.ptr += n;
    c->unread.len -= n;
}

/* The final head is here: what its body will be. */
static void begin_body(struct client_conn *c)
{
    const struct http_response *r = &c->response;
    c->state = CLIENT_CONN_BODY;
    c->body_left = r->content_length == HTTP_LENGTH_UNKNOWN ? 0 : r->content_length;
    if (http_response_bodiless(c->call->options.request->method, r->status))
        c->body_left = 0;
    c->response_done = !c->head.chunked && !c->head.until_close && !c->body_left;
    c->call->options.events->on_response(c->call->options.owner, r);
}

/* Heads, up to the final one. False: more must come, or it is over. */
static bool parse_heads(struct client_conn *c)
{
    struct http_failure failure;
    for (;;) {
        str data = str_of_bytes(c->unread), method = c->call->options.request->method;
        switch (h1_response_parse(&c->head, data, method, &head_limits, &c->arena, &c->response, &failure)) {
        case H1_DONE: take(c, c->head.at); break;
        case H1_ERROR: fail_with(c, ERR_PARSE, failure.text); return false;
        case H1_MORE:
        case H1_DATA: return false;
        }
        if (c->response.status >= 200) {
            begin_body(c);
            return true;
        }
        if (++c->interim > MAX_INTERIM) {
            fail_with(c, ERR_LIMIT, "too many interim responses");
            return false;
        }
        begin_response(c);
    }
}

/* What nobody has taken yet of borrowed bytes is put aside. A head that is not complete then stays in one place: there
 * is room for the longest. */
static void put_aside(struct client_conn *c)
{
    bool head = c->state == CLIENT_CONN_HEAD;
    struct err ignored;
    if (!c->unread.len) {
        buf_reset(&c->aside);
    } else if (c->borrowed || (head && c->unread.ptr != c->aside.ptr)) {
        struct buf before = c->aside; /* may hold them */
        buf_init(&c->aside, BUF_NO_LIMIT);
        if (!head || buf_reserve(&c->aside, MAX_HEAD_BYTES + TCP_READ_BYTES, &ignored))
            buf_put(&c->aside, c->unread.ptr, c->unread.len);
        buf_fini(&before);
        c->unread = bytes_from(c->aside.ptr, c->aside.len);
        if (head)
            begin_response(c); /* what was parsed pointed to the old place */
    }
    c->borrowed = false;
    if (c->unread.len >= ASIDE_BYTES && !head)
        stream_read_stop(stream_of(c));
}

/* The bytes that are there, in one piece: borrowed when nothing was put aside. */
static void gather(struct client_conn *c, bytes data)
{
    c->borrowed = !c->unread.len;
    if (c->borrowed) {
        c->unread = data;
        return;
    }
    buf_consume(&c->aside, (size_t)(c->unread.ptr - c->aside.ptr));
    buf_put(&c->aside, data.ptr, data.len);
    c->unread = bytes_from(c->aside.ptr, c->aside.len);
}

static void on_end_of_stream(struct client_conn *c)
{
    c->eof = true;
    switch (c->state) {
    case CLIENT_CONN_CONNECTING:
    case CLIENT_CONN_CLOSED: break;
    case CLIENT_CONN_IDLE: client_conn_close(c); break;
    case CLIENT_CONN_HEAD:
        fail_with(c, ERR_CLOSED,
                  c->answered ? "the connection was closed within the head of the answer"
                              : "the connection was closed without an answer");
        break;
    case CLIENT_CONN_BODY:
        if (!c->response_done)
            c->call->options.events->on_readable(c->call->options.owner);
        break;
    }
}

/* Those of a kept connection belong to nobody, and what comes behind a whole response neither. */
static bool is_expected(const struct client_conn *c)
{
    return c->state == CLIENT_CONN_HEAD || (c->state == CLIENT_CONN_BODY && !c->response_done);
}

static void on_read(void *owner, bytes data)
{
    struct client_conn *c = owner;
    if (!data.len) {
        on_end_of_stream(c);
        return;
    }
    if (!is_expected(c)) {
        c->surplus = true;
        if (c->state == CLIENT_CONN_IDLE)
            client_conn_close(c);
        return;
    }
    c->answered = true;
    gather(c, data);
    if (c->state == CLIENT_CONN_BODY || parse_heads(c)) {
        if (c->call && c->state == CLIENT_CONN_BODY)
            c->call->options.events->on_readable(c->call->options.owner);
    }
    put_aside(c);
    if (c->call)
        wait_for_more(c);
}

/* A body with a length, or until the connection ends. */
static bool take_plain(struct client_conn *c, size_t max, bytes *ret)
{
    size_t n = c->unread.len < max ? c->unread.len : max;
    if (!c->head.until_close) {
        if (n > c->body_left)
            n = (size_t)c->body_left;
        c->body_left -= n;
        c->response_done = !c->body_left;
    }
    *ret = bytes_from(c->unread.ptr, n);
    take(c, n);
    return n > 0;
}

static bool take_chunk(struct client_conn *c, size_t max, bytes *ret)
{
    bytes in = c->unread;
    struct http_failure failure;
    enum h1_result result = h1_chunked_next(&c->chunked, &in, max, &head_limits, &c->arena, ret, &failure);
    take(c, c->unread.len - in.len);
    if (result == H1_ERROR)
        fail_with(c, ERR_PARSE, failure.text);
    c->response_done = result == H1_DONE;
    return result == H1_DATA;
}

enum http_read client_conn_read(struct client_conn *c, size_t max, bytes *ret, struct err *e)
{
    assert(c->state == CLIENT_CONN_BODY);
    if (c->response_done)
        return HTTP_READ_END;
    if (c->head.chunked ? take_chunk(c, max, ret) : take_plain(c, max, ret))
        return HTTP_READ_DATA;
    if (c->eof && c->head.until_close)
        c->response_done = true;
    if (c->response_done)
        return HTTP_READ_END;
    if (c->failed) {
        *e = c->error;
        return HTTP_READ_ERROR;
    }
    if (c->eof) {
        err_set(e, ERR_CLOSED, "the connection was closed before the end of the answer");
        return HTTP_READ_ERROR;
    }
    stream_read_start(stream_of(c));
    wait_for_more(c);
    return HTTP_READ_LATER;
}

static const struct stream_events events = {
    .on_read = on_read,
    .on_drained = on_drained,
    .on_error = on_error,
    .on_closed = on_closed,
};

/* --- Life --- */

struct client_conn *client_conn_new(struct http_client *client, struct http_call *call)
{
    struct client_conn *c = mem_new(struct client_conn);
    c->client = client;
    c->call = call;
    c->to = *call->options.to;
    c->state = CLIENT_CONN_CONNECTING;
    list_init(&c->node);
    arena_init(&c->arena);
    buf_init(&c->aside, BUF_NO_LIMIT);
    timer_init(&c->timer, http_client_loop(client), on_timer);
    loop_job_init(&c->job, on_job);
    tcp_init(&c->tcp, http_client_read_buffer(client), BUF_NO_LIMIT);
    stream_set_owner(&c->tcp.stream, &events, c);
    set_timer(c, limits_of(c)->connect_timeout);
    connector_start(&c->connector, &c->tcp, http_client_loop(client), &c->to, on_connected);
    return c;
}

void client_conn_take(struct client_conn *c, struct http_call *call)
{
    assert(c->state == CLIENT_CONN_IDLE);
    c->call = call;
    c->kept = true;
    send_head(c);
}

void client_conn_release(struct client_conn *c)
{
    bool whole = c->state == CLIENT_CONN_BODY && c->response_done && c->request_done && !c->failed;
    bool clean = whole && !c->eof && !c->surplus && !c->unread.len && !stream_queued_bytes(stream_of(c));
    c->call = NULL;
    if (clean && c->head.keep_alive && http_client_keep(c->client, c)) {
        c->state = CLIENT_CONN_IDLE;
        stream_read_start(stream_of(c));
        set_timer(c, limits_of(c)->keep_timeout);
    } else if (whole) {
        client_conn_close(c);
    } else {
        conn_abort(c);
    }
}
