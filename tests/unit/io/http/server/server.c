/* Tests of io/http/server/server.c and the connection below it: a client of blocking sockets in a thread of its own. */
#include "io/http/server/server.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>
#include <cmocka.h>

#include "io/loop/loop.h"
#include "io/net/listener.h"

struct stage;

/* What one request is answered with, and what was seen of it. */
struct served {
    struct stage *stage;
    struct http_exchange *x;
    struct loop_job job;
    size_t take; /* bytes of the body taken at a time */
    bool aborts; /* and then answers, as who does not know yet that the exchange is over */
    uint64_t taken;
    uint32_t sum;
};

struct stage {
    struct loop *loop;
    struct http_server *server;
    struct address address;
    struct served served;
    unsigned ends, complete;

    /* The client's. */
    const char *request; /* sent `repeat` times, after it `body_bytes` of a pattern */
    unsigned repeat;
    size_t body_bytes;
    char answer[64 * 1024];
    size_t answer_len;
};

static uint8_t pattern(size_t i)
{
    return (uint8_t)(i * 7 + (i >> 8));
}

static void reply(struct served *s)
{
    struct http_response r = { .status = 200 };
    char text[32];
    int n = snprintf(text, sizeof(text), "%llu %u", (unsigned long long)s->taken, s->sum);
    r.content_length = (uint64_t)n;
    http_exchange_respond(s->x, &r);
    http_exchange_write(s->x, bytes_from(text, (size_t)n));
    http_exchange_finish(s->x, NULL);
}

/* One small read a turn, so that the client is always ahead. */
static void take(struct served *s)
{
    bytes part;
    struct err e = ERR_INIT;
    switch (http_exchange_read(s->x, s->take, &part, &e)) {
    case HTTP_READ_DATA:
        for (size_t i = 0; i < part.len; i++)
            s->sum += part.ptr[i];
        s->taken += part.len;
        loop_defer_turn(s->stage->loop, &s->job);
        return;
    case HTTP_READ_LATER: return;
    case HTTP_READ_END: reply(s); return;
    case HTTP_READ_ERROR: http_exchange_abort(s->x); return;
    }
}

static void run_take(struct loop_job *job)
{
    take(CONTAINER_OF(job, struct served, job));
}

static void on_readable(void *consumer)
{
    take(consumer);
}

static void on_writable(void *consumer)
{
    (void)consumer;
}

static void on_consumer_end(void *consumer, bool complete)
{
    struct served *s = consumer;
    (void)complete;
    loop_job_cancel(&s->job);
}

static const struct http_consumer_ops consumer_ops = { on_readable, on_writable, on_consumer_end };

static void on_request(void *ctx, struct http_exchange *x)
{
    struct stage *t = ctx;
    struct served *s = &t->served;
    s->x = x;
    s->taken = s->sum = 0;
    http_exchange_consume(x, &consumer_ops, s);
    if (s->aborts)
        http_exchange_abort(x);
    if (s->take)
        take(s);
    else
        reply(s); /* the body is never looked at */
}

static void on_end(void *ctx, struct http_exchange *x, bool complete)
{
    struct stage *t = ctx;
    (void)x;
    t->ends++;
    t->complete += complete;
}

static void on_idle(void *ctx)
{
    struct stage *t = ctx;
    loop_stop(t->loop);
}

static void stop(void *ctx)
{
    struct stage *t = ctx;
    http_server_stop(t->server);
}

static void send_all(int fd, const void *data, size_t len)
{
    for (const char *at = data; len;) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* the server had enough */
        at += n;
        len -= (size_t)n;
    }
}

