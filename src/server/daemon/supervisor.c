/* The supervisor: see supervisor.h. One thread, one poll. */
#include "server/daemon/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/net/address.h"
#include "io/net/listener.h"
#include "server/daemon/broker.h"
#include "server/daemon/process.h"
#include "server/log.h"

enum { CONTROL_BACKLOG = 64, RESTART_MS = 1000 /* not before, when it died at once */ };

/* --- Opening --- */

static bool make_directory(const char *path, mode_t mode, struct err *e)
{
    char part[4096];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof(part))
        return err_set(e, ERR_USAGE, "\"%s\" is no directory", path);
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, i == len ? mode : 0755) < 0 && errno != EEXIST)
            return err_system(e, errno, "make the directory '%s'", part);
    }
    return true;
}

/* The directories above a file. */
static bool make_parents(const char *path, struct err *e)
{
    char parent[4096];
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path || (size_t)(slash - path) >= sizeof(parent))
        return true;
    memcpy(parent, path, (size_t)(slash - path));
    parent[slash - path] = '\0';
    return make_directory(parent, 0755, e);
}

static bool lock_state(struct supervisor *s, struct err *e)
{
    char path[4096];
    if (!make_directory(s->flags->statedir, 0700, e))
        return false;
    snprintf(path, sizeof(path), "%s/lock", s->flags->statedir);
    s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock_fd < 0)
        return err_system(e, errno, "open '%s'", path);
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno != EWOULDBLOCK)
        return err_system(e, errno, "lock '%s'", path);
    err_set(e, ERR_SYSTEM, "the state directory '%s' is used by another server", s->flags->statedir);
    return err_help(e, "stop that server, or give this one another --statedir");
}

static bool find_user(struct supervisor *s, struct err *e)
{
    if (geteuid() != 0)
        return true; /* it stays who it is */
    const char *name = s->flags->user ? s->flags->user : "nobody";
    const struct passwd *user = getpwnam(name);
    if (!user)
        return err_set(e, ERR_USAGE, "user \"%s\" is not known", name);
    s->uid = user->pw_uid;
    s->gid = user->pw_gid;
    snprintf(s->user, sizeof(s->user), "%s", name);
    if (s->flags->group) {
        const struct group *group = getgrnam(s->flags->group);
        if (!group)
            return err_set(e, ERR_USAGE, "group \"%s\" is not known", s->flags->group);
        s->gid = group->gr_gid;
    }
    s->has_user = true;
    return true;
}

static bool make_cache_dir(struct supervisor *s, struct err *e)
{
    snprintf(s->cache_dir, sizeof(s->cache_dir), "%s/cache", s->flags->statedir);
    if (!make_directory(s->cache_dir, 0700, e))
        return false;
    if (!s->has_user)
        return true;
    /* The server process must reach it, and nothing else of the state. */
    if (chown(s->cache_dir, s->uid, s->gid) < 0 || chmod(s->flags->statedir, 0711) < 0)
        return err_system(e, errno, "give '%s' to the server process", s->cache_dir);
    return true;
}

static bool own_control(const struct supervisor *s, const char *path, struct err *e)
{
    const struct flags *f = s->flags;
    uid_t uid = (uid_t)-1;
    gid_t gid = (gid_t)-1;
    if (f->control_user) {
        const struct passwd *user = getpwnam(f->control_user);
        if (!user)
            return err_set(e, ERR_USAGE, "user \"%s\" is not known", f->control_user);
        uid = user->pw_uid;
    }
    if (f->control_group) {
        const struct group *group = getgrnam(f->control_group);
        if (!group)
            return err_set(e, ERR_USAGE, "group \"%s\" is not known", f->control_group);
        gid = group->gr_gid;
    }
    if (chmod(path, (mode_t)f->control_mode) < 0 || chown(path, uid, gid) < 0)
        return err_system(e, errno, "set the rights of '%s'", path);
    return true;
}

static bool open_control(struct supervisor *s, struct err *e)
{
    const struct listener_settings settings = { .backlog = CONTROL_BACKLOG };
    struct address a;
    if (!address_parse_literal(str_of(s->flags->control), &a)) {
        err_set(e, ERR_USAGE, "\"%s\" is no address for the control API", s->flags->control);
        return err_help(e, "write unix:/path/of/socket or IP:PORT");
    }
    const char *path = ((const struct sockaddr_un *)&a.storage)->sun_path;
    bool file = a.storage.ss_family == AF_UNIX && path[0];
    if (file && !make_parents(path, e))
        return false;
    mode_t mask = umask(0177); /* nobody else may connect before the rights are set */
    s->control_fd = listener_bind(&a, &settings, NULL, e);
    umask(mask);
    if (s->control_fd < 0)
        return err_wrap(e, "the control API");
    return !file || own_control(s, path, e);
}

static bool write_pid(const struct supervisor *s, struct err *e)
{
    if (!make_parents(s->flags->pid, e))
        return false;
    FILE *file = fopen(s->flags->pid, "we");
    if (!file)
        return err_system(e, errno, "write '%s'", s->flags->pid);
    fprintf(file, "%d\n", (int)getpid());
    if (fclose(file) != 0)
        return err_system(e, errno, "write '%s'", s->flags->pid);
    return true;
}

