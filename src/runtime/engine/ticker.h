/* The clock of running guests: one thread that ticks the engines every few milliseconds while any worker runs a guest,
 * so that a guest that computes for long yields to its worker's loop. It sleeps while all workers are idle. */
#ifndef RUNTIME_ENGINE_TICKER_H
#define RUNTIME_ENGINE_TICKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct engine;
struct ticker;

enum { TICKER_PERIOD_MS = 1 };

/* One worker's side. On a cache line of its own: it is written for nearly every request. */
struct ticker_client {
    _Alignas(64) _Atomic bool busy;
    uint32_t running; /* the client's thread's own */
    struct ticker *ticker;
};

/* On behalf of `count` clients. */
MUST_USE bool ticker_new(unsigned count, struct ticker **ret, struct err *e);
/* All clients must be idle and all engines removed. */
void ticker_free(struct ticker *t);

/* Any thread. The engine is ticked until it is removed; no tick runs any more when the call returns. */
void ticker_add_engine(struct ticker *t, struct engine *engine);
void ticker_remove_engine(struct ticker *t, struct engine *engine);

struct ticker_client *ticker_client(struct ticker *t, unsigned i);

/* From the client's thread: a guest begins or ends to run. They may nest. */
void ticker_begin(struct ticker_client *c);
void ticker_end(struct ticker_client *c);

#endif
