/* An application that is a component: requests in, each answered by a fresh instance of its program.
 *
 * A request that finds no instance free waits in line; the line is bounded in length and time (503 when full or late).
 * What goes wrong is told to the log in one line, and to the client only as a status: 500 for a failure of the
 * component, 503 when it took too long; when the response's head is already out, the connection is cut. */
#ifndef SERVER_APP_COMPONENT_H
#define SERVER_APP_COMPONENT_H

#include "base/clock.h"
#include "base/err.h"
#include "berth/wasi.h"
#include "server/app/app.h"

struct berth_code_cache; /* berth/code_cache.h */
struct berth_component;  /* berth/component.h */
struct berth_func;       /* likewise */
struct log;              /* server/log.h */

/* A component before the application's own; `wasm` as there. */
struct component_middleware {
    str name; /* of its file, for messages */
    bytes wasm;
};

/* A variable of the guests' environment. */
struct component_variable {
    str name, value;
};

/* What whoever runs the application says about it. Texts are copied. */
struct component_settings {
    bytes wasm; /* of server/app/wasm_file.h; becomes the application's, also on failure */
    str name;   /* of its file, for messages when there is middleware */
    /* Components before it, the outermost first; their bytes become the application's like `wasm`. */
    const struct component_middleware *middleware;
    size_t middleware_count;
    const struct component_variable *env;
    size_t env_count;
    const str *args;
    size_t arg_count;
    duration timeout;      /* of a request, computing and waiting together, in whole milliseconds; 0 is no limit */
    uint64_t memory_bytes; /* of all memories of a request together; 0 is no limit but the engine's */
    uint32_t concurrency;  /* most requests running at once, a worker; 0: as many as there is room for */
    bool recycle;          /* used instances are put back as new, where the component permits it */
    bool plain_output;     /* guests' lines without the request's number */
};

/* What the server has for its applications. */
struct component_host {
    struct berth_engine *engine;
    uint32_t workers;
    uint32_t apps;                  /* that share the address space, this one included */
    struct berth_code_cache *cache; /* or NULL */
    const struct log *log;
    void (*progress)(void *ctx, size_t done, size_t total); /* of compiling, in bytes; or NULL */
    void *progress_ctx;
};

/* Checks, links and compiles the component: seconds for a large one that the cache does not know. */
MUST_USE bool component_open(const struct component_settings *s, const struct component_host *host, struct app **ret,
                             struct err *e);

/* --- between component.c and component_open.c --- */

/* Immutable while parts of it live. */
struct component_app {
    struct app base;
    bytes wasm;
    bytes *middleware; /* its own, too */
    size_t middleware_count;
    struct berth_linker *linker;
    struct berth_component *component;
    const struct berth_func *handler; /* wasi:http/incoming-handler.handle */
    uint32_t timeout_ms;
    uint32_t concurrency;
    uint32_t queue_len;  /* most requests waiting, a worker */
    duration queue_time; /* longest wait */
    const struct log *log;
    bool plain_output;
};

void component_app_init(struct component_app *app);
/* berth_wasi_options.output: of the visit that is the task's `data`. */
void component_output(void *data, enum berth_wasi_stream stream, bytes text);
void component_close(struct component_app *app);

#endif
