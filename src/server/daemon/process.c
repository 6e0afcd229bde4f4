/* The server process: see process.h. */
#include "server/daemon/process.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/list.h"
#include "io/loop/loop.h"
#include "server/access_log/file.h"
#include "server/app/component.h"
#include "io/tls/bundle.h"
#include "server/cache.h"
#include "server/certificate/certificates.h"
#include "server/config/config.h"
#include "server/control/control.h"
#include "server/daemon/broker.h"
#include "server/daemon/certificate_files.h"
#include "server/generation.h"
#include "server/log.h"
#include "server/server.h"

/* Running requests have this long to finish after SIGQUIT. */
enum { GRACE_S = 60 };

/* A listening socket of the configuration that is in force, or of one that is being made. */
struct held_socket {
    struct list node;
    int fd, backlog;
    str address;
    char text[128];
};

struct process {
    const struct process_options *options;
    struct loop *loop;
    struct log log;
    struct broker *broker;
    struct server *server;
    struct cache cache;
    bool has_cache;
    struct access_file *access_log; /* of the configuration in force; or NULL */
    struct certificates certificates;
    struct list sockets; /* struct held_socket; the control's changes use it one after the other */
    struct component_host component;
    struct config_host host;
    struct control *control;
    struct timer grace;
    bool stopping;
    bool ready;   /* a configuration is in force */
    bool standby; /* the control API has ended: a successor takes over */
};

/* --- What changes of the configuration need --- */

static struct held_socket *socket_find(struct process *p, str address)
{
    for (struct list *n = p->sockets.next; n != &p->sockets; n = n->next) {
        struct held_socket *s = CONTAINER_OF(n, struct held_socket, node);
        if (str_eq(s->address, address))
            return s;
    }
    return NULL;
}

static int listen_on(void *ctx, str address, int backlog, struct err *e)
{
    struct process *p = ctx;
    struct held_socket *s = socket_find(p, address);
    if (s && s->backlog == backlog)
        return s->fd;
    int fd = broker_listen(p->broker, address, backlog, e);
    if (fd < 0)
        return -1;
    if (s) { /* the same socket, whose backlog is another one now */
        close(fd);
        s->backlog = backlog;
        return s->fd;
    }
    s = mem_new(struct held_socket);
    s->fd = fd;
    s->backlog = backlog;
    memcpy(s->text, address.ptr, address.len); /* the broker has refused longer ones */
    s->address = str_from(s->text, address.len);
    list_push(&p->sockets, &s->node);
    return fd;
}

static struct access_file *open_access_log(void *ctx, str path, struct err *e)
{
    struct process *p = ctx;
    if (p->access_log && str_eq(access_file_path(p->access_log), path))
        return access_file_retain(p->access_log);
    int fd = broker_access_log(p->broker, path, e);
    return fd < 0 ? NULL : access_file_new(path, fd);
}

static void reopen_access_log(struct process *p)
{
    struct err e = ERR_INIT;
    if (!p->access_log)
        return;
    int fd = broker_access_log(p->broker, access_file_path(p->access_log), &e);
    if (fd >= 0)
        access_file_replace(p->access_log, fd);
    else
        log_error(&p->log, "the access log cannot be opened anew", LOG_STR("why", str_of(e.text)));
}

static void socket_drop(struct held_socket *s)
{
    close(s->fd);
    list_remove(&s->node);
    mem_free(s);
}

static bool is_listener(const struct generation *g, str address)
{
    for (uint32_t i = 0; i < g->listener_count; i++)
        if (str_eq(g->listeners[i].address, address))
            return true;
    return false;
}

/* The first configuration is in force: there is something to change, and to serve. */
static void become_ready(struct process *p)
{
    struct err e = ERR_INIT;
    p->ready = true;
    if (!control_listen(p->control, p->options->control_fd, &e))
        log_alert(&p->log, "the control API is not reachable", LOG_STR("why", str_of(e.text)));
    broker_tell_ready(p->broker);
}

