/* The user's editor: see edit.h. */
#include "tool/ctl/edit.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool/file.h"

/* EDITOR may hold options: the shell splits it. */
static char from_environment[] = "exec $EDITOR \"$@\"";

static int spawn(char *const *argv, pid_t *ret)
{
    return posix_spawnp(ret, argv[0], NULL, NULL, argv, environ);
}

static bool start_editor(char *file, pid_t *ret, struct err *e)
{
    static char editor[] = "editor", vim[] = "vim", vi[] = "vi", sh[] = "sh", c[] = "-c";
    char *const names[] = { editor, vim, vi };
    const char *chosen = getenv("EDITOR");
    if (chosen && chosen[0]) {
        char *const argv[] = { sh, c, from_environment, sh, file, NULL };
        int code = spawn(argv, ret);
        return code == 0 || err_system(e, code, "start '%s'", chosen);
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char *const argv[] = { names[i], file, NULL };
        if (spawn(argv, ret) == 0)
            return true;
    }
    err_set(e, ERR_INVALID, "no editor is installed");
    return err_help(e, "name one: EDITOR=nano berth ctl EDIT /config");
}

static bool run_editor(char *file, struct err *e)
{
    pid_t pid;
    int status = 0;
    if (!start_editor(file, &pid, e))
        return false;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           err_set(e, ERR_INVALID, "the editor failed: nothing is changed");
}

bool edit_text(struct arena *a, str text, str *ret_file, struct buf *ret_text, struct err *e)
{
    const char *dir = getenv("TMPDIR");
    *ret_file = STR_NONE;
    char *file = str_dupz(a, str_printf(a, "%s/berth-ctl-XXXXXX.json", dir && dir[0] ? dir : "/tmp"));
    int fd = mkstemps(file, sizeof(".json") - 1);
    if (fd < 0)
        return err_system(e, errno, "make a file in '%s'", dir && dir[0] ? dir : "/tmp");
    *ret_file = str_of(file);
    bool ok = file_write(fd, text, e);
    close(fd);
    return ok && run_editor(file, e) && file_read(file, ret_text, e);
}
