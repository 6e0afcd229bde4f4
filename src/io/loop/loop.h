/* The event loop of one thread, over libuv: timers, wake-ups from other threads, work for the end of a turn.
 * The loop and everything on it belongs to the thread that runs it, but for loop_post. */
#ifndef IO_LOOP_LOOP_H
#define IO_LOOP_LOOP_H

#include "base/err.h"
#include "base/list.h"
#include "base/clock.h"

struct berth_loop; /* berth/loop.h */
struct loop;

struct loop *loop_new(void);
/* All timers, listeners and connections must be gone. */
void loop_free(struct loop *l);

/* Runs until loop_stop. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);
bool loop_is_current(const struct loop *l);

/* For who waits by itself: what is to be waited for, how long (-1: for ever), and what is to be done then. */
int loop_fd(const struct loop *l);
int loop_timeout_ms(struct loop *l);
void loop_turn(struct loop *l);

/* The same loop, as the library's users know it. */
static inline struct berth_loop *loop_public(struct loop *l)
{
    return (struct berth_loop *)(void *)l;
}
static inline struct loop *loop_of_public(struct berth_loop *l)
{
    return (struct loop *)(void *)l;
}

/* HTTP date of now, made anew once a second; DATE_HTTP_LEN bytes. */
const char *loop_http_date(struct loop *l);

/* Jobs that run in this turn after the I/O callbacks, in order; jobs added meanwhile run in the same turn (a bounded
 * number), then the loop looks for I/O again. The node is embedded and its job must not be queued twice. */
struct loop_job {
    struct list node;
    void (*run)(struct loop_job *job);
};
void loop_job_init(struct loop_job *job, void (*run)(struct loop_job *job));
void loop_defer(struct loop *l, struct loop_job *job);
/* Not before I/O was looked at again: for jobs that have just used up their share. */
void loop_defer_turn(struct loop *l, struct loop_job *job);
void loop_job_cancel(struct loop_job *job);
bool loop_job_queued(const struct loop_job *job);

/* One-shot timers. */
struct timer {
    struct list node;
    instant at;
    struct loop *loop;
    void (*fn)(struct timer *t);
    uint32_t heap_index; /* 0: not set */
};
void timer_init(struct timer *t, struct loop *l, void (*fn)(struct timer *t));
/* Sets or moves it. Cheap enough to be called for every request. */
void timer_set(struct timer *t, instant at);
void timer_clear(struct timer *t);

/* From any thread: calls fn(ctx) on the loop's thread soon. Keeps the loop alive until it was called. */
void loop_post(struct loop *l, void (*fn)(void *ctx), void *ctx);

/* On the loop's thread, or while it does not run: calls now what was posted. */
void loop_deliver(struct loop *l);

/* SIGINT, SIGTERM, … delivered on the loop; one loop a process handles a signal. NULL restores the default. */
MUST_USE bool loop_on_signal(struct loop *l, int signum, void (*fn)(void *ctx, int signum), void *ctx, struct err *e);

#endif
