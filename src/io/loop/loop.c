/* The event loop of one thread. */
#include <assert.h>

#include "io/loop/loop_types.h"
#include "io/loop/uv_loop.h"

/* Rounds of jobs in one turn, so that jobs which queue jobs cannot keep I/O waiting for ever. */
enum { MAX_ROUNDS = 8 };

uv_loop_t *loop_uv(struct loop *l)
{
    return &l->uv;
}

static void on_idle(uv_idle_t *idle)
{
    (void)idle; /* being active is all it does: the loop polls without waiting */
}

static void run_jobs(struct loop *l)
{
    for (int round = 0; round < MAX_ROUNDS && !list_empty(&l->jobs); round++) {
        struct list now; /* jobs queued from here on belong to the next round */
        list_init(&now);
        while (!list_empty(&l->jobs)) {
            struct list *node = l->jobs.next;
            list_remove(node);
            list_push(&now, node);
        }
        while (!list_empty(&now)) {
            struct loop_job *job = list_first(&now, struct loop_job, node);
            list_remove(&job->node);
            job->run(job);
        }
    }
    if (list_empty(&l->jobs) && list_empty(&l->later))
        uv_idle_stop(&l->idle);
    else
        uv_idle_start(&l->idle, on_idle);
}

static void on_prepare(uv_prepare_t *handle)
{
    run_jobs(handle->data);
}

static void on_check(uv_check_t *handle)
{
    struct loop *l = handle->data;
    while (!list_empty(&l->later)) {
        struct list *node = l->later.next;
        list_remove(node);
        list_push(&l->jobs, node);
    }
    run_jobs(l);
}

/* Takes the posts out under the lock and calls them without it. */
void loop_deliver(struct loop *l)
{
    assert(loop_is_current(l));
    pthread_mutex_lock(&l->mutex);
    for (uint32_t i = 0; i < l->posts.len; i++)
        vec_push(&l->taken, l->posts.at[i]);
    l->posts.len = 0;
    pthread_mutex_unlock(&l->mutex);
    for (uint32_t i = 0; i < l->taken.len; i++)
        l->taken.at[i].fn(l->taken.at[i].ctx);
    l->taken.len = 0;
}

static void on_wake(uv_async_t *handle)
{
    loop_deliver(handle->data);
}

struct loop *loop_new(void)
{
    struct loop *l = mem_new(struct loop);
    list_init(&l->jobs);
    list_init(&l->later);
    pthread_mutex_init(&l->mutex, NULL);
    int failed = uv_loop_init(&l->uv);
    assert(!failed); /* only for lack of descriptors or memory at the start of a thread */
    uv_prepare_init(&l->uv, &l->prepare);
    uv_check_init(&l->uv, &l->check);
    uv_idle_init(&l->uv, &l->idle);
    failed = uv_async_init(&l->uv, &l->wake, on_wake);
    assert(!failed);
    l->prepare.data = l->check.data = l->wake.data = l;
    uv_prepare_start(&l->prepare, on_prepare);
    uv_check_start(&l->check, on_check);
    uv_unref((uv_handle_t *)&l->prepare);
    uv_unref((uv_handle_t *)&l->check);
    loop_timers_init(l);
    return l;
}

static void close_handle(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void loop_free(struct loop *l)
{
    if (!l)
        return;
    assert(list_empty(&l->jobs) && list_empty(&l->later));
    uv_walk(&l->uv, close_handle, NULL);
    while (uv_run(&l->uv, UV_RUN_DEFAULT))
        continue; /* a stop that nobody has seen yet ends the first run */
    int failed = uv_loop_close(&l->uv);
    assert(!failed);
    for (struct signal_watch *s = l->signals, *next; s; s = next) {
        next = s->next;
        mem_free(s);
    }
    loop_timers_fini(l);
    vec_fini(&l->posts);
    vec_fini(&l->taken);
    pthread_mutex_destroy(&l->mutex);
    mem_free(l);
}

void loop_run(struct loop *l)
{
    l->thread = pthread_self();
    l->running = true;
    uv_run(&l->uv, UV_RUN_DEFAULT);
    l->running = false;
}

void loop_stop(struct loop *l)
{
    uv_stop(&l->uv);
}

int loop_fd(const struct loop *l)
{
    return uv_backend_fd(&l->uv);
}

int loop_timeout_ms(struct loop *l)
{
    if (!list_empty(&l->jobs))
        return 0;
    uv_update_time(&l->uv);
    return uv_backend_timeout(&l->uv);
}

void loop_turn(struct loop *l)
{
    l->thread = pthread_self();
    l->running = true;
    uv_run(&l->uv, UV_RUN_NOWAIT);
    l->running = false;
}

bool loop_is_current(const struct loop *l)
{
    return !l->running || pthread_equal(l->thread, pthread_self());
}

const char *loop_http_date(struct loop *l)
{
    int64_t now_s = wall_clock_ns() / 1000000000;
    if (now_s != l->date_s) {
        l->date_s = now_s;
        date_http(now_s, l->date);
    }
    return l->date;
}

void loop_job_init(struct loop_job *job, void (*run)(struct loop_job *job))
{
    list_init(&job->node);
    job->run = run;
}

void loop_defer(struct loop *l, struct loop_job *job)
{
    assert(loop_is_current(l) && !loop_job_queued(job));
    list_push(&l->jobs, &job->node);
}

void loop_defer_turn(struct loop *l, struct loop_job *job)
{
    assert(loop_is_current(l) && !loop_job_queued(job));
    list_push(&l->later, &job->node);
    uv_idle_start(&l->idle, on_idle);
}

void loop_job_cancel(struct loop_job *job)
{
    list_remove(&job->node);
}

bool loop_job_queued(const struct loop_job *job)
{
    return !list_empty(&job->node);
}

void loop_post(struct loop *l, void (*fn)(void *ctx), void *ctx)
{
    pthread_mutex_lock(&l->mutex);
    vec_push(&l->posts, (struct post){ fn, ctx });
    pthread_mutex_unlock(&l->mutex);
    uv_async_send(&l->wake);
}

static void on_signal(uv_signal_t *handle, int signum)
{
    struct signal_watch *s = handle->data;
    s->fn(s->ctx, signum);
}

static struct signal_watch *find_signal(struct loop *l, int signum)
{
    for (struct signal_watch *s = l->signals; s; s = s->next)
        if (s->handle.signum == signum)
            return s;
    return NULL;
}

bool loop_on_signal(struct loop *l, int signum, void (*fn)(void *ctx, int signum), void *ctx, struct err *e)
{
    struct signal_watch *s = find_signal(l, signum);
    if (!fn) {
        if (s)
            uv_signal_stop(&s->handle);
        return true;
    }
    if (!s) {
        s = mem_new(struct signal_watch);
        s->next = l->signals;
        l->signals = s;
        uv_signal_init(&l->uv, &s->handle);
        s->handle.data = s;
    }
    s->fn = fn;
    s->ctx = ctx;
    int failed = uv_signal_start(&s->handle, on_signal, signum);
    return failed ? err_system(e, -failed, "watching signal %d", signum) : true;
}
