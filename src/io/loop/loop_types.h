/* The loop's inside, shared by loop.c and timer.c. */
#ifndef IO_LOOP_LOOP_TYPES_H
#define IO_LOOP_LOOP_TYPES_H

#include <pthread.h>
#include <uv.h>

#include "base/date.h"
#include "base/vec.h"
#include "io/loop/loop.h"

struct post {
    void (*fn)(void *ctx);
    void *ctx;
};

struct signal_watch {
    struct signal_watch *next;
    uv_signal_t handle;
    void (*fn)(void *ctx, int signum);
    void *ctx;
};

/* Belongs to the thread that runs it; `posts` is shared, under `mutex`. */
struct loop {
    uv_loop_t uv;
    uv_prepare_t prepare; /* jobs of timers and posts, before the loop waits */
    uv_check_t check;     /* jobs of I/O callbacks, after them */
    uv_idle_t idle;       /* active while jobs remain: the loop must not wait */
    uv_timer_t alarm;     /* rings at `armed`, not after the earliest of `timers` */
    instant armed;
    uv_async_t wake;            /* for posts */
    struct list jobs, later;    /* of this turn; after the next look for I/O */
    VEC(struct timer *) timers; /* binary heap; index 0 is not used */
    struct signal_watch *signals;
    pthread_t thread;
    bool running;
    pthread_mutex_t mutex;
    VEC(struct post) posts, taken;
    int64_t date_s; /* second of `date` */
    char date[DATE_HTTP_LEN];
};

/* timer.c */
void loop_timers_init(struct loop *l);
void loop_timers_fini(struct loop *l);

#endif
