/* `berth serve`: one component over HTTP. Loads and compiles it, starts the workers, and waits for the signal that ends
 * them: the first lets running requests finish, the second does not. */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/vec.h"
#include "io/loop/loop.h"
#include "runtime/engine/engine.h"
#include "runtime/run/program.h"
#include "runtime/wasi/wasi.h"
#include "server/app/component.h"
#include "server/cache.h"
#include "server/log.h"
#include "server/server.h"
#include "tool/command.h"
#include "tool/progress.h"
#include "tool/serve_options.h"
#include "tool/wasm_file.h"

enum {
    SERVE_GRACE_S = 10,     /* for running requests, after the first signal */
    SERVE_QUEUE_LEN = 1024, /* requests that wait in a worker */
    SERVE_QUEUE_S = 10,
    SERVE_CONCURRENCY_MAX = 128,
    SERVE_CONCURRENCY_MIN = 4,
    /* Memories of the pool, all workers together: each reserves several GiB of the 128 TiB of addresses. */
    SERVE_POOL_MEMORIES = 2048,
};

/* Everything that lives as long as the command. */
struct serve {
    const struct console *console;
    const struct serve_settings *settings;
    struct arena arena;
    struct log log;
    str file;
    bytes wasm;
    VEC(struct wasi_env) env;
    struct cache cache;
    bool has_cache;
    struct progress progress;
    struct program *program;
    struct engine *engine;
    struct component_app app;
    struct server *server;
    struct loop *loop; /* of the main thread: signals */
    struct timer grace;
    uint32_t workers;
    int signals, last_signal;
    bool cut;
};

/* --env NAME=VALUE, or NAME to pass ours on. */
static bool read_env(struct serve *s, struct err *e)
{
    for (uint32_t i = 0; i < s->settings->env.len; i++) {
        str value;
        str name = str_split(s->settings->env.at[i], '=', &value);
        if (name.len == 0)
            return err_set(e, ERR_USAGE, "option --env expects NAME=VALUE, found '%.*s'",
                           STR_ARG(s->settings->env.at[i]));
        if (!value.ptr) {
            value = str_of(getenv(str_dupz(&s->arena, name)));
            if (!value.ptr) {
                err_set(e, ERR_USAGE, "variable %.*s is not set, so it cannot be passed on", STR_ARG(name));
                return err_help(e, "give it a value: --env %.*s=VALUE", STR_ARG(name));
            }
        }
        vec_push(&s->env, (struct wasi_env){ name, value });
    }
    return true;
}

/* A cache that cannot be used costs time, not the start. */
static void open_cache(struct serve *s)
{
    if (s->settings->no_cache)
        return;
    str dir = s->settings->cache_dir;
    if (!dir.len)
        dir = cache_default_dir(&s->arena, str_of(getenv("XDG_CACHE_HOME")), str_of(getenv("HOME")));
    struct err e = ERR_INIT;
    if (!dir.len)
        return;
    s->has_cache = cache_open(&s->cache, dir, CACHE_LIMIT_BYTES, &s->log, &e);
    if (!s->has_cache) {
        log_warn(&s->log, "compiled code is not cached", LOG_STR("why", str_of(e.text)));
        cache_close(&s->cache);
    }
}

static void on_progress(void *ctx, size_t done, size_t total)
{
    progress_update(ctx, done, total);
}

/* Reads, checks and links the component. */
static bool load(struct serve *s, struct err *e)
{
    struct program_options o = {
        .interfaces = wasi_interfaces,
        .interface_count = wasi_interface_count,
        .cache = s->has_cache ? &s->cache.ops : NULL,
        .progress = on_progress,
        .progress_ctx = &s->progress,
    };
    return wasi_wit(&o.wit, e) && program_open(s->wasm, &o, &s->program, e) &&
           component_app_init(&s->app, s->program, e);
}

static uint32_t choose_concurrency(const struct serve *s, const struct program_needs *needs)
{
    if (s->settings->concurrency)
        return s->settings->concurrency;
    uint32_t memories = needs->memories ? needs->memories : 1;
    uint32_t share = SERVE_POOL_MEMORIES / memories / s->workers;
    if (share > SERVE_CONCURRENCY_MAX)
        return SERVE_CONCURRENCY_MAX;
    return share < SERVE_CONCURRENCY_MIN ? SERVE_CONCURRENCY_MIN : share;
}

/* Otherwise every request would fail. */
static bool check_memory(const struct serve *s, const struct program_needs *needs, struct err *e)
{
    if (needs->memory_min_bytes <= s->settings->max_memory)
        return true;
    err_set(e, ERR_LIMIT, "the component starts with %" PRIu64 " KiB of memory, more than the limit of %" PRIu64 " KiB",
            needs->memory_min_bytes / 1024, s->settings->max_memory / 1024);
    return err_help(e, "allow it more: --max-memory %" PRIu64 "MiB", (needs->memory_min_bytes >> 20) * 2 + 16);
}

static bool compile(struct serve *s, struct err *e)
{
    const struct program_needs *needs = program_needs(s->program);
    const uint64_t largest = (uint64_t)1 << 32;
    uint64_t memory = s->settings->max_memory;
    if (!check_memory(s, needs, e))
        return false;
    s->app.concurrency = choose_concurrency(s, needs);
    struct engine_options o = {
        .stores = s->app.concurrency * s->workers,
        .core_instances = needs->core_instances,
        .memories = needs->memories,
        .tables = needs->tables,
        .table_elements = needs->table_elements,
        .memory_bytes = memory < largest ? memory : largest,
    };
    if (!engine_new(&o, &s->engine, e))
        return false;
    str what = str_printf(&s->arena, "compiling %.*s", STR_ARG(s->file));
    progress_begin(&s->progress, s->console, what);
    bool ok = program_compile(s->program, s->engine, e);
    progress_end(&s->progress);
    return ok;
}

