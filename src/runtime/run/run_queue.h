/* Whose turn it is on a thread: tasks of several owners (applications), each owner a `run_share`, which get the thread
 * by turns, so that all of them that have something to run get the same time, however many tasks they have and however
 * long each of these runs. One that has been idle goes first, but cannot save up time for later. Within a share tasks
 * run in their order.
 *
 * Belongs to the loop's thread. Runs after the I/O callbacks, for about RUN_TURN_US, then the loop looks for I/O again.
 */
#ifndef RUNTIME_RUN_RUN_QUEUE_H
#define RUNTIME_RUN_RUN_QUEUE_H

#include "base/clock.h"
#include "base/vec.h"
#include "io/loop/loop.h"

enum { RUN_TURN_US = 200 };

struct run_queue {
    struct loop *loop;
    VEC(struct run_share *) ready; /* shares that have items: a binary heap, the one that goes next first */
    struct loop_job job;
    duration least; /* of the share that ran last, before it did: what a share begins with that was idle */
    bool running;
    struct run_share *current; /* of the item that runs; NULL when the share has ended meanwhile */
};

struct run_share {
    struct run_queue *queue;
    uint32_t place; /* in queue->ready, counted from 1; 0: not there */
    struct list items;
    duration used; /* of the thread's time, as if it had never been idle */
};

/* Embedded in what runs. */
struct run_item {
    struct list node;
    void (*run)(struct run_item *item);
};

void run_queue_init(struct run_queue *q, struct loop *loop);
/* All shares must be empty. */
void run_queue_fini(struct run_queue *q);

void run_share_init(struct run_share *s, struct run_queue *q);
/* It must have no items; the one that runs may be its last. */
void run_share_fini(struct run_share *s);

void run_item_init(struct run_item *item, void (*run)(struct run_item *item));
bool run_item_queued(const struct run_item *item);
/* Runs once, later, behind or before the share's others. It must not be queued. */
void run_item_add(struct run_share *s, struct run_item *item);
void run_item_add_first(struct run_share *s, struct run_item *item);
void run_item_cancel(struct run_share *s, struct run_item *item);

#endif
