/* Timers: a binary heap over one timer of libuv, so that setting one for every request costs a few comparisons. */
#include <assert.h>

#include "io/loop/loop_types.h"

static void place(struct loop *l, uint32_t index, struct timer *t)
{
    l->timers.at[index] = t;
    t->heap_index = index;
}

static void sift_up(struct loop *l, uint32_t index)
{
    struct timer *t = l->timers.at[index];
    for (; index > 1 && instant_before(t->at, l->timers.at[index / 2]->at); index /= 2)
        place(l, index, l->timers.at[index / 2]);
    place(l, index, t);
}

static void sift_down(struct loop *l, uint32_t index)
{
    struct timer *t = l->timers.at[index];
    for (;;) {
        uint32_t child = 2 * index;
        if (child >= l->timers.len)
            break;
        if (child + 1 < l->timers.len && instant_before(l->timers.at[child + 1]->at, l->timers.at[child]->at))
            child++;
        if (!instant_before(l->timers.at[child]->at, t->at))
            break;
        place(l, index, l->timers.at[child]);
        index = child;
    }
    place(l, index, t);
}

static void on_alarm(uv_timer_t *alarm);

/* Sets libuv's timer to the first of the heap. It may be early, never late. */
static void arm(struct loop *l)
{
    if (l->timers.len == 1) {
        uv_timer_stop(&l->alarm);
        l->armed.ns = INT64_MAX;
        return;
    }
    l->armed = l->timers.at[1]->at;
    int64_t wait_ns = l->timers.at[1]->at.ns - instant_now().ns;
    uint64_t ms = wait_ns <= 0 ? 0 : (uint64_t)((wait_ns + 999999) / 1000000);
    uv_update_time(&l->uv);
    uv_timer_start(&l->alarm, on_alarm, ms, 0);
}

static void on_alarm(uv_timer_t *alarm)
{
    struct loop *l = alarm->data;
    instant now = instant_now();
    while (l->timers.len > 1 && !instant_before(now, l->timers.at[1]->at)) {
        struct timer *t = l->timers.at[1];
        timer_clear(t);
        t->fn(t);
    }
    arm(l);
}

void timer_init(struct timer *t, struct loop *l, void (*fn)(struct timer *t))
{
    *t = (struct timer){ .loop = l, .fn = fn };
}

void timer_set(struct timer *t, instant at)
{
    struct loop *l = t->loop;
    t->at = at;
    if (!t->heap_index) {
        vec_push(&l->timers, t);
        t->heap_index = l->timers.len - 1;
    }
    sift_up(l, t->heap_index);
    sift_down(l, t->heap_index);
    /* When the first one moved back, libuv's timer rings early and is armed anew then. */
    if (instant_before(l->timers.at[1]->at, l->armed))
        arm(l);
}

void timer_clear(struct timer *t)
{
    struct loop *l = t->loop;
    uint32_t index = t->heap_index;
    if (!index)
        return;
    t->heap_index = 0;
    struct timer *last = l->timers.at[--l->timers.len];
    if (last == t)
        return;
    place(l, index, last);
    sift_up(l, index);
    sift_down(l, last->heap_index);
}

void loop_timers_init(struct loop *l)
{
    uv_timer_init(&l->uv, &l->alarm);
    l->alarm.data = l;
    l->armed.ns = INT64_MAX;
    vec_push(&l->timers, NULL);
}

void loop_timers_fini(struct loop *l)
{
    assert(l->timers.len == 1);
    vec_fini(&l->timers);
}