/* The last worker ended; on its thread. */
static void stop_loop(void *ctx)
{
    loop_stop(ctx);
}

static void on_server_end(void *ctx)
{
    struct serve *s = ctx;
    loop_post(s->loop, stop_loop, s->loop);
}

static bool start(struct serve *s, struct err *e)
{
    struct server_options o = {
        .app = &s->app,
        .engine = s->engine,
        .addr = s->settings->addr,
        .workers = s->workers,
        .max_body_bytes = s->settings->max_body,
        .client_timeout = s->settings->client_timeout,
        .log = &s->log,
        .on_end = on_server_end,
        .ctx = s,
    };
    return server_start(&o, &s->server, e);
}

static void cut(struct serve *s)
{
    if (!s->cut)
        log_warn(&s->log, "stopped before all requests were finished");
    s->cut = true;
    server_cut(s->server);
}

static void on_grace_over(struct timer *t)
{
    cut(CONTAINER_OF(t, struct serve, grace));
}

static void on_signal(void *ctx, int signum)
{
    struct serve *s = ctx;
    s->last_signal = signum;
    if (s->signals++ > 0) {
        cut(s);
        return;
    }
    log_info(&s->log, "stopping: running requests are finished first");
    timer_set(&s->grace, instant_add(instant_now(), duration_s(SERVE_GRACE_S)));
    server_stop(s->server);
}

static bool wait_for_end(struct serve *s, struct err *e)
{
    s->loop = loop_new();
    timer_init(&s->grace, s->loop, on_grace_over);
    bool ok = loop_on_signal(s->loop, SIGINT, on_signal, s, e) && loop_on_signal(s->loop, SIGTERM, on_signal, s, e) &&
              start(s, e);
    if (ok) {
        if (!s->settings->quiet)
            fprintf(s->console->err, "Serving HTTP on http://%s/\n", server_addr(s->server));
        fflush(s->console->err);
        loop_run(s->loop);
        server_free(s->server);
    }
    timer_clear(&s->grace);
    struct err ignored = ERR_INIT;
    (void)(loop_on_signal(s->loop, SIGINT, NULL, NULL, &ignored) &&
           loop_on_signal(s->loop, SIGTERM, NULL, NULL, &ignored));
    loop_free(s->loop);
    return ok;
}

/* Many clients at once need many descriptors; the soft limit is there for programs that use select. */
static void raise_file_limit(void)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
        r.rlim_cur = r.rlim_max;
        setrlimit(RLIMIT_NOFILE, &r);
    }
}

static void prepare(struct serve *s, const struct console *c, const struct serve_settings *settings, str file)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    *s = (struct serve){ .console = c, .settings = settings, .file = file };
    arena_init(&s->arena);
    s->log = (struct log){ .fd = STDERR_FILENO, .level = settings->quiet ? LOG_ERROR : LOG_INFO };
    s->workers = settings->workers ? settings->workers : cores > 0 ? (uint32_t)cores : 1;
    raise_file_limit();
}

/* What requests get, once the environment is known. */
static void fill_app(struct serve *s)
{
    s->app.wasi.env = s->env.at;
    s->app.wasi.env_count = s->env.len;
    s->app.limits.timeout = s->settings->timeout;
    s->app.limits.memory_bytes = s->settings->max_memory;
    s->app.queue_len = SERVE_QUEUE_LEN;
    s->app.queue_time = duration_s(SERVE_QUEUE_S);
    s->app.log = &s->log;
    s->app.log_requests = !s->settings->quiet && (s->settings->log_requests || s->console->is_terminal);
    s->app.plain_output = s->settings->plain_output;
}

static void finish(struct serve *s)
{
    program_free(s->program);
    engine_free(s->engine);
    if (s->has_cache)
        cache_close(&s->cache);
    wasm_file_free(s->wasm);
    vec_fini(&s->env);
    arena_fini(&s->arena);
}

static enum exit_status serve_run(const struct console *c, const void *settings, const struct arguments *args)
{
    struct serve s;
    struct err e = ERR_INIT;
    prepare(&s, c, settings, args->words.at[0]);
    bool ok = read_env(&s, &e);
    str place = STR_NONE; /* where an error is: in the file, once it was read */
    if (ok) {
        fill_app(&s);
        ok = wasm_file_read(s.file, &s.wasm, &e);
    }
    if (ok) {
        place = s.file;
        open_cache(&s);
        ok = load(&s, &e) && compile(&s, &e);
    }
    if (ok) {
        place = STR_NONE;
        ok = wait_for_end(&s, &e);
    }
    if (!ok && place.len)
        wasm_file_help(&e, s.file);
    if (!ok)
        report_error(c, &e, place);
    enum exit_status status = EXIT_DONE;
    if (!ok)
        status = e.kind == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;
    else if (s.cut && s.last_signal == SIGINT)
        status = EXIT_INTERRUPTED;
    finish(&s);
    return status;
}

const struct command serve_command = {
    .name = "serve",
    .args = "FILE.wasm",
    .args_min = 1,
    .args_max = 1,
    .help = "Serve one component over HTTP; no configuration needed.",
    .example = "berth serve --addr 127.0.0.1:8080 --env GREETING=hello app.wasm",
    .options = &serve_options,
    .settings_size = sizeof(struct serve_settings),
    .run = serve_run,
};
