/* The program `berthd`: see daemon.h. */
#include "server/daemon/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "server/daemon/supervisor.h"

static int fail(const struct err *e)
{
    fprintf(stderr, "berthd: [alert] %s\n", e->text);
    if (e->help[0])
        fprintf(stderr, "berthd: %s\n", e->help);
    return EXIT_FAILURE;
}

/* The parent waits until the child has started or failed, and tells it by its exit status; the child has no terminal
 * any more. `ret_pipe` ends the parent's waiting. */
static bool go_to_background(int *ret_pipe, struct err *e)
{
    int ends[2];
    char started = 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_system(e, errno, "make a pipe");
    pid_t pid = fork();
    if (pid < 0)
        return err_system(e, errno, "go to the background");
    if (pid > 0) {
        close(ends[1]);
        _exit(read(ends[0], &started, 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    close(ends[0]);
    setsid();
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return err_system(e, errno, "open /dev/null");
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    close(null);
    *ret_pipe = ends[1];
    return true;
}

static void on_started(void *ctx, const struct err *e)
{
    const int *pipe_end = ctx;
    if (e)
        fail(e);
    else if (*pipe_end >= 0)
        (void)!write(*pipe_end, "", 1);
    if (*pipe_end >= 0)
        close(*pipe_end);
}

int daemon_main(int argc, char **argv)
{
    struct flags flags;
    struct supervisor s;
    struct err e = ERR_INIT;
    int pipe_end = -1;
    prctl(PR_SET_NAME, "berthd"); /* `berth ctl` looks for it; an upgrade may have started another name of the file */
    if (!flags_parse(argc, argv, stderr, &flags, &e))
        return fail(&e);
    if (flags.help) {
        flags_print_help(stdout);
        return EXIT_SUCCESS;
    }
    if (flags.version) {
        fprintf(stderr, "berth version: %s\n", BERTH_VERSION);
        return EXIT_SUCCESS;
    }
    if (!supervisor_open(&s, &flags, argv, &e))
        return fail(&e);
    bool fresh = s.inherited_fd < 0;
    if (fresh && !flags.no_daemon && !go_to_background(&pipe_end, &e))
        return fail(&e);
    return supervisor_run(&s, on_started, &pipe_end);
}