static void settled(void *ctx, const struct generation *g)
{
    struct process *p = ctx;
    struct err e = ERR_INIT;
    if (!p->ready)
        become_ready(p);
    access_file_release(p->access_log);
    p->access_log = access_file_retain(g->access_file);
    struct buf names;
    buf_init(&names, BUF_NO_LIMIT);
    for (struct list *n = p->sockets.next, *next; n != &p->sockets; n = next) {
        struct held_socket *s = CONTAINER_OF(n, struct held_socket, node);
        next = n->next;
        if (!is_listener(g, s->address)) {
            socket_drop(s);
            continue;
        }
        buf_put_str(&names, s->address);
        buf_put_u8(&names, '\n');
    }
    if (!broker_keep(p->broker, buf_str(&names), &e))
        log_error(&p->log, "listening sockets could not be closed", LOG_STR("why", str_of(e.text)));
    buf_fini(&names);
}

static bool store(void *ctx, str config, struct err *e)
{
    struct process *p = ctx;
    return broker_store(p->broker, config, e);
}

static bool store_certificate(void *ctx, str name, str pem, struct err *e)
{
    struct process *p = ctx;
    return broker_store_certificate(p->broker, name, pem, e);
}

static bool delete_certificate(void *ctx, str name, struct err *e)
{
    struct process *p = ctx;
    return broker_delete_certificate(p->broker, name, e);
}

static void load_certificate(struct process *p, str name, str pem)
{
    struct tls_bundle *bundle = NULL;
    struct err e = ERR_INIT;
    if (tls_bundle_parse(pem, &bundle, &e))
        certificates_add(&p->certificates, name, bundle);
    else
        log_alert(&p->log, "a stored certificate cannot be used", LOG_STR("name", name),
                  LOG_STR("why", str_of(e.text)));
}

static void load_certificates(struct process *p)
{
    struct err e = ERR_INIT;
    struct stat st;
    int fd = broker_certificates(p->broker, &e);
    if (fd < 0) {
        log_alert(&p->log, "the stored certificates cannot be read", LOG_STR("why", str_of(e.text)));
        return;
    }
    void *at = fstat(fd, &st) == 0 && st.st_size > 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0)
                                                     : MAP_FAILED;
    close(fd);
    if (at == MAP_FAILED)
        return;
    str rest = str_from(at, (size_t)st.st_size), name, pem;
    while (certificate_record_take(&rest, &name, &pem))
        load_certificate(p, name, pem);
    munmap(at, (size_t)st.st_size);
}

/* What was stored, or nothing. */
static str read_stored(struct process *p, struct arena *a)
{
    struct stat st;
    int fd = broker_stored(p->broker);
    if (fd < 0)
        return STR_NONE;
    str text = STR_NONE;
    if (fstat(fd, &st) == 0 && st.st_size > 0) {
        char *at = arena_alloc(a, (size_t)st.st_size);
        ssize_t n = pread(fd, at, (size_t)st.st_size, 0);
        text = n > 0 ? str_from(at, (size_t)n) : STR_NONE;
    }
    close(fd);
    return text;
}

/* --- The end --- */

static void drop_sockets(struct process *p)
{
    while (!list_empty(&p->sockets))
        socket_drop(list_first(&p->sockets, struct held_socket, node));
}

static void on_server_end(void *ctx)
{
    struct process *p = ctx;
    loop_stop(p->loop);
}

/* No change is being made any more that would want a socket. */
static void on_control_stopped(void *ctx)
{
    struct process *p = ctx;
    server_stop(p->server);
    drop_sockets(p);
}

static void on_grace_over(struct timer *t)
{
    struct process *p = CONTAINER_OF(t, struct process, grace);
    log_warn(&p->log, "stopped before all requests were finished");
    server_cut(p->server);
}

static void reopen_logs(struct process *p)
{
    reopen_access_log(p);
    int fd = broker_log(p->broker);
    if (fd < 0)
        return; /* the supervisor has logged why */
    dup2(fd, p->log.fd);
    close(fd);
}

static void on_standby(void *ctx)
{
    struct process *p = ctx;
    broker_tell_standby(p->broker);
}

static void stand_by(struct process *p)
{
    if (!p->standby && !p->stopping)
        control_stop(p->control, on_standby, p);
    p->standby = true;
}

