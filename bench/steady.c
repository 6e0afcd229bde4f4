/* A client at a steady rate: sends GET requests at random moments, so many a second, whether or not earlier ones are
 * answered, and takes the time of each from the moment it was due. A server that stalls therefore shows in all requests
 * that were due meanwhile, which a client that waits for answers would not have sent.
 *
 *     steady PORT PATH RATE SECONDS CONNECTIONS
 *
 * Prints a line a request: microseconds from due to answered, and from due to sent (a connection was not free, or this
 * client was late); -1 for one that failed. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 1024, HEAD_ROOM = 4096 };

struct connection {
    int fd;
    int64_t request; /* index of the one under way; -1: free */
    size_t got;      /* of the answer, cut at HEAD_ROOM */
    int64_t left;    /* bytes of the answer; -1: the head is not whole yet */
    char head[HEAD_ROOM + 1];
};

struct times {
    int64_t due, sent, answered; /* ns; answered 0: not yet, -1: never */
};

static struct connection connections[MAX_CONNECTIONS];
static struct times *requests;
static int64_t count, due_next, send_next, open_requests; /* requests in order: ended or under way, due, not due */
static char text[1024];
static int port, poller, connection_count;

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void dial(struct connection *c)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
    int on = 1;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
        fail("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event);
    c->request = -1;
}

static void end_request(struct connection *c, int64_t answered)
{
    if (c->request >= 0) {
        requests[c->request].answered = answered;
        open_requests--;
    }
    c->request = -1;
}

static void hang_up(struct connection *c)
{
    end_request(c, -1);
    close(c->fd);
    dial(c);
}

static void send_due(struct connection *c)
{
    c->request = send_next++;
    c->got = 0;
    c->left = -1;
    open_requests++;
    requests[c->request].sent = now_ns();
    if (write(c->fd, text, strlen(text)) != (ssize_t)strlen(text))
        hang_up(c);
}

/* The due ones go out on free connections, in turn. */
static void send_all_due(void)
{
    static int turn;
    for (int64_t now = now_ns(); due_next < count && requests[due_next].due <= now; due_next++)
        ;
    for (int tried = 0; tried < connection_count && send_next < due_next; tried++) {
        turn = (turn + 1) % connection_count;
        if (connections[turn].request < 0)
            send_due(&connections[turn]);
    }
}

/* False: no answer of 2xx with a length. */
static int read_head(struct connection *c)
{
    c->head[c->got] = 0;
    const char *end = strstr(c->head, "\r\n\r\n"), *length = strcasestr(c->head, "\r\ncontent-length:");
    if (!end)
        return c->got < HEAD_ROOM;
    if (strncmp(c->head, "HTTP/1.1 2", 10) != 0 || !length || length > end)
        return 0;
    c->left = (int64_t)strtod(length + 17, NULL) - (int64_t)(c->got - (size_t)(end + 4 - c->head));
    return c->left >= 0;
}

static void receive(struct connection *c)
{
    static char rest[65536];
    int in_head = c->left < 0;
    ssize_t n = in_head ? read(c->fd, c->head + c->got, HEAD_ROOM - c->got) : read(c->fd, rest, sizeof(rest));
    if (n <= 0 || c->request < 0) {
        hang_up(c);
        return;
    }
    if (in_head) {
        c->got += (size_t)n;
        if (!read_head(c)) {
            hang_up(c);
            return;
        }
    } else {
        c->left -= n;
    }
    if (c->left == 0)
        end_request(c, now_ns());
}

/* Until everything is answered, or `patience_ns` after the last was due. */
static void run(int64_t patience_ns)
{
    struct epoll_event events[64];
    while (send_next < count || open_requests > 0) {
        int64_t now = now_ns(), until = requests[due_next < count ? due_next : count - 1].due;
        if (due_next == count)
            until += patience_ns;
        if (due_next == count && now > until)
            return;
        int64_t wait = until > now ? until - now : 0;
        struct timespec timeout = { .tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000 };
        int n = epoll_pwait2(poller, events, 64, &timeout, NULL);
        for (int i = 0; i < n; i++)
            receive(events[i].data.ptr);
        send_all_due();
    }
}

/* Moments as of many clients that know nothing of each other: exponential distances, the same in each run. */
static void plan(double rate, double seconds)
{
    int64_t start = now_ns() + 50000000;
    double at = 0;
    srand48(1);
    requests = calloc((size_t)(rate * seconds * 2) + 100, sizeof(*requests));
    while (at < seconds && count < (int64_t)(rate * seconds * 2) + 100) {
        requests[count++].due = start + (int64_t)(at * 1e9);
        at += -log(1 - drand48()) / rate;
    }
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: steady PORT PATH RATE SECONDS CONNECTIONS\n");
        return 2;
    }
    port = (int)strtod(argv[1], NULL);
    connection_count = (int)strtod(argv[5], NULL);
    if (connection_count > MAX_CONNECTIONS)
        connection_count = MAX_CONNECTIONS;
    snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", argv[2], port);
    prctl(PR_SET_TIMERSLACK, 1);
    sched_setscheduler(0, SCHED_FIFO,
                       &(struct sched_param){ .sched_priority = 1 }); /* without the right to it, its lag shows */
    poller = epoll_create1(0);
    for (int i = 0; i < connection_count; i++)
        dial(&connections[i]);
    plan(strtod(argv[3], NULL), strtod(argv[4], NULL));
    run(30000000000);
    for (int64_t i = 0; i < count; i++) {
        const struct times *t = &requests[i];
        printf("%lld %lld\n", t->answered > 0 ? (long long)(t->answered - t->due) / 1000 : -1LL,
               t->sent ? (long long)(t->sent - t->due) / 1000 : -1LL);
    }
    return 0;
}
