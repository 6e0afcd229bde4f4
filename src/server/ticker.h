/* The clock of running guests: one thread that ticks the engine every few milliseconds while any worker runs a guest,
 * so that a guest that computes for long yields to its worker's loop. It sleeps while all workers are idle. */
#ifndef SERVER_TICKER_H
#define SERVER_TICKER_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"

struct engine;
struct ticker;

enum { TICKER_PERIOD_MS = 10 };

/* One worker's side. On a cache line of its own: it is written for nearly every request. */
struct ticker_client {
    _Alignas(64) _Atomic bool busy;
    struct ticker *ticker;
};

/* Ticks `engine`, which must outlive it, on behalf of `count` clients. */
MUST_USE bool ticker_new(struct engine *engine, unsigned count, struct ticker **ret, struct err *e);
/* All clients must be idle. */
void ticker_free(struct ticker *t);

struct ticker_client *ticker_client(struct ticker *t, unsigned i);

/* From the client's thread: it begins or ends running guests. */
void ticker_set_busy(struct ticker_client *c, bool busy);

#endif
