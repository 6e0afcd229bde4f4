/* HTTP requests that components answer: wasi:http/incoming-handler. The embedder has the HTTP server, whichever it is;
 * the library has the guest's side of each exchange: its requests, bodies, responses and their rules. The server says
 * what it can do for an exchange by a table of operations, and tells the library what happens by berth_http_readable
 * and its like. Each request is a task (task.h): an instance of its own.
 *
 * Spec: wasi:http/types and wasi:http/incoming-handler 0.2; RFC 9110. */
#ifndef BERTH_HTTP_H
#define BERTH_HTTP_H

#include "berth/task.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A header or trailer field's line. */
struct berth_http_field {
    berth_string name, value;
};

/* Text has to be UTF-8 (but for fields' values), or the guest traps when it asks for it. */
struct berth_http_request {
    berth_string method, scheme, authority; /* "GET", "https", "example.org:8080"; scheme and authority may be empty */
    berth_string path;                      /* with the query, as sent: "/search?q=1" */
    const struct berth_http_field *fields;  /* Those of the connection (RFC 9110, 7.6.1) are kept from guests. */
    size_t field_count;
    bool has_body;
};

#define BERTH_HTTP_LENGTH_UNKNOWN UINT64_MAX

struct berth_http_response {
    uint16_t status; /* 200 ... 999 */
    const struct berth_http_field *fields;
    size_t field_count;
    uint64_t content_length; /* of the body, whether or not a field says it; or BERTH_HTTP_LENGTH_UNKNOWN */
};

enum berth_http_read {
    BERTH_HTTP_READ_DATA,  /* 1 ... max bytes */
    BERTH_HTTP_READ_LATER, /* none yet: berth_http_readable will be called */
    BERTH_HTTP_READ_END,   /* the body is complete */
    BERTH_HTTP_READ_ERROR  /* it never will be: `e` says why. BERTH_ERROR_CLOSED: the client went away,
                              BERTH_ERROR_TIMEOUT: it sent nothing for too long, BERTH_ERROR_LIMIT: too much */
};

/* A request and its response, embedded in what the server has for them. */
struct berth_http_exchange {
    const struct berth_http_exchange_ops *ops;
    /* Lives until the exchange ends, as all it points to. */
    struct berth_http_request request;
};

/* What the server does for the guest. None of them waits, or calls the library. */
struct berth_http_exchange_ops {
    /* Takes at most `max` bytes of the request's body; they stay valid until the next read or the loop's next turn.
     * The client may send more only as the guest reads. */
    enum berth_http_read (*read)(struct berth_http_exchange *x, size_t max, berth_bytes *ret, struct berth_error *e);
    /* After BERTH_HTTP_READ_END, or of a request without a body: the request's trailers, which live as long as the
     * request does. Their number. */
    size_t (*trailers)(struct berth_http_exchange *x, const struct berth_http_field **ret);
    /* Sends the head of the response; once. What `r` points to lives until it returns. */
    void (*respond)(struct berth_http_exchange *x, const struct berth_http_response *r);
    /* How many bytes of the body are welcome now; 0: berth_http_writable will be called. */
    size_t (*writable)(struct berth_http_exchange *x);
    /* Sends bytes of the body, never more than `content_length` says: all of them, also when they are more than is
     * welcome (what the guest wrote before its response was set: at most 64 KiB). Not called where a response has none
     * (to HEAD; 204 and 304). `data` lives until it returns. */
    void (*write)(struct berth_http_exchange *x, berth_bytes data);
    /* The body is complete; `trailers` live until it returns. */
    void (*finish)(struct berth_http_exchange *x, const struct berth_http_field *trailers, size_t count);
    /* The body will not be complete: the client must not take it for whole. */
    void (*abort)(struct berth_http_exchange *x);
};

/* What the client has of the response when the guest's call has ended. */
enum berth_http_outcome {
    BERTH_HTTP_COMPLETE,   /* the whole, or it is being sent */
    BERTH_HTTP_NONE,       /* nothing: the server answers by itself */
    BERTH_HTTP_INCOMPLETE, /* a part: `abort` was called */
    BERTH_HTTP_GONE        /* it went away first */
};

/* The function of a component that answers requests. Errors: BERTH_ERROR_LINK, when it exports none;
 * BERTH_ERROR_USAGE, when it was opened without WASI. */
bool berth_http_handler(struct berth_component *c, const struct berth_func **ret, struct berth_error *e);

struct berth_http_options {
    const struct berth_func *handler;
    struct berth_http_exchange *exchange; /* The library's until it has ended, or on_done was called. */
    void *data;                           /* as in berth_task_options, as are the next two */
    uint32_t time_ms;
    void (*on_begun)(void *data);
    /* The call has ended. `e` is NULL when the guest did all that it should; else it says what the guest did wrong
     * (BERTH_ERROR_INVALID: no response, an error instead of one, a body that is not complete), or as in
     * berth_task_options. A guest that exits by wasi:cli/exit says its status in `e`. */
    void (*on_done)(void *data, enum berth_http_outcome outcome, const struct berth_error *e);
};

/* Lets a component that was opened with WASI answer. Errors as of berth_task_start, which leave the exchange as it is;
 * BERTH_ERROR_USAGE, too, for a function that is not the component's handler. */
bool berth_http_start(struct berth_executor *x, const struct berth_http_options *o, struct berth_task **ret,
                      struct berth_error *e);

/* More of the body can be read; the response's body can be written again. Not from inside an operation, as is the next.
 */
void berth_http_readable(struct berth_task *t);
void berth_http_writable(struct berth_task *t);

/* The exchange is over, and is not the library's any more. `complete`: the whole response was sent; else the task is
 * cancelled. Its on_done still follows. */
void berth_http_ended(struct berth_task *t, bool complete);

#ifdef __cplusplus
}
#endif

#endif
