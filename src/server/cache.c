/* The cache of compiled code: see cache.h. */
#include "server/cache.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/checksum.h"
#include "base/vec.h"
#include "io/tls/digest.h"
#include "server/log.h"

enum {
    CACHE_NAME_SIZE = DIGEST_HEX_LEN + sizeof(".code"),
    CACHE_MAGIC_BYTES = 16,
    CACHE_FILES_MAX = 65536, /* a directory with more is not all ours: the rest is left alone */
    CACHE_TEMP_AGE_S = 3600, /* temporary files older than this were left by a crash */
};

static const char cache_magic[CACHE_MAGIC_BYTES] = "berth code 3\n";

/* What stands behind the code. Written and read by one machine: its byte order will do. */
struct cache_trailer {
    char magic[CACHE_MAGIC_BYTES];
    char key[DIGEST_HEX_LEN];
    uint64_t checksum; /* of the code */
    uint64_t code_bytes;
};

static_assert(sizeof(struct cache_trailer) == 96, "no padding in the file");

str cache_default_dir(struct arena *a, str xdg, str home)
{
    if (xdg.len && xdg.ptr[0] == '/')
        return str_printf(a, "%.*s/berth", STR_ARG(xdg));
    if (home.len && home.ptr[0] == '/')
        return str_printf(a, "%.*s/.cache/berth", STR_ARG(home));
    return STR_NONE;
}

/* The format's version is part of the name: files of another one are never looked at, and go when they are old. */
static void file_name(str key, char ret[CACHE_NAME_SIZE])
{
    struct buf b;
    buf_init(&b, BUF_NO_LIMIT);
    buf_put(&b, cache_magic, sizeof(cache_magic));
    buf_put_str(&b, key);
    digest_hex(bytes_from(b.ptr, b.len), ret);
    buf_fini(&b);
    memcpy(ret + DIGEST_HEX_LEN, ".code", sizeof(".code"));
}

/* Why code from this file would not be run; NULL when it may. */
static const char *file_distrust(const struct stat *s)
{
    if (!S_ISREG(s->st_mode))
        return "not a regular file";
    if (s->st_uid != geteuid())
        return "owned by another user";
    if (s->st_mode & (S_IWGRP | S_IWOTH))
        return "writable by others";
    return NULL;
}

