/* wasi:http/types.fields. Storage is the instance's pool: a line takes one block for name and
 * value, the lines one growing block. */
#include "runtime/wasi/http/fields.h"

#include <assert.h>

#include "base/num.h"
#include "io/http/message.h"
#include "runtime/wasi/wasi_gen.h"

/* What a line is counted as beside its text; it bounds the number of lines, too. */
enum { LINE_OVERHEAD_BYTES = 32, FIRST_LINES = 8 };

static_assert(WASI_MAX_FIELDS_BYTES / LINE_OVERHEAD_BYTES * sizeof(struct berth_http_field) <= WASI_POOL_MAX_BYTES,
              "the lines of the largest fields fit a block");

/* Fields that belong to the connection, not to the message. */
static bool is_forbidden(str name)
{
    static const str forbidden[] = {
        STR_INIT("connection"),         STR_INIT("host"),
        STR_INIT("http2-settings"),     STR_INIT("keep-alive"),
        STR_INIT("proxy-authenticate"), STR_INIT("proxy-authorization"),
        STR_INIT("proxy-connection"),   STR_INIT("te"),
        STR_INIT("transfer-encoding"),  STR_INIT("upgrade"),
    };
    for (size_t i = 0; i < ARRAY_LEN(forbidden); i++)
        if (name.len == forbidden[i].len && str_eq_nocase(name, forbidden[i]))
            return true;
    return false;
}

/* --- storage --- */

static void line_free(struct wasi_http_types_fields *f, struct berth_http_field line)
{
    if (f->borrowed)
        return;
    size_t text = line.name.len + line.value.len;
    wasi_pool_give(&f->object.wasi->pool, line.name.ptr, text);
    f->bytes -= text + LINE_OVERHEAD_BYTES;
    f->object.wasi->fields_bytes -= text + LINE_OVERHEAD_BYTES;
}

static struct berth_http_field line_copy(struct wasi_pool *pool, str name, str value)
{
    char *block = wasi_pool_take(pool, name.len + value.len);
    memcpy(block, name.ptr, name.len);
    if (value.len)
        memcpy(block + name.len, value.ptr, value.len);
    return (struct berth_http_field){ { block, name.len }, { block + name.len, value.len } };
}

static void lines_grow(struct wasi_http_types_fields *f, uint32_t cap)
{
    struct wasi_pool *pool = &f->object.wasi->pool;
    struct berth_http_field *at = wasi_pool_take(pool, cap * sizeof(*at));
    if (f->lines.len)
        memcpy(at, f->lines.at, f->lines.len * sizeof(*at));
    wasi_pool_give(pool, f->lines.at, f->lines.cap * sizeof(*at));
    f->lines.at = at;
    f->lines.cap = cap;
}

/* ERR_LIMIT when the fields, or all fields of the instance, become too large. */
static bool line_add(struct wasi_http_types_fields *f, str name, str value, struct err *e)
{
    struct wasi *w = f->object.wasi;
    size_t text = name.len + value.len;
    if (name.len > WASI_MAX_FIELDS_BYTES || value.len > WASI_MAX_FIELDS_BYTES ||
        f->bytes + text + LINE_OVERHEAD_BYTES > WASI_MAX_FIELDS_BYTES)
        return err_set(e, ERR_LIMIT, "fields larger than %d bytes", WASI_MAX_FIELDS_BYTES);
    if (w->fields_bytes + text + LINE_OVERHEAD_BYTES > WASI_MAX_ALL_FIELDS_BYTES)
        return err_set(e, ERR_LIMIT, "all fields together larger than %d bytes", WASI_MAX_ALL_FIELDS_BYTES);
    if (f->lines.len == f->lines.cap)
        lines_grow(f, f->lines.cap ? f->lines.cap * 2 : FIRST_LINES);
    f->lines.at[f->lines.len++] = line_copy(&w->pool, name, value);
    f->bytes += text + LINE_OVERHEAD_BYTES;
    w->fields_bytes += text + LINE_OVERHEAD_BYTES;
    return true;
}

static void lines_remove(struct wasi_http_types_fields *f, str name)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < f->lines.len; i++) {
        if (str_eq_nocase(f->lines.at[i].name, name))
            line_free(f, f->lines.at[i]);
        else
            f->lines.at[kept++] = f->lines.at[i];
    }
    f->lines.len = kept;
}

static uint32_t lines_count(const struct wasi_http_types_fields *f, str name)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < f->lines.len; i++)
        count += str_eq_nocase(f->lines.at[i].name, name);
    return count;
}

static void forget_borrowed(struct wasi_http_types_fields *f)
{
    struct wasi_serving *s = &f->object.wasi->serving;
    for (size_t i = 0; i < ARRAY_LEN(s->borrowed); i++)
        if (s->borrowed[i] == f)
            s->borrowed[i] = NULL;
}

