/* Tests of io/http/client/client.c and the connection below it: time-outs and what is kept, with a server of blocking
 * sockets in a thread of its own. What servers may answer is tested through the proxy, in tests/serve. */
#include "io/http/client/client.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "io/loop/loop.h"
#include "io/net/listener.h"

#define HEAD "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"

struct stage {
    /* The server. */
    const char *says; /* once; NULL: "hello" to each request */
    bool reads;
    unsigned connections; /* that it accepted */

    /* The client. */
    struct loop *loop;
    struct http_client *client;
    struct address address;
    struct http_call call;
    struct http_request request;
    struct arena arena;
    size_t body_bytes; /* of the request */
    unsigned calls;    /* that are still to be made */
    struct loop_job again;
    char body[64];
    size_t body_len;
    bool ended;
    struct err error;
};

/* --- The server --- */

/* An answer to each read. */
static void answer_all(int fd)
{
    char data[4096];
    while (recv(fd, data, sizeof(data), 0) > 0 && send(fd, HEAD "hello", strlen(HEAD) + 5, MSG_NOSIGNAL) > 0)
        continue;
}

/* Says what it has to say after the first read, and reads on. */
static void say_once(int fd, const char *text)
{
    char data[4096];
    for (bool said = false; recv(fd, data, sizeof(data), 0) > 0; said = true)
        if (!said)
            send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* Reads nothing, until the other side has left. */
static void ignore(int fd)
{
    struct pollfd wait = { .fd = fd, .events = POLLRDHUP };
    poll(&wait, 1, 20000);
}

struct server {
    struct stage *stage;
    int listening;
};

/* One connection after the other, up to the client's end. */
static void *server_main(void *arg)
{
    const struct server *server = arg;
    struct stage *t = server->stage;
    for (;;) {
        int fd = accept(server->listening, NULL, NULL);
        if (fd < 0)
            return NULL;
        t->connections++;
        if (!t->says)
            answer_all(fd);
        else if (t->reads)
            say_once(fd, t->says);
        else
            ignore(fd);
        close(fd);
    }
}

/* --- The client --- */

static const struct http_call_events events;

static void begin(struct stage *t)
{
    t->calls--;
    t->body_len = 0;
    http_call_begin(&t->call, t->client,
                    &(struct http_call_options){
                        .to = &t->address,
                        .events = &events,
                        .owner = t,
                        .arena = &t->arena,
                        .request = &t->request,
                    });
}

static void run_again(struct loop_job *job)
{
    begin(CONTAINER_OF(job, struct stage, again));
}

static void end(struct stage *t)
{
    http_call_end(&t->call);
    if (t->calls) {
        loop_defer(t->loop, &t->again);
        return;
    }
    t->ended = true;
    http_client_stop(t->client);
    if (http_client_idle(t->client))
        loop_stop(t->loop);
}

static void on_writable(void *owner)
{
    static const uint8_t block[4096];
    struct stage *t = owner;
    while (t->body_bytes && http_call_writable(&t->call)) {
        size_t n = t->body_bytes < sizeof(block) ? t->body_bytes : sizeof(block);
        http_call_write(&t->call, bytes_from(block, n));
        t->body_bytes -= n;
    }
    if (!t->body_bytes)
        http_call_finish(&t->call);
}

static void on_response(void *owner, const struct http_response *r)
{
    (void)owner;
    assert_int_equal(r->status, 200);
}

static void on_readable(void *owner)
{
    struct stage *t = owner;
    bytes data;
    for (;;) {
        switch (http_call_read(&t->call, sizeof(t->body) - t->body_len, &data, &t->error)) {
        case HTTP_READ_DATA:
            memcpy(t->body + t->body_len, data.ptr, data.len);
            t->body_len += data.len;
            break;
        case HTTP_READ_LATER: return;
        case HTTP_READ_END:
        case HTTP_READ_ERROR: end(t); return;
        }
    }
}

static void on_failed(void *owner, const struct err *e)
{
    struct stage *t = owner;
    t->error = *e;
    end(t);
}

static const struct http_call_events events = {
    .on_writable = on_writable,
    .on_response = on_response,
    .on_readable = on_readable,
    .on_failed = on_failed,
};

static void on_idle(void *ctx)
{
    struct stage *t = ctx;
    loop_stop(t->loop);
}

/* Makes the calls, up to the last one's end. */
static void play(struct stage *t, const struct http_client_limits *limits)
{
    const struct listener_settings listening = { .backlog = 4 };
    struct server server = { .stage = t };
    struct address wanted;
    struct err e = ERR_INIT;
    pthread_t thread;
    t->error = (struct err)ERR_INIT;
    assert_true(address_parse(STR("127.0.0.1:0"), &wanted, &e));
    server.listening = listener_bind(&wanted, &listening, &t->address, &e);
    assert_true(server.listening >= 0);
    int flags = fcntl(server.listening, F_GETFL);
    fcntl(server.listening, F_SETFL, flags & ~O_NONBLOCK);
    arena_init(&t->arena);
    t->request.target = STR("/");
    t->request.authority = STR("test");
    t->request.has_body = t->body_bytes > 0;
    t->request.content_length = t->body_bytes;
    if (!t->request.method.ptr)
        t->request.method = t->body_bytes ? STR("POST") : STR("GET");
    t->loop = loop_new();
    loop_job_init(&t->again, run_again);
    t->client = http_client_new(t->loop, limits, on_idle, t);
    assert_int_equal(pthread_create(&thread, NULL, server_main, &server), 0);
    begin(t);
    loop_run(t->loop);
    shutdown(server.listening, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(server.listening);
    assert_true(t->ended);
    http_client_free(t->client);
    loop_free(t->loop);
    arena_fini(&t->arena);
}

static struct http_client_limits short_limits(void)
{
    struct http_client_limits l = HTTP_CLIENT_LIMITS_DEFAULT;
    l.send_timeout = l.head_timeout = l.body_timeout = duration_ms(50);
    return l;
}

static const struct {
    const char *name, *says, *want;
    bool reads;
    size_t body_bytes;
} stalls[] = {
    { "no answer", "", "no answer came in time", true, 0 },
    { "half a head", "HTTP/1.1 200 OK\r\n", "no answer came in time", true, 0 },
    { "half a body", HEAD "he", "the rest of the answer did not come in time", true, 0 },
    { "nothing is taken", "", "the request was not taken in time", false, 64 << 20 },
};

static void servers_that_stall(void **state)
{
    (void)state;
    const struct http_client_limits limits = short_limits();
    for (size_t i = 0; i < ARRAY_LEN(stalls); i++) {
        struct stage t = {
            .says = stalls[i].says, .reads = stalls[i].reads, .body_bytes = stalls[i].body_bytes, .calls = 1
        };
        play(&t, &limits);
        if (t.error.kind != ERR_TIMEOUT || strcmp(t.error.text, stalls[i].want) != 0)
            fail_msg("%s: want '%s', got '%s'", stalls[i].name, stalls[i].want, t.error.text);
    }
}

/* Connections without a call: how many calls find one. */
static const struct {
    const char *name, *method;
    uint32_t max_kept;
    unsigned calls, connections;
} kept[] = {
    { "kept", "GET", 1, 4, 1 },
    { "none is kept", "GET", 0, 4, 4 },
    { "not repeatable", "POST", 1, 4, 4 },
};

static void connections_are_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
        struct http_client_limits limits = HTTP_CLIENT_LIMITS_DEFAULT;
        struct stage t = { .calls = kept[i].calls, .request.method = str_of(kept[i].method) };
        limits.max_kept = kept[i].max_kept;
        if (str_eq(t.request.method, STR("POST")))
            limits.keep_timeout = duration_ms(1); /* the server has one at a time */
        play(&t, &limits);
        assert_int_equal(t.error.kind, ERR_NONE);
        assert_string_equal(str_eq(str_from(t.body, t.body_len), STR("hello")) ? "hello" : "other", "hello");
        if (t.connections != kept[i].connections)
            fail_msg("%s: want %u connections, got %u", kept[i].name, kept[i].connections, t.connections);
    }
}

