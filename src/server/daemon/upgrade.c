/* Upgrading in place: see upgrade.h. */
#include "server/daemon/upgrade.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/num.h"
#include "base/str.h"
#include "server/daemon/child.h"
#include "server/daemon/handover.h"
#include "server/daemon/supervisor.h"

enum { PATH_BYTES = 4096, TRY_MS = 10000 };

static const char variable[] = "BERTHD_HANDOVER";

bool upgrade_find_program(const char *argv0, char ret[PATH_BYTES], struct err *e)
{
    char cwd[PATH_BYTES / 2] = "";
    if (!strchr(argv0, '/')) { /* found in PATH: where, the system knows */
        ssize_t n = readlink("/proc/self/exe", ret, PATH_BYTES - 1);
        ret[n > 0 ? n : 0] = '\0';
        return n > 0 || err_system(e, errno, "read /proc/self/exe");
    }
    if (argv0[0] != '/' && !getcwd(cwd, sizeof(cwd)))
        return err_system(e, errno, "find the current directory");
    int n = snprintf(ret, PATH_BYTES, "%s%s%s", cwd, cwd[0] ? "/" : "", argv0);
    return n < PATH_BYTES || err_set(e, ERR_LIMIT, "the path of the program is too long");
}

bool upgrade_try_program(const char *program, struct err *e)
{
    int status = 0;
    pid_t pid = fork();
    if (pid < 0)
        return err_system(e, errno, "fork");
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execl(program, program, "--version", (char *)NULL);
        dprintf(STDERR_FILENO, "%s: %s\n", program, strerror(errno)); /* to the log */
        _exit(127);
    }
    int fd = pidfd_open(pid, 0);
    struct pollfd p = { .fd = fd, .events = POLLIN };
    if (fd < 0 || poll(&p, 1, TRY_MS) <= 0)
        kill(pid, SIGKILL);
    if (fd >= 0)
        close(fd);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           err_set(e, ERR_INVALID, "'%s --version' fails; the log has its reason", program);
}

void upgrade_exec(const struct supervisor *s, struct broker_desk *d, const struct child *server, struct err *e)
{
    const struct handover h = { .control_fd = s->control_fd, .lock_fd = s->lock_fd, .server = server->pid };
    char number[16];
    int fd = handover_write(&h, d, e);
    if (fd < 0)
        return;
    snprintf(number, sizeof(number), "%d", fd);
    setenv(variable, number, 1);
    execv(s->program, s->argv);
    err_system(e, errno, "execute '%s'", s->program);
    unsetenv(variable);
    handover_undo(fd, &h, d);
}

int upgrade_inherited(void)
{
    const char *text = getenv(variable);
    uint32_t fd;
    bool ok = text && num_parse_u32(str_of(text), &fd) && fd <= INT32_MAX;
    unsetenv(variable);
    return ok ? (int)fd : -1;
}
