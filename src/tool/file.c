/* Files and pipes, whole: see file.h. */
#include "tool/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024 };

bool file_read_fd(int fd, struct buf *ret, struct err *e)
{
    for (;;) {
        if (!buf_reserve(ret, READ_BYTES, e))
            return false;
        ssize_t n = read(fd, ret->ptr + ret->len, READ_BYTES);
        if (n == 0)
            return true;
        if (n < 0 && errno != EINTR)
            return err_system(e, errno, "read");
        ret->len += n > 0 ? (size_t)n : 0;
    }
}

bool file_read(const char *path, struct buf *ret, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_system(e, errno, "open '%s'", path);
    bool ok = file_read_fd(fd, ret, e);
    close(fd);
    return ok || err_wrap(e, "file '%s'", path);
}

bool file_write(int fd, str text, struct err *e)
{
    while (text.len) {
        ssize_t n = write(fd, text.ptr, text.len);
        if (n < 0 && errno != EINTR)
            return err_system(e, errno, "write");
        text = str_slice(text, n > 0 ? (size_t)n : 0, text.len);
    }
    return true;
}
