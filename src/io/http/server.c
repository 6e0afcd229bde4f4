/* The server: connections on a listening socket. */
#include "io/http/server.h"

#include <assert.h>

#include "io/http/h1_conn.h"
#include "io/loop/uv_loop.h"
#include "io/net/listener.h"

struct http_server {
    struct http_server_options options;
    struct listener listener;
    struct list conns, spare;
    char *read_buffer; /* of whichever connection reads at this moment */
    uint64_t requests;
    bool stopping, idle_told;
    struct loop_job idle_job;
};

const struct http_limits *http_server_limits(const struct http_server *s)
{
    return &s->options.limits;
}

struct loop *http_server_loop(const struct http_server *s)
{
    return s->options.loop;
}

bool http_server_stopping(const struct http_server *s)
{
    return s->stopping;
}

void http_server_request(struct http_server *s, struct http_exchange *x)
{
    x->number = ++s->requests;
    x->started = instant_now();
    s->options.on_request(s->options.ctx, x);
}

static void tell_idle(struct loop_job *job)
{
    struct http_server *s = CONTAINER_OF(job, struct http_server, idle_job);
    if (s->stopping && list_empty(&s->conns) && !s->idle_told) {
        s->idle_told = true;
        s->options.on_idle(s->options.ctx);
    }
}

static void check_idle(struct http_server *s)
{
    if (s->stopping && list_empty(&s->conns) && !loop_job_queued(&s->idle_job))
        loop_defer(s->options.loop, &s->idle_job);
}

void http_server_conn_closed(struct http_server *s, struct h1_conn *c)
{
    list_remove(&c->node);
    list_push(&s->spare, &c->node);
    check_idle(s);
}

static void on_connection(void *owner, uv_tcp_t *listener)
{
    struct http_server *s = owner;
    struct h1_conn *c;
    struct err e;
    if (list_empty(&s->spare)) {
        c = h1_conn_new(s, s->read_buffer);
    } else {
        c = list_first(&s->spare, struct h1_conn, node);
        list_remove(&c->node);
    }
    list_push(&s->conns, &c->node);
    c->state = H1_CONN_IDLE;
    if (tcp_accept(&c->tcp, listener, &e))
        h1_conn_begin(c);
    else
        h1_conn_cut(c); /* out of descriptors, or the client left at once */
}

struct http_server *http_server_new(const struct http_server_options *o)
{
    struct http_server *s = mem_new(struct http_server);
    s->options = *o;
    s->read_buffer = mem_alloc(TCP_READ_BYTES, 1);
    list_init(&s->conns);
    list_init(&s->spare);
    loop_job_init(&s->idle_job, tell_idle);
    return s;
}

void http_server_free(struct http_server *s)
{
    if (!s)
        return;
    assert(list_empty(&s->conns));
    while (!list_empty(&s->spare)) {
        struct h1_conn *c = list_first(&s->spare, struct h1_conn, node);
        list_remove(&c->node);
        h1_conn_free(c);
    }
    loop_job_cancel(&s->idle_job);
    mem_free(s->read_buffer);
    mem_free(s);
}

bool http_server_listen(struct http_server *s, const struct sockaddr *addr, struct err *e)
{
    s->listener.on_connection = on_connection;
    s->listener.owner = s;
    return listener_open(&s->listener, s->options.loop, addr, e);
}

void http_server_stop(struct http_server *s)
{
    s->stopping = true;
    listener_close(&s->listener);
    for (struct list *node = s->conns.next, *next; node != &s->conns; node = next) {
        next = node->next;
        h1_conn_stop(CONTAINER_OF(node, struct h1_conn, node));
    }
    check_idle(s);
}

void http_server_cut(struct http_server *s)
{
    for (struct list *node = s->conns.next, *next; node != &s->conns; node = next) {
        next = node->next;
        h1_conn_cut(CONTAINER_OF(node, struct h1_conn, node));
    }
}
