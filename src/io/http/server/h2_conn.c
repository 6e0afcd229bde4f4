/* The life of an HTTP/2 connection: bytes in and out, time-outs, the end. */
#include "io/http/server/h2_conn.h"

#include <assert.h>

#include "io/http/server/h2_types.h"
#include "io/net/stream.h"

enum {
    FLUSH_BYTES = 64 * 1024,        /* more is not gathered before it is handed to the stream */
    SPARE_OUT_BYTES = 16 * 1024,    /* that a connection without a request keeps */
    HEAD_BLOCK_BYTES = 1024 * 1024, /* of a response */
    LINGER_S = 2,                   /* for a client to read the last bytes and close */
    SEND_LOOKS = 4,                 /* in a send time-out: so much of it later is noticed at most */
    NOT_TIMED = -1,
};

void h2_conn_schedule(struct h2_conn *c)
{
    if (c->state == H2_CONN_OPEN && !loop_job_queued(&c->job))
        loop_defer(http_server_loop(c->server), &c->job);
}

static void set_timer(struct timer *t, duration d)
{
    timer_set(t, instant_add(instant_now(), d));
}

static void set_idle(struct h2_conn *c, bool idle)
{
    if (idle == c->idle)
        return;
    c->idle = idle;
    http_server_count(c->server)->idle += idle ? 1 : UINT64_MAX;
}

/* --- Closing --- */

static void clear_timers(struct h2_conn *c)
{
    timer_clear(&c->idle_timer);
    timer_clear(&c->head_timer);
    timer_clear(&c->send_timer);
}

/* The consumers are told when the stream is closed. */
static void leave(struct h2_conn *c)
{
    c->state = H2_CONN_CLOSED;
    set_idle(c, false);
    clear_timers(c);
    loop_job_cancel(&c->job);
}

static void conn_close(struct h2_conn *c)
{
    if (c->state == H2_CONN_CLOSED)
        return;
    leave(c);
    stream_close(c->stream);
}

static void conn_abort(struct h2_conn *c)
{
    if (c->state == H2_CONN_CLOSED)
        return;
    leave(c);
    stream_abort(c->stream);
}

static void drop_streams(struct h2_conn *c)
{
    while (!list_empty(&c->streams))
        h2_stream_drop(list_first(&c->streams, struct h2_stream, node));
}

/* What the client still sends is thrown away, so that the system does not answer it with a reset that would destroy our
 * last bytes on their way. */
static void conn_linger(struct h2_conn *c)
{
    if (c->eof) {
        conn_close(c);
        return;
    }
    set_idle(c, false);
    clear_timers(c);
    c->state = H2_CONN_LINGER;
    drop_streams(c);
    set_timer(&c->idle_timer, duration_s(LINGER_S));
    stream_shut_write(c->stream);
}

void h2_conn_refuse(struct h2_conn *c, uint32_t error_code)
{
    nghttp2_session_terminate_session(c->session, error_code);
    h2_conn_schedule(c);
}

/* --- Sending --- */

static void flush(struct h2_conn *c)
{
    bytes part = bytes_from(c->out.ptr, c->out.len);
    if (!part.len || c->state != H2_CONN_OPEN)
        return;
    c->out_bytes += part.len;
    stream_write(c->stream, &part, 1);
    buf_reset(&c->out);
}

bool h2_conn_make_room(struct h2_conn *c)
{
    if (c->out.len >= FLUSH_BYTES)
        flush(c);
    return c->state == H2_CONN_OPEN && stream_queued_bytes(c->stream) < H2_OUT_BYTES;
}

static void send_frames(struct h2_conn *c)
{
    while (h2_conn_make_room(c)) {
        const uint8_t *frame;
        ssize_t len = nghttp2_session_mem_send(c->session, &frame);
        if (len < 0) {
            conn_abort(c);
            return;
        }
        if (len == 0)
            break;
        buf_put(&c->out, frame, (size_t)len);
    }
    flush(c);
}

/* What the system has taken of `out_bytes`. A stream may hold more than was written to it: TLS adds its own. */
static uint64_t taken_bytes(const struct h2_conn *c)
{
    size_t queued = stream_queued_bytes(c->stream);
    return queued < c->out_bytes ? c->out_bytes - queued : 0;
}

/* Exchanges end when the system has their last byte. */
static void end_sent(struct h2_conn *c)
{
    uint64_t taken = taken_bytes(c);
    for (struct list *n = c->sent.next, *next; n != &c->sent; n = next) {
        struct h2_stream *s = CONTAINER_OF(n, struct h2_stream, sent_node);
        next = n->next;
        if (s->sent_at > taken)
            return;
        if (!s->finished)
            continue; /* a head that needed no body went ahead */
        list_remove(n);
        h2_stream_end_sent(s);
    }
}