static void fields_free(struct host_object *o)
{
    struct wasi_http_types_fields *f = CONTAINER_OF(o, struct wasi_http_types_fields, object.host);
    for (uint32_t i = 0; i < f->lines.len; i++)
        line_free(f, f->lines.at[i]);
    if (f->borrowed)
        forget_borrowed(f);
    else
        wasi_pool_give(&f->object.wasi->pool, f->lines.at, f->lines.cap * sizeof(*f->lines.at));
    wasi_object_free(&f->object, sizeof(*f));
}

static const struct host_object_ops fields_ops = { "fields", fields_free };

static struct wasi_http_types_fields *fields_new(struct host_call *c)
{
    return wasi_object_new(c->host, sizeof(struct wasi_http_types_fields), &fields_ops, c->err);
}

void wasi_http_types_fields_drop(struct wasi_http_types_fields *f)
{
    host_object_unref(&f->object.host);
}

/* --- for the rest of wasi:http --- */

struct wasi_http_types_fields *wasi_fields_borrow(struct wasi *w, const struct berth_http_field *lines, size_t count,
                                                  struct err *e)
{
    struct wasi_http_types_fields *f = wasi_object_new(w, sizeof(*f), &fields_ops, e);
    if (!f)
        return NULL;
    f->immutable = f->borrowed = true;
    struct wasi_serving *s = &w->serving;
    size_t slot = s->borrowed[0] ? 1 : 0;
    assert(!s->borrowed[slot]); /* the headers and the trailers, each once */
    s->borrowed[slot] = f;
    /* Not a block: the server's limit on heads, not ours, says how many lines there can be. */
    f->lines.cap = (uint32_t)count;
    f->lines.at = arena_alloc(&w->pool.arena, count * sizeof(*lines));
    for (size_t i = 0; i < count; i++)
        if (!is_forbidden(lines[i].name))
            f->lines.at[f->lines.len++] = lines[i];
    return f;
}

/* The copies live until the instance ends. */
void wasi_fields_keep(struct wasi_http_types_fields *f)
{
    struct arena *a = &f->object.wasi->pool.arena;
    for (uint32_t i = 0; i < f->lines.len; i++) {
        f->lines.at[i].name = str_dup(a, f->lines.at[i].name);
        f->lines.at[i].value = str_dup(a, f->lines.at[i].value);
    }
}

bool wasi_fields_content_length(const struct wasi_http_types_fields *f, uint64_t *ret)
{
    uint64_t found = BERTH_HTTP_LENGTH_UNKNOWN;
    for (uint32_t i = 0; i < f->lines.len; i++) {
        uint64_t v = 0;
        if (!str_eq_nocase(f->lines.at[i].name, STR("content-length")))
            continue;
        if (found != BERTH_HTTP_LENGTH_UNKNOWN || !num_parse_u64(f->lines.at[i].value, &v) ||
            v == BERTH_HTTP_LENGTH_UNKNOWN)
            return false;
        found = v;
    }
    *ret = found;
    return true;
}

/* --- host functions --- */

typedef struct result_void_wasi_http_types_header_error header_result;

static enum host_status header_fails(uint32_t why, header_result *ret)
{
    *ret = (header_result){ .is_err = true, .of.err.tag = why };
    return HOST_DONE;
}

static enum host_status header_ok(header_result *ret)
{
    *ret = (header_result){ .is_err = false };
    return HOST_DONE;
}

/* Whether a guest may set a field of this name; `ret_why` is the tag of the header-error. */
static bool name_allowed(str name, uint32_t *ret_why)
{
    if (!http_name_valid(name)) {
        *ret_why = WASI_HTTP_TYPES_HEADER_ERROR_INVALID_SYNTAX;
        return false;
    }
    *ret_why = WASI_HTTP_TYPES_HEADER_ERROR_FORBIDDEN;
    return !is_forbidden(name);
}

static bool line_allowed(str name, bytes value, uint32_t *ret_why)
{
    if (!name_allowed(name, ret_why))
        return false;
    *ret_why = WASI_HTTP_TYPES_HEADER_ERROR_INVALID_SYNTAX;
    return http_value_valid(str_of_bytes(value));
}

enum host_status wasi_http_types_fields_constructor(struct host_call *c, struct wasi_http_types_fields **ret)
{
    *ret = fields_new(c);
    return *ret ? HOST_DONE : HOST_TRAP;
}

