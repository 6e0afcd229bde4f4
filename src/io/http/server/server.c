/* The server: connections on a listening socket. */
#include "io/http/server/server.h"

#include <assert.h>

#include "io/http/server/conn.h"
#include "io/http/server/server_types.h"
#include "io/net/listener.h"
#include "io/tls/context.h"

struct http_server {
    struct http_server_options options;
    struct listener listener;
    struct list conns, spare;
    char *read_buffer;           /* of whichever connection reads at this moment */
    struct tls_context *tls;     /* or NULL */
    struct tls_scratch *scratch; /* made for the first connection with TLS */
    struct h2_shared *h2;
    struct http_counters counters;
    bool listening, stopping, idle_told;
    struct loop_job idle_job;
};

const struct http_settings *http_server_settings(const struct http_server *s)
{
    return &s->options.settings;
}

struct http_counters *http_server_count(struct http_server *s)
{
    return &s->counters;
}

struct http_counters http_server_counters(const struct http_server *s)
{
    return s->counters;
}

void http_server_configure(struct http_server *s, const struct http_settings *settings)
{
    s->options.settings = *settings;
}

void http_server_use_tls(struct http_server *s, struct tls_context *c)
{
    struct tls_context *before = s->tls;
    s->tls = c ? tls_context_retain(c) : NULL;
    tls_context_release(before);
}

struct tls_context *http_server_tls(const struct http_server *s)
{
    return s->tls;
}

struct tls_scratch *http_server_tls_scratch(struct http_server *s)
{
    if (!s->scratch)
        s->scratch = tls_scratch_new();
    return s->scratch;
}

struct loop *http_server_loop(const struct http_server *s)
{
    return s->options.loop;
}

struct h2_shared *http_server_h2(struct http_server *s)
{
    if (!s->h2)
        s->h2 = h2_shared_new();
    return s->h2;
}

bool http_server_stopping(const struct http_server *s)
{
    return s->stopping;
}

/* When the server stops, a request may be on its way that the client was free to send: it is waited for. */
duration http_server_idle_timeout(const struct http_server *s)
{
    return s->stopping ? duration_ms(HTTP_STOP_IDLE_MS) : s->options.settings.limits.idle_timeout;
}

str http_server_error_body(const struct http_server *s, const struct http_failure *f, struct buf *out)
{
    if (s->options.settings.error_body)
        return s->options.settings.error_body(out, f->status);
    buf_printf(out, "%u %.*s: %s\n", f->status, STR_ARG(http_reason(f->status)), f->text);
    return STR("text/plain; charset=utf-8");
}

void http_server_request(struct http_server *s, struct http_exchange *x)
{
    x->error_body = s->options.settings.error_body;
    s->options.on_request(s->options.ctx, x);
}

void http_server_ended(struct http_server *s, struct http_exchange *x, bool complete)
{
    if (s->options.on_end)
        s->options.on_end(s->options.ctx, x, complete);
}

static bool is_idle(const struct http_server *s)
{
    return s->stopping && !s->listening && list_empty(&s->conns);
}

static void tell_idle(struct loop_job *job)
{
    struct http_server *s = CONTAINER_OF(job, struct http_server, idle_job);
    if (is_idle(s) && !s->idle_told) {
        s->idle_told = true;
        s->options.on_idle(s->options.ctx);
    }
}

static void check_idle(struct http_server *s)
{
    if (is_idle(s) && !loop_job_queued(&s->idle_job))
        loop_defer(s->options.loop, &s->idle_job);
}

void http_server_conn_closed(struct http_server *s, struct http_conn *c)
{
    list_remove(&c->node);
    list_push(&s->spare, &c->node);
    s->counters.closed++;
    check_idle(s);
}

static void on_connection(void *owner, int fd)
{
    struct http_server *s = owner;
    struct http_conn *c;
    if (list_empty(&s->spare)) {
        c = http_conn_new(s, s->read_buffer);
    } else {
        c = list_first(&s->spare, struct http_conn, node);
        list_remove(&c->node);
    }
    list_push(&s->conns, &c->node);
    s->counters.accepted++;
    http_conn_open(c, fd);
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
    assert(!s->listening && list_empty(&s->conns));
    while (!list_empty(&s->spare)) {
        struct http_conn *c = list_first(&s->spare, struct http_conn, node);
        list_remove(&c->node);
        http_conn_free(c);
    }
    loop_job_cancel(&s->idle_job);
    tls_context_release(s->tls);
    tls_scratch_free(s->scratch);
    h2_shared_free(s->h2);
    mem_free(s->read_buffer);
    mem_free(s);
}

static void on_listener_closed(void *owner)
{
    struct http_server *s = owner;
    s->listening = false;
    check_idle(s);
}

bool http_server_listen(struct http_server *s, int fd, struct err *e)
{
    s->listener.on_connection = on_connection;
    s->listener.on_closed = on_listener_closed;
    s->listener.owner = s;
    s->listening = listener_open(&s->listener, s->options.loop, fd, e);
    return s->listening;
}

void http_server_stop(struct http_server *s)
{
    s->stopping = true;
    listener_close(&s->listener);
    for (struct list *node = s->conns.next, *next; node != &s->conns; node = next) {
        next = node->next;
        http_conn_stop(CONTAINER_OF(node, struct http_conn, node));
    }
    check_idle(s);
}

void http_server_cut(struct http_server *s)
{
    for (struct list *node = s->conns.next, *next; node != &s->conns; node = next) {
        next = node->next;
        http_conn_cut(CONTAINER_OF(node, struct http_conn, node));
    }
}
