/* The state directory: see state_dir.h. */
#include "server/daemon/state_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"
#include "base/str.h"
#include "server/daemon/identity.h"

enum {
    PATH_BYTES = 4096,
    LEFTOVER_WAIT_MS = 5000, /* for the server process of a supervisor that was killed */
    LEFTOVER_POLL_MS = 5,
};

/* Of the configuration's language, as NGINX Unit numbers it: with it the directory can go back to Unit. */
static const char version_text[] = "13500\n";

bool directory_make(const char *path, mode_t mode, struct err *e)
{
    char part[PATH_BYTES];
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

bool directory_make_above(const char *file, struct err *e)
{
    char parent[PATH_BYTES];
    const char *slash = strrchr(file, '/');
    if (!slash || slash == file || (size_t)(slash - file) >= sizeof(parent))
        return true;
    memcpy(parent, file, (size_t)(slash - file));
    parent[slash - file] = '\0';
    return directory_make(parent, 0755, e);
}

static bool directory_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

bool write_whole(int fd, str text)
{
    for (size_t done = 0; done < text.len;) {
        ssize_t n = write(fd, text.ptr + done, text.len - done);
        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

bool file_replace(const char *dir, const char *name, bool (*fill)(void *ctx, int fd), void *ctx, struct err *e)
{
    char path[PATH_BYTES], temporary[PATH_BYTES];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    snprintf(temporary, sizeof(temporary), "%s/.%s.tmp", dir, name); /* no file that counts begins with a dot */
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_system(e, errno, "make '%s'", temporary);
    bool ok = fill(ctx, fd) && fsync(fd) == 0;
    ok = close(fd) == 0 && ok && rename(temporary, path) == 0 && directory_sync(dir);
    return ok || err_system(e, errno, "store '%s'", path);
}

static bool fill_version(void *ctx, int fd)
{
    (void)ctx;
    return write(fd, version_text, sizeof(version_text) - 1) == sizeof(version_text) - 1;
}

/* --- The lock --- */

/* Of the supervisor that took the lock last; 0 when the file does not tell. */
static pid_t read_owner(int fd)
{
    char text[24];
    uint32_t pid;
    ssize_t n = pread(fd, text, sizeof(text), 0);
    return n > 0 && num_parse_u32(str_trim(str_from(text, (size_t)n)), &pid) && pid <= INT32_MAX ? (pid_t)pid : 0;
}

static bool is_alive(pid_t pid)
{
    return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
}

/* A server process outlives its supervisor for some milliseconds; what it holds is free after that. */
static bool lock(int fd, const char *dir, struct err *e)
{
    instant deadline = instant_add(instant_now(), duration_ms(LEFTOVER_WAIT_MS));
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK)
            return err_system(e, errno, "lock '%s'", dir);
        pid_t owner = read_owner(fd);
        if (is_alive(owner) || !instant_before(instant_now(), deadline)) {
            err_set(e, ERR_SYSTEM, "the state directory '%s' is used by another server, process %d", dir, (int)owner);
            return err_help(e, "stop that server, or give this one another --statedir");
        }
        poll(NULL, 0, LEFTOVER_POLL_MS);
    }
    return true;
}

bool state_dir_sign(int lock_fd, struct err *e)
{
    char text[24];
    int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
    return (ftruncate(lock_fd, 0) == 0 && pwrite(lock_fd, text, (size_t)n, 0) == n) ||
           err_system(e, errno, "write the lock of the state directory");
}

int state_dir_open(const char *path, struct err *e)
{
    char name[PATH_BYTES];
    if (!directory_make(path, 0700, e)) {
        err_help(e, "name a directory that this user may write: --statedir DIR");
        return -1;
    }
    snprintf(name, sizeof(name), "%s/lock", path);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        err_system(e, errno, "open '%s'", name);
        err_help(e, "name a directory that this user may write: --statedir DIR");
        return -1;
    }
    if (lock(fd, path, e) && file_replace(path, "version", fill_version, NULL, e))
        return fd;
    close(fd);
    return -1;
}

bool state_dir_make_cache(const char *path, const struct identity *i, char ret[PATH_BYTES], struct err *e)
{
    snprintf(ret, PATH_BYTES, "%s/cache", path);
    if (!directory_make(ret, 0700, e))
        return false;
    if (!i->changes || i->uid == 0)
        return true;
    /* The server process must reach it, and nothing else of the state. */
    if (chown(ret, i->uid, i->gid) < 0 || chmod(path, 0711) < 0)
        return err_system(e, errno, "give '%s' to the server process", ret);
    return true;
}
