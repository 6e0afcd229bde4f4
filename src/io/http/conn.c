/* Connections before their protocol is known, and what both protocols have in common. */
#include "io/http/conn.h"

#include "io/http/server_types.h"

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
    if (c->state == HTTP_CONN_NEW)
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
    http_server_conn_closed(c->server, c);
}

static void begin_h1(struct http_conn *c)
{
    leave_new(c, HTTP_CONN_H1);
    if (!c->h1)
        c->h1 = h1_conn_new(c->server, on_closed, c);
    h1_conn_begin(c->h1, c->stream, STR("http"));
}

static void on_read(void *owner, bytes data)
{
    struct http_conn *c = owner;
    if (!data.len) {
        conn_close(c);
        return;
    }
    begin_h1(c);
    c->stream->events->on_read(c->stream->owner, data);
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
    begin_h1(c);
    h1_conn_end_idle(c->h1);
}

struct http_conn *http_conn_new(struct http_server *s, char *read_buffer)
{
    struct http_conn *c = mem_new(struct http_conn);
    c->server = s;
    tcp_init(&c->tcp, read_buffer, BUF_NO_LIMIT);
    timer_init(&c->timer, http_server_loop(s), on_timer);
    list_init(&c->node);
    return c;
}

void http_conn_free(struct http_conn *c)
{
    h1_conn_free(c->h1);
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
    c->state = HTTP_CONN_NEW;
    count_idle(c, 1);
    set_timer(c, http_server_idle_timeout(c->server));
    stream_read_start(c->stream);
}

void http_conn_stop(struct http_conn *c)
{
    switch (c->state) {
    case HTTP_CONN_NEW: set_timer(c, http_server_idle_timeout(c->server)); break;
    case HTTP_CONN_H1: h1_conn_stop(c->h1); break;
    case HTTP_CONN_CLOSED: break;
    }
}

void http_conn_cut(struct http_conn *c)
{
    switch (c->state) {
    case HTTP_CONN_NEW:
        leave_new(c, HTTP_CONN_CLOSED);
        stream_abort(c->stream);
        break;
    case HTTP_CONN_H1: h1_conn_cut(c->h1); break;
    case HTTP_CONN_CLOSED: break;
    }
}
