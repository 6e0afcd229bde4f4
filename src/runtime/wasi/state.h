/* What stands behind `struct wasi`: the state of one instance and the objects its handles name.
 * Internal to this folder. Everything belongs to the worker thread of the instance.
 *
 * Children (streams, pollables, headers) hold references to their parents, so no order of drops can
 * leave a dangling pointer; where WIT says that finishing a parent traps while a child lives, the
 * function itself looks. */
#ifndef RUNTIME_WASI_STATE_H
#define RUNTIME_WASI_STATE_H

#include "runtime/host/host.h"
#include "runtime/wasi/http/serving.h"
#include "runtime/wasi/pool.h"

struct wasi_options; /* wasi.h */

/* What a guest may grow. Passing one of these is a trap; what is pending waits instead. */
enum {
    /* Live host objects of an instance. */
    WASI_MAX_OBJECTS = 10000,
    /* One `fields`: names, values and 32 bytes a line; and all of them together. */
    WASI_MAX_FIELDS_BYTES = 128 * 1024,
    WASI_MAX_ALL_FIELDS_BYTES = 4 * 1024 * 1024,
    /* Written to a body before its response is set; and all such bodies together. */
    WASI_MAX_PENDING_BYTES = 64 * 1024,
    WASI_MAX_ALL_PENDING_BYTES = 1024 * 1024,
    /* Method, path, scheme or authority of an outgoing request. */
    WASI_MAX_TEXT_BYTES = 64 * 1024,
    /* One request for random bytes. */
    WASI_MAX_RANDOM_BYTES = 64 * 1024 * 1024,
};

enum { WASI_RANDOM_BUFFER_BYTES = 4096 };

struct wasi {
    const struct wasi_options *options;
    void *owner;       /* given to options->output */
    struct task *task; /* the guest's call; NULL before wasi_set_task */
    struct wasi_pool pool;
    uint32_t object_count;
    size_t fields_bytes;
    size_t pending_bytes;
    struct wasi_serving serving; /* of wasi:http/incoming-handler */
    struct err body_error;       /* why the request body cannot be read (BERTH_HTTP_READ_ERROR) */
    struct err response_error;   /* why there is no response (WASI_RESPONSE_REFUSED) */
    bool exited;
    uint8_t exit_status;
    /* Fresh bytes of the system's generator, taken from the end; kept for the next instance. */
    uint8_t random[WASI_RANDOM_BUFFER_BYTES];
    size_t random_len;
};

/* The first member of every host object here. */
struct wasi_object {
    struct host_object host;
    struct wasi *wasi;
};

/* `size` zeroed bytes that begin with a struct wasi_object, with one reference. NULL with `e` set
 * (ERR_LIMIT) when the instance has too many. */
void *wasi_object_new(struct wasi *w, size_t size, const struct host_object_ops *ops, struct err *e) MUST_USE;

/* For the `free` of ops: gives the memory back. */
void wasi_object_free(struct wasi_object *o, size_t size);

/* Wakes the instance's task, if it has one. */
void wasi_wake(struct wasi *w);

/* Sets the error of a trap and returns HOST_TRAP. */
enum host_status wasi_trap(struct host_call *c, enum err_kind kind, const char *fmt, ...) PRINTF(3, 4);

#endif
