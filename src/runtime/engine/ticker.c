/* The clock of running guests: see ticker.h. */
#include "runtime/engine/ticker.h"

#include <assert.h>
#include <pthread.h>
#include <time.h>

#include "base/vec.h"
#include "runtime/engine/engine.h"

/* Periods without a running guest before the thread goes to sleep. */
enum { TICKER_IDLE_PERIODS = 100 };

struct ticker {
    /* Under `lock`. */
    VEC(struct engine *) engines;
    VEC(struct ticker_client *) clients;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* Set by the thread before it looks at the clients for the last time; a client that becomes busy looks at it
     * afterwards. One of the two sees the other, so no wake is lost. */
    _Atomic bool asleep;
    _Atomic bool ending;
};

/* Under the lock. */
static bool any_busy(const struct ticker *t)
{
    for (uint32_t i = 0; i < t->clients.len; i++)
        if (atomic_load(&t->clients.at[i]->running))
            return true;
    return false;
}

static void sleep_until_busy(struct ticker *t)
{
    pthread_mutex_lock(&t->lock);
    atomic_store(&t->asleep, true);
    while (!any_busy(t) && !atomic_load(&t->ending))
        pthread_cond_wait(&t->wake, &t->lock);
    atomic_store(&t->asleep, false);
    pthread_mutex_unlock(&t->lock);
}

/* False when nothing runs that it would be for. */
static bool tick(struct ticker *t)
{
    pthread_mutex_lock(&t->lock);
    bool busy = any_busy(t);
    for (uint32_t i = 0; busy && i < t->engines.len; i++)
        engine_tick(t->engines.at[i]);
    pthread_mutex_unlock(&t->lock);
    return busy;
}

static void *ticker_main(void *arg)
{
    struct ticker *t = arg;
    const struct timespec period = { .tv_nsec = TICKER_PERIOD_MS * 1000000L };
    unsigned idle = 0;
    while (!atomic_load(&t->ending)) {
        nanosleep(&period, NULL);
        if (tick(t)) {
            idle = 0;
        } else if (++idle > TICKER_IDLE_PERIODS) {
            sleep_until_busy(t);
            idle = 0;
        }
    }
    return NULL;
}

bool ticker_new(struct ticker **ret, struct err *e)
{
    struct ticker *t = mem_new(struct ticker);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->wake, NULL);
    int code = pthread_create(&t->thread, NULL, ticker_main, t);
    if (code != 0) {
        pthread_cond_destroy(&t->wake);
        pthread_mutex_destroy(&t->lock);
        mem_free(t);
        return err_system(e, code, "start the clock's thread");
    }
    *ret = t;
    return true;
}

void ticker_free(struct ticker *t)
{
    if (!t)
        return;
    pthread_mutex_lock(&t->lock);
    atomic_store(&t->ending, true);
    pthread_cond_signal(&t->wake);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    assert(t->engines.len == 0 && t->clients.len == 0);
    vec_fini(&t->engines);
    vec_fini(&t->clients);
    pthread_cond_destroy(&t->wake);
    pthread_mutex_destroy(&t->lock);
    mem_free(t);
}

void ticker_add_engine(struct ticker *t, struct engine *engine)
{
    pthread_mutex_lock(&t->lock);
    vec_push(&t->engines, engine);
    pthread_mutex_unlock(&t->lock);
}

void ticker_remove_engine(struct ticker *t, struct engine *engine)
{
    pthread_mutex_lock(&t->lock);
    for (uint32_t i = 0; i < t->engines.len; i++) {
        if (t->engines.at[i] == engine) {
            t->engines.at[i] = vec_last(&t->engines);
            t->engines.len--;
            break;
        }
    }
    pthread_mutex_unlock(&t->lock);
}

void ticker_add_client(struct ticker *t, struct ticker_client *c)
{
    c->ticker = t;
    atomic_init(&c->running, 0);
    pthread_mutex_lock(&t->lock);
    vec_push(&t->clients, c);
    pthread_mutex_unlock(&t->lock);
}

void ticker_remove_client(struct ticker_client *c)
{
    struct ticker *t = c->ticker;
    assert(atomic_load(&c->running) == 0);
    pthread_mutex_lock(&t->lock);
    for (uint32_t i = 0; i < t->clients.len; i++) {
        if (t->clients.at[i] == c) {
            t->clients.at[i] = vec_last(&t->clients);
            t->clients.len--;
            break;
        }
    }
    pthread_mutex_unlock(&t->lock);
}

void ticker_begin(struct ticker_client *c)
{
    struct ticker *t = c->ticker;
    if (atomic_fetch_add(&c->running, 1) > 0 || !atomic_load(&t->asleep))
        return;
    pthread_mutex_lock(&t->lock);
    pthread_cond_signal(&t->wake);
    pthread_mutex_unlock(&t->lock);
}

void ticker_end(struct ticker_client *c)
{
    uint32_t before = atomic_fetch_sub(&c->running, 1);
    assert(before > 0);
    (void)before;
}
