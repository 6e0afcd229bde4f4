/* Applications, whatever kind they are of: what the rest of the server knows about them. An application belongs to the
 * configurations that name it; each worker makes a part of it for itself, on its own thread, and gives it the requests.
 */
#ifndef SERVER_APP_APP_H
#define SERVER_APP_APP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct app;
struct app_part;
struct http_exchange;   /* io/http/exchange.h */
struct loop;            /* io/loop/loop.h */
struct berth_scheduler; /* berth/task.h */

struct app_part_options {
    struct loop *loop;
    struct berth_scheduler *scheduler;                  /* the worker's, shared by all parts on it */
    void (*on_quiet)(void *ctx, struct app_part *part); /* the last request that it knew has ended */
    void *ctx;
};

struct app_ops {
    struct app_part *(*part_new)(struct app *app, const struct app_part_options *o);
    /* Only when it is quiet: part_live is 0. */
    void (*part_free)(struct app_part *part);
    /* Becomes the exchange's consumer and answers, to its end. */
    void (*handle)(struct app_part *part, struct http_exchange *x);
    /* Ends what runs and drops what waits; their connections are cut. */
    void (*part_cut)(struct app_part *part);
    /* Requests that run or wait; some may have lost their exchange already. */
    uint32_t (*part_live)(const struct app_part *part);
    /* No part is left. */
    void (*free)(struct app *app);
};

/* Embedded in the application of a kind. */
struct app {
    const struct app_ops *ops;
    _Atomic uint32_t refs;
};

/* Embedded in the part of a kind. */
struct app_part {
    struct app *app;
};

/* A new application has one reference: its maker's. */
static inline void app_init(struct app *a, const struct app_ops *ops)
{
    a->ops = ops;
    atomic_init(&a->refs, 1);
}

static inline struct app *app_retain(struct app *a)
{
    atomic_fetch_add(&a->refs, 1);
    return a;
}

static inline void app_release(struct app *a)
{
    if (a && atomic_fetch_sub(&a->refs, 1) == 1)
        a->ops->free(a);
}

#endif
