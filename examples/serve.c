/* An HTTP server of its own that lets a component answer: each request in a fresh instance, all of them on one thread,
 * which waits by poll(2) for its connections and for libberth's loop. HTTP/1.0, a request a connection.
 *
 *   cc -o serve serve.c $(pkg-config --cflags --libs berth) && ./serve app.wasm 8080 */
#include <arpa/inet.h>
#include <berth/berth.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 100, HEAD_MAX = 8192, FIELDS_MAX = 64, BODY_PART = 4096, OUT_WELCOME = 65536 };

struct connection {
    struct berth_http_exchange exchange; /* the first member: the library gives it back */
    int fd;                              /* -1: the place is free, once the task has ended */
    struct berth_task *task;             /* while the guest runs */
    char head[HEAD_MAX + 1];
    size_t got, body_at; /* bytes in `head`; those behind its end begin the body */
    size_t body_left;    /* of the body, to be read by the guest */
    struct berth_http_field fields[FIELDS_MAX];
    uint8_t part[BODY_PART];
    bool wants_body, finished, cut;
    char *out;
    size_t out_len, out_sent;
};

static struct connection connections[CONNECTIONS];
static struct berth_executor *executor;
static const struct berth_func *handler;

static void out_add(struct connection *c, const void *data, size_t len)
{
    c->out = realloc(c->out, c->out_len + len + 1);
    if (!c->out)
        abort();
    memcpy(c->out + c->out_len, data, len);
    c->out_len += len;
}

static void out_text(struct connection *c, const char *text)
{
    out_add(c, text, strlen(text));
}

/* --- What the library asks for --- */

static struct connection *of(struct berth_http_exchange *x)
{
    return (struct connection *)x;
}

static enum berth_http_read x_read(struct berth_http_exchange *x, size_t max, berth_bytes *ret, struct berth_error *e)
{
    struct connection *c = of(x);
    size_t here = c->got - c->body_at, len = max < c->body_left ? max : c->body_left;
    if (!len)
        return BERTH_HTTP_READ_END;
    ret->ptr = here ? (const uint8_t *)c->head + c->body_at : c->part;
    len = here ? (len < here ? len : here) : (len < BODY_PART ? len : BODY_PART);
    ssize_t n = here ? (ssize_t)len : recv(c->fd, c->part, len, MSG_DONTWAIT);
    if (n < 0) {
        c->wants_body = true;
        return BERTH_HTTP_READ_LATER;
    }
    if (n == 0) {
        *e = (struct berth_error){ .kind = BERTH_ERROR_CLOSED, .text = "the client went away" };
        return BERTH_HTTP_READ_ERROR;
    }
    ret->len = (size_t)n;
    c->body_at += here ? (size_t)n : 0;
    c->body_left -= (size_t)n;
    return BERTH_HTTP_READ_DATA;
}

static size_t x_trailers(struct berth_http_exchange *x, const struct berth_http_field **ret)
{
    (void)x, (void)ret;
    return 0; /* HTTP/1.0 has none */
}

static void x_respond(struct berth_http_exchange *x, const struct berth_http_response *r)
{
    char line[32];
    snprintf(line, sizeof(line), "HTTP/1.0 %u\r\n", r->status);
    out_text(of(x), line);
    for (size_t i = 0; i < r->field_count; i++) {
        out_add(of(x), r->fields[i].name.ptr, r->fields[i].name.len);
        out_text(of(x), ": ");
        out_add(of(x), r->fields[i].value.ptr, r->fields[i].value.len);
        out_text(of(x), "\r\n");
    }
    out_text(of(x), "\r\n");
}

static size_t x_writable(struct berth_http_exchange *x)
{
    size_t waiting = of(x)->out_len - of(x)->out_sent;
    return waiting < OUT_WELCOME ? OUT_WELCOME - waiting : 0;
}

static void x_write(struct berth_http_exchange *x, berth_bytes data)
{
    out_add(of(x), data.ptr, data.len);
}

static void x_finish(struct berth_http_exchange *x, const struct berth_http_field *trailers, size_t count)
{
    (void)trailers, (void)count;
    of(x)->finished = true;
}