enum host_status
wasi_http_types_fields_from_list(struct host_call *c, const struct wasi_http_types_fields_from_list_args *a,
                                 struct result_wasi_http_types_fields_wasi_http_types_header_error *ret)
{
    *ret = (struct result_wasi_http_types_fields_wasi_http_types_header_error){ 0 };
    struct wasi_http_types_fields *f = fields_new(c);
    if (!f)
        return HOST_TRAP;
    for (size_t i = 0; i < a->entries.len; i++) {
        struct tuple_string_bytes line = a->entries.ptr[i];
        uint32_t why = 0;
        if (!line_allowed(line.f0, line.f1, &why)) {
            host_object_unref(&f->object.host);
            ret->is_err = true;
            ret->of.err.tag = why;
            return HOST_DONE;
        }
        if (!line_add(f, line.f0, str_of_bytes(line.f1), c->err)) {
            host_object_unref(&f->object.host);
            return HOST_TRAP;
        }
    }
    ret->of.ok = f;
    return HOST_DONE;
}

enum host_status wasi_http_types_fields_get(struct host_call *c, const struct wasi_http_types_fields_get_args *a,
                                            struct list_bytes *ret)
{
    const struct berth_http_field *lines = a->self->lines.at;
    uint32_t count = lines_count(a->self, a->name);
    bytes *values = arena_alloc(c->arena, count * sizeof(*values));
    *ret = (struct list_bytes){ values, count };
    for (uint32_t i = 0, n = 0; n < count; i++)
        if (str_eq_nocase(lines[i].name, a->name))
            values[n++] = bytes_of_str(lines[i].value);
    return HOST_DONE;
}

enum host_status wasi_http_types_fields_has(struct host_call *c, const struct wasi_http_types_fields_has_args *a,
                                            bool *ret)
{
    (void)c;
    *ret = lines_count(a->self, a->name) > 0;
    return HOST_DONE;
}

enum host_status wasi_http_types_fields_set(struct host_call *c, const struct wasi_http_types_fields_set_args *a,
                                            header_result *ret)
{
    uint32_t why = 0;
    if (!name_allowed(a->name, &why))
        return header_fails(why, ret);
    for (size_t i = 0; i < a->value.len; i++)
        if (!http_value_valid(str_of_bytes(a->value.ptr[i])))
            return header_fails(WASI_HTTP_TYPES_HEADER_ERROR_INVALID_SYNTAX, ret);
    if (a->self->immutable)
        return header_fails(WASI_HTTP_TYPES_HEADER_ERROR_IMMUTABLE, ret);
    lines_remove(a->self, a->name);
    for (size_t i = 0; i < a->value.len; i++)
        if (!line_add(a->self, a->name, str_of_bytes(a->value.ptr[i]), c->err))
            return HOST_TRAP;
    return header_ok(ret);
}

enum host_status wasi_http_types_fields_delete(struct host_call *c, const struct wasi_http_types_fields_delete_args *a,
                                               header_result *ret)
{
    (void)c;
    uint32_t why = 0;
    if (!name_allowed(a->name, &why))
        return header_fails(why, ret);
    if (a->self->immutable)
        return header_fails(WASI_HTTP_TYPES_HEADER_ERROR_IMMUTABLE, ret);
    lines_remove(a->self, a->name);
    return header_ok(ret);
}

enum host_status wasi_http_types_fields_append(struct host_call *c, const struct wasi_http_types_fields_append_args *a,
                                               header_result *ret)
{
    uint32_t why = 0;
    if (!line_allowed(a->name, a->value, &why))
        return header_fails(why, ret);
    if (a->self->immutable)
        return header_fails(WASI_HTTP_TYPES_HEADER_ERROR_IMMUTABLE, ret);
    if (!line_add(a->self, a->name, str_of_bytes(a->value), c->err))
        return HOST_TRAP;
    return header_ok(ret);
}

enum host_status wasi_http_types_fields_entries(struct host_call *c,
                                                const struct wasi_http_types_fields_entries_args *a,
                                                struct list_tuple_string_bytes *ret)
{
    const struct berth_http_field *lines = a->self->lines.at;
    uint32_t count = a->self->lines.len;
    struct tuple_string_bytes *at = arena_alloc(c->arena, count * sizeof(*at));
    for (uint32_t i = 0; i < count; i++)
        at[i] = (struct tuple_string_bytes){ lines[i].name, bytes_of_str(lines[i].value) };
    *ret = (struct list_tuple_string_bytes){ at, count };
    return HOST_DONE;
}

enum host_status wasi_http_types_fields_clone(struct host_call *c, const struct wasi_http_types_fields_clone_args *a,
                                              struct wasi_http_types_fields **ret)
{
    struct wasi_http_types_fields *f = fields_new(c);
    if (!f)
        return HOST_TRAP;
    for (uint32_t i = 0; i < a->self->lines.len; i++) {
        if (!line_add(f, a->self->lines.at[i].name, a->self->lines.at[i].value, c->err)) {
            host_object_unref(&f->object.host);
            return HOST_TRAP;
        }
    }
    *ret = f;
    return HOST_DONE;
}
