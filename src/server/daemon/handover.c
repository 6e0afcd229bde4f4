/* From one supervisor to the next: see handover.h. */
#include "server/daemon/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"
#include "server/daemon/broker.h"
#include "server/daemon/state_dir.h"

enum { TEXT_MAX_BYTES = 16 * 1024 * 1024 };

static void survive_exec(int fd, bool survives)
{
    fcntl(fd, F_SETFD, survives ? 0 : FD_CLOEXEC);
}

/* --- Writing --- */

static void write_listener(void *ctx, str address, int fd)
{
    struct buf *text = ctx;
    survive_exec(fd, true);
    buf_printf(text, "listener %d %.*s\n", fd, STR_ARG(address));
}

int handover_write(const struct handover *h, struct broker_desk *d, struct err *e)
{
    struct buf text;
    int fd = memfd_create("handover", 0);
    if (fd < 0) {
        err_system(e, errno, "make a memory file");
        return -1;
    }
    buf_init(&text, BUF_NO_LIMIT);
    buf_printf(&text, "control %d\nlock %d\nserver %d\n", h->control_fd, h->lock_fd, (int)h->server);
    survive_exec(h->control_fd, true);
    survive_exec(h->lock_fd, true);
    broker_desk_each(d, write_listener, &text);
    bool ok = write_whole(fd, buf_str(&text));
    buf_fini(&text);
    if (ok)
        return fd;
    err_system(e, errno, "write a memory file");
    handover_undo(fd, h, d);
    return -1;
}

static void undo_listener(void *ctx, str address, int fd)
{
    (void)ctx;
    (void)address;
    survive_exec(fd, false);
}

void handover_undo(int fd, const struct handover *h, struct broker_desk *d)
{
    survive_exec(h->control_fd, false);
    survive_exec(h->lock_fd, false);
    broker_desk_each(d, undo_listener, NULL);
    close(fd);
}

/* --- Reading --- */

/* A line's descriptor, which must be open. */
static bool read_fd(str line, uint32_t n, int *ret, struct err *e)
{
    if (n > INT32_MAX || fcntl((int)n, F_GETFD) < 0)
        return err_set(e, ERR_PARSE, "handover: '%.*s' names no open descriptor", STR_ARG(line));
    survive_exec((int)n, false);
    *ret = (int)n;
    return true;
}

static bool read_line(str line, struct handover *h, struct broker_desk *d, struct err *e)
{
    str rest, key = str_split(line, ' ', &rest), number = str_split(rest, ' ', &rest);
    uint32_t n = 0;
    int fd = -1;
    bool is_number = num_parse_u32(number, &n);
    if (str_eq(key, STR("server"))) {
        h->server = is_number && n <= INT32_MAX ? (pid_t)n : 0;
        return true;
    }
    if (str_eq(key, STR("control")))
        return read_fd(line, is_number ? n : UINT32_MAX, &h->control_fd, e);
    if (str_eq(key, STR("lock")))
        return read_fd(line, is_number ? n : UINT32_MAX, &h->lock_fd, e);
    if (str_eq(key, STR("listener")))
        return read_fd(line, is_number ? n : UINT32_MAX, &fd, e) && broker_desk_adopt(d, rest, fd, e);
    return true;
}

static bool read_text(str text, struct handover *h, struct broker_desk *d, struct err *e)
{
    for (str rest = text; rest.len;)
        if (!read_line(str_split(rest, '\n', &rest), h, d, e))
            return false;
    return (h->control_fd >= 0 && h->lock_fd >= 0) || err_set(e, ERR_PARSE, "handover: no control socket or no lock");
}

bool handover_read(int fd, struct handover *ret, struct broker_desk *d, struct err *e)
{
    struct stat st;
    *ret = (struct handover){ .control_fd = -1, .lock_fd = -1 };
    if (fstat(fd, &st) < 0)
        return err_system(e, errno, "handover: descriptor %d", fd);
    if (!S_ISREG(st.st_mode) || st.st_size > TEXT_MAX_BYTES)
        return err_set(e, ERR_PARSE, "handover: descriptor %d is no handover", fd);
    char *text = mem_alloc((size_t)st.st_size + 1, 1);
    ssize_t n = pread(fd, text, (size_t)st.st_size, 0);
    bool ok = n < 0 ? err_system(e, errno, "handover: read") : read_text(str_from(text, (size_t)n), ret, d, e);
    mem_free(text);
    close(fd);
    return ok;
}
