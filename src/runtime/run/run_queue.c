/* Fair turns: see run_queue.h. A share's `used` is a clock that runs while one of its items does; the share whose clock
 * is most behind goes next. */
#include "runtime/run/run_queue.h"

#include <assert.h>

static void on_turn(struct loop_job *job);

void run_queue_init(struct run_queue *q, struct loop *loop)
{
    *q = (struct run_queue){ .loop = loop };
    loop_job_init(&q->job, on_turn);
}

void run_queue_fini(struct run_queue *q)
{
    assert(q->ready.len == 0);
    vec_fini(&q->ready);
    loop_job_cancel(&q->job);
}

void run_share_init(struct run_share *s, struct run_queue *q)
{
    *s = (struct run_share){ .queue = q };
    list_init(&s->items);
}

void run_share_fini(struct run_share *s)
{
    assert(list_empty(&s->items) && !s->place);
    if (s->queue->current == s)
        s->queue->current = NULL;
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

/* --- The heap of shares --- */

static void put(struct run_queue *q, struct run_share *s, uint32_t index)
{
    q->ready.at[index] = s;
    s->place = index + 1;
}

static void move_up(struct run_queue *q, uint32_t index)
{
    struct run_share *s = q->ready.at[index];
    while (index && s->used.ns < q->ready.at[(index - 1) / 2]->used.ns) {
        put(q, q->ready.at[(index - 1) / 2], index);
        index = (index - 1) / 2;
    }
    put(q, s, index);
}

static void move_down(struct run_queue *q, uint32_t index)
{
    struct run_share *s = q->ready.at[index];
    for (uint32_t child; (child = 2 * index + 1) < q->ready.len; index = child) {
        if (child + 1 < q->ready.len && q->ready.at[child + 1]->used.ns < q->ready.at[child]->used.ns)
            child++;
        if (s->used.ns <= q->ready.at[child]->used.ns)
            break;
        put(q, q->ready.at[child], index);
    }
    put(q, s, index);
}

static void heap_add(struct run_queue *q, struct run_share *s)
{
    vec_push(&q->ready, s);
    move_up(q, q->ready.len - 1);
}

static void heap_remove(struct run_queue *q, struct run_share *s)
{
    uint32_t index = s->place - 1;
    struct run_share *last = q->ready.at[--q->ready.len];
    s->place = 0;
    if (last == s)
        return;
    put(q, last, index);
    move_up(q, index);
    move_down(q, last->place - 1);
}

/* --- Items --- */

static void share_is_ready(struct run_share *s)
{
    struct run_queue *q = s->queue;
    if (!s->place) {
        if (s->used.ns < q->least.ns)
            s->used = q->least;
        heap_add(q, s);
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
    if (s->place && list_empty(&s->items))
        heap_remove(s->queue, s);
}

/* `now` moves on to when the item is over: the beginning of the next one's time. */
static void run_one(struct run_queue *q, instant *now)
{
    struct run_share *s = q->ready.at[0];
    struct run_item *item = list_first(&s->items, struct run_item, node);
    q->least = s->used;
    run_item_cancel(s, item);
    q->current = s;
    item->run(item);
    instant then = instant_now();
    if (q->current)
        s->used.ns += instant_diff(then, *now).ns;
    if (q->current && s->place)
        move_down(q, s->place - 1);
    q->current = NULL;
    *now = then;
}

static void on_turn(struct loop_job *job)
{
    struct run_queue *q = CONTAINER_OF(job, struct run_queue, job);
    instant now = instant_now(), end = instant_add(now, duration_ns(RUN_TURN_US * 1000));
    q->running = true;
    while (q->ready.len && instant_before(now, end))
        run_one(q, &now);
    q->running = false;
    if (q->ready.len)
        loop_defer_turn(q->loop, &q->job);
}
