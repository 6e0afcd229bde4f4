/* A worker: see worker.h. A `front` is one listener's HTTP server; a `hold` is what the worker keeps of a generation; a
 * `part` is that of an application, which several generations may have in common. Nothing of them is freed from inside
 * of a callback of theirs: the reaper does that at the end of the loop's turn. */
#include "server/worker.h"

#include <pthread.h>

#include "berth/task.h"
#include "io/coding/coding.h"
#include "io/http/client/client.h"
#include "io/http/coded_body.h"
#include "io/loop/loop.h"
#include "server/access_log/format.h"
#include "server/access_log/writer.h"
#include "server/app/app.h"
#include "server/generation.h"
#include "server/log.h"
#include "server/request_log.h"
#include "server/route/compression.h"
#include "server/route/request.h"

struct part {
    struct list node;
    struct app *app;
    struct app_part *app_part;
    uint32_t holds; /* that name it */
};

struct hold {
    struct list node;
    struct generation *generation;
    struct part **parts;                  /* one for each of the generation's applications */
    uint32_t live;                        /* requests that began under it */
    struct upstream_turn *upstream_turns; /* one for each of its upstreams */
};

struct front {
    struct list node;
    struct worker *worker;
    struct http_server *http;
    const struct listener_config *config; /* of the current generation, or of the last that had this listener */
    struct hold *last;                    /* that generation, held until the front is gone; NULL: the current one */
    bool gone;                            /* the last connection has ended */
};

/* A request's context: from its head to its end. In the exchange's arena. */
struct serving {
    struct request request;
    struct worker *worker;
    struct hold *hold;
};

/* Belongs to its thread once that has started; others only post to `loop`, which lives until worker_free. */
struct worker {
    struct worker_options options;
    pthread_t thread;
    struct loop *loop;
    struct http_client *client; /* of proxies */
    struct list fronts, holds, parts;
    struct hold *current; /* NULL before the first and when it stops */
    uint64_t requests;
    struct http_counters past; /* of fronts that are gone */
    struct access_writer access;
    struct coder_pool coders;
    struct berth_scheduler *scheduler; /* of all applications */
    struct loop_job reaper;
    bool stopping;
};

static void reap_soon(struct worker *w)
{
    if (!loop_job_queued(&w->reaper))
        loop_defer(w->loop, &w->reaper);
}

static void hold_let_go(struct worker *w, struct hold *h)
{
    if (--h->live == 0 && h != w->current)
        reap_soon(w);
}

/* --- Requests --- */

static void take_number(struct worker *w, struct http_exchange *x)
{
    x->number = w->requests++ * w->options.count + w->options.index + 1;
}

static void to_app(struct request *r, uint32_t app)
{
    struct serving *s = CONTAINER_OF(r, struct serving, request);
    struct app_part *p = s->hold->parts[app]->app_part;
    p->app->ops->handle(p, r->x);
}

/* For the access log, which is written when the response is gone. */
static const struct http_response *keep_response(const struct serving *s, const struct http_response *r)
{
    struct arena *a = s->request.x->arena;
    const struct generation *g = s->hold->generation;
    struct http_response *kept = arena_new(a, struct http_response, 1);
    kept->status = r->status;
    kept->content_length = r->content_length;
    for (uint32_t i = 0; i < r->fields.len; i++)
        http_fields_add(&kept->fields, a, str_dup(a, r->fields.at[i].name), str_dup(a, r->fields.at[i].value));
    if (g->http.server_field.len)
        http_fields_add(&kept->fields, a, STR("Server"), g->http.server_field);
    return kept;
}

/* The coder is given back when the exchange is over. */
static void compress(struct serving *s, struct http_exchange *x, struct http_response *response)
{
    struct worker *w = s->worker;
    const struct compressor *chosen = NULL;
    struct coder *coder = NULL;
    bool streams = response->content_length == HTTP_LENGTH_UNKNOWN;
    enum compression_choice choice = compression_choose(s->hold->generation->compression, x, response, &chosen);
    if (choice == COMPRESSION_NONE || http_response_bodiless(x->request.method, response->status))
        return;
    if (choice == COMPRESSION_USED)
        coder = coder_pool_take(&w->coders, chosen->coding, chosen->level);
    http_coded_body_begin(arena_new(x->arena, struct http_coded_body, 1), x, coder, w->loop);
    x->coded->streams = streams;
}

static void end_compression(struct worker *w, struct http_exchange *x)
{
    struct coder *coder = x->coded->coder;
    http_coded_body_end(x->coded);
    if (coder)
        coder_pool_give(&w->coders, coder);
}

