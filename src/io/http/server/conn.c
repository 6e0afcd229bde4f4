/* Connections before their protocol is known, and what both protocols have in common. */
#include "io/http/server/conn.h"

#include "base/date.h"
#include "io/http/server/server_types.h"

static void count_idle(struct http_conn *c, int by)
{
    http_server_count(c->server)->idle += (uint64_t)by;
}

static void set_timer(struct http_conn *c, duration d)
{
    timer_set(&c->timer, instant_add(instant_now(), d));
}

/* The first state is over. */
static void leave_new(struct http_conn *c, enum http_conn_state state)
{
    if (c->state == HTTP_CONN_NEW || c->state == HTTP_CONN_TLS)
        count_idle(c, -1);
    timer_clear(&c->timer);
    c->state = state;
}

static void conn_close(struct http_conn *c)
{
    leave_new(c, HTTP_CONN_CLOSED);
    stream_close(c->stream);
}

/* The stream's events are the protocol's from now on. */
static void on_closed(void *owner)
{
    struct http_conn *c = owner;
    c->state = HTTP_CONN_CLOSED;
    h2_conn_free(c->h2);
    c->h2 = NULL;
    http_server_conn_closed(c->server, c);
}

static bool has_tls(const struct http_conn *c)
{
    return c->stream == &c->tls.stream;
}

static void begin_h1(struct http_conn *c)
{
    leave_new(c, HTTP_CONN_H1);
    if (!c->h1)
        c->h1 = h1_conn_new(c->server, on_closed, c);
    h1_conn_begin(c->h1, c->stream, has_tls(c) ? STR("https") : STR("http"));
}

static void begin_h2(struct http_conn *c)
{
    leave_new(c, HTTP_CONN_H2);
    c->h2 = h2_conn_new(c->server, on_closed, c);
    h2_conn_begin(c->h2, c->stream, has_tls(c) ? STR("https") : STR("http"));
}

/* Whoever owns the stream by now gets it. */
static void pass_on(struct http_conn *c, bytes data)
{
    c->stream->events->on_read(c->stream->owner, data);
}

/* How many of the bytes go on with the preface. */
static size_t preface_match(const struct http_conn *c, bytes data)
{
    static const str preface = STR_INIT(H2_PREFACE);
    size_t n = 0;
    while (n < data.len && c->first_len + n < preface.len && data.ptr[n] == (uint8_t)preface.ptr[c->first_len + n])
        n++;
    return n;
}

static void on_read(void *owner, bytes data)
{
    struct http_conn *c = owner;
    size_t matching = preface_match(c, data), first_len = c->first_len;
    bool whole = first_len + matching == sizeof(H2_PREFACE) - 1;
    if (!data.len && !first_len) {
        conn_close(c);
        return;
    }
    if (data.len && matching == data.len && !whole) {
        memcpy(c->first + first_len, data.ptr, matching);
        c->first_len += matching;
        return;
    }
    if (whole)
        begin_h2(c);
    else
        begin_h1(c);
    if (first_len)
        pass_on(c, bytes_from(c->first, first_len));
    pass_on(c, data);
}

static void on_drained(void *owner)
{
    (void)owner;
}

static void on_error(void *owner, const struct err *e)
{
    (void)e; /* the client is gone, one way or another */
    conn_close(owner);
}

static const struct stream_events events = {
    .on_read = on_read,
    .on_drained = on_drained,
    .on_error = on_error,
    .on_closed = on_closed,
};

static void on_timer(struct timer *timer)
{
    struct http_conn *c = CONTAINER_OF(timer, struct http_conn, timer);
    if (c->state != HTTP_CONN_NEW) {
        conn_close(c);
        return;
    }
    begin_h1(c);
    h1_conn_end_idle(c->h1);
}

/* --- TLS --- */

/* Where a connection in the clear begins, too. With TLS the protocol is agreed by ALPN (RFC 9113, 3.2). */
static void on_ready(void *owner)
{
    struct http_conn *c = owner;
    if (has_tls(c) && str_eq(tls_stream_protocol(&c->tls), STR("h2"))) {
        begin_h2(c);
        return;
    }
    c->state = HTTP_CONN_NEW;
    set_timer(c, http_server_idle_timeout(c->server));
    stream_read_start(c->stream);
}

