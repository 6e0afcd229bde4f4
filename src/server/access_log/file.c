/* The access log's open file: see file.h. */
#include "server/access_log/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/mem.h"

enum { WAIT_MS = 100 }; /* for a pipe that is full */

struct access_file {
    atomic_uint refs;
    int fd;
    str path;
};

struct access_file *access_file_new(str path, int fd)
{
    struct access_file *f = mem_alloc(sizeof(*f) + path.len, 1);
    char *text = (char *)(f + 1);
    memcpy(text, path.ptr, path.len);
    atomic_init(&f->refs, 1);
    f->fd = fd;
    f->path = str_from(text, path.len);
    return f;
}

struct access_file *access_file_retain(struct access_file *f)
{
    if (f)
        atomic_fetch_add(&f->refs, 1);
    return f;
}

void access_file_release(struct access_file *f)
{
    if (!f || atomic_fetch_sub(&f->refs, 1) > 1)
        return;
    close(f->fd);
    mem_free(f);
}

str access_file_path(const struct access_file *f)
{
    return f->path;
}

void access_file_replace(struct access_file *f, int fd)
{
    dup3(fd, f->fd, O_CLOEXEC);
    close(fd);
}

bool access_file_write(struct access_file *f, str lines, struct err *e)
{
    for (size_t done = 0; done < lines.len;) {
        ssize_t n = write(f->fd, lines.ptr + done, lines.len - done);
        if (n >= 0) {
            done += (size_t)n;
        } else if (errno == EAGAIN) {
            struct pollfd p = { .fd = f->fd, .events = POLLOUT };
            if (poll(&p, 1, WAIT_MS) <= 0)
                return err_system(e, EAGAIN, "write to '%.*s'", STR_ARG(f->path));
        } else if (errno != EINTR) {
            return err_system(e, errno, "write to '%.*s'", STR_ARG(f->path));
        }
    }
    return true;
}