static void on_respond(struct http_exchange *x, struct http_response *response)
{
    struct serving *s = x->context;
    const struct access_format *format = s->hold->generation->access_format;
    s->request.response = response;
    route_edit_response(&s->request, response);
    if (s->hold->generation->compression && !s->request.proxied)
        compress(s, x, response);
    s->request.response = format && format->of_response ? keep_response(s, response) : NULL;
}

static void on_failure(struct request *r, str what, str address, str why)
{
    const struct serving *s = CONTAINER_OF(r, struct serving, request);
    const struct log_field fields[] = { LOG_NUM("request", r->x->number), LOG_STR("upstream", address),
                                        LOG_STR("why", why) };
    log_event(s->hold->generation->log, LOG_ERROR, what, fields, ARRAY_LEN(fields));
}

static void on_route(struct request *r, bool taken, str text)
{
    const struct serving *s = CONTAINER_OF(r, struct serving, request);
    log_event(s->hold->generation->log, taken ? LOG_NOTICE : LOG_INFO, text, NULL, 0);
}

/* What the configuration asks for before anything else. */
static void prepare(struct serving *s, struct http_exchange *x)
{
    const struct generation *g = s->hold->generation;
    if (g->discard_unsafe_fields)
        request_discard_unsafe_fields(&x->request);
    if (!g->log_route)
        return;
    s->request.on_route = on_route;
    on_route(&s->request, true,
             str_printf(x->arena, "http request line \"%.*s\"", STR_ARG(http_request_line(&x->request, x->arena))));
}

static void on_request(void *ctx, struct http_exchange *x)
{
    struct front *f = ctx;
    struct worker *w = f->worker;
    take_number(w, x);
    struct serving *s = arena_new(x->arena, struct serving, 1);
    s->hold = f->last ? f->last : w->current;
    s->hold->live++;
    s->worker = w;
    s->request.to_app = to_app;
    s->request.on_failure = on_failure;
    s->request.client = w->client;
    s->request.upstream_turns = s->hold->upstream_turns;
    x->context = s;
    x->on_respond = on_respond;
    prepare(s, x);
    if (!request_begin(&s->request, x)) {
        http_exchange_refuse(x, 400, STR("400 Bad Request: the path is badly encoded or climbs above the root\n"), 0);
        return;
    }
    if (f->config->forwarded)
        forwarded_apply(f->config->forwarded, &s->request);
    route_request(&s->hold->generation->routing, &s->request, &f->config->target);
}

static void log_access(struct worker *w, const struct generation *g, struct http_exchange *x)
{
    struct serving *s = x->context;
    struct request refused;
    if (!s)
        request_begin_refused(&refused, x);
    access_writer_add(&w->access, g->access_file, g->access_format, s ? &s->request : &refused);
}

static void on_request_end(void *ctx, struct http_exchange *x, bool complete)
{
    struct front *f = ctx;
    struct worker *w = f->worker;
    struct serving *s = x->context;
    struct hold *h = s ? s->hold : f->last ? f->last : w->current;
    if (x->coded)
        end_compression(w, x);
    if (!s && x->status == 0)
        return; /* a connection that ended before its first request */
    if (!x->number)
        take_number(w, x);
    if (h->generation->log_requests)
        request_log(h->generation->log, x->number, x, complete, instant_now());
    if (h->generation->access_format)
        log_access(w, h->generation, x);
    if (s)
        hold_let_go(w, h);
}

static void on_access_error(void *ctx, const struct err *e)
{
    const struct worker *w = ctx;
    if (w->current)
        log_error(w->current->generation->log, "the access log misses lines", LOG_STR("why", str_of(e->text)));
}

/* --- Parts --- */

static void on_quiet(void *ctx, struct app_part *part)
{
    (void)part;
    reap_soon(ctx);
}

static struct part *part_take(struct worker *w, struct app *app)
{
    for (struct list *n = w->parts.next; n != &w->parts; n = n->next) {
        struct part *p = CONTAINER_OF(n, struct part, node);
        if (p->app == app) {
            p->holds++;
            return p;
        }
    }
    const struct app_part_options o = {
        .loop = w->loop,
        .scheduler = w->scheduler,
        .on_quiet = on_quiet,
        .ctx = w,
    };
    struct part *p = mem_new(struct part);
    p->app = app;
    p->holds = 1;
    p->app_part = app->ops->part_new(app, &o);
    list_push(&w->parts, &p->node);
    return p;
}

/* --- Holds --- */

static struct hold *hold_new(struct worker *w, struct generation *g)
{
    struct hold *h = mem_new(struct hold);
    h->generation = g;
    h->parts = mem_new_n(struct part *, g->app_count);
    for (uint32_t i = 0; i < g->app_count; i++)
        h->parts[i] = part_take(w, g->apps[i]);
    h->upstream_turns = mem_new_n(struct upstream_turn, g->routing.upstream_count);
    for (uint32_t i = 0; i < g->routing.upstream_count; i++)
        upstream_turn_init(&h->upstream_turns[i], &g->routing.upstreams[i]);
    list_push(&w->holds, &h->node);
    return h;
}