/* Status line and page are NGINX Unit's. */
static void on_plain_http(void *owner)
{
    struct http_conn *c = owner;
    const struct http_settings *s = http_server_settings(c->server);
    struct buf head, body;
    buf_init(&head, BUF_NO_LIMIT);
    buf_init(&body, BUF_NO_LIMIT);
    str type = STR("text/plain");
    if (s->error_body)
        type = s->error_body(&body, 497); /* not a status, but the page's number */
    else
        buf_put_str(&body, STR("This port speaks HTTPS: write https:// instead of http://.\n"));
    buf_put_str(&head, STR("HTTP/1.1 400 The plain HTTP request was sent to HTTPS port\r\n"));
    if (s->server_field.len)
        buf_printf(&head, "Server: %.*s\r\n", STR_ARG(s->server_field));
    buf_printf(&head, "Date: %.*s\r\nContent-Type: %.*s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
               DATE_HTTP_LEN, loop_http_date(http_server_loop(c->server)), STR_ARG(type), body.len);
    const bytes parts[] = { bytes_of_str(buf_str(&head)), bytes_of_str(buf_str(&body)) };
    leave_new(c, HTTP_CONN_PLAIN);
    stream_write(c->stream, parts, ARRAY_LEN(parts));
    buf_fini(&head);
    buf_fini(&body);
    if (c->state != HTTP_CONN_PLAIN)
        return; /* nobody was there any more */
    stream_shut_write(c->stream);
    set_timer(c, duration_ms(HTTP_STOP_IDLE_MS));
}

/* How long the handshake may take is what a head may take. */
static bool begin_tls(struct http_conn *c, struct tls_context *context)
{
    struct err ignored = ERR_INIT;
    const struct tls_stream_options o = {
        .loop = http_server_loop(c->server),
        .scratch = http_server_tls_scratch(c->server),
        .context = context,
        .lower = &c->tcp.stream,
        .on_secure = on_ready,
        .on_plain_http = on_plain_http,
    };
    stream_set_owner(&c->tls.stream, &events, c);
    if (!tls_stream_open(&c->tls, &o, &ignored))
        return false;
    c->stream = &c->tls.stream;
    set_timer(c, http_server_stopping(c->server) ? duration_ms(HTTP_STOP_IDLE_MS)
                                                 : http_server_settings(c->server)->limits.head_timeout);
    return true;
}

struct http_conn *http_conn_new(struct http_server *s, char *read_buffer)
{
    struct http_conn *c = mem_new(struct http_conn);
    c->server = s;
    tcp_init(&c->tcp, read_buffer, BUF_NO_LIMIT);
    tls_stream_init(&c->tls);
    timer_init(&c->timer, http_server_loop(s), on_timer);
    list_init(&c->node);
    return c;
}

void http_conn_free(struct http_conn *c)
{
    h1_conn_free(c->h1);
    tls_stream_fini(&c->tls);
    tcp_fini(&c->tcp);
    mem_free(c);
}

void http_conn_open(struct http_conn *c, int fd)
{
    struct err ignored;
    c->stream = &c->tcp.stream;
    stream_set_owner(c->stream, &events, c);
    if (!tcp_open(&c->tcp, http_server_loop(c->server), fd, &ignored)) {
        stream_abort(c->stream);
        return;
    }
    struct tls_context *tls = http_server_tls(c->server);
    c->state = tls ? HTTP_CONN_TLS : HTTP_CONN_NEW;
    c->first_len = 0;
    count_idle(c, 1);
    if (!tls)
        on_ready(c);
    else if (!begin_tls(c, tls))
        conn_close(c);
}

void http_conn_stop(struct http_conn *c)
{
    switch (c->state) {
    case HTTP_CONN_TLS:
    case HTTP_CONN_NEW: set_timer(c, http_server_idle_timeout(c->server)); break;
    case HTTP_CONN_H1: h1_conn_stop(c->h1); break;
    case HTTP_CONN_H2: h2_conn_stop(c->h2); break;
    case HTTP_CONN_PLAIN:
    case HTTP_CONN_CLOSED: break;
    }
}

void http_conn_cut(struct http_conn *c)
{
    switch (c->state) {
    case HTTP_CONN_TLS:
    case HTTP_CONN_NEW:
    case HTTP_CONN_PLAIN:
        leave_new(c, HTTP_CONN_CLOSED);
        stream_abort(c->stream);
        break;
    case HTTP_CONN_H1: h1_conn_cut(c->h1); break;
    case HTTP_CONN_H2: h2_conn_cut(c->h2); break;
    case HTTP_CONN_CLOSED: break;
    }
}
