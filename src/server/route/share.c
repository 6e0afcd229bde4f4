/* Static files: see share.h. */
#include "server/route/share.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/date.h"
#include "server/json/json.h"
#include "server/route/match.h"
#include "server/route/range.h"
#include "server/route/request.h"

enum { READ_BYTES = 64 * 1024 };

/* --- Opening --- */

static enum share_result result_of(int code)
{
    switch (code) {
    case EACCES:
    case EPERM:
    case ELOOP:
    case EXDEV: return SHARE_FORBIDDEN;
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ENXIO: return SHARE_NOT_FOUND;
    }
    return SHARE_FAILED;
}

/* The path must begin with the root's; what follows resolves below it, symbolic links included. */
static int open_below(const char *root, const char *path, struct open_how *how)
{
    size_t len = strlen(root);
    if (strncmp(path, root, len) != 0 || (len && root[len - 1] != '/' && path[len] != '/' && path[len])) {
        errno = EACCES;
        return -1;
    }
    int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return -1;
    const char *below = path + len;
    below += strspn(below, "/");
    how->resolve |= RESOLVE_IN_ROOT;
    int fd = (int)syscall(SYS_openat2, dir, *below ? below : ".", how, sizeof(*how));
    int code = errno;
    close(dir);
    errno = code;
    return fd;
}

static int open_file(const struct share *s, const char *path, struct request *r)
{
    struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK };
    if (!s->follow_symlinks)
        how.resolve |= RESOLVE_NO_SYMLINKS;
    if (!s->traverse_mounts)
        how.resolve |= RESOLVE_NO_XDEV;
    if (s->chroot)
        return open_below(str_dupz(r->x->arena, template_fill(s->chroot, r)), path, &how);
    if (how.resolve)
        return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* --- Sending --- */

struct sending {
    struct http_exchange *x;
    int fd;
    uint64_t offset, left;
    uint8_t *buffer; /* READ_BYTES, or as much as the file has */
    size_t buffer_size;
};

static void pump(struct sending *s)
{
    size_t room;
    while (s->left && (room = http_exchange_writable(s->x)) > 0) {
        size_t want = s->left < s->buffer_size ? (size_t)s->left : s->buffer_size;
        if (want > room)
            want = room;
        ssize_t n = pread(s->fd, s->buffer, want, (off_t)s->offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) { /* it became shorter: what was announced cannot be sent */
            s->left = 0;
            http_exchange_abort(s->x);
            return;
        }
        s->offset += (uint64_t)n;
        s->left -= (uint64_t)n;
        http_exchange_write(s->x, bytes_from(s->buffer, (size_t)n));
        if (!s->left)
            http_exchange_finish(s->x, NULL);
    }
}

static void on_readable(void *consumer)
{
    (void)consumer; /* a body is not looked at */
}

static void on_writable(void *consumer)
{
    pump(consumer);
}

static void on_end(void *consumer, bool complete)
{
    struct sending *s = consumer;
    (void)complete;
    close(s->fd);
}

static const struct http_consumer_ops sending_consumer = { on_readable, on_writable, on_end };

static void send_file(struct http_exchange *x, int fd, const struct http_response *response, uint64_t first)
{
    struct sending *s = arena_new(x->arena, struct sending, 1);
    bool body = response->content_length && !str_eq(x->request.method, STR("HEAD"));
    *s = (struct sending){ .x = x, .fd = fd, .offset = first, .left = body ? response->content_length : 0 };
    http_exchange_consume(x, &sending_consumer, s);
    http_exchange_respond(x, response);
    if (!body) {
        http_exchange_finish(x, NULL);
        return;
    }
    s->buffer_size = s->left < READ_BYTES ? (size_t)s->left : READ_BYTES;
    s->buffer = arena_alloc(x->arena, s->buffer_size);
    pump(s);
}

/* --- Answering --- */

static void answer_empty(struct http_exchange *x, struct http_response *response)
{
    response->content_length = 0;
    http_exchange_respond(x, response);
    http_exchange_finish(x, NULL);
}