static void release_generation(void *ctx)
{
    generation_release(ctx);
}

/* Its applications outlive their parts: a generation is let go after them. */
static bool hold_is_over(struct worker *w, const struct hold *h)
{
    if (h == w->current || h->live)
        return false;
    for (uint32_t i = 0; i < h->generation->app_count; i++)
        if (h->parts[i]->holds == 1 && h->parts[i]->app->ops->part_live(h->parts[i]->app_part))
            return false;
    return true;
}

static void part_drop(struct part *p)
{
    if (--p->holds > 0)
        return;
    p->app->ops->part_free(p->app_part);
    list_remove(&p->node);
    mem_free(p);
}

static void hold_free(struct worker *w, struct hold *h)
{
    for (uint32_t i = 0; i < h->generation->app_count; i++)
        part_drop(h->parts[i]);
    for (uint32_t i = 0; i < h->generation->routing.upstream_count; i++)
        upstream_turn_fini(&h->upstream_turns[i]);
    mem_free(h->upstream_turns);
    loop_post(w->options.owner, release_generation, h->generation);
    list_remove(&h->node);
    mem_free(h->parts);
    mem_free(h);
}

/* --- Fronts --- */

static void on_front_idle(void *ctx)
{
    struct front *f = ctx;
    f->gone = true;
    reap_soon(f->worker);
}

/* What its connections still ask for is answered under the generation that named the listener last. */
static void front_stop(struct front *f, struct hold *last)
{
    f->last = last;
    last->live++;
    http_server_stop(f->http);
}

static bool front_new(struct worker *w, const struct listener_config *c, const struct http_settings *settings,
                      struct err *e)
{
    struct front *f = mem_new(struct front);
    const struct http_server_options o = {
        .loop = w->loop,
        .settings = *settings,
        .on_request = on_request,
        .on_end = on_request_end,
        .on_idle = on_front_idle,
        .ctx = f,
    };
    f->worker = w;
    f->config = c;
    f->http = http_server_new(&o);
    http_server_use_tls(f->http, c->tls);
    list_push(&w->fronts, &f->node);
    if (http_server_listen(f->http, c->fd, e))
        return true;
    front_stop(f, w->current);
    return err_wrap(e, "listener '%.*s'", STR_ARG(c->address));
}

static struct front *front_find(struct worker *w, str address)
{
    for (struct list *n = w->fronts.next; n != &w->fronts; n = n->next) {
        struct front *f = CONTAINER_OF(n, struct front, node);
        if (!f->last && str_eq(f->config->address, address))
            return f;
    }
    return NULL;
}

static const struct listener_config *listener_find(const struct generation *g, str address)
{
    for (uint32_t i = 0; g && i < g->listener_count; i++)
        if (str_eq(g->listeners[i].address, address))
            return &g->listeners[i];
    return NULL;
}

/* A worker that is one too many serves its applications to the end, and takes no connections. */
static bool takes_connections(const struct worker *w, const struct generation *g)
{
    return !g->listen_threads || w->options.index < g->listen_threads;
}

/* Listeners that stay take their place in the new generation; the others finish what runs under the one before. */
static void fronts_pass_on(struct worker *w, struct hold *before, const struct generation *g)
{
    for (struct list *n = w->fronts.next; n != &w->fronts; n = n->next) {
        struct front *f = CONTAINER_OF(n, struct front, node);
        if (f->last)
            continue;
        const struct listener_config *next = listener_find(g, f->config->address);
        if (next) {
            f->config = next;
            http_server_configure(f->http, &g->http);
            http_server_use_tls(f->http, next->tls);
        } else {
            front_stop(f, before);
        }
    }
}

/* --- The reaper --- */

static void add_counters(struct http_counters *sum, struct http_counters n)
{
    sum->accepted += n.accepted;
    sum->closed += n.closed;
    sum->idle += n.idle;
    sum->requests += n.requests;
}

static void reap_fronts(struct worker *w)
{
    for (struct list *n = w->fronts.next, *next; n != &w->fronts; n = next) {
        struct front *f = CONTAINER_OF(n, struct front, node);
        next = n->next;
        if (!f->gone)
            continue;
        list_remove(&f->node);
        hold_let_go(w, f->last);
        add_counters(&w->past, http_server_counters(f->http));
        http_server_free(f->http);
        mem_free(f);
    }
}

static void reap(struct loop_job *job)
{
    struct worker *w = CONTAINER_OF(job, struct worker, reaper);
    reap_fronts(w);
    for (struct list *n = w->holds.next, *next; n != &w->holds; n = next) {
        struct hold *h = CONTAINER_OF(n, struct hold, node);
        next = n->next;
        if (hold_is_over(w, h))
            hold_free(w, h);
    }
    if (w->stopping && list_empty(&w->fronts) && list_empty(&w->holds) && http_client_idle(w->client))
        loop_stop(w->loop);
}