/* Sends everything, then reads until the server closes. */
static void *client_main(void *arg)
{
    struct stage *t = arg;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct timeval patience = { .tv_sec = 20 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (connect(fd, address_of(&t->address), t->address.len) == 0) {
        uint8_t *body = malloc(t->body_bytes + 1);
        for (size_t i = 0; i < t->body_bytes; i++)
            body[i] = pattern(i);
        for (unsigned i = 0; i < t->repeat; i++) {
            send_all(fd, t->request, strlen(t->request));
            send_all(fd, body, t->body_bytes);
        }
        free(body);
        ssize_t n;
        while ((n = recv(fd, t->answer + t->answer_len, sizeof(t->answer) - 1 - t->answer_len, 0)) > 0)
            t->answer_len += (size_t)n;
        t->answer[t->answer_len] = '\0';
    }
    close(fd);
    loop_post(t->loop, stop, t);
    return NULL;
}

/* Serves until the client has got its answers. */
static void play(struct stage *t, const struct http_settings *settings)
{
    const struct listener_settings listening = { .backlog = 4 };
    struct err e = ERR_INIT;
    struct address wanted;
    assert_true(address_parse(STR("127.0.0.1:0"), &wanted, &e));
    int fd = listener_bind(&wanted, &listening, &t->address, &e);
    assert_true(fd >= 0);
    t->loop = loop_new();
    t->served.stage = t;
    loop_job_init(&t->served.job, run_take);
    const struct http_server_options options = {
        .loop = t->loop,
        .settings = *settings,
        .on_request = on_request,
        .on_end = on_end,
        .on_idle = on_idle,
        .ctx = t,
    };
    t->server = http_server_new(&options);
    assert_true(http_server_listen(t->server, fd, &e));
    close(fd);
    pthread_t client;
    assert_int_equal(pthread_create(&client, NULL, client_main, t), 0);
    loop_run(t->loop);
    pthread_join(client, NULL);
    struct http_counters n = http_server_counters(t->server);
    assert_int_equal(n.accepted, 1);
    assert_int_equal(n.closed, 1);
    assert_int_equal(n.idle, 0);
    assert_int_equal(n.requests, t->ends);
    http_server_free(t->server);
    loop_free(t->loop);
}

static void assert_answer_ends(const struct stage *t, const char *end)
{
    size_t len = strlen(end);
    if (t->answer_len < len || strcmp(t->answer + t->answer_len - len, end) != 0)
        fail_msg("'%s' does not end with '%s'", t->answer, end);
}

static void assert_has(const struct stage *t, const char *part)
{
    if (!strstr(t->answer, part))
        fail_msg("'%s' lacks '%s'", t->answer, part);
}

static void assert_lacks(const struct stage *t, const char *part)
{
    if (strstr(t->answer, part))
        fail_msg("'%s' has '%s'", t->answer, part);
}

enum { BODY_BYTES = 200 * 1000 };

/* The input buffer fills up again and again while the handler nibbles at it. */
static void body_taken_in_small_pieces(void **state)
{
    (void)state;
    static const struct http_settings settings = { .limits = HTTP_LIMITS_DEFAULT };
    static const size_t takes[] = { 3, 1000, 65536, SIZE_MAX };
    uint32_t sum = 0;
    char end[64], request[128];
    for (size_t i = 0; i < BODY_BYTES; i++)
        sum += pattern(i);
    snprintf(end, sizeof(end), "\r\n\r\n%d %u", BODY_BYTES, sum);
    snprintf(request, sizeof(request), "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n",
             BODY_BYTES);
    for (size_t i = 0; i < ARRAY_LEN(takes); i++) {
        struct stage *t = mem_new(struct stage);
        t->request = request;
        t->repeat = 1;
        t->body_bytes = BODY_BYTES;
        t->served.take = takes[i];
        play(t, &settings);
        assert_answer_ends(t, end);
        assert_int_equal(t->complete, 1);
        mem_free(t);
    }
}

/* Pipelined requests with bodies that fit what is thrown away: all are answered. */
static void bodies_nobody_reads(void **state)
{
    (void)state;
    static const struct http_settings settings = { .limits = HTTP_LIMITS_DEFAULT };
    struct stage *t = mem_new(struct stage);
    t->request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n";
    t->repeat = 6;
    t->body_bytes = 50000;
    struct http_settings closing = settings;
    closing.limits.idle_timeout = duration_ms(200); /* after the last */
    play(t, &closing);
    assert_answer_ends(t, "\r\n\r\n0 0");
    assert_int_equal(t->complete, 6);
    mem_free(t);
}

/* More than that ends the connection, but not before the answer is there. */
static void large_body_nobody_reads(void **state)
{
    (void)state;
    static const struct http_settings settings = { .limits = HTTP_LIMITS_DEFAULT };
    struct stage *t = mem_new(struct stage);
    t->request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n";
    t->repeat = 1;
    t->body_bytes = 2000000;
    play(t, &settings);
    assert_answer_ends(t, "\r\n\r\n0 0");
    assert_int_equal(t->complete, 1);
    mem_free(t);
}

static str error_page(struct buf *out, uint16_t status)
{
    buf_printf(out, "<p>%u", status);
    return STR("text/html");
}

static void settings_shape_answers(void **state)
{
    (void)state;
    static const struct http_settings settings = {
        .limits = HTTP_LIMITS_DEFAULT,
        .server_field = STR_INIT("test/1"),
        .error_body = error_page,
    };
    struct stage *t = mem_new(struct stage);
    t->request = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n"; /* the second lacks its Host */
    t->repeat = 1;
    play(t, &settings);
    assert_has(t, "HTTP/1.1 200 OK\r\nServer: test/1\r\nDate: ");
    assert_has(t, "GMT\r\nContent-Length: 3\r\n\r\n0 0HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n");
    assert_has(t, "Server: test/1\r\n");
    assert_answer_ends(t, "Connection: close\r\n\r\n<p>400");
    assert_int_equal(t->ends, 2);
    mem_free(t);
}

static void without_settings_no_server_is_named(void **state)
{
    (void)state;
    static const struct http_settings settings = { .limits = HTTP_LIMITS_DEFAULT };
    struct stage *t = mem_new(struct stage);
    t->request = "GET / HTTP/1.0\r\n\r\n";
    t->repeat = 1;
    play(t, &settings);
    assert_lacks(t, "Server:");
    assert_answer_ends(t, "Connection: close\r\n\r\n0 0");
    mem_free(t);
}

static void answers_after_the_end_are_dropped(void **state)
{
    (void)state;
    static const struct http_settings settings = { .limits = HTTP_LIMITS_DEFAULT };
    struct stage *t = mem_new(struct stage);
    t->request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    t->repeat = 1;
    t->served.aborts = true;
    play(t, &settings);
    assert_int_equal(t->answer_len, 0);
    assert_int_equal(t->ends, 1);
    assert_int_equal(t->complete, 0);
    mem_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(body_taken_in_small_pieces), cmocka_unit_test(answers_after_the_end_are_dropped),
        cmocka_unit_test(bodies_nobody_reads),        cmocka_unit_test(large_body_nobody_reads),
        cmocka_unit_test(settings_shape_answers),     cmocka_unit_test(without_settings_no_server_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
