/* What nghttp2 tells and asks while it reads and makes frames. Nothing here sends or ends anything: that is the job's
 * (h2_conn.c), since nghttp2 must not be entered from its own callbacks. */
#include <assert.h>

#include "io/http/server/h2_types.h"
#include "io/net/stream.h"

/* The request that a frame is of; NULL: none, or it is over. */
static struct h2_stream *stream_of(nghttp2_session *session, int32_t id)
{
    return id ? nghttp2_session_get_stream_user_data(session, id) : NULL;
}

static struct h2_head_limits head_limits(const struct h2_conn *c)
{
    const struct http_limits *l = h2_limits(c);
    return (struct h2_head_limits){ l->max_head_bytes, l->max_fields };
}

static bool is_request(const nghttp2_frame *frame)
{
    return frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
}

/* RFC 9113, 5.1.1: ids only rise. nghttp2 takes one that was left out for a stream that it has forgotten. */
static bool is_id_allowed(struct h2_conn *c, int32_t id)
{
    if (id <= c->last_id)
        return id < c->first_skipped || id > c->last_skipped;
    if (id > c->last_id + 2) {
        c->first_skipped = c->last_id + 1;
        c->last_skipped = id - 1;
    }
    c->last_id = id;
    return true;
}

/* Every frame costs us something; those that bring a request further are paid back. */
static int on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *hd, void *ctx)
{
    struct h2_conn *c = ctx;
    (void)session;
    if (hd->type != NGHTTP2_HEADERS && !h2_budget_take(&c->frames))
        h2_conn_refuse(c, NGHTTP2_ENHANCE_YOUR_CALM);
    if (hd->type == NGHTTP2_HEADERS && !is_id_allowed(c, hd->stream_id))
        h2_conn_refuse(c, NGHTTP2_PROTOCOL_ERROR);
    return c->state == H2_CONN_OPEN ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
    struct h2_conn *c = ctx;
    if (!is_request(frame))
        return 0;
    c->heading = h2_stream_new(c, frame->hd.stream_id);
    nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, c->heading);
    return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_len,
                     const uint8_t *value, size_t value_len, uint8_t flags, void *ctx)
{
    struct h2_conn *c = ctx;
    struct h2_stream *s = stream_of(session, frame->hd.stream_id);
    const struct h2_head_limits limits = head_limits(c);
    str n = str_from((const char *)name, name_len), v = str_from((const char *)value, value_len);
    (void)flags;
    if (!s)
        return 0;
    if (is_request(frame))
        h2_head_add(&s->head, n, v, &limits, &s->arena, &s->x.request);
    else if (!h2_trailer_add(&s->trailer_bytes, n, v, &limits, &s->arena, &s->trailers))
        h2_stream_fail(s, 431, "trailers larger than this server takes");
    return 0;
}

/* nghttp2 would leave the line out; a request that is not what the client meant is refused. RFC 9113, 8.2.1. */
static int on_invalid_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_len,
                             const uint8_t *value, size_t value_len, uint8_t flags, void *ctx)
{
    struct h2_stream *s = stream_of(session, frame->hd.stream_id);
    (void)name, (void)name_len, (void)value, (void)value_len, (void)flags, (void)ctx;
    if (s && is_request(frame))
        h2_head_refuse(&s->head, 400, "a field with characters that are not allowed");
    else if (s)
        h2_stream_fail(s, 400, "trailers with characters that are not allowed");
    return 0;
}

static void on_headers(struct h2_conn *c, struct h2_stream *s, const nghttp2_frame *frame)
{
    bool end = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
    if (is_request(frame)) {
        c->heading = NULL;
        h2_stream_begin(s, end);
    } else if (end) {
        h2_stream_add_end(s);
    }
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
    struct h2_conn *c = ctx;
    struct h2_stream *s = stream_of(session, frame->hd.stream_id);
    if (frame->hd.type == NGHTTP2_SETTINGS)
        c->greeted = true;
    else if (frame->hd.type == NGHTTP2_HEADERS && s)
        on_headers(c, s, frame);
    else if (frame->hd.type == NGHTTP2_DATA && s && frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
        h2_stream_add_end(s);
    else if (frame->hd.type == NGHTTP2_DATA && frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
        nghttp2_submit_ping(session, NGHTTP2_FLAG_NONE, NULL); /* curl 7.88 waits for a frame to see that it is done */
    return c->state == H2_CONN_OPEN ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
}

/* The connection's window is granted at once: bytes that one request does not read must not hold up the others. What is
 * held is bounded by the windows of the streams. */
static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data, size_t len, void *ctx)
{
    struct h2_conn *c = ctx;
    struct h2_stream *s = stream_of(session, id);
    (void)flags;
    h2_budget_give(&c->frames, H2_FRAMES_PER_DATA);
    nghttp2_session_consume_connection(session, len);
    if (s)
        h2_stream_add(s, bytes_from(data, len));
    else
        nghttp2_session_consume_stream(session, id, len); /* answered without it */
    return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t id, uint32_t error_code, void *ctx)
{
    struct h2_stream *s = stream_of(session, id);
    (void)error_code, (void)ctx;
    if (s)
        h2_stream_close(s);
    return 0;
}

/* Called by nghttp2_session_mem_send for a DATA frame whose content is ours, in its order between the others. */
static int send_data(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *head, size_t len,
                     nghttp2_data_source *source, void *ctx)
{
    enum { FRAME_HEAD_BYTES = 9 };
    struct h2_conn *c = ctx;
    struct h2_stream *s = stream_of(session, frame->hd.stream_id);
    (void)source;
    if (!s)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    assert(len <= s->body.len - s->body_start && frame->data.padlen == 0);
    if (!h2_conn_make_room(c))
        return NGHTTP2_ERR_WOULDBLOCK;
    buf_put(&c->out, head, FRAME_HEAD_BYTES);
    if (!len)
        return 0;
    buf_put(&c->out, s->body.ptr + s->body_start, len);
    h2_body_taken(s, len);
    h2_budget_give(&c->frames, H2_FRAMES_PER_DATA);
    return 0;
}

static int on_frame_sent(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
    struct h2_conn *c = ctx;
    struct h2_stream *s = stream_of(session, frame->hd.stream_id);
    bool is_last = (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) &&
                   frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
    if (!s || !is_last)
        return 0;
    s->response_sent = true;
    s->sent_at = c->out_bytes + c->out.len;
    list_push(&c->sent, &s->sent_node);
    return 0;
}

/* A head too large for HPACK, most likely: the client must not wait for it. */
static int on_frame_not_sent(nghttp2_session *session, const nghttp2_frame *frame, int error, void *ctx)
{
    struct h2_stream *s = stream_of(session, frame->hd.stream_id);
    (void)error, (void)ctx;
    if (s && frame->hd.type == NGHTTP2_HEADERS)
        h2_stream_reset(s, NGHTTP2_INTERNAL_ERROR);
    return 0;
}

nghttp2_session_callbacks *h2_callbacks_new(void)
{
    nghttp2_session_callbacks *t = NULL;
    int failed = nghttp2_session_callbacks_new(&t);
    assert(!failed); /* only for lack of memory */
    nghttp2_session_callbacks_set_on_begin_frame_callback(t, on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(t, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(t, on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(t, on_invalid_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(t, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(t, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(t, on_stream_close);
    nghttp2_session_callbacks_set_send_data_callback(t, send_data);
    nghttp2_session_callbacks_set_on_frame_send_callback(t, on_frame_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(t, on_frame_not_sent);
    return t;
}
