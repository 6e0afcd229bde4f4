/* WASI 0.2 for one instance: what its imports see of the world. The embedder makes one for each task and gives it as
 * task_options.host. */
#ifndef RUNTIME_WASI_WASI_H
#define RUNTIME_WASI_WASI_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "runtime/host/host.h"

struct berth_http_exchange; /* berth/http.h */
struct task;                /* runtime/host/host.h */
struct wasi;
struct wit;

struct wasi_env {
    str name, value;
};

enum wasi_output { WASI_STDOUT, WASI_STDERR };

/* Settings shared by all instances of an application; outlives them. */
struct wasi_options {
    const struct wasi_env *env;
    size_t env_count;
    const str *args;
    size_t arg_count;
    /* Bytes the guest printed, as it printed them; `owner` is wasi_begin's. */
    void (*output)(void *owner, enum wasi_output which, bytes data);
};

/* All interfaces, and the WIT that types them (parsed once a process; thread-safe). */
extern const struct host_interface *const wasi_interfaces[];
extern const uint32_t wasi_interface_count;
MUST_USE bool wasi_wit(const struct wit **ret, struct err *e);
/* The same as text, for a WIT that has more. */
str wasi_text(void);

/* A wasi is kept for reuse: wasi_begin makes it that of a new instance, wasi_end drops everything. */
struct wasi *wasi_new(const struct wasi_options *o);
void wasi_free(struct wasi *w);
void wasi_begin(struct wasi *w, void *owner);
void wasi_end(struct wasi *w);
/* wasi_begin's. */
void *wasi_owner(const struct wasi *w);

/* wasi:http/incoming-handler: the parameters of `handle` for this exchange, which is used until wasi_end or
 * wasi_http_ended. */
struct wasi_http_types_incoming_request;
struct wasi_http_types_response_outparam;
struct wasi_http_handle_params {
    struct wasi_http_types_incoming_request *request;
    struct wasi_http_types_response_outparam *response_out;
};
void wasi_http_begin(struct wasi *w, struct berth_http_exchange *x, struct wasi_http_handle_params *ret);

/* The exchange's events, between wasi_http_begin and wasi_end: as berth/http.h has them. */
void wasi_http_readable(struct wasi *w);
void wasi_http_writable(struct wasi *w);
void wasi_http_ended(struct wasi *w, bool complete);

/* The task that serves the exchange runs: its wakes come from the exchange's events. */
void wasi_set_task(struct wasi *w, struct task *t);

/* What became of the response when the guest's call has ended. */
enum wasi_http_outcome {
    WASI_HTTP_COMPLETE,   /* sent whole, or being sent */
    WASI_HTTP_UNSET,      /* the guest never set a response: the exchange is untouched */
    WASI_HTTP_ERROR,      /* the guest set an error-code: the exchange is untouched; `e` has its text */
    WASI_HTTP_INCOMPLETE, /* the head is out, the body was not finished: the exchange was aborted; `e` says why */
    WASI_HTTP_GONE,       /* the client went away first */
};
enum wasi_http_outcome wasi_http_finish(struct wasi *w, struct err *e);

/* The guest called wasi:cli/exit (its call ended as a trap). */
bool wasi_exited(const struct wasi *w, uint8_t *ret_status);

#endif
