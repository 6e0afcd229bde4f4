/* Pollables: one event that is ready or not, asked of its source each time; or a point in time. */
#ifndef RUNTIME_WASI_IO_POLL_H
#define RUNTIME_WASI_IO_POLL_H

#include "runtime/wasi/state.h"

struct wasi_io_poll_pollable;

/* Ready when `ready(source)` says so; the source wakes the task when that may have changed. Takes a
 * reference to the source. NULL with `e` set when there are too many objects. */
struct wasi_io_poll_pollable *wasi_pollable_of(struct wasi *w, struct host_object *source,
                                               bool (*ready)(struct host_object *source), struct err *e) MUST_USE;

/* Ready from `at` on. */
struct wasi_io_poll_pollable *wasi_pollable_at(struct wasi *w, instant at, struct err *e) MUST_USE;

#endif
