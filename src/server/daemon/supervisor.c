/* The supervisor: see supervisor.h. One thread, one poll. */
#include "server/daemon/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "server/daemon/broker.h"
#include "server/daemon/child.h"
#include "server/daemon/control_socket.h"
#include "server/daemon/handover.h"
#include "server/daemon/notify.h"
#include "server/daemon/state_dir.h"
#include "server/daemon/upgrade.h"

enum {
    RESTART_MS = 1000, /* what dies at its start is not started a thousand times a second */
    KILL_MS = 5000,    /* from SIGTERM on */
};

struct supervision {
    struct supervisor *s;
    struct broker_desk *desk;
    struct child server; /* the current one */
    struct child former; /* goes, once the current one is ready */
    bool ready;          /* the current one serves */
    bool upgrading;      /* the current one was asked to stand by */
    bool ending;
    instant restart_at, kill_at;
    bool restarts, kills; /* these are set */
};

/* --- Opening --- */

/* The file's name would not open what a service manager connects: a socket has no file. */
static bool logs_to_stderr(const struct supervisor *s)
{
    return strcmp(s->flags->log, "/dev/stderr") == 0;
}

static bool open_log(const struct supervisor *s, struct err *e)
{
    if (logs_to_stderr(s))
        return true;
    if (!directory_make_above(s->flags->log, e))
        return err_help(e, "name a file that this user may write: --log FILE");
    int fd = open(s->flags->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        err_system(e, errno, "open the log '%s'", s->flags->log);
        return err_help(e, "name a file that this user may write: --log FILE");
    }
    /* Everything that this process and its children say lands there, whoever says it. */
    dup2(fd, STDERR_FILENO);
    close(fd);
    return true;
}

bool supervisor_open(struct supervisor *s, const struct flags *f, char **argv, struct err *e)
{
    *s = (struct supervisor){
        .flags = f,
        .argv = argv,
        .log = { .fd = STDERR_FILENO, .level = LOG_INFO, .style = LOG_STYLE_UNIT },
        .control_fd = -1,
        .lock_fd = -1,
        .signals_fd = -1,
        .inherited_fd = upgrade_inherited(),
    };
    if (!upgrade_find_program(argv[0], s->program, e) || !identity_find(f->user, f->group, &s->identity, e))
        return false;
    if (s->inherited_fd >= 0)
        return state_dir_make_cache(f->statedir, &s->identity, s->cache_dir, e);
    close_range(STDERR_FILENO + 1, ~0U, 0); /* what a careless parent has left open */
    s->lock_fd = state_dir_open(f->statedir, e);
    if (s->lock_fd < 0 || !state_dir_make_cache(f->statedir, &s->identity, s->cache_dir, e))
        return false;
    s->control_fd = control_socket_open(f, e);
    return s->control_fd >= 0;
}

static bool write_pid(const struct supervisor *s, struct err *e)
{
    if (!directory_make_above(s->flags->pid, e))
        return false;
    FILE *file = fopen(s->flags->pid, "we");
    if (!file)
        return err_system(e, errno, "write the pid file '%s'", s->flags->pid);
    fprintf(file, "%d\n", (int)getpid());
    if (fclose(file) != 0)
        return err_system(e, errno, "write the pid file '%s'", s->flags->pid);
    return true;
}

/* --- The server process --- */

static void start_server(struct supervision *v)
{
    struct err e = ERR_INIT;
    v->restarts = v->ready = false;
    if (child_start(v->s, v->desk, &v->server, &e)) {
        log_notice(&v->s->log, "server process started", LOG_NUM("pid", (uint64_t)v->server.pid));
        return;
    }
    log_alert(&v->s->log, "the server process cannot be started", LOG_STR("why", str_of(e.text)));
    v->restarts = true;
    v->restart_at = instant_add(instant_now(), duration_ms(RESTART_MS));
}