bool supervisor_open(struct supervisor *s, const struct flags *f, struct err *e)
{
    *s = (struct supervisor){ .flags = f, .control_fd = -1, .log_fd = -1, .lock_fd = -1 };
    if (!find_user(s, e) || !lock_state(s, e) || !make_cache_dir(s, e) || !make_parents(f->log, e))
        return false;
    s->log_fd = open(f->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (s->log_fd < 0)
        return err_system(e, errno, "open the log '%s'", f->log);
    return open_control(s, e);
}

/* --- The server process --- */

static bool drop_privileges(const struct supervisor *s)
{
    return !s->has_user ||
           (initgroups(s->user, s->gid) == 0 && setgid(s->gid) == 0 && setuid(s->uid) == 0 && setuid(0) != 0);
}

static int child_main(const struct supervisor *s, int broker_fd, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGINT, SIG_IGN); /* of a terminal, meant for the supervisor */
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    if (!drop_privileges(s))
        return 1;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        return 1; /* it died before it could be watched */
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const struct process_options o = {
        .control_fd = s->control_fd,
        .broker_fd = broker_fd,
        .log_fd = s->log_fd,
        .workers = cores > 0 ? (uint32_t)cores : 1,
        .cache_dir = s->cache_dir,
    };
    return process_main(&o);
}

struct child {
    pid_t pid;
    int fd; /* its questions; -1 when it is gone */
    instant started;
};

static bool child_start(const struct supervisor *s, struct broker_desk *desk, struct child *c, const struct log *log)
{
    int pair[2];
    pid_t self = getpid();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return false;
    c->started = instant_now();
    c->pid = fork();
    if (c->pid == 0) {
        close(pair[0]);
        broker_desk_free(desk, true); /* what it needs of it, it asks for */
        _exit(child_main(s, pair[1], self));
    }
    close(pair[1]);
    if (c->pid < 0) {
        close(pair[0]);
        return false;
    }
    c->fd = pair[0];
    log_info(log, "server process started", LOG_NUM("pid", (uint64_t)c->pid));
    return true;
}

/* --- The loop --- */

struct supervision {
    struct supervisor *s;
    struct log log;
    struct broker_desk *desk;
    struct child child;
    bool ending;
    int status;
};

static void reopen_log(struct supervision *v)
{
    int fd = open(v->s->flags->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    dup2(fd, v->s->log_fd);
    close(fd);
}

static void on_child_end(struct supervision *v, int status)
{
    uint64_t pid = (uint64_t)v->child.pid;
    if (v->child.fd >= 0)
        close(v->child.fd);
    v->child.fd = -1;
    v->child.pid = 0;
    if (v->ending)
        return;
    if (WIFSIGNALED(status))
        log_error(&v->log, "server process died and is started again", LOG_NUM("pid", pid),
                  LOG_NUM("signal", (uint64_t)WTERMSIG(status)));
    else
        log_error(&v->log, "server process ended and is started again", LOG_NUM("pid", pid),
                  LOG_NUM("status", (uint64_t)WEXITSTATUS(status)));
    /* What dies at its start is not started a thousand times a second. */
    if (instant_before(instant_now(), instant_add(v->child.started, duration_ms(RESTART_MS))))
        poll(NULL, 0, RESTART_MS);
    if (!child_start(v->s, v->desk, &v->child, &v->log)) {
        log_error(&v->log, "server process cannot be started", LOG_STR("why", str_of(strerror(errno))));
        v->status = 1;
    }
}

static void reap(struct supervision *v)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (pid == v->child.pid)
            on_child_end(v, status);
}

static void on_signal(struct supervision *v, int signum)
{
    switch (signum) {
    case SIGCHLD: reap(v); return;
    case SIGUSR1:
        reopen_log(v);
        kill(v->child.pid, SIGUSR1);
        return;
    case SIGTERM:
    case SIGINT:
        v->ending = true;
        kill(v->child.pid, SIGTERM);
        return;
    case SIGQUIT:
        v->ending = true;
        kill(v->child.pid, SIGQUIT);
        return;
    }
}

static int block_signals(void)
{
    static const int signals[] = { SIGCHLD, SIGUSR1, SIGTERM, SIGINT, SIGQUIT };
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        sigaddset(&set, signals[i]);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static void turn(struct supervision *v, int signals)
{
    struct pollfd fds[] = { { .fd = signals, .events = POLLIN }, { .fd = v->child.fd, .events = POLLIN } };
    struct signalfd_siginfo info;
    if (poll(fds, ARRAY_LEN(fds), -1) < 0)
        return;
    if (fds[1].revents && !broker_answer(v->desk, v->child.fd)) {
        close(v->child.fd); /* SIGCHLD tells the rest */
        v->child.fd = -1;
    }
    if (fds[0].revents && read(signals, &info, sizeof(info)) == sizeof(info))
        on_signal(v, (int)info.ssi_signo);
}

static void remove_files(const struct supervisor *s)
{
    struct address a;
    unlink(s->flags->pid);
    if (!address_parse_literal(str_of(s->flags->control), &a))
        return;
    const char *path = ((const struct sockaddr_un *)&a.storage)->sun_path;
    if (a.storage.ss_family == AF_UNIX && path[0])
        unlink(path);
}

int supervisor_run(struct supervisor *s)
{
    struct supervision v = {
        .s = s,
        .log = { .fd = s->log_fd, .level = LOG_INFO },
        .desk = broker_desk_new(s->flags->statedir, s->flags->log),
        .child = { .fd = -1 },
    };
    struct err e = ERR_INIT;
    int signals = block_signals();
    if (!write_pid(s, &e))
        log_error(&v.log, "no pid file", LOG_STR("why", str_of(e.text)));
    if (!s->has_user)
        log_warn(&v.log, "Berth is running unprivileged, then it cannot use arbitrary user and group.");
    log_info(&v.log, "berth " BERTH_VERSION " started");
    if (signals < 0 || !child_start(s, v.desk, &v.child, &v.log))
        v.status = 1;
    while (v.status == 0 && v.child.pid)
        turn(&v, signals);
    log_info(&v.log, "berth " BERTH_VERSION " ended");
    broker_desk_free(v.desk, false);
    remove_files(s);
    return v.status;
}
