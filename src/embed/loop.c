/* Loops: those of io/loop, under another name. */
#include "berth/loop.h"

#include "io/loop/loop.h"

struct berth_loop *berth_loop_new(void)
{
    return loop_public(loop_new());
}

void berth_loop_free(struct berth_loop *l)
{
    loop_free(loop_of_public(l));
}

void berth_loop_run(struct berth_loop *l)
{
    loop_run(loop_of_public(l));
}

void berth_loop_stop(struct berth_loop *l)
{
    loop_stop(loop_of_public(l));
}

int berth_loop_fd(const struct berth_loop *l)
{
    return loop_fd((const struct loop *)(const void *)l);
}

int berth_loop_timeout_ms(struct berth_loop *l)
{
    return loop_timeout_ms(loop_of_public(l));
}

void berth_loop_turn(struct berth_loop *l)
{
    loop_turn(loop_of_public(l));
}

void berth_loop_post(struct berth_loop *l, void (*fn)(void *ctx), void *ctx)
{
    loop_post(loop_of_public(l), fn, ctx);
}