static void tell_death(const struct supervision *v, pid_t pid, int status)
{
    char text[96];
    if (WIFSIGNALED(status))
        snprintf(text, sizeof(text), "server process %d exited on signal %d", (int)pid, WTERMSIG(status));
    else
        snprintf(text, sizeof(text), "server process %d exited with code %d", (int)pid, WEXITSTATUS(status));
    log_event(&v->s->log, LOG_ALERT, str_of(text), NULL, 0);
}

static void on_server_end(struct supervision *v, int status)
{
    pid_t pid = v->server.pid;
    instant earliest = instant_add(v->server.started, duration_ms(RESTART_MS));
    child_hang_up(&v->server);
    v->server.pid = 0;
    if (v->ending)
        return;
    tell_death(v, pid, status);
    v->upgrading = false;
    v->restarts = true;
    v->restart_at = v->ready ? instant_now() : earliest;
}

static void on_former_end(struct supervision *v, int status)
{
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        tell_death(v, v->former.pid, status);
    child_hang_up(&v->former);
    v->former.pid = 0;
}

static void reap(struct supervision *v)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == v->server.pid)
            on_server_end(v, status);
        else if (pid == v->former.pid)
            on_former_end(v, status);
    }
}

/* --- Another program --- */

/* The server process goes on serving, while another one is made ready. */
static void replace_server(struct supervision *v)
{
    v->former = v->server;
    child_hang_up(&v->former);
    v->server = (struct child)CHILD_NONE;
    start_server(v);
}

static void begin_upgrade(struct supervision *v)
{
    struct err e = ERR_INIT;
    if (!v->ready || v->upgrading || v->former.pid || v->ending) {
        log_notice(&v->s->log, "no upgrade: another one, a start or the end is under way");
        return;
    }
    if (!upgrade_try_program(v->s->program, &e)) {
        log_alert(&v->s->log, "no upgrade: the new program does not run", LOG_STR("why", str_of(e.text)));
        return;
    }
    log_notice(&v->s->log, "upgrading", LOG_STR("program", str_of(v->s->program)));
    notify_reloading();
    v->upgrading = true;
    child_signal(&v->server, SIGUSR2); /* to stand by: no change of the configuration is cut in two */
}

static void finish_upgrade(struct supervision *v)
{
    struct err e = ERR_INIT;
    v->upgrading = false;
    upgrade_exec(v->s, v->desk, &v->server, &e);
    log_alert(&v->s->log, "the upgrade failed, the old program goes on", LOG_STR("why", str_of(e.text)));
    replace_server(v);
}

static void on_ready(struct supervision *v)
{
    v->ready = true;
    notify_manager("READY=1");
    child_signal(&v->former, SIGQUIT);
}

/* --- The loop --- */

static void reopen_log(struct supervision *v)
{
    if (logs_to_stderr(v->s))
        return;
    int fd = open(v->s->flags->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        log_alert(&v->s->log, "the log cannot be opened again", LOG_STR("why", str_of(strerror(errno))));
        return;
    }
    dup2(fd, STDERR_FILENO);
    close(fd);
    log_notice(&v->s->log, "signal 10 (SIGUSR1) received, log files rotation");
}

static void end(struct supervision *v, int signum)
{
    if (!v->ending)
        notify_manager("STOPPING=1");
    v->ending = true;
    v->restarts = false;
    broker_desk_close(v->desk);
    child_signal(&v->server, signum);
    child_signal(&v->former, signum);
    if (signum == SIGTERM && !v->kills) {
        v->kills = true;
        v->kill_at = instant_add(instant_now(), duration_ms(KILL_MS));
    }
}

static void on_signal(struct supervision *v, int signum)
{
    switch (signum) {
    case SIGCHLD: reap(v); return;
    case SIGUSR1:
        reopen_log(v);
        child_signal(&v->server, SIGUSR1);
        return;
    case SIGUSR2: begin_upgrade(v); return;
    case SIGTERM:
    case SIGINT: end(v, SIGTERM); return;
    case SIGQUIT: end(v, SIGQUIT); return;
    }
}