static void answer_file(struct http_exchange *x, int fd, const struct stat *st, str type)
{
    const struct http_fields *f = &x->request.fields;
    char *date = arena_alloc(x->arena, DATE_HTTP_LEN);
    uint64_t size = (uint64_t)st->st_size, first = 0, len = size;
    struct http_response response = { .status = 200 };
    date_http(st->st_mtime, date);
    const struct validators v = {
        .etag = str_printf(x->arena, "\"%" PRIx64 "-%" PRIx64 "\"", (uint64_t)st->st_mtime, size),
        .last_modified = str_from(date, DATE_HTTP_LEN),
        .modified = st->st_mtime,
    };
    response.status = conditions_evaluate(f, &v);
    http_fields_add(&response.fields, x->arena, STR("Last-Modified"), v.last_modified);
    http_fields_add(&response.fields, x->arena, STR("ETag"), v.etag);
    if (response.status == 200) {
        if (type.len)
            http_fields_add(&response.fields, x->arena, STR("Content-Type"), type);
        http_fields_add(&response.fields, x->arena, STR("Accept-Ranges"), STR("bytes"));
        switch (range_evaluate(f, &v, size, &first, &len)) {
        case RANGE_WHOLE: break;
        case RANGE_PART:
            response.status = 206;
            http_fields_add(
                &response.fields, x->arena, STR("Content-Range"),
                str_printf(x->arena, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, first, first + len - 1, size));
            break;
        case RANGE_UNSATISFIABLE:
            response.status = 416;
            http_fields_add(&response.fields, x->arena, STR("Content-Range"),
                            str_printf(x->arena, "bytes */%" PRIu64, size));
            break;
        }
    }
    if (response.status == 304) {
        response.content_length = HTTP_LENGTH_UNKNOWN;
        http_exchange_respond(x, &response);
        http_exchange_finish(x, NULL);
    } else if (response.status >= 400) {
        answer_empty(x, &response);
    } else {
        response.content_length = len;
        send_file(x, fd, &response, first);
        return;
    }
    close(fd);
}

/* "/dir" is at "/dir/". */
static void answer_directory(struct request *r)
{
    struct arena *a = r->x->arena;
    str query = r->uri.query, path = uri_encode_path(a, r->uri.path);
    struct http_response response = { .status = 301 };
    str location =
        query.ptr ? str_printf(a, "%.*s/?%.*s", STR_ARG(path), STR_ARG(query)) : str_printf(a, "%.*s/", STR_ARG(path));
    http_fields_add(&response.fields, a, STR("Location"), location);
    answer_empty(r->x, &response);
}

/* The types are not tested for paths that end in a slash. */
static bool type_allowed(const struct share *s, bool directory, str type, struct request *r)
{
    return !s->types || directory || patterns_match(s->types, type, r->x->arena);
}

static enum share_result serve_path(const struct share *s, str path, const struct mime_types *mime, struct request *r)
{
    struct arena *a = r->x->arena;
    struct stat st;
    if (!path.len || str_find_char(path, '\0') != SIZE_MAX)
        return SHARE_NOT_FOUND;
    bool directory = path.ptr[path.len - 1] == '/';
    str name = directory ? str_printf(a, "%.*s%.*s", STR_ARG(path), STR_ARG(s->index)) : path;
    str type = mime_type_of(mime, name);
    if (!type_allowed(s, directory, type, r))
        return SHARE_FORBIDDEN;
    int fd = open_file(s, str_dupz(a, name), r);
    if (fd < 0)
        return result_of(errno);
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        answer_file(r->x, fd, &st, type);
        return SHARE_SERVED;
    }
    close(fd);
    if (!S_ISDIR(st.st_mode) || directory)
        return SHARE_NOT_FOUND;
    answer_directory(r);
    return SHARE_SERVED;
}

enum share_result share_serve(const struct share *s, const struct mime_types *mime, struct request *r)
{
    enum share_result result = SHARE_NOT_FOUND;
    str method = r->x->request.method;
    if (!str_eq(method, STR("GET")) && !str_eq(method, STR("HEAD")))
        return SHARE_METHOD;
    for (uint32_t i = 0; i < s->path_count; i++) {
        result = serve_path(s, template_fill(&s->paths[i], r), mime, r);
        if (result == SHARE_SERVED || result == SHARE_FAILED)
            return result;
    }
    return result;
}

/* --- Compiling --- */

static bool flag_of(const struct json *action, const char *name)
{
    const struct json *v = json_get(action, str_of(name));
    return !v || v->truth;
}

bool share_compile(struct arena *a, const struct json *action, struct share *ret, struct err *e)
{
    const struct json *paths = json_get(action, STR("share")), *index = json_get(action, STR("index"));
    const struct json *chroot = json_get(action, STR("chroot")), *types = json_get(action, STR("types"));
    bool array = paths->kind == JSON_ARRAY;
    *ret = (struct share){
        .path_count = array ? paths->count : 1,
        .index = index ? str_dup(a, index->text) : STR("index.html"),
        .follow_symlinks = flag_of(action, "follow_symlinks"),
        .traverse_mounts = flag_of(action, "traverse_mounts"),
    };
    struct template *templates = arena_new(a, struct template, ret->path_count);
    ret->paths = templates;
    for (uint32_t i = 0; i < ret->path_count; i++)
        if (!template_compile(a, array ? paths->items[i]->text : paths->text, STR("share"), &templates[i], e))
            return false;
    if (chroot) {
        struct template *t = arena_new(a, struct template, 1);
        ret->chroot = t;
        if (!template_compile(a, chroot->text, STR("chroot"), t, e))
            return false;
    }
    if (!types)
        return true;
    struct patterns *p = arena_new(a, struct patterns, 1);
    ret->types = p;
    return patterns_compile(a, types, &(struct pattern_options){ .how = PATTERN_NOCASE }, p, e);
}
