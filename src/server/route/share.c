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
#include "server/route/file_body.h"
#include "server/route/match.h"
#include "server/route/range.h"
#include "server/route/request.h"

enum { OPEN_TRIES = 8 };

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

/* A lookup that somebody else's renaming has disturbed is to be tried again. */
static int open_at(int dir, const char *path, const struct open_how *how)
{
    int fd = -1;
    for (int i = 0; i < OPEN_TRIES && fd < 0; i++) {
        fd = (int)syscall(SYS_openat2, dir, path, how, sizeof(*how));
        if (fd < 0 && errno != EAGAIN)
            break;
    }
    return fd;
}

static int open_below(const char *root, const char *path, const struct open_how *how)
{
    int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return -1;
    path += strspn(path, "/");
    int fd = open_at(dir, *path ? path : ".", how);
    int code = errno;
    close(dir);
    errno = code;
    return fd;
}

/* The path must begin with the root's; what follows resolves below it, symbolic links included. */
static int open_in_root(const char *root, const char *path, struct open_how *how)
{
    size_t len = strlen(root);
    if (strncmp(path, root, len) != 0 || (len && root[len - 1] != '/' && path[len] != '/' && path[len])) {
        errno = EACCES;
        return -1;
    }
    how->resolve |= RESOLVE_IN_ROOT;
    return open_below(root, path + len, how);
}

static int open_file(const struct share *s, const char *path, struct request *r)
{
    struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK };
    if (!s->follow_symlinks)
        how.resolve |= RESOLVE_NO_SYMLINKS;
    if (!s->traverse_mounts)
        how.resolve |= RESOLVE_NO_XDEV;
    if (s->chroot) {
        str root = template_fill(s->chroot, r);
        if (str_find_char(root, '\0') == SIZE_MAX)
            return open_in_root(str_dupz(r->x->arena, root), path, &how);
        errno = EACCES;
        return -1;
    }
    if (!how.resolve)
        return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    /* Going to the root would be crossing mounts already. */
    return path[0] == '/' ? open_below("/", path, &how) : open_at(AT_FDCWD, path, &how);
}

/* --- Answering --- */

static void answer_empty(struct http_exchange *x, struct http_response *response)
{
    response->content_length = 0;
    http_exchange_respond(x, response);
    http_exchange_finish(x, NULL);
}

static char *put_hex(char *out, uint64_t v)
{
    static const char digits[] = "0123456789abcdef";
    unsigned bits = v ? 64 - (unsigned)__builtin_clzll(v) : 1;
    for (unsigned digit = (bits + 3) / 4; digit-- > 0;)
        *out++ = digits[v >> digit * 4 & 15];
    return out;
}

/* "MTIME-SIZE" in hexadecimal, as Unit has it. */
static str make_etag(struct arena *a, uint64_t mtime, uint64_t size)
{
    char *text = arena_alloc(a, 2 * 16 + 3), *end = text;
    *end++ = '"';
    end = put_hex(end, mtime);
    *end++ = '-';
    end = put_hex(end, size);
    *end++ = '"';
    return str_from(text, (size_t)(end - text));
}

static void answer_file(struct http_exchange *x, int fd, const struct stat *st, str type)
{
    const struct http_fields *f = &x->request.fields;
    char *date = arena_alloc(x->arena, DATE_HTTP_LEN);
    uint64_t size = (uint64_t)st->st_size, first = 0, len = size;
    struct http_response response = { .status = 200 };
    date_http(st->st_mtime, date);
    const struct validators v = {
        .etag = make_etag(x->arena, (uint64_t)st->st_mtime, size),
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
        switch (str_eq(x->request.method, STR("GET")) ? range_evaluate(f, &v, size, &first, &len) : RANGE_WHOLE) {
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
        file_respond(x, fd, &response, first);
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
