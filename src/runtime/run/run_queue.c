/* Fair turns: see run_queue.h. A share's `used` is a clock that runs while one of its items does; the share whose clock
 * is most behind goes next. */
#include "runtime/run/run_queue.h"

#include <assert.h>

static void on_turn(struct loop_job *job);

void run_queue_init(struct run_queue *q, struct loop *loop)
{
    *q = (struct run_queue){ .loop = loop };
    list_init(&q->ready);
    loop_job_init(&q->job, on_turn);
}

void run_queue_fini(struct run_queue *q)
{
    assert(list_empty(&q->ready));
    loop_job_cancel(&q->job);
}

void run_share_init(struct run_share *s, struct run_queue *q)
{
    *s = (struct run_share){ .queue = q };
    list_init(&s->node);
    list_init(&s->items);
}

void run_item_init(struct run_item *item, void (*run)(struct run_item *item))
{
    list_init(&item->node);
    item->run = run;
}

bool run_item_queued(const struct run_item *item)
{
    return !list_empty(&item->node);
}

static void share_is_ready(struct run_share *s)
{
    struct run_queue *q = s->queue;
    if (list_empty(&s->node)) {
        if (s->used.ns < q->least.ns)
            s->used = q->least;
        list_push(&q->ready, &s->node);
    }
    if (!q->running && !loop_job_queued(&q->job))
        loop_defer(q->loop, &q->job);
}

void run_item_add(struct run_share *s, struct run_item *item)
{
    assert(!run_item_queued(item));
    list_push(&s->items, &item->node);
    share_is_ready(s);
}

void run_item_add_first(struct run_share *s, struct run_item *item)
{
    assert(!run_item_queued(item));
    list_push(s->items.next, &item->node);
    share_is_ready(s);
}

void run_item_cancel(struct run_share *s, struct run_item *item)
{
    list_remove(&item->node);
    if (list_empty(&s->items))
        list_remove(&s->node);
}

static struct run_share *next_share(const struct run_queue *q)
{
    struct run_share *least = list_first(&q->ready, struct run_share, node);
    for (struct list *n = least->node.next; n != &q->ready; n = n->next) {
        struct run_share *s = CONTAINER_OF(n, struct run_share, node);
        if (s->used.ns < least->used.ns)
            least = s;
    }
    return least;
}

/* `now` moves on to when the item is over: the beginning of the next one's time. */
static void run_one(struct run_queue *q, instant *now)
{
    struct run_share *s = next_share(q);
    struct run_item *item = list_first(&s->items, struct run_item, node);
    q->least = s->used;
    run_item_cancel(s, item);
    item->run(item);
    instant then = instant_now();
    s->used.ns += instant_diff(then, *now).ns;
    *now = then;
}

static void on_turn(struct loop_job *job)
{
    struct run_queue *q = CONTAINER_OF(job, struct run_queue, job);
    instant now = instant_now(), end = instant_add(now, duration_ns(RUN_TURN_US * 1000));
    q->running = true;
    while (!list_empty(&q->ready) && instant_before(now, end))
        run_one(q, &now);
    q->running = false;
    if (!list_empty(&q->ready))
        loop_defer_turn(q->loop, &q->job);
}
