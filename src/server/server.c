/* The server process's inside: see server.h. */
#include "server/server.h"

#include <assert.h>

#include "berth/engine.h"
#include "io/loop/loop.h"
#include "server/generation.h"
#include "server/worker.h"

struct server {
    struct server_options options;
    struct berth_engine *engine;
    struct worker **workers;
    uint32_t count; /* of workers that were started */
    uint32_t live;  /* of these, still serving */

    /* The generation that is being handed out. */
    struct worker_message *messages; /* one for each worker */
    uint32_t pending;
    struct err apply_error; /* the first of a worker's */
    void (*apply_done)(void *ctx, const struct err *e);
    void *apply_ctx;
};

struct berth_engine *server_engine(struct server *s)
{
    return s->engine;
}

static void on_worker_end(void *ctx)
{
    struct server *s = ctx;
    if (--s->live == 0 && s->options.on_end)
        s->options.on_end(s->options.ctx);
}

static bool start_workers(struct server *s, struct err *e)
{
    for (uint32_t i = 0; i < s->options.workers; i++) {
        const struct worker_options o = {
            .owner = s->options.loop,
            .engine = s->engine,
            .index = i,
            .count = s->options.workers,
            .on_end = on_worker_end,
            .ctx = s,
        };
        if (!worker_start(&o, &s->workers[i], e))
            return false;
        s->count++;
        s->live++;
    }
    return true;
}

static bool make_engine(struct server *s, struct err *e)
{
    struct berth_error why;
    return berth_engine_new(&s->engine, &why) || err_take(e, &why);
}

bool server_start(const struct server_options *o, struct server **ret, struct err *e)
{
    struct server *s = mem_new(struct server);
    s->options = *o;
    s->workers = mem_new_n(struct worker *, o->workers);
    s->messages = mem_new_n(struct worker_message, o->workers);
    if (!make_engine(s, e) || !start_workers(s, e)) {
        s->options.on_end = NULL;
        server_cut(s);
        server_free(s);
        return false;
    }
    *ret = s;
    return true;
}

static void on_applied(struct worker_message *m)
{
    struct server *s = m->ctx;
    if (m->error.kind != ERR_NONE && s->apply_error.kind == ERR_NONE)
        s->apply_error = m->error;
    if (--s->pending == 0)
        s->apply_done(s->apply_ctx, s->apply_error.kind == ERR_NONE ? NULL : &s->apply_error);
}

void server_apply(struct server *s, struct generation *g, void (*done)(void *ctx, const struct err *e), void *ctx)
{
    assert(s->pending == 0);
    s->apply_error = (struct err)ERR_INIT;
    s->apply_done = done;
    s->apply_ctx = ctx;
    s->pending = s->count;
    for (uint32_t i = 0; i < s->count; i++) {
        s->messages[i].generation = generation_retain(g);
        s->messages[i].done = on_applied;
        s->messages[i].ctx = s;
        worker_apply(s->workers[i], &s->messages[i]);
    }
}

/* A question to all workers. */
struct inquiry {
    struct generation *generation;
    struct worker_message *messages;
    uint32_t count, pending;
    void (*done)(void *ctx, const struct server_status *status);
    void *ctx;
};

static void answer(struct inquiry *q)
{
    struct server_status sum = { .app_count = q->generation->app_count };
    uint64_t *requests = mem_new_n(uint64_t, sum.app_count);
    for (uint32_t i = 0; i < q->count; i++) {
        const struct worker_message *m = &q->messages[i];
        sum.accepted += m->http.accepted;
        sum.closed += m->http.closed;
        sum.idle += m->http.idle;
        sum.requests += m->http.requests;
        for (uint32_t k = 0; k < sum.app_count; k++)
            requests[k] += m->app_requests[k];
    }
    sum.app_requests = requests;
    q->done(q->ctx, &sum);
    mem_free(requests);
}

static void on_status(struct worker_message *m)
{
    struct inquiry *q = m->ctx;
    if (--q->pending > 0)
        return;
    answer(q);
    for (uint32_t i = 0; i < q->count; i++)
        mem_free(q->messages[i].app_requests);
    generation_release(q->generation);
    mem_free(q->messages);
    mem_free(q);
}

void server_status(struct server *s, struct generation *g, void (*done)(void *ctx, const struct server_status *status),
                   void *ctx)
{
    struct inquiry *q = mem_new(struct inquiry);
    *q = (struct inquiry){ .generation = generation_retain(g), .count = s->count, .pending = s->count };
    q->done = done;
    q->ctx = ctx;
    q->messages = mem_new_n(struct worker_message, s->count);
    for (uint32_t i = 0; i < s->count; i++) {
        q->messages[i].subject = g;
        q->messages[i].app_requests = mem_new_n(uint32_t, g->app_count);
        q->messages[i].done = on_status;
        q->messages[i].ctx = q;
        worker_status(s->workers[i], &q->messages[i]);
    }
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
    /* The generations that the workers have let go are counted before the engine, which their applications have. */
    loop_deliver(s->options.loop);
    berth_engine_free(s->engine);
    mem_free(s->messages);
    mem_free(s->workers);
    mem_free(s);
}