static void run_ready(struct h2_conn *c)
{
    while (!list_empty(&c->ready) && c->state == H2_CONN_OPEN) {
        struct h2_stream *s = list_first(&c->ready, struct h2_stream, ready_node);
        list_remove(&s->ready_node);
        h2_stream_run(s);
    }
}

static void begin_idle(struct h2_conn *c)
{
    set_idle(c, true);
    set_timer(&c->idle_timer, http_server_idle_timeout(c->server));
    if (c->out.cap > SPARE_OUT_BYTES)
        buf_fini(&c->out);
}

static bool is_over(const struct h2_conn *c)
{
    if (!list_empty(&c->sent) || nghttp2_session_want_write(c->session))
        return false;
    return !nghttp2_session_want_read(c->session) || ((c->last_goaway || c->eof) && list_empty(&c->streams));
}

static bool has_work(const struct h2_conn *c)
{
    return !list_empty(&c->ready) ||
           (nghttp2_session_want_write(c->session) && stream_queued_bytes(c->stream) < H2_OUT_BYTES);
}

static void watch_sending(struct h2_conn *c)
{
    if (c->send_timed || !(c->unsent_bytes || stream_queued_bytes(c->stream)))
        return;
    c->send_timed = true;
    c->out_moved = instant_now();
    set_timer(&c->send_timer, duration_ns(h2_limits(c)->send_timeout.ns / SEND_LOOKS));
}

static void run_job(struct loop_job *job)
{
    struct h2_conn *c = CONTAINER_OF(job, struct h2_conn, job);
    run_ready(c);
    send_frames(c);
    if (c->state != H2_CONN_OPEN)
        return;
    end_sent(c);
    run_ready(c);
    if (c->state != H2_CONN_OPEN)
        return;
    if (!has_work(c))
        loop_job_cancel(job); /* asked for on the way, and done */
    if (is_over(c)) {
        loop_job_cancel(job);
        conn_linger(c);
        return;
    }
    if (!list_empty(&c->streams))
        set_idle(c, false);
    else if (!c->idle)
        begin_idle(c);
    watch_sending(c);
}

/* --- Time-outs --- */

void h2_conn_last_request(struct h2_conn *c)
{
    if (c->last_goaway)
        return;
    c->last_goaway = true;
    nghttp2_submit_goaway(c->session, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(c->session),
                          NGHTTP2_NO_ERROR, NULL, 0);
    h2_conn_schedule(c);
}

static void on_idle_timer(struct timer *timer)
{
    struct h2_conn *c = CONTAINER_OF(timer, struct h2_conn, idle_timer);
    if (c->state == H2_CONN_LINGER)
        conn_close(c);
    else if (c->idle || http_server_stopping(c->server))
        h2_conn_last_request(c);
}

static void on_head_timer(struct timer *timer)
{
    h2_conn_refuse(CONTAINER_OF(timer, struct h2_conn, head_timer), NGHTTP2_NO_ERROR);
}

/* One timer a head, and one for the client's part of the preface. Looked at after each read: a head that comes whole
 * costs nothing. */
static void watch_head(struct h2_conn *c)
{
    int32_t open = c->heading ? c->heading->id : c->greeted ? NOT_TIMED : 0;
    if (open == c->timed_head)
        return;
    c->timed_head = open;
    if (open == NOT_TIMED)
        timer_clear(&c->head_timer);
    else
        set_timer(&c->head_timer, h2_limits(c)->head_timeout);
}

/* Whether something is on its way that the client does not take. */
static void on_send_timer(struct timer *timer)
{
    struct h2_conn *c = CONTAINER_OF(timer, struct h2_conn, send_timer);
    duration patience = h2_limits(c)->send_timeout;
    size_t queued = stream_queued_bytes(c->stream);
    instant now = instant_now();
    c->send_timed = false;
    if (taken_bytes(c) != c->out_moved_mark) {
        c->out_moved_mark = taken_bytes(c);
        c->out_moved = now;
    } else if (queued && instant_diff(now, c->out_moved).ns >= patience.ns) {
        conn_abort(c);
        return;
    }
    for (struct list *n = c->streams.next; n != &c->streams && queued < H2_OUT_BYTES; n = n->next) {
        struct h2_stream *s = CONTAINER_OF(n, struct h2_stream, node);
        if (s->body.len > s->body_start && instant_diff(now, s->body_moved).ns >= patience.ns)
            h2_stream_reset(s, NGHTTP2_CANCEL);
    }
    instant moved = c->out_moved;
    watch_sending(c);
    c->out_moved = moved;
}

/* --- The stream's events --- */

static void on_end(struct h2_conn *c)
{
    c->eof = true;
    stream_read_stop(c->stream);
    if (c->heading)
        h2_stream_drop(c->heading);
    for (struct list *n = c->streams.next; n != &c->streams; n = n->next) {
        struct h2_stream *s = CONTAINER_OF(n, struct h2_stream, node);
        if (!s->in_end)
            h2_stream_fail(s, 400, "the body ends too early");
    }
    h2_conn_schedule(c);
}