static void x_abort(struct berth_http_exchange *x)
{
    of(x)->cut = true;
}

static const struct berth_http_exchange_ops ops = { x_read,  x_trailers, x_respond, x_writable,
                                                    x_write, x_finish,   x_abort };

/* The guest's call has ended. */
static void on_done(void *data, enum berth_http_outcome outcome, const struct berth_error *e)
{
    struct connection *c = data;
    c->task = NULL;
    if (e)
        fprintf(stderr, "%s: %s\n", berth_error_kind_name(e->kind), e->text);
    if (outcome == BERTH_HTTP_NONE) {
        out_text(c, "HTTP/1.0 500\r\n\r\n");
        c->finished = true;
    }
}

/* --- Connections --- */

static void closed(struct connection *c, bool complete)
{
    if (c->task)
        berth_http_ended(c->task, complete);
    close(c->fd);
    free(c->out);
    c->out = NULL;
    c->fd = -1;
}

/* What is before the next `end` of `*rest`, which goes on behind it. */
static char *take(char **rest, const char *end)
{
    char *at = *rest, *found = strstr(at, end);
    *rest = found ? found + strlen(end) : at + strlen(at);
    if (found)
        *found = '\0';
    return at;
}

/* At most nine digits. */
static bool number(const char *text, size_t *ret)
{
    size_t digits = strspn(text, "0123456789");
    *ret = 0;
    for (size_t i = 0; i < digits; i++)
        *ret = *ret * 10 + (size_t)(text[i] - '0');
    return digits && digits < 10 && !text[digits];
}

static bool parse_field(struct connection *c, char *line)
{
    struct berth_http_request *r = &c->exchange.request;
    const char *name = take(&line, ":"), *value = line + strspn(line, " \t");
    if (r->field_count == FIELDS_MAX)
        return false;
    c->fields[r->field_count++] = (struct berth_http_field){ berth_string_of(name), berth_string_of(value) };
    if (strcasecmp(name, "host") == 0)
        r->authority = berth_string_of(value);
    return strcasecmp(name, "content-length") != 0 || number(value, &c->body_left);
}

/* "GET /path HTTP/1.1", then fields. */
static bool parse(struct connection *c)
{
    struct berth_http_request *r = &c->exchange.request;
    char *rest = c->head;
    *r = (struct berth_http_request){ .scheme = berth_string_of("http"), .fields = c->fields };
    r->method = berth_string_of(take(&rest, " "));
    r->path = berth_string_of(take(&rest, " "));
    take(&rest, "\r\n");
    while (*rest)
        if (!parse_field(c, take(&rest, "\r\n")))
            return false;
    r->has_body = c->body_left != 0;
    return r->path.len && r->path.ptr[0] == '/';
}

static void begin(struct connection *c)
{
    struct berth_error e;
    const struct berth_http_options o = {
        .handler = handler, .exchange = &c->exchange, .data = c, .time_ms = 10000, .on_done = on_done
    };
    c->exchange.ops = &ops;
    if (parse(c) && berth_http_start(executor, &o, &c->task, &e))
        return;
    out_text(c, "HTTP/1.0 400\r\n\r\n");
    c->finished = true;
}

static void read_head(struct connection *c)
{
    ssize_t n = recv(c->fd, c->head + c->got, HEAD_MAX - c->got, MSG_DONTWAIT);
    if (n <= 0) {
        closed(c, false);
        return;
    }
    c->got += (size_t)n;
    c->head[c->got] = '\0';
    char *end = strstr(c->head, "\r\n\r\n");
    if (!end && c->got < HEAD_MAX)
        return;
    c->body_at = end ? (size_t)(end + 4 - c->head) : c->got;
    if (end)
        end[2] = '\0';
    begin(c);
}

static void write_out(struct connection *c)
{
    ssize_t n = send(c->fd, c->out + c->out_sent, c->out_len - c->out_sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) {
        closed(c, false);
        return;
    }
    c->out_sent += (size_t)n;
    if (c->out_sent == c->out_len)
        c->out_sent = c->out_len = 0;
    if (c->task)
        berth_http_writable(c->task);
}

