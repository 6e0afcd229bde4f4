/* wasi:clocks/wall-clock: the system's CLOCK_REALTIME. */
#include <time.h>

#include "runtime/wasi/state.h"
#include "runtime/wasi/wasi_gen.h"

enum host_status wasi_clocks_wall_clock_now(struct host_call *c, struct wasi_clocks_wall_clock_datetime *ret)
{
    (void)c;
    int64_t ns = wall_clock_ns();
    if (ns < 0) /* a clock set before 1970 cannot be said */
        ns = 0;
    *ret = (struct wasi_clocks_wall_clock_datetime){ (uint64_t)ns / 1000000000, (uint32_t)(ns % 1000000000) };
    return HOST_DONE;
}

enum host_status wasi_clocks_wall_clock_resolution(struct host_call *c, struct wasi_clocks_wall_clock_datetime *ret)
{
    (void)c;
    struct timespec t = { .tv_nsec = 1 };
    clock_getres(CLOCK_REALTIME, &t);
    *ret = (struct wasi_clocks_wall_clock_datetime){ (uint64_t)t.tv_sec, (uint32_t)t.tv_nsec };
    return HOST_DONE;
}
