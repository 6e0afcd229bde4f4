/* The clock of running guests: one thread that ticks the engines every few milliseconds while a guest runs anywhere,
 * so that a guest that computes for long yields to its worker's loop. It sleeps while nothing runs. */
#ifndef RUNTIME_ENGINE_TICKER_H
#define RUNTIME_ENGINE_TICKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct engine;
struct ticker;

enum { TICKER_PERIOD_MS = 1 };

/* Who runs guests; embedded. Its counter has a cache line of its own: it is written for nearly every request. */
struct ticker_client {
    char before[64];
    _Atomic uint32_t running;
    char behind[64 - sizeof(uint32_t)];
    struct ticker *ticker;
};

MUST_USE bool ticker_new(struct ticker **ret, struct err *e);
/* All clients and all engines must be removed. */
void ticker_free(struct ticker *t);

/* Any thread. The engine is ticked until it is removed; no tick runs any more when the call returns. */
void ticker_add_engine(struct ticker *t, struct engine *engine);
void ticker_remove_engine(struct ticker *t, struct engine *engine);

/* Any thread. */
void ticker_add_client(struct ticker *t, struct ticker_client *c);
/* It must be idle. */
void ticker_remove_client(struct ticker_client *c);

/* Any thread: a guest of the client begins or ends to run. They may nest. */
void ticker_begin(struct ticker_client *c);
void ticker_end(struct ticker_client *c);

#endif
