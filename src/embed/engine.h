/* What stands behind `struct berth_engine`. */
#ifndef EMBED_ENGINE_H
#define EMBED_ENGINE_H

#include <pthread.h>

#include "berth/engine.h"
#include "runtime/engine/engine.h"

struct ticker; /* runtime/engine/ticker.h */

/* Shared by threads. */
struct berth_engine {
    struct engine *engine;
    pthread_mutex_t lock;
    struct ticker *ticker; /* under `lock`; made for the first call with a time limit */
};

/* While a call with a time limit is under way, its guest yields now and then. Any thread. */
MUST_USE bool engine_begin_timed(struct berth_engine *engine, struct err *e);
void engine_end_timed(struct berth_engine *engine);

#endif
