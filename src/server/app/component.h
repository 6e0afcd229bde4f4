/* An application that is a component: requests in, each answered by a fresh instance of its program.
 *
 * A request that finds no instance free waits in line; the line is bounded in length and time (503 when full or late).
 * What goes wrong is told to the log in one line, and to the client only as a status: 500 for a failure of the
 * component, 503 when it took too long; when the response's head is already out, the connection is cut. */
#ifndef SERVER_APP_COMPONENT_H
#define SERVER_APP_COMPONENT_H

#include "base/arena.h"
#include "base/err.h"
#include "runtime/run/program.h"
#include "runtime/run/task.h"
#include "runtime/wasi/wasi.h"
#include "server/app/app.h"

struct code_cache; /* runtime/run/program.h */
struct log;        /* server/log.h */
struct ticker;     /* runtime/engine/ticker.h */

/* What whoever runs the application says about it. Texts are copied. */
struct component_settings {
    bytes wasm; /* of server/app/wasm_file.h; becomes the application's, also on failure */
    str name;   /* of its file, for messages when there is middleware */
    /* Components before it, the outermost first; their bytes become the application's like `wasm`. */
    const struct program_middleware *middleware;
    size_t middleware_count;
    const struct wasi_env *env;
    size_t env_count;
    const str *args;
    size_t arg_count;
    struct task_limits limits;
    uint32_t concurrency; /* most requests running at once, a worker; 0: as many as the pool has room for */
    bool recycle;         /* used instances are put back as new, where the component permits it */
    bool plain_output;    /* guests' lines without the request's number */
};

/* What the server has for its applications. */
struct component_host {
    struct ticker *ticker;
    uint32_t workers;
    uint32_t apps;            /* that share the pool's address space, this one included */
    struct code_cache *cache; /* or NULL */
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
    struct arena arena; /* of the settings' texts */
    struct ticker *ticker;
    bytes wasm;
    str name;
    struct program_middleware *middleware; /* the arena's; the bytes are its own */
    size_t middleware_count;
    struct program *program;
    struct engine *engine;
    const struct program_func *handle; /* wasi:http/incoming-handler.handle */
    struct wasi_options wasi;
    struct task_limits limits;
    uint32_t concurrency;
    uint32_t queue_len;  /* most requests waiting, a worker */
    duration queue_time; /* longest wait */
    const struct log *log;
    bool plain_output;
    bool ticking; /* the ticker knows the engine */
};

void component_app_init(struct component_app *app);
void component_close(struct component_app *app);

#endif
