/* Reading the file of a component: see wasm_file.h. */
#include "server/app/wasm_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int fd, uint8_t *at, size_t size, str path, struct err *e)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = read(fd, at + done, size - done);
        if (n == 0)
            return err_set(e, ERR_INVALID, "'%.*s' became shorter while it was read", STR_ARG(path));
        if (n < 0 && errno != EINTR)
            return err_system(e, errno, "read '%.*s'", STR_ARG(path));
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

static bool check_file(int fd, str path, size_t *ret_size, struct err *e)
{
    struct stat s;
    if (fstat(fd, &s) != 0)
        return err_system(e, errno, "look at '%.*s'", STR_ARG(path));
    if (!S_ISREG(s.st_mode)) {
        bool is_dir = S_ISDIR(s.st_mode);
        err_set(e, ERR_INVALID, "'%.*s' is %s, expected a file with a component", STR_ARG(path),
                is_dir ? "a directory" : "no regular file");
        return err_help(e, is_dir ? "name the .wasm file that the build left in it"
                                  : "write the component to a file and name that");
    }
    if ((uint64_t)s.st_size > WASM_FILE_MAX_BYTES)
        return err_set(e, ERR_LIMIT, "'%.*s' is larger than 2 GiB", STR_ARG(path));
    *ret_size = (size_t)s.st_size;
    return true;
}

/* The system's large pages where it has them: with small ones, faults take most of the time that reading takes. */
static void advise_large_pages(uint8_t *at, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t skip = (page - (uintptr_t)at % page) % page;
    if (size > skip)
        madvise(at + skip, (size - skip) / page * page, MADV_HUGEPAGE);
}

bool wasm_file_read(str path, bytes *ret, struct err *e)
{
    char *name = str_to_path(path);
    if (!name)
        return err_set(e, ERR_USAGE, "the file's name holds a NUL character");
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    mem_free(name);
    if (fd < 0) {
        int code = errno;
        err_system(e, code, "open '%.*s'", STR_ARG(path));
        if (code == ENOENT)
            err_help(e, "build the component first, or check the path");
        if (code == EACCES)
            err_help(e, "let this user read the file and search the directories above it");
        return false;
    }
    size_t size = 0;
    uint8_t *at = NULL;
    bool ok = check_file(fd, path, &size, e);
    if (ok) {
        at = mem_alloc(size + 1, 1);
        advise_large_pages(at, size);
        ok = read_all(fd, at, size, path, e);
    }
    close(fd);
    if (ok)
        *ret = bytes_from(at, size);
    else
        mem_free(at);
    return ok;
}

void wasm_file_free(bytes b)
{
    union {
        const uint8_t *kept;
        void *freed;
    } at = { .kept = b.ptr }; /* the bytes were const for everybody but their owner */
    mem_free(at.freed);
}

void wasm_file_help(struct err *e, str path)
{
    switch (e->kind) {
    case ERR_PARSE: err_help(e, "give a component that was built whole: the file may be cut or damaged"); return;
    case ERR_INVALID:
        err_help(e,
                 "build the component again with a current toolchain: this one breaks a rule of the Component Model");
        return;
    case ERR_UNSUPPORTED: err_help(e, "build the component without it"); return;
    case ERR_LINK:
        err_help(e, "build it for the world wasi:http/proxy; 'berth inspect %.*s' shows what it imports and exports",
                 STR_ARG(path));
        return;
    case ERR_NONE:
    case ERR_LIMIT:
    case ERR_TRAP:
    case ERR_TIMEOUT:
    case ERR_CLOSED:
    case ERR_SYSTEM:
    case ERR_USAGE: return;
    }
}
