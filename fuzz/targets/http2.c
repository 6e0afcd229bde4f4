/* An HTTP/2 connection over a stream in memory: whatever a client sends after its preface, each exchange that was
 * handed out ends exactly once, and how many there are at once stays bounded. The first byte says how large the pieces
 * are. */
#include <assert.h>

#include "io/http/server/h2_conn.h"
#include "io/loop/loop.h"
#include "io/net/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Those that the client has reset end in the next turn of the loop: until then they are there, too. */
enum { MOST_AT_ONCE = H2_MAX_STREAMS + H2_RESETS_BURST + H2_RESETS_PER_S };

struct play {
    struct loop *loop;
    struct http_server *server;
    struct h2_conn *conn;
    struct stream stream;
    struct loop_job turn;
    bool cut;
    uint32_t begun, ended;
};

static void nothing(struct stream *s)
{
    (void)s;
}

static void drop_parts(struct stream *s, const bytes *parts, size_t count)
{
    (void)s, (void)parts, (void)count;
}

static size_t none_queued(const struct stream *s)
{
    (void)s;
    return 0;
}

static void end_stream(struct stream *s)
{
    CONTAINER_OF(s, struct play, stream)->cut = true;
}

static const struct sockaddr *nowhere(const struct stream *s)
{
    (void)s;
    return NULL;
}

static const struct stream_ops stream_ops = {
    .read_start = nothing,
    .read_stop = nothing,
    .write = drop_parts,
    .queued_bytes = none_queued,
    .shut_write = nothing,
    .close = end_stream,
    .abort = end_stream,
    .peer = nowhere,
    .local = nowhere,
};

/* Answers with what has come of the body so far, and goes on when more comes. */
static void echo(struct http_exchange *x)
{
    bytes part;
    struct err e = ERR_INIT;
    enum http_read result;
    while ((result = http_exchange_read(x, 100, &part, &e)) == HTTP_READ_DATA)
        http_exchange_write(x, part);
    if (result == HTTP_READ_END)
        http_exchange_finish(x, http_exchange_trailers(x));
    else if (result == HTTP_READ_ERROR)
        http_exchange_abort(x);
}

static void on_readable(void *consumer)
{
    echo(consumer);
}

static void on_writable(void *consumer)
{
    (void)consumer;
}

static void on_consumer_end(void *consumer, bool complete)
{
    (void)consumer, (void)complete;
}

static const struct http_consumer_ops consumer_ops = { on_readable, on_writable, on_consumer_end };

static void on_request(void *ctx, struct http_exchange *x)
{
    struct play *p = ctx;
    const struct http_response r = { .status = 200, .content_length = HTTP_LENGTH_UNKNOWN };
    p->begun++;
    assert(p->begun - p->ended <= MOST_AT_ONCE);
    assert(x->request.version == HTTP_2 && x->request.target.len);
    assert(http_fields_count(&x->request.fields, STR("cookie")) <= 1);
    x->context = p;
    http_exchange_consume(x, &consumer_ops, x);
    http_exchange_respond(x, &r);
    echo(x);
}

static void on_end(void *ctx, struct http_exchange *x, bool complete)
{
    struct play *p = ctx;
    (void)complete;
    p->ended += x->context == p;
}

static void on_closed(void *owner)
{
    (void)owner;
}

static void stop_turn(struct loop_job *job)
{
    loop_stop(CONTAINER_OF(job, struct play, turn)->loop);
}

static void run_turn(struct play *p)
{
    loop_defer_turn(p->loop, &p->turn);
    loop_run(p->loop);
}

static void feed(struct play *p, const void *data, size_t len)
{
    if (!p->cut && len)
        p->stream.events->on_read(p->stream.owner, bytes_from(data, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct play p = { .loop = loop_new(), .stream.ops = &stream_ops };
    const struct http_server_options options = {
        .loop = p.loop,
        .settings = { .limits = HTTP_LIMITS_DEFAULT },
        .on_request = on_request,
        .on_end = on_end,
        .ctx = &p,
    };
    size_t step = 1 + data[0] * (size_t)16;
    loop_job_init(&p.turn, stop_turn);
    p.server = http_server_new(&options);
    p.conn = h2_conn_new(p.server, on_closed, &p);
    h2_conn_begin(p.conn, &p.stream, STR("http"));
    feed(&p, H2_PREFACE, sizeof(H2_PREFACE) - 1);
    for (size_t at = 1; at < size && !p.cut; at += step) {
        feed(&p, data + at, size - at < step ? size - at : step);
        run_turn(&p);
    }
    if (!p.cut)
        h2_conn_cut(p.conn);
    p.stream.events->on_closed(p.stream.owner);
    assert(p.begun == p.ended);
    h2_conn_free(p.conn);
    run_turn(&p);
    http_server_free(p.server);
    loop_free(p.loop);
    return 0;
}