static int watch_signals(void)
{
    static const int signals[] = { SIGCHLD, SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGQUIT };
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        sigaddset(&set, signals[i]);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static void on_question(struct supervision *v)
{
    switch (broker_answer(v->desk, v->server.fd)) {
    case BROKER_GONE: child_hang_up(&v->server); return; /* SIGCHLD tells the rest */
    case BROKER_ANSWERED: return;
    case BROKER_IS_READY: on_ready(v); return;
    case BROKER_IS_ON_STANDBY: finish_upgrade(v); return;
    }
}

static int wait_ms(const struct supervision *v)
{
    if (!v->restarts && !v->kills)
        return -1;
    instant at = v->restarts && (!v->kills || instant_before(v->restart_at, v->kill_at)) ? v->restart_at : v->kill_at;
    int64_t ms = instant_diff(at, instant_now()).ns / 1000000 + 1;
    return ms < 0 ? 0 : ms > INT32_MAX ? INT32_MAX : (int)ms;
}

static void on_time(struct supervision *v)
{
    instant now = instant_now();
    if (v->restarts && !instant_before(now, v->restart_at))
        start_server(v);
    if (v->kills && !instant_before(now, v->kill_at)) {
        v->kills = false;
        child_signal(&v->server, SIGKILL);
        child_signal(&v->former, SIGKILL);
    }
}

static void turn(struct supervision *v)
{
    struct pollfd fds[] = { { .fd = v->s->signals_fd, .events = POLLIN }, { .fd = v->server.fd, .events = POLLIN } };
    struct signalfd_siginfo info;
    if (poll(fds, ARRAY_LEN(fds), wait_ms(v)) < 0)
        return;
    if (fds[1].revents)
        on_question(v);
    if (fds[0].revents && read(v->s->signals_fd, &info, sizeof(info)) == sizeof(info))
        on_signal(v, (int)info.ssi_signo);
    on_time(v);
}

/* --- The whole --- */

/* What the program before has left: its sockets and its server process. */
static bool take_over(struct supervision *v, struct err *e)
{
    struct handover h;
    struct supervisor *s = v->s;
    if (!handover_read(s->inherited_fd, &h, v->desk, e))
        return false;
    s->control_fd = h.control_fd;
    s->lock_fd = h.lock_fd;
    v->server.pid = h.server;
    log_notice(&s->log, "berth " BERTH_VERSION " took over", LOG_NUM("former", (uint64_t)h.server));
    replace_server(v);
    return true;
}

static bool begin(struct supervision *v, struct err *e)
{
    struct supervisor *s = v->s;
    if (s->inherited_fd >= 0)
        return take_over(v, e);
    if (!state_dir_sign(s->lock_fd, e) || !write_pid(s, e) || !open_log(s, e))
        return false;
    if (!s->identity.changes)
        log_warn(&s->log, "Berth is running unprivileged, then it cannot use arbitrary user and group.");
    log_notice(&s->log, "berth " BERTH_VERSION " started");
    start_server(v);
    return true;
}

int supervisor_run(struct supervisor *s, void (*started)(void *ctx, const struct err *e), void *ctx)
{
    struct supervision v = {
        .s = s,
        .desk = broker_desk_new(s->flags->statedir),
        .server = CHILD_NONE,
        .former = CHILD_NONE,
    };
    struct err e = ERR_INIT;
    s->signals_fd = watch_signals();
    bool ok = begin(&v, &e);
    started(ctx, ok ? NULL : &e);
    while (ok && (v.server.pid || v.former.pid || !v.ending))
        turn(&v);
    if (ok)
        log_notice(&s->log, "berth " BERTH_VERSION " ended");
    broker_desk_free(v.desk, false);
    unlink(s->flags->pid);
    control_socket_remove(s->flags);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