/* The queue of a unix socket is full: the next connection waits for room, up to its time. */
static void a_full_queue_is_waited_for(void **state)
{
    (void)state;
    struct http_client_limits limits = HTTP_CLIENT_LIMITS_DEFAULT;
    struct stage t = { .calls = 1, .request = { .method = STR("GET"), .target = STR("/"), .authority = STR("a") } };
    const struct listener_settings listening = { .backlog = 0 };
    struct err e = ERR_INIT;
    char name[64];
    snprintf(name, sizeof(name), "unix:@berth-client-test-%d", (int)getpid());
    limits.connect_timeout = duration_ms(50);
    t.error = (struct err)ERR_INIT;
    assert_true(address_parse(str_of(name), &t.address, &e));
    int fd = listener_bind(&t.address, &listening, NULL, &e);
    int first = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(first, address_of(&t.address), t.address.len), 0); /* nobody accepts it */
    arena_init(&t.arena);
    t.loop = loop_new();
    t.client = http_client_new(t.loop, &limits, on_idle, &t);
    begin(&t);
    loop_run(t.loop);
    assert_int_equal(t.error.kind, ERR_TIMEOUT);
    assert_string_equal(t.error.text, "no connection was made in time");
    http_client_free(t.client);
    loop_free(t.loop);
    arena_fini(&t.arena);
    close(first);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers_that_stall),
        cmocka_unit_test(connections_are_kept),
        cmocka_unit_test(a_full_queue_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
