/* Media types: see mime.h. */
#include "server/route/mime.h"

#include "server/json/json.h"

struct mime_row {
    str key; /* ".html", or a file's name */
    str type;
};

struct mime_types {
    const struct mime_row *rows; /* of the settings */
    uint32_t len;
};

#define ROW(extension, type)                    \
    {                                           \
        STR_INIT("." extension), STR_INIT(type) \
    }

static const struct mime_row built_in[] = {
    ROW("html", "text/html"),
    ROW("htm", "text/html"),
    ROW("css", "text/css"),
    ROW("svg", "image/svg+xml"),
    ROW("webp", "image/webp"),
    ROW("png", "image/png"),
    ROW("apng", "image/apng"),
    ROW("jpeg", "image/jpeg"),
    ROW("jpg", "image/jpeg"),
    ROW("gif", "image/gif"),
    ROW("ico", "image/x-icon"),
    ROW("avif", "image/avif"),
    ROW("avifs", "image/avif-sequence"),
    ROW("woff", "font/woff"),
    ROW("woff2", "font/woff2"),
    ROW("otf", "font/otf"),
    ROW("ttf", "font/ttf"),
    ROW("txt", "text/plain"),
    ROW("md", "text/markdown"),
    ROW("rst", "text/x-rst"),
    ROW("js", "application/javascript"),
    ROW("mjs", "application/javascript"),
    ROW("json", "application/json"),
    ROW("xml", "application/xml"),
    ROW("rss", "application/rss+xml"),
    ROW("atom", "application/atom+xml"),
    ROW("pdf", "application/pdf"),
    ROW("zip", "application/zip"),
    ROW("mp3", "audio/mpeg"),
    ROW("ogg", "audio/ogg"),
    ROW("midi", "audio/midi"),
    ROW("mid", "audio/midi"),
    ROW("flac", "audio/flac"),
    ROW("aac", "audio/aac"),
    ROW("wav", "audio/wav"),
    ROW("mpeg", "video/mpeg"),
    ROW("mpg", "video/mpeg"),
    ROW("mp4", "video/mp4"),
    ROW("webm", "video/webm"),
    ROW("avi", "video/x-msvideo"),
    ROW("wasm", "application/wasm"),
    ROW("exe", "application/octet-stream"),
    ROW("bin", "application/octet-stream"),
    ROW("dll", "application/octet-stream"),
    ROW("iso", "application/octet-stream"),
    ROW("img", "application/octet-stream"),
    ROW("msi", "application/octet-stream"),
    ROW("deb", "application/octet-stream"),
    ROW("rpm", "application/octet-stream"),
    ROW("php", "application/x-httpd-php"),
};

static str find(const struct mime_row *rows, size_t len, str key)
{
    for (size_t i = 0; i < len; i++)
        if (str_eq_nocase(rows[i].key, key))
            return rows[i].type;
    return STR_NONE;
}

static bool add(struct mime_row *rows, struct mime_types *m, str key, str type, struct arena *a, struct err *e)
{
    if (!key.len)
        return err_set(e, ERR_INVALID, "An empty file extension for the \"%.*s\" MIME type.", STR_ARG(type));
    str other = find(rows, m->len, key);
    if (other.ptr)
        return err_set(e, ERR_INVALID,
                       "The \"%.*s\" file extension has been declared for \"%.*s\" and \"%.*s\" MIME types at the same "
                       "time.",
                       STR_ARG(key), STR_ARG(other), STR_ARG(type));
    rows[m->len++] = (struct mime_row){ str_dup(a, key), type };
    return true;
}

bool mime_types_compile(struct arena *a, const struct json *settings, const struct mime_types **ret, struct err *e)
{
    struct mime_types *m = arena_new(a, struct mime_types, 1);
    uint32_t count = 0;
    *ret = m;
    for (uint32_t i = 0; settings && i < settings->count; i++)
        count += settings->members[i].value->kind == JSON_ARRAY ? settings->members[i].value->count : 1;
    struct mime_row *rows = arena_new(a, struct mime_row, count);
    m->rows = rows;
    for (uint32_t i = 0; settings && i < settings->count; i++) {
        const struct json *v = settings->members[i].value;
        str type = str_dup(a, settings->members[i].name);
        bool array = v->kind == JSON_ARRAY;
        for (uint32_t k = 0; k < (array ? v->count : 1); k++)
            if (!add(rows, m, array ? v->items[k]->text : v->text, type, a, e))
                return false;
    }
    return true;
}

str mime_type_of(const struct mime_types *m, str path)
{
    size_t slash = str_rfind_char(path, '/');
    str name = slash == SIZE_MAX ? path : str_slice(path, slash + 1, path.len);
    str type = find(m->rows, m->len, name);
    size_t dot = str_rfind_char(name, '.');
    if (type.ptr || dot == SIZE_MAX)
        return type.ptr ? type : STR("");
    str extension = str_slice(name, dot, name.len);
    type = find(m->rows, m->len, extension);
    if (!type.ptr)
        type = find(built_in, ARRAY_LEN(built_in), extension);
    return type.ptr ? type : STR("");
}
