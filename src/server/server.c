/* The server process's inside: see server.h. */
#include "server/server.h"

#include <stdatomic.h>
#include <unistd.h>

#include "io/net/address.h"
#include "io/net/listener.h"
#include "server/ticker.h"
#include "server/worker.h"

enum { SERVER_BACKLOG = 1024 };

/* Belongs to the thread that starts and frees it; workers touch only `live`. */
struct server {
    struct server_options options;
    char addr[ADDRESS_TEXT_MAX];
    struct ticker *ticker;
    struct worker **workers;
    uint32_t count;        /* of workers that were started */
    _Atomic uint32_t live; /* of these, still serving */
};

const char *server_addr(const struct server *s)
{
    return s->addr;
}

static void on_worker_end(void *ctx)
{
    struct server *s = ctx;
    if (atomic_fetch_sub(&s->live, 1) == 1 && s->options.on_end)
        s->options.on_end(s->options.ctx);
}

static bool start_workers(struct server *s, int fd, struct err *e)
{
    /* One more than will run, until all are started: nobody is the last before that. */
    atomic_store(&s->live, 1);
    for (uint32_t i = 0; i < s->options.workers; i++) {
        struct worker_options o = {
            .app = s->options.app,
            .engine = s->options.engine,
            .ticker = ticker_client(s->ticker, i),
            .fd = fd,
            .index = i,
            .count = s->options.workers,
            .max_body_bytes = s->options.max_body_bytes,
            .client_timeout = s->options.client_timeout,
            .log = s->options.log,
            .on_end = on_worker_end,
            .ctx = s,
        };
        if (!worker_start(&o, &s->workers[i], e))
            return false;
        s->count++;
        atomic_fetch_add(&s->live, 1);
    }
    atomic_fetch_sub(&s->live, 1);
    return true;
}

bool server_start(const struct server_options *o, struct server **ret, struct err *e)
{
    const struct listener_settings settings = { .backlog = SERVER_BACKLOG };
    struct address wanted, bound;
    if (!address_parse(o->addr, &wanted, e))
        return false;
    int fd = listener_bind(&wanted, &settings, &bound, e);
    if (fd < 0)
        return false;
    struct server *s = mem_new(struct server);
    s->options = *o;
    s->workers = mem_new_n(struct worker *, o->workers);
    address_print(address_of(&bound), s->addr);
    bool ok = ticker_new(o->engine, o->workers, &s->ticker, e) && start_workers(s, fd, e);
    close(fd); /* each worker has a descriptor of its own */
    if (!ok) {
        server_cut(s);
        server_free(s);
        return false;
    }
    *ret = s;
    return true;
}

void server_stop(struct server *s)
{
    for (uint32_t i = 0; i < s->count; i++)
        worker_stop(s->workers[i]);
}

void server_cut(struct server *s)
{
    for (uint32_t i = 0; i < s->count; i++)
        worker_cut(s->workers[i]);
}

void server_free(struct server *s)
{
    if (!s)
        return;
    for (uint32_t i = 0; i < s->count; i++)
        worker_free(s->workers[i]);
    ticker_free(s->ticker);
    mem_free(s->workers);
    mem_free(s);
}
