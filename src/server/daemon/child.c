/* A server process: see child.h. */
#include "server/daemon/child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/daemon/broker.h"
#include "server/daemon/process.h"
#include "server/daemon/supervisor.h"
#include "server/log.h"

/* Signals stay blocked until the server process is ready for them. */
static bool prepare(const struct supervisor *s, pid_t parent, struct err *e)
{
    signal(SIGINT, SIG_IGN); /* of a terminal, meant for the supervisor */
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    if (!identity_assume(&s->identity, e))
        return false;
    prctl(PR_SET_NAME, "berthd: server");
    /* Nobody would start it again, reopen its log or end it. After the change of user, which forgets this. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return getppid() == parent || err_set(e, ERR_CLOSED, "the supervisor died at once");
}

static int child_main(const struct supervisor *s, int broker_fd, pid_t parent)
{
    struct err e = ERR_INIT;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const struct process_options o = {
        .control_fd = s->control_fd,
        .broker_fd = broker_fd,
        .workers = cores > 0 ? (uint32_t)cores : 1,
        .cache_dir = s->cache_dir,
    };
    if (prepare(s, parent, &e))
        return process_main(&o);
    log_alert(&s->log, "the server process cannot start", LOG_STR("why", str_of(e.text)));
    return EXIT_FAILURE;
}

bool child_start(const struct supervisor *s, struct broker_desk *desk, struct child *ret, struct err *e)
{
    int pair[2];
    pid_t self = getpid();
    ret->started = instant_now();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return err_system(e, errno, "make a socket pair");
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        close(s->signals_fd);
        broker_desk_free(desk, true);
        exit(child_main(s, pair[1], self));
    }
    int code = errno;
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return err_system(e, code, "start the server process");
    }
    ret->pid = pid;
    ret->fd = pair[0];
    return true;
}

void child_signal(const struct child *c, int signum)
{
    if (c->pid > 0)
        kill(c->pid, signum);
}

void child_hang_up(struct child *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}