/* Whether the file holds what was written to it: a damaged byte would be run as well. */
static bool file_is_whole(int fd, uint64_t size, const char *name)
{
    struct cache_trailer t;
    if (size <= sizeof(t) || pread(fd, &t, sizeof(t), (off_t)(size - sizeof(t))) != (ssize_t)sizeof(t) ||
        memcmp(t.magic, cache_magic, sizeof(t.magic)) != 0 || memcmp(t.key, name, sizeof(t.key)) != 0 ||
        t.code_bytes != size - sizeof(t))
        return false;
    void *code = mmap(NULL, (size_t)t.code_bytes, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (code == MAP_FAILED)
        return false;
    bool ok = checksum(bytes_from(code, (size_t)t.code_bytes)) == t.checksum;
    munmap(code, (size_t)t.code_bytes);
    return ok;
}

static bool cache_find(struct berth_code_cache *ops, str key, char *ret_path, size_t size)
{
    struct cache *c = CONTAINER_OF(ops, struct cache, ops);
    char name[CACHE_NAME_SIZE];
    file_name(key, name);
    int fd = openat(c->dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        if (errno != ENOENT)
            log_warn(c->log, "cached code is not used", LOG_STR("file", str_of(name)),
                     LOG_STR("why", str_of(strerror(errno))));
        return false;
    }
    struct stat s;
    bool ok = false;
    const char *why = fstat(fd, &s) == 0 ? file_distrust(&s) : strerror(errno);
    if (!why && !file_is_whole(fd, (uint64_t)s.st_size, name))
        why = "damaged";
    if (why) {
        log_warn(c->log, "cached code is not used", LOG_STR("file", str_of(name)), LOG_STR("why", str_of(why)));
        goto out;
    }
    int n = snprintf(ret_path, size, "%s/%s", c->dir, name);
    if (n < 0 || (size_t)n >= size)
        goto out;
    /* Its time of change is the time of its last use; when it cannot be set, it only looks older. */
    (void)!futimens(fd, NULL);
    ok = true;
out:
    close(fd);
    return ok;
}

static bool write_all(int fd, const void *data, size_t len)
{
    for (const char *at = data, *end = at + len; at < end;) {
        ssize_t n = write(fd, at, (size_t)(end - at));
        if (n < 0 && errno != EINTR)
            return false;
        at += n > 0 ? n : 0;
    }
    return true;
}

/* Writes a temporary file and renames it, so that a reader sees the whole or nothing. */
static bool write_file(const struct cache *c, const char *name, bytes code, const struct cache_trailer *t,
                       struct err *e)
{
    char temp[CACHE_NAME_SIZE + 32];
    uint64_t unique = 0; /* processes of several containers may share the directory, and their numbers */
    if (getrandom(&unique, sizeof(unique), 0) != (ssize_t)sizeof(unique))
        return err_system(e, errno, "name a temporary file in %s", c->dir);
    snprintf(temp, sizeof(temp), "%s.%016" PRIx64 ".tmp", name, unique);
    int fd = openat(c->dir_fd, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_system(e, errno, "create %s/%s", c->dir, temp);
    bool ok = write_all(fd, code.ptr, code.len) && write_all(fd, t, sizeof(*t)) && fsync(fd) == 0;
    int code_of_write = errno;
    if (close(fd) != 0 && ok)
        ok = false, code_of_write = errno;
    if (!ok) {
        err_system(e, code_of_write, "write %s/%s", c->dir, temp);
    } else if (renameat(c->dir_fd, temp, c->dir_fd, name) != 0) {
        ok = err_system(e, errno, "rename %s/%s", c->dir, temp);
    }
    if (!ok)
        unlinkat(c->dir_fd, temp, 0);
    return ok;
}

struct cached_file {
    char name[CACHE_NAME_SIZE];
    uint64_t size;
    struct timespec used;
};

typedef VEC(struct cached_file) cached_files;

static int by_last_use(const void *a, const void *b)
{
    const struct timespec *x = &((const struct cached_file *)a)->used;
    const struct timespec *y = &((const struct cached_file *)b)->used;
    if (x->tv_sec != y->tv_sec)
        return x->tv_sec < y->tv_sec ? -1 : 1;
    return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

static void note_file(const struct cache *c, const char *name, cached_files *files)
{
    struct stat s;
    if (fstatat(c->dir_fd, name, &s, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(s.st_mode))
        return;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (str_ends(str_of(name), STR(".tmp")) && now.tv_sec - s.st_mtim.tv_sec > CACHE_TEMP_AGE_S) {
        unlinkat(c->dir_fd, name, 0);
    } else if (str_ends(str_of(name), STR(".code")) && strlen(name) == CACHE_NAME_SIZE - 1 &&
               files->len < CACHE_FILES_MAX) {
        struct cached_file f = { .size = (uint64_t)s.st_size, .used = s.st_mtim };
        memcpy(f.name, name, CACHE_NAME_SIZE);
        vec_push(files, f);
    }
}

/* Removes the files used least recently until the rest fits; never `keep`. */
static void trim(const struct cache *c, const char *keep)
{
    int fd = openat(c->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        if (fd >= 0)
            close(fd);
        return;
    }
    cached_files files = { NULL, 0, 0 };
    for (struct dirent *d; (d = readdir(dir)) != NULL;)
        note_file(c, d->d_name, &files);
    closedir(dir);
    uint64_t total = 0;
    for (uint32_t i = 0; i < files.len; i++)
        total += files.at[i].size;
    if (total > c->limit_bytes)
        qsort(files.at, files.len, sizeof(*files.at), by_last_use);
    for (uint32_t i = 0; i < files.len && total > c->limit_bytes; i++) {
        if (strcmp(files.at[i].name, keep) != 0 && unlinkat(c->dir_fd, files.at[i].name, 0) == 0)
            total -= files.at[i].size;
    }
    vec_fini(&files);
}

static void cache_store(struct berth_code_cache *ops, str key, bytes code)
{
    struct cache *c = CONTAINER_OF(ops, struct cache, ops);
    struct cache_trailer t = { .checksum = checksum(code), .code_bytes = code.len };
    char name[CACHE_NAME_SIZE];
    file_name(key, name);
    memcpy(t.magic, cache_magic, sizeof(t.magic));
    memcpy(t.key, name, sizeof(t.key));
    struct err e = ERR_INIT;
    bool ok = write_file(c, name, code, &t, &e);
    /* A full disk says the same of every module of a component. */
    if (!atomic_exchange(&c->failing, !ok) && !ok)
        log_warn(c->log, "compiled code is not cached", LOG_STR("why", str_of(e.text)));
    if (ok)
        trim(c, name);
}

/* Makes `dir` and what is missing above it, for our eyes only. `dir` is changed meanwhile, and restored. */
static bool make_dirs(char *dir, struct err *e)
{
    for (char *at = dir; *at;) {
        at += strspn(at, "/");
        at += strcspn(at, "/");
        char end = *at;
        *at = '\0';
        bool ok = mkdir(dir, 0700) == 0 || errno == EEXIST;
        if (!ok)
            err_system(e, errno, "create directory %s", dir);
        *at = end;
        if (!ok)
            return false;
    }
    return true;
}

static bool check_dir(const char *dir, const struct stat *s, struct err *e)
{
    const char *why = NULL;
    if (S_ISLNK(s->st_mode))
        why = "a symbolic link";
    else if (!S_ISDIR(s->st_mode))
        why = "not a directory";
    else if (s->st_uid != geteuid())
        why = "owned by another user";
    else if (s->st_mode & (S_IWGRP | S_IWOTH))
        why = "writable by other users";
    return !why || err_set(e, ERR_INVALID, "%s is %s", dir, why);
}

bool cache_open(struct cache *c, str dir, uint64_t limit_bytes, const struct log *log, struct err *e)
{
    *c = (struct cache){
        .ops = { .find = cache_find, .store = cache_store }, .log = log, .dir_fd = -1, .limit_bytes = limit_bytes
    };
    while (dir.len > 1 && dir.ptr[dir.len - 1] == '/')
        dir.len--;
    c->dir = str_to_path(dir);
    if (!c->dir || !dir.len)
        return err_set(e, ERR_USAGE, "the cache directory's name is empty or holds a NUL character");
    struct stat s;
    if (lstat(c->dir, &s) != 0) {
        if (!make_dirs(c->dir, e))
            return false;
        if (lstat(c->dir, &s) != 0)
            return err_system(e, errno, "look at %s", c->dir);
    }
    if (!check_dir(c->dir, &s, e))
        return false;
    c->dir_fd = open(c->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (c->dir_fd < 0 || fstat(c->dir_fd, &s) != 0)
        return err_system(e, errno, "open %s", c->dir);
    return check_dir(c->dir, &s, e); /* again: it may have been swapped in between */
}

void cache_close(struct cache *c)
{
    if (c->dir_fd >= 0)
        close(c->dir_fd);
    c->dir_fd = -1;
    mem_free(c->dir);
    c->dir = NULL;
}