/* --- Messages --- */

static void message_done(void *ctx)
{
    struct worker_message *m = ctx;
    m->done(m);
}

static void apply(void *ctx)
{
    struct worker_message *m = ctx;
    struct worker *w = m->worker;
    struct generation *g = m->generation;
    struct err ignored = ERR_INIT, *e = &m->error;
    if (w->stopping) { /* the end was quicker */
        loop_post(w->options.owner, release_generation, g);
        loop_post(w->options.owner, message_done, m);
        return;
    }
    struct hold *before = w->current;
    w->current = hold_new(w, g);
    bool listens = takes_connections(w, g);
    fronts_pass_on(w, before, listens ? g : NULL);
    for (uint32_t i = 0; listens && i < g->listener_count; i++)
        if (!front_find(w, g->listeners[i].address) && !front_new(w, &g->listeners[i], &g->http, e))
            e = &ignored; /* the first error is told */
    reap_soon(w);
    loop_post(w->options.owner, message_done, m);
}

void worker_apply(struct worker *w, struct worker_message *m)
{
    m->worker = w;
    m->error = (struct err)ERR_INIT;
    loop_post(w->loop, apply, m);
}

static void status(void *ctx)
{
    struct worker_message *m = ctx;
    struct worker *w = m->worker;
    m->http = w->past;
    for (struct list *n = w->fronts.next; n != &w->fronts; n = n->next)
        add_counters(&m->http, http_server_counters(CONTAINER_OF(n, struct front, node)->http));
    for (uint32_t i = 0; w->current && w->current->generation == m->subject && i < m->subject->app_count; i++) {
        const struct part *p = w->current->parts[i];
        m->app_requests[i] = p->app->ops->part_live(p->app_part);
    }
    loop_post(w->options.owner, message_done, m);
}

void worker_status(struct worker *w, struct worker_message *m)
{
    m->worker = w;
    loop_post(w->loop, status, m);
}

static void stop(void *ctx)
{
    struct worker *w = ctx;
    struct hold *before = w->current;
    w->stopping = true;
    w->current = NULL;
    http_client_stop(w->client);
    fronts_pass_on(w, before, NULL);
    reap_soon(w);
}

static void cut(void *ctx)
{
    struct worker *w = ctx;
    stop(w);
    for (struct list *n = w->parts.next; n != &w->parts; n = n->next) {
        struct part *p = CONTAINER_OF(n, struct part, node);
        p->app->ops->part_cut(p->app_part);
    }
    for (struct list *n = w->fronts.next; n != &w->fronts; n = n->next)
        http_server_cut(CONTAINER_OF(n, struct front, node)->http);
}

void worker_stop(struct worker *w)
{
    loop_post(w->loop, stop, w);
}

void worker_cut(struct worker *w)
{
    loop_post(w->loop, cut, w);
}

/* --- The thread --- */

static void on_client_idle(void *ctx)
{
    reap_soon(ctx);
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    loop_run(w->loop);
    access_writer_fini(&w->access);
    coder_pool_fini(&w->coders);
    loop_post(w->options.owner, w->options.on_end, w->options.ctx);
    return NULL;
}

static bool start_thread(struct worker *w, struct err *e)
{
    const struct berth_scheduler_options o = { .loop = loop_public(w->loop) };
    struct berth_error why;
    if (!berth_scheduler_new(w->options.engine, &o, &w->scheduler, &why))
        return err_take(e, &why);
    int code = pthread_create(&w->thread, NULL, worker_main, w);
    return !code || err_system(e, code, "start a worker's thread");
}

static void worker_drop(struct worker *w)
{
    http_client_free(w->client);
    berth_scheduler_free(w->scheduler);
    loop_free(w->loop);
    mem_free(w);
}

bool worker_start(const struct worker_options *o, struct worker **ret, struct err *e)
{
    const struct http_client_limits client_limits = HTTP_CLIENT_LIMITS_DEFAULT;
    struct worker *w = mem_new(struct worker);
    w->options = *o;
    w->loop = loop_new();
    w->client = http_client_new(w->loop, &client_limits, on_client_idle, w);
    list_init(&w->fronts);
    list_init(&w->holds);
    list_init(&w->parts);
    loop_job_init(&w->reaper, reap);
    coder_pool_init(&w->coders);
    access_writer_init(&w->access, w->loop, on_access_error, w);
    if (!start_thread(w, e)) {
        worker_drop(w);
        return false;
    }
    *ret = w;
    return true;
}

void worker_free(struct worker *w)
{
    pthread_join(w->thread, NULL);
    worker_drop(w);
}
