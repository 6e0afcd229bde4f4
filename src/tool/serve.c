/* `berth serve`: one component over HTTP. Loads and compiles it, starts the workers, and waits for the signal that ends
 * them: the first lets running requests finish, the second does not. */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/vec.h"
#include "io/loop/loop.h"
#include "io/net/listener.h"
#include "server/app/component.h"
#include "server/app/wasm_file.h"
#include "server/cache.h"
#include "server/generation.h"
#include "server/log.h"
#include "server/server.h"
#include "tool/command.h"
#include "tool/progress.h"
#include "tool/serve_options.h"

enum {
    SERVE_GRACE_S = 10, /* for running requests, after the first signal */
    SERVE_BACKLOG = 1024,
};

/* Everything that lives as long as the command. */
struct serve {
    const struct console *console;
    const struct serve_settings *settings;
    struct arena arena;
    struct log log;
    str file;
    bytes wasm;                                  /* what it holds, until the application has it */
    VEC(struct component_middleware) middleware; /* until the application takes its bytes */
    VEC(struct component_variable) env;
    struct cache cache;
    bool has_cache;
    struct progress progress;
    struct loop *loop;
    struct server *server;
    struct generation *generation;
    int fd;                      /* the listening socket, until the workers have it; -1 */
    char addr[ADDRESS_TEXT_MAX]; /* that is listened on, with its real port */
    struct timer grace;
    struct err error; /* of the start */
    bool failed;
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
        vec_push(&s->env, (struct component_variable){ name, value });
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

/* Checks and compiles what was read: the generation's only application. */
static bool open_app(struct serve *s, struct err *e)
{
    const struct component_host host = {
        .engine = server_engine(s->server),
        .workers = s->workers,
        .apps = 1,
        .cache = s->has_cache ? &s->cache.ops : NULL,
        .log = &s->log,
        .progress = on_progress,
        .progress_ctx = &s->progress,
    };
    const struct component_settings o = {
        .wasm = s->wasm,
        .name = s->file,
        .middleware = s->middleware.at,
        .middleware_count = s->middleware.len,
        .env = s->env.at,
        .env_count = s->env.len,
        .timeout = s->settings->timeout,
        .memory_bytes = s->settings->max_memory,
        .concurrency = s->settings->concurrency,
        .recycle = s->settings->recycle,
        .plain_output = s->settings->plain_output,
    };
    s->wasm = (bytes){ NULL, 0 };
    s->middleware.len = 0; /* its bytes are the application's */
    struct generation *g = s->generation;
    g->apps = arena_new(&g->arena, struct app *, 1);
    progress_begin(&s->progress, s->console, str_printf(&s->arena, "compiling %.*s", STR_ARG(s->file)));
    bool ok = component_open(&o, &host, g->apps, e);
    progress_end(&s->progress);
    g->app_count = ok;
    if (!ok && e->kind == ERR_LIMIT)
        err_help(e, "allow it more: --max-memory SIZE");
    return ok;
}

static bool listen_on(struct serve *s, struct err *e)
{
    const struct listener_settings settings = { .backlog = SERVE_BACKLOG };
    struct generation *g = s->generation;
    struct address wanted, bound;
    if (!address_parse(s->settings->addr, &wanted, e))
        return false;
    s->fd = listener_bind(&wanted, &settings, &bound, e);
    if (s->fd < 0)
        return false;
    address_print(address_of(&bound), s->addr);
    g->listeners = arena_new(&g->arena, struct listener_config, 1);
    g->listeners[0] =
        (struct listener_config){ .address = str_of(s->addr), .fd = s->fd, .target = { .kind = TARGET_APP } };
    g->listener_count = 1;
    return true;
}

static void fill_generation(struct serve *s)
{
    struct generation *g = s->generation;
    g->log = &s->log;
    g->log_requests = !s->settings->quiet && (s->settings->log_requests || s->console->is_terminal);
    g->http.limits = (struct http_limits)HTTP_LIMITS_DEFAULT;
    g->http.limits.max_body_bytes = s->settings->max_body;
    g->http.limits.head_timeout = s->settings->client_timeout;
    g->http.limits.idle_timeout = s->settings->client_timeout;
    g->http.limits.body_timeout = s->settings->client_timeout;
    g->http.limits.send_timeout = s->settings->client_timeout;
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

static void on_server_end(void *ctx)
{
    struct serve *s = ctx;
    loop_stop(s->loop);
}

static void on_serving(void *ctx, const struct err *e)
{
    struct serve *s = ctx;
    close(s->fd);
    s->fd = -1;
    if (e) {
        s->error = *e;
        s->failed = true;
        server_cut(s->server);
        return;
    }
    bool is_path = str_starts(str_of(s->addr), STR("unix:"));
    if (!s->settings->quiet)
        fprintf(s->console->err, is_path ? "Serving HTTP on %s\n" : "Serving HTTP on http://%s/\n", s->addr);
    fflush(s->console->err);
}

/* From here on signals end the server, not the process. */
static bool run(struct serve *s, struct err *e)
{
    if (!loop_on_signal(s->loop, SIGINT, on_signal, s, e) || !loop_on_signal(s->loop, SIGTERM, on_signal, s, e))
        return false;
    timer_init(&s->grace, s->loop, on_grace_over);
    server_apply(s->server, s->generation, on_serving, s);
    loop_run(s->loop);
    timer_clear(&s->grace);
    if (s->failed)
        *e = s->error;
    return !s->failed;
}

static bool read_middleware(struct serve *s, struct err *e)
{
    for (uint32_t i = 0; i < s->settings->with.len; i++) {
        struct component_middleware m = { .name = s->settings->with.at[i] };
        if (!wasm_file_read(m.name, &m.wasm, e))
            return false;
        vec_push(&s->middleware, m);
    }
    return true;
}

/* `place` becomes the file when the error is in it. The address comes first: a large component compiles for seconds. */
static bool serve(struct serve *s, str *place, struct err *e)
{
    const struct server_options o = {
        .loop = s->loop,
        .workers = s->workers,
        .on_end = on_server_end,
        .ctx = s,
    };
    if (!wasm_file_read(s->file, &s->wasm, e) || !read_middleware(s, e) || !listen_on(s, e) ||
        !server_start(&o, &s->server, e))
        return false;
    fill_generation(s);
    bool ok = open_app(s, e);
    *place = ok || s->settings->with.len ? STR_NONE : s->file; /* of several files the text says which */
    ok = ok && run(s, e);
    if (!ok)
        server_cut(s->server);
    generation_release(s->generation);
    s->generation = NULL;
    server_free(s->server);
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
    *s = (struct serve){ .console = c, .settings = settings, .file = file, .fd = -1 };
    arena_init(&s->arena);
    s->log = (struct log){ .fd = STDERR_FILENO, .level = settings->quiet ? LOG_ERROR : LOG_INFO };
    s->workers = settings->workers ? settings->workers : cores > 0 ? (uint32_t)cores : 1;
    s->loop = loop_new();
    s->generation = generation_new();
    raise_file_limit();
}

static void finish(struct serve *s)
{
    struct err ignored = ERR_INIT;
    (void)(loop_on_signal(s->loop, SIGINT, NULL, NULL, &ignored) &&
           loop_on_signal(s->loop, SIGTERM, NULL, NULL, &ignored));
    generation_release(s->generation);
    loop_free(s->loop);
    wasm_file_free(s->wasm);
    for (uint32_t i = 0; i < s->middleware.len; i++)
        wasm_file_free(s->middleware.at[i].wasm);
    vec_fini(&s->middleware);
    if (s->fd >= 0)
        close(s->fd);
    if (s->has_cache)
        cache_close(&s->cache);
    vec_fini(&s->env);
    arena_fini(&s->arena);
}

static enum exit_status serve_run(const struct console *c, const void *settings, const struct arguments *args)
{
    struct serve s;
    struct err e = ERR_INIT;
    prepare(&s, c, settings, args->words.at[0]);
    str place = STR_NONE;
    bool ok = read_env(&s, &e);
    if (ok) {
        open_cache(&s);
        ok = serve(&s, &place, &e);
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

static const char about[] =
    "Serves one component that exports wasi:http/incoming-handler, over HTTP, until a signal ends it. Every request "
    "finds "
    "a fresh instance of the component.\n\n"
    "The component is compiled when it is served for the first time; the code is kept, so that the next start takes no "
    "time. On a terminal, each request is a line of the log. What the component prints appears there too, with the "
    "number "
    "of its request.\n\n"
    "SIGTERM, SIGINT: takes no more connections, lets running requests finish, and ends; a second one ends at once.";

static const struct exit_help exits[] = { { "130", "Interrupted twice: running requests were cut off." } };

const struct command serve_command = {
    .name = "serve",
    .args = "FILE.wasm",
    .args_min = 1,
    .args_max = 1,
    .help = "Serve one component over HTTP; no configuration needed.",
    .example = "berth serve --addr 127.0.0.1:8080 --env GREETING=hello app.wasm",
    .about = about,
    .exits = exits,
    .exit_count = ARRAY_LEN(exits),
    .options = &serve_options,
    .settings_size = sizeof(struct serve_settings),
    .run = serve_run,
};
