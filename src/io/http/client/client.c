/* The client: calls, and the connections that are kept for the next ones. */
#include "io/http/client/client.h"

#include <assert.h>

#include "base/num.h"
#include "io/http/client/client_conn.h"

struct http_client {
    struct loop *loop;
    struct http_client_limits limits;
    struct list live, kept; /* connections; those kept newest first, as they are the last to be closed by the server */
    uint32_t live_count, kept_count;
    char *read_buffer; /* of whichever connection reads at this moment */
    void (*on_idle)(void *ctx);
    void *ctx;
    bool stopping;
};

struct loop *http_client_loop(const struct http_client *c)
{
    return c->loop;
}

const struct http_client_limits *http_client_limits_of(const struct http_client *c)
{
    return &c->limits;
}

char *http_client_read_buffer(struct http_client *c)
{
    return c->read_buffer;
}

/* --- Connections --- */

static bool same_address(const struct address *a, const struct address *b)
{
    return a->len == b->len && memcmp(&a->storage, &b->storage, a->len) == 0;
}

static struct client_conn *find_kept(const struct http_client *c, const struct address *to)
{
    for (struct list *n = c->kept.next; n != &c->kept; n = n->next) {
        struct client_conn *conn = CONTAINER_OF(n, struct client_conn, node);
        if (conn->state == CLIENT_CONN_IDLE && !conn->failed && same_address(&conn->to, to))
            return conn;
    }
    return NULL;
}

bool http_client_keep(struct http_client *c, struct client_conn *conn)
{
    if (c->stopping || c->kept_count >= c->limits.max_kept)
        return false;
    list_remove(&conn->node);
    list_push(c->kept.next, &conn->node); /* before the first */
    conn->listed_as_kept = true;
    c->kept_count++;
    return true;
}

static void connect_anew(struct http_client *c, struct http_call *call)
{
    call->conn = client_conn_new(c, call);
    list_push(&c->live, &call->conn->node);
    c->live_count++;
}

void http_client_conn_closed(struct http_client *c, struct client_conn *conn)
{
    list_remove(&conn->node);
    c->kept_count -= conn->listed_as_kept;
    c->live_count--;
    if (c->stopping && !c->live_count)
        c->on_idle(c->ctx);
}

/* --- Requests --- */

/* RFC 9110, 9.2.2; and nothing but what the methods of the RFC promise. */
static bool is_idempotent(str method)
{
    static const str names[] = {
        STR_INIT("GET"), STR_INIT("HEAD"), STR_INIT("OPTIONS"), STR_INIT("TRACE"), STR_INIT("PUT"), STR_INIT("DELETE"),
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(method, names[i]))
            return true;
    return false;
}

static bool is_ours(str name)
{
    return str_eq_nocase(name, STR("host")) || str_eq_nocase(name, STR("content-length")) ||
           str_eq_nocase(name, STR("transfer-encoding")) || str_eq_nocase(name, STR("connection"));
}

static void put_field(struct buf *out, str name, str value)
{
    buf_put_str(out, name);
    buf_put(out, ": ", 2);
    buf_put_str(out, value);
    buf_put(out, "\r\n", 2);
}

static void put_framing(struct buf *out, const struct http_request *r)
{
    char digits[20];
    if (r->has_body && r->content_length == HTTP_LENGTH_UNKNOWN)
        put_field(out, STR("Transfer-Encoding"), STR("chunked"));
    else if (r->has_body || http_fields_count(&r->fields, STR("content-length")))
        put_field(out, STR("Content-Length"), str_from(digits, num_format_u64(r->content_length, digits)));
}

static str print_head(struct arena *a, const struct http_request *r)
{
    struct buf out;
    buf_init(&out, BUF_NO_LIMIT);
    buf_put_str(&out, r->method);
    buf_put_u8(&out, ' ');
    buf_put_str(&out, r->target);
    buf_put_str(&out, STR(" HTTP/1.1\r\n"));
    put_field(&out, STR("Host"), r->authority);
    for (uint32_t i = 0; i < r->fields.len; i++)
        if (!is_ours(r->fields.at[i].name))
            put_field(&out, r->fields.at[i].name, r->fields.at[i].value);
    put_framing(&out, r);
    buf_put(&out, "\r\n", 2);
    str head = str_dup(a, buf_str(&out));
    buf_fini(&out);
    return head;
}

/* --- Calls --- */

void http_call_begin(struct http_call *call, struct http_client *c, const struct http_call_options *o)
{
    const struct http_request *r = o->request;
    *call = (struct http_call){ .client = c, .options = *o, .head = print_head(o->arena, r) };
    call->body_left = r->has_body ? r->content_length : 0;
    call->repeatable = !r->has_body && is_idempotent(r->method);
    /* A kept connection may be closed by the server at the very moment it is used: only what can be sent again. */
    struct client_conn *kept = call->repeatable ? find_kept(c, o->to) : NULL;
    if (!kept) {
        connect_anew(c, call);
        return;
    }
    list_remove(&kept->node);
    list_push(&c->live, &kept->node);
    kept->listed_as_kept = false;
    c->kept_count--;
    call->conn = kept;
    client_conn_take(kept, call);
}

void http_client_call_failed(struct http_call *call, bool retry, const struct err *e)
{
    if (retry && call->repeatable)
        connect_anew(call->client, call);
    else
        call->options.events->on_failed(call->options.owner, e);
}

size_t http_call_writable(const struct http_call *call)
{
    return call->conn ? client_conn_writable(call->conn) : 0;
}

void http_call_write(struct http_call *call, bytes data)
{
    if (!call->conn || !data.len)
        return;
    if (call->body_left != HTTP_LENGTH_UNKNOWN) {
        assert(data.len <= call->body_left);
        call->body_left -= data.len;
    }
    client_conn_write(call->conn, data);
}

void http_call_finish(struct http_call *call)
{
    if (!call->conn)
        return;
    assert(call->body_left == 0 || call->body_left == HTTP_LENGTH_UNKNOWN);
    client_conn_finish(call->conn);
}

enum http_read http_call_read(struct http_call *call, size_t max, bytes *ret, struct err *e)
{
    assert(call->conn);
    return client_conn_read(call->conn, max, ret, e);
}

const struct http_fields *http_call_trailers(const struct http_call *call)
{
    return &call->conn->chunked.trailers;
}

void http_call_end(struct http_call *call)
{
    struct client_conn *conn = call->conn;
    call->conn = NULL;
    if (conn)
        client_conn_release(conn);
}

/* --- Life --- */

struct http_client *http_client_new(struct loop *loop, const struct http_client_limits *limits,
                                    void (*on_idle)(void *ctx), void *ctx)
{
    struct http_client *c = mem_new(struct http_client);
    c->loop = loop;
    c->limits = *limits;
    c->on_idle = on_idle;
    c->ctx = ctx;
    c->read_buffer = mem_alloc(TCP_READ_BYTES, 1);
    list_init(&c->live);
    list_init(&c->kept);
    return c;
}

void http_client_free(struct http_client *c)
{
    if (!c)
        return;
    assert(http_client_idle(c));
    mem_free(c->read_buffer);
    mem_free(c);
}

void http_client_stop(struct http_client *c)
{
    c->stopping = true;
    for (struct list *n = c->kept.next; n != &c->kept; n = n->next)
        client_conn_close(CONTAINER_OF(n, struct client_conn, node));
}

bool http_client_idle(const struct http_client *c)
{
    return !c->live_count;
}
