/* A worker: see worker.h. */
#include "server/worker.h"

#include <pthread.h>
#include <semaphore.h>

#include "io/http/server.h"
#include "io/loop/loop.h"
#include "server/app/component.h"

/* Belongs to its thread once that has started; others only post to `loop`, which lives until worker_free. */
struct worker {
    struct worker_options options;
    pthread_t thread;
    sem_t started; /* posted by the thread: it listens, or `start_error` says why not */
    bool start_ok;
    struct err start_error;
    struct loop *loop;
    struct http_server *http;
    struct component_worker *app;
    bool stopping, connections_gone;
};

static void on_request(void *ctx, struct http_exchange *x)
{
    struct worker *w = ctx;
    component_worker_handle(w->app, x);
}

/* The loop ends when the last connection is gone and the last guest, which may outlive it for a moment. */
static void end_if_done(struct worker *w)
{
    if (w->connections_gone && component_worker_live(w->app) == 0)
        loop_stop(w->loop);
}

static void on_connections_gone(void *ctx)
{
    struct worker *w = ctx;
    w->connections_gone = true;
    end_if_done(w);
}

static void on_app_quiet(void *ctx)
{
    end_if_done(ctx);
}

static bool worker_open(struct worker *w, struct err *e)
{
    const struct worker_options *o = &w->options;
    struct component_worker_options app = {
        .app = o->app,
        .loop = w->loop,
        .engine = o->engine,
        .ticker = o->ticker,
        .index = o->index,
        .count = o->count,
        .on_quiet = on_app_quiet,
        .ctx = w,
    };
    struct http_server_options http = {
        .loop = w->loop,
        .settings.limits = HTTP_LIMITS_DEFAULT,
        .on_request = on_request,
        .on_idle = on_connections_gone,
        .ctx = w,
    };
    http.settings.limits.max_body_bytes = o->max_body_bytes;
    http.settings.limits.head_timeout = o->client_timeout;
    http.settings.limits.idle_timeout = o->client_timeout;
    http.settings.limits.body_timeout = o->client_timeout;
    http.settings.limits.send_timeout = o->client_timeout;
    w->app = component_worker_new(&app);
    w->http = http_server_new(&http);
    return http_server_listen(w->http, o->fd, e);
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    w->start_ok = worker_open(w, &w->start_error);
    bool ok = w->start_ok;
    sem_post(&w->started);
    if (ok)
        loop_run(w->loop);
    http_server_free(w->http);
    component_worker_free(w->app);
    if (ok)
        w->options.on_end(w->options.ctx);
    return NULL;
}

bool worker_start(const struct worker_options *o, struct worker **ret, struct err *e)
{
    struct worker *w = mem_new(struct worker);
    w->options = *o;
    w->loop = loop_new();
    sem_init(&w->started, 0, 0);
    int code = pthread_create(&w->thread, NULL, worker_main, w);
    if (code != 0) {
        err_system(e, code, "start a worker's thread");
    } else {
        while (sem_wait(&w->started) != 0)
            continue; /* interrupted */
        if (w->start_ok) {
            *ret = w;
            return true;
        }
        pthread_join(w->thread, NULL);
        *e = w->start_error;
    }
    loop_free(w->loop);
    sem_destroy(&w->started);
    mem_free(w);
    return false;
}

static void stop(void *ctx)
{
    struct worker *w = ctx;
    if (!w->stopping)
        http_server_stop(w->http);
    w->stopping = true;
}

static void cut(void *ctx)
{
    struct worker *w = ctx;
    stop(w);
    component_worker_cut(w->app);
    http_server_cut(w->http);
}

void worker_stop(struct worker *w)
{
    loop_post(w->loop, stop, w);
}

void worker_cut(struct worker *w)
{
    loop_post(w->loop, cut, w);
}

void worker_free(struct worker *w)
{
    if (!w)
        return;
    pthread_join(w->thread, NULL);
    loop_free(w->loop);
    sem_destroy(&w->started);
    mem_free(w);
}