static short events(const struct connection *c)
{
    bool reads = !c->body_at || c->wants_body;
    return (short)((reads ? POLLIN : 0) | (c->out_len > c->out_sent ? POLLOUT : 0));
}

static void happened(struct connection *c, short what)
{
    if (what & (POLLERR | POLLHUP)) {
        closed(c, false);
    } else if (!c->body_at) {
        read_head(c);
    } else if (what & POLLOUT) {
        write_out(c);
    } else if (what & POLLIN && c->task) {
        c->wants_body = false;
        berth_http_readable(c->task);
    }
}

static void settle(struct connection *c)
{
    if (c->fd >= 0 && (c->cut || (c->finished && c->out_len == c->out_sent)))
        closed(c, !c->cut);
}

static void accept_one(int listener)
{
    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct connection *c = &connections[i];
        if (c->fd < 0 && !c->task) {
            *c = (struct connection){ .fd = accept(listener, NULL, NULL) };
            return;
        }
    }
}

static void serve(struct berth_loop *loop, int listener)
{
    for (;;) {
        struct pollfd fds[CONNECTIONS + 2] = { { berth_loop_fd(loop), POLLIN, 0 }, { listener, POLLIN, 0 } };
        for (size_t i = 0; i < CONNECTIONS; i++)
            fds[i + 2] = (struct pollfd){ connections[i].fd, events(&connections[i]), 0 };
        poll(fds, CONNECTIONS + 2, berth_loop_timeout_ms(loop));
        for (size_t i = 0; i < CONNECTIONS; i++)
            if (fds[i + 2].revents && connections[i].fd >= 0)
                happened(&connections[i], fds[i + 2].revents);
        if (fds[1].revents)
            accept_one(listener);
        berth_loop_turn(loop);
        for (size_t i = 0; i < CONNECTIONS; i++)
            settle(&connections[i]);
    }
}

static int listen_on(size_t port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    socklen_t len = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(fd, CONNECTIONS) != 0)
        return -1;
    getsockname(fd, (struct sockaddr *)&a, &len);
    printf("http://127.0.0.1:%u\n", ntohs(a.sin_port));
    fflush(stdout);
    return fd;
}

static berth_bytes read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    long size = f && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : 0;
    uint8_t *at = malloc((size_t)size + 1);
    berth_bytes all = { at, f && at && fseek(f, 0, SEEK_SET) == 0 ? fread(at, 1, (size_t)size, f) : 0 };
    if (f)
        fclose(f);
    return all;
}

int main(int argc, char **argv)
{
    const struct berth_component_options options = { .threads = 1, .recycle = true, .memory_bytes = 256 << 20 };
    struct berth_scheduler_options on = { .loop = berth_loop_new() };
    struct berth_engine *engine = NULL;
    struct berth_linker *l = NULL;
    struct berth_component *component = NULL;
    struct berth_scheduler *scheduler = NULL;
    struct berth_error e = { 0 };
    size_t port = 8080;
    if (argc < 2 || (argc > 2 && (!number(argv[2], &port) || port > UINT16_MAX))) {
        fprintf(stderr, "usage: serve COMPONENT [PORT]\n");
        return 2;
    }
    for (size_t i = 0; i < CONNECTIONS; i++)
        connections[i].fd = -1;
    berth_bytes wasm = read_file(argv[1]);
    bool ready = berth_engine_new(&engine, &e) && (l = berth_linker_new(engine)) && berth_linker_wasi(l, NULL, &e) &&
                 berth_component_open(l, wasm, &options, &component, &e) &&
                 berth_http_handler(component, &handler, &e) && berth_scheduler_new(engine, &on, &scheduler, &e) &&
                 berth_executor_new(scheduler, component, &executor, &e);
    int listener = ready ? listen_on(port) : -1;
    if (listener >= 0)
        serve(on.loop, listener);
    if (ready)
        perror("listen");
    else
        fprintf(stderr, "%s\n", e.text);
    berth_executor_free(executor);
    berth_scheduler_free(scheduler);
    berth_component_free(component);
    berth_linker_free(l);
    berth_engine_free(engine);
    berth_loop_free(on.loop);
    free((void *)(uintptr_t)wasm.ptr);
    return 1;
}