static void on_read(void *owner, bytes data)
{
    struct h2_conn *c = owner;
    if (c->state != H2_CONN_OPEN) {
        if (!data.len)
            conn_close(c);
        return;
    }
    if (!data.len) {
        on_end(c);
        return;
    }
    ssize_t taken = nghttp2_session_mem_recv(c->session, data.ptr, data.len);
    if (c->state != H2_CONN_OPEN)
        return;
    if (taken < 0) { /* no HTTP/2 at all, or more to answer than the client takes */
        send_frames(c);
        if (c->state == H2_CONN_OPEN)
            conn_linger(c);
        return;
    }
    watch_head(c);
    h2_conn_schedule(c);
}

static void on_drained(void *owner)
{
    h2_conn_schedule(owner);
}

static void on_error(void *owner, const struct err *e)
{
    (void)e; /* the client is gone, one way or another */
    conn_abort(owner);
}

static void on_closed(void *owner)
{
    struct h2_conn *c = owner;
    drop_streams(c);
    c->on_closed(c->owner);
}

static const struct stream_events events = {
    .on_read = on_read,
    .on_drained = on_drained,
    .on_error = on_error,
    .on_closed = on_closed,
};

/* --- Life --- */

struct h2_shared *h2_shared_new(void)
{
    struct h2_shared *s = mem_new(struct h2_shared);
    s->callbacks = h2_callbacks_new();
    int failed = nghttp2_option_new(&s->option);
    assert(!failed); /* only for lack of memory */
    nghttp2_option_set_no_auto_window_update(s->option, 1);
    nghttp2_option_set_max_send_header_block_length(s->option, HEAD_BLOCK_BYTES);
    list_init(&s->spare);
    return s;
}

void h2_shared_free(struct h2_shared *s)
{
    if (!s)
        return;
    while (!list_empty(&s->spare)) {
        struct h2_stream *stream = list_first(&s->spare, struct h2_stream, node);
        list_remove(&stream->node);
        h2_stream_free(stream);
    }
    nghttp2_option_del(s->option);
    nghttp2_session_callbacks_del(s->callbacks);
    mem_free(s);
}

static void submit_settings(struct h2_conn *c)
{
    const nghttp2_settings_entry entries[] = {
        { NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, H2_MAX_STREAMS },
        { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, H2_STREAM_WINDOW },
        { NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, (uint32_t)h2_limits(c)->max_head_bytes },
    };
    nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, entries, ARRAY_LEN(entries));
    nghttp2_session_set_local_window_size(c->session, NGHTTP2_FLAG_NONE, 0, H2_CONN_WINDOW);
}

struct h2_conn *h2_conn_new(struct http_server *s, void (*closed)(void *owner), void *owner)
{
    struct h2_conn *c = mem_new(struct h2_conn);
    struct loop *loop = http_server_loop(s);
    c->server = s;
    c->shared = http_server_h2(s);
    c->on_closed = closed;
    c->owner = owner;
    c->state = H2_CONN_OPEN;
    c->timed_head = NOT_TIMED;
    list_init(&c->streams);
    list_init(&c->ready);
    list_init(&c->sent);
    loop_job_init(&c->job, run_job);
    timer_init(&c->idle_timer, loop, on_idle_timer);
    timer_init(&c->head_timer, loop, on_head_timer);
    timer_init(&c->send_timer, loop, on_send_timer);
    buf_init(&c->out, BUF_NO_LIMIT);
    h2_budget_init(&c->resets, H2_RESETS_BURST, H2_RESETS_PER_S);
    h2_budget_init(&c->frames, H2_FRAMES_BURST, H2_FRAMES_PER_S);
    int failed = nghttp2_session_server_new2(&c->session, c->shared->callbacks, c, c->shared->option);
    assert(!failed); /* only for lack of memory */
    return c;
}

void h2_conn_free(struct h2_conn *c)
{
    if (!c)
        return;
    nghttp2_session_del(c->session);
    buf_fini(&c->out);
    mem_free(c);
}

void h2_conn_begin(struct h2_conn *c, struct stream *stream, str scheme)
{
    c->stream = stream;
    c->scheme = scheme;
    stream_set_owner(stream, &events, c);
    stream_read_start(stream);
    submit_settings(c);
    watch_head(c);
    h2_conn_schedule(c);
}

void h2_conn_stop(struct h2_conn *c)
{
    if (c->state != H2_CONN_OPEN)
        return;
    nghttp2_submit_shutdown_notice(c->session);
    set_timer(&c->idle_timer, http_server_idle_timeout(c->server));
    h2_conn_schedule(c);
}

void h2_conn_cut(struct h2_conn *c)
{
    conn_abort(c);
}
