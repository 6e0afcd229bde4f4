/* Calling another machine's: see remote.h. */
#include "tool/ctl/remote.h"

#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool/file.h"

enum { ARGUMENTS_MAX = 24 };

struct command_line {
    struct arena *arena;
    char *at[ARGUMENTS_MAX];
    size_t count;
    bool quote; /* ssh hands one text to a shell */
};

static void add(struct command_line *l, str word)
{
    l->at[l->count++] = str_dupz(l->arena, word);
}

/* A word of the command that runs there. */
static void add_there(struct command_line *l, str word)
{
    if (!l->quote) {
        add(l, word);
        return;
    }
    str quoted = STR("'");
    for (str rest = word; rest.ptr;) {
        str part = str_split(rest, '\'', &rest);
        quoted = str_printf(l->arena, "%.*s%.*s%s", STR_ARG(quoted), STR_ARG(part), rest.ptr ? "'\\''" : "'");
    }
    add(l, quoted);
}

static void build(struct command_line *l, const struct endpoint *there, const struct remote_call *call)
{
    switch (there->kind) {
    case ENDPOINT_SSH:
        l->quote = true;
        add(l, STR("ssh"));
        if (there->port.len) {
            add(l, STR("-p"));
            add(l, there->port);
        }
        break;
    case ENDPOINT_DOCKER:
        add(l, STR("docker"));
        add(l, STR("exec"));
        add(l, STR("-i"));
        break;
    case ENDPOINT_SOCKET: __builtin_unreachable();
    }
    add(l, there->host);
    add(l, STR("berth"));
    add(l, STR("ctl"));
    if (call->quiet)
        add(l, STR("--quiet"));
    if (there->socket.len) {
        add(l, STR("--control"));
        add_there(l, str_printf(l->arena, "unix:%.*s", STR_ARG(there->socket)));
    }
    add(l, str_of(call->method));
    add_there(l, call->path);
}

bool remote_run(struct arena *a, const struct endpoint *there, const struct remote_call *call, int *ret_status,
                struct err *e)
{
    struct command_line l = { .arena = a };
    posix_spawn_file_actions_t actions;
    int ends[2], status = 0;
    pid_t pid;
    build(&l, there, call);
    if (pipe(ends) < 0)
        return err_system(e, errno, "make a pipe");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    int code = posix_spawnp(&pid, l.at[0], &actions, NULL, l.at, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[0]);
    struct err unwanted = ERR_INIT; /* when it does not read all of it, its exit status tells why */
    if (code == 0)
        (void)!file_write(ends[1], call->body, &unwanted);
    close(ends[1]);
    if (code != 0) {
        err_system(e, code, "start '%s'", l.at[0]);
        return err_help(e, "install it, or run berth ctl on that machine");
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    *ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    return true;
}
