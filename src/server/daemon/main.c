/* The program `berthd`. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/daemon/supervisor.h"

static int fail(const struct err *e)
{
    fprintf(stderr, "berthd: [alert] %s\n", e->text);
    if (e->help[0])
        fprintf(stderr, "berthd: %s\n", e->help);
    return EXIT_FAILURE;
}

/* The parent leaves; the child has no terminal any more. */
static bool go_to_background(struct err *e)
{
    pid_t pid = fork();
    if (pid < 0)
        return err_system(e, errno, "go to the background");
    if (pid > 0)
        _exit(EXIT_SUCCESS);
    setsid();
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return err_system(e, errno, "open /dev/null");
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    return true;
}

int main(int argc, char **argv)
{
    struct flags flags;
    struct supervisor s;
    struct err e = ERR_INIT;
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
    if (!supervisor_open(&s, &flags, &e) || (!flags.no_daemon && !go_to_background(&e)))
        return fail(&e);
    dup2(s.log_fd, STDERR_FILENO);
    return supervisor_run(&s);
}
