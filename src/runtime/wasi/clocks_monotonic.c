/* wasi:clocks/monotonic-clock: the system's CLOCK_MONOTONIC, in nanoseconds. */
#include <time.h>

#include "runtime/wasi/io/poll.h"
#include "runtime/wasi/wasi_gen.h"

enum host_status wasi_clocks_monotonic_clock_now(struct host_call *c, uint64_t *ret)
{
    (void)c;
    *ret = (uint64_t)instant_now().ns;
    return HOST_DONE;
}

enum host_status wasi_clocks_monotonic_clock_resolution(struct host_call *c, uint64_t *ret)
{
    (void)c;
    struct timespec t = { .tv_nsec = 1 };
    clock_getres(CLOCK_MONOTONIC, &t);
    *ret = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
    return HOST_DONE;
}

/* Guests say "never" with the largest number. */
static int64_t saturate(uint64_t ns)
{
    return ns > INT64_MAX ? INT64_MAX : (int64_t)ns;
}

static enum host_status subscribe(struct host_call *c, instant at, struct wasi_io_poll_pollable **ret)
{
    *ret = wasi_pollable_at(c->host, at, c->err);
    return *ret ? HOST_DONE : HOST_TRAP;
}

enum host_status
wasi_clocks_monotonic_clock_subscribe_instant(struct host_call *c,
                                              const struct wasi_clocks_monotonic_clock_subscribe_instant_args *a,
                                              struct wasi_io_poll_pollable **ret)
{
    return subscribe(c, (instant){ saturate(a->when) }, ret);
}

enum host_status
wasi_clocks_monotonic_clock_subscribe_duration(struct host_call *c,
                                               const struct wasi_clocks_monotonic_clock_subscribe_duration_args *a,
                                               struct wasi_io_poll_pollable **ret)
{
    return subscribe(c, instant_add(instant_now(), duration_ns(saturate(a->when))), ret);
}
