/* Reading the system's clocks. */
#include "base/clock.h"

#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

instant instant_now(void)
{
    return (instant){ read_clock(CLOCK_MONOTONIC) };
}

int64_t wall_clock_ns(void)
{
    return read_clock(CLOCK_REALTIME);
}
