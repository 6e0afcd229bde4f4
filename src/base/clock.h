/* Time with its unit in the type: `instant` on the monotonic clock, `duration` between two of them. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int64_t ns;
} instant;

typedef struct {
    int64_t ns;
} duration;

static inline duration duration_ns(int64_t n)
{
    return (duration){ n };
}

static inline duration duration_ms(int64_t n)
{
    return (duration){ n * 1000000 };
}

static inline duration duration_s(int64_t n)
{
    return (duration){ n * 1000000000 };
}

/* Saturates instead of overflowing, so that "for ever" may be INT64_MAX. */
static inline instant instant_add(instant t, duration d)
{
    instant sum;
    if (__builtin_add_overflow(t.ns, d.ns, &sum.ns))
        sum.ns = d.ns > 0 ? INT64_MAX : INT64_MIN;
    return sum;
}

static inline duration instant_diff(instant later, instant earlier)
{
    return (duration){ later.ns - earlier.ns };
}

static inline bool instant_before(instant a, instant b)
{
    return a.ns < b.ns;
}

/* CLOCK_MONOTONIC now. */
instant instant_now(void);

/* CLOCK_REALTIME now, in nanoseconds since 1970-01-01 UTC. */
int64_t wall_clock_ns(void);

#endif
