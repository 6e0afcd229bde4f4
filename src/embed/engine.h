/* What stands behind `struct berth_engine`: what all components of a process share. */
#ifndef EMBED_ENGINE_H
#define EMBED_ENGINE_H

#include <pthread.h>

#include "berth/engine.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/ticker.h"

/* Shared by threads. */
struct berth_engine {
    struct engine *engine; /* of components for instances: without a pool, as nobody knows how many there will be */
    pthread_mutex_t lock;
    struct ticker *ticker;      /* under `lock`; made for the first guest that has to yield */
    struct ticker_client calls; /* the ticker's; of all instances' calls */
};

/* The clock by which guests yield; it ticks for an engine that was added to it. */
MUST_USE bool engine_ticker(struct berth_engine *engine, struct ticker **ret, struct err *e);

#endif