static void stop(struct process *p)
{
    if (!p->stopping)
        control_stop(p->control, on_control_stopped, p);
    p->stopping = true;
    if (!p->standby) /* a successor does not hurry it */
        timer_set(&p->grace, instant_add(instant_now(), duration_s(GRACE_S)));
}

static void cut(struct process *p)
{
    if (!p->stopping)
        control_stop(p->control, NULL, NULL);
    p->stopping = true;
    server_cut(p->server);
}

static void on_signal(void *ctx, int signum)
{
    switch (signum) {
    case SIGUSR1: reopen_logs(ctx); return;
    case SIGUSR2: stand_by(ctx); return;
    case SIGQUIT: stop(ctx); return;
    case SIGTERM: cut(ctx); return;
    }
}

static bool watch_signals(struct process *p, struct err *e)
{
    static const int signals[] = { SIGTERM, SIGQUIT, SIGUSR1, SIGUSR2 };
    sigset_t none;
    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        if (!loop_on_signal(p->loop, signals[i], on_signal, p, e))
            return false;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    return true;
}

/* --- The beginning --- */

static void open_cache(struct process *p)
{
    struct err e = ERR_INIT;
    p->has_cache = cache_open(&p->cache, str_of(p->options->cache_dir), CACHE_LIMIT_BYTES, &p->log, &e);
    if (p->has_cache)
        return;
    log_warn(&p->log, "compiled code is not cached", LOG_STR("why", str_of(e.text)));
    cache_close(&p->cache);
}

static bool start(struct process *p, struct err *e)
{
    const struct server_options o = {
        .loop = p->loop, .workers = p->options->workers, .on_end = on_server_end, .ctx = p
    };
    if (!watch_signals(p, e) || !server_start(&o, &p->server, e))
        return false;
    open_cache(p);
    p->component = (struct component_host){
        .engine = server_engine(p->server),
        .workers = p->options->workers,
        .apps = 1,
        .cache = p->has_cache ? &p->cache.ops : NULL,
        .log = &p->log,
    };
    p->host = (struct config_host){ .component = &p->component,
                                    .certificates = &p->certificates,
                                    .log = &p->log,
                                    .listen = listen_on,
                                    .open_access_log = open_access_log,
                                    .ctx = p };
    const struct control_options control = {
        .loop = p->loop,
        .server = p->server,
        .host = &p->host,
        .log = &p->log,
        .settled = settled,
        .store = store,
        .certificates = &p->certificates,
        .store_certificate = store_certificate,
        .delete_certificate = delete_certificate,
        .ctx = p,
    };
    p->control = control_new(&control);
    return true;
}

static void finish(struct process *p)
{
    timer_clear(&p->grace);
    if (p->control)
        control_free(p->control);
    server_free(p->server);
    drop_sockets(p);
    access_file_release(p->access_log);
    certificates_fini(&p->certificates);
    if (p->has_cache)
        cache_close(&p->cache);
    broker_disconnect(p->broker);
    loop_free(p->loop);
}

int process_main(const struct process_options *o)
{
    struct process p = {
        .options = o,
        .loop = loop_new(),
        .log = { .fd = STDERR_FILENO, .level = LOG_INFO, .style = LOG_STYLE_UNIT },
        .broker = broker_connect(o->broker_fd),
    };
    struct err e = ERR_INIT;
    struct arena stored;
    list_init(&p.sockets);
    certificates_init(&p.certificates);
    timer_init(&p.grace, p.loop, on_grace_over);
    if (!start(&p, &e)) {
        log_alert(&p.log, "the server process cannot start", LOG_STR("why", str_of(e.text)));
        return EXIT_FAILURE;
    }
    load_certificates(&p);
    arena_init(&stored);
    control_restore(p.control, read_stored(&p, &stored));
    arena_fini(&stored);
    loop_run(p.loop);
    if (control_is_changing(p.control))
        _exit(EXIT_SUCCESS); /* a thread still compiles: nobody waits for it */
    finish(&p);
    return EXIT_SUCCESS;
}
