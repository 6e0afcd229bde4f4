/* The libuv loop inside a loop, for io/net alone. */
#ifndef IO_LOOP_UV_LOOP_H
#define IO_LOOP_UV_LOOP_H

#include <uv.h>

struct loop;

uv_loop_t *loop_uv(struct loop *l);

#endif
