/* Dynamic values: see value.h. Two walks over a type, one each way. */
#include "embed/value.h"

#include "embed/component.h"
#include "embed/instance.h"
#include "runtime/abi/host_layout.h"

/* --- To structs --- */

struct storing {
    struct arena *arena;
    struct err *e;
};

static bool store(const struct storing *s, const struct berth_value *v, const struct type *t, char *to);

static bool no_value_of(const struct storing *s, const struct type *t)
{
    char text[80];
    type_print(t, text, sizeof(text));
    return err_set(s->e, ERR_USAGE, "the number or index is none of type %s", text);
}

static bool store_signed(const struct storing *s, int64_t v, const struct type *t, size_t size, char *to)
{
    int64_t most = (int64_t)(UINT64_MAX >> (64 - 8 * size + 1));
    if (v > most || v < -most - 1)
        return no_value_of(s, t);
    memcpy(to, &v, size); /* little-endian, as WebAssembly is */
    return true;
}

static bool store_unsigned(const struct storing *s, uint64_t v, const struct type *t, size_t size, char *to)
{
    if (v > UINT64_MAX >> (64 - 8 * size))
        return no_value_of(s, t);
    memcpy(to, &v, size);
    return true;
}

static bool store_elements(const struct storing *s, const struct berth_value *v, const struct type *elem, char *to)
{
    size_t size = host_layout_of(elem).size;
    for (size_t i = 0; i < v->of.list.len; i++)
        if (!store(s, &v->of.list.at[i], elem, to + i * size))
            return err_wrap(s->e, "element %zu", i);
    return true;
}

static bool store_list(const struct storing *s, const struct berth_value *v, const struct type *t, char *to)
{
    size_t bytes_each = host_layout_of(t->of.elem).size, len = v->of.list.len;
    char *room = arena_zalloc(s->arena, len, bytes_each);
    bytes list = { (const uint8_t *)room, len };
    memcpy(to, &list, sizeof(list));
    return store_elements(s, v, t->of.elem, room);
}

static bool store_array(const struct storing *s, const struct berth_value *v, const struct type *t, char *to)
{
    if (v->of.list.len != t->of.array.len)
        return err_set(s->e, ERR_USAGE, "expected %u elements, found %zu", t->of.array.len, v->of.list.len);
    return store_elements(s, v, t->of.array.elem, to);
}

static bool store_items(const struct storing *s, const struct berth_value *v, const struct type *t, char *to)
{
    const struct named_type *items = t->of.items.at;
    if (v->of.list.len != t->of.items.len)
        return err_set(s->e, ERR_USAGE, "expected %u fields, found %zu", t->of.items.len, v->of.list.len);
    size_t *offsets = arena_new(s->arena, size_t, t->of.items.len);
    host_layout_of_items(items, t->of.items.len, offsets);
    for (uint32_t i = 0; i < t->of.items.len; i++)
        if (!store(s, &v->of.list.at[i], items[i].type, to + offsets[i]))
            return items[i].name.len ? err_wrap(s->e, "field '%.*s'", STR_ARG(items[i].name))
                                     : err_wrap(s->e, "field %u", i);
    return true;
}

static bool store_payload(const struct storing *s, const struct berth_value *v, const struct type *of, char *to)
{
    const struct berth_value *payload = v->of.one.payload;
    if (!of != !payload)
        return err_set(s->e, ERR_USAGE, "case %u has %s payload", v->of.one.index, of ? "a" : "no");
    return !of || store(s, payload, of, to) || err_wrap(s->e, "case %u", v->of.one.index);
}

static bool store_case(const struct storing *s, const struct berth_value *v, const struct type *t, char *to)
{
    uint32_t i = v->of.one.index;
    bool is_bool = t->kind == TYPE_OPTION || t->kind == TYPE_RESULT, truth = i != 0;
    if (i >= type_case_count(t))
        return no_value_of(s, t);
    if (is_bool)
        memcpy(to, &truth, sizeof(truth));
    else
        memcpy(to, &i, sizeof(i));
    return store_payload(s, v, type_case_payload(t, i), to + host_layout_payload_offset(t));
}

static bool store_flags(const struct storing *s, uint32_t flags, const struct type *t, char *to)
{
    uint32_t len = t->of.items.len;
    if (len < 32 && flags >> len)
        return no_value_of(s, t);
    memcpy(to, &flags, sizeof(flags));
    return true;
}

static bool store(const struct storing *s, const struct berth_value *v, const struct type *t, char *to)
{
    if ((int)v->kind != (int)t->kind)
        return err_set(s->e, ERR_USAGE, "expected %s, found %s", type_kind_name(t->kind),
                       v->kind <= BERTH_BORROW ? type_kind_name((enum type_kind)v->kind) : "no kind of value");
    switch (t->kind) {
    case TYPE_BOOL: memcpy(to, &v->of.boolean, sizeof(bool)); return true;
    case TYPE_S8:
    case TYPE_S16:
    case TYPE_S32:
    case TYPE_S64: return store_signed(s, v->of.s, t, t->size, to);
    case TYPE_U8:
    case TYPE_U16:
    case TYPE_U32:
    case TYPE_U64: return store_unsigned(s, v->of.u, t, t->size, to);
    case TYPE_F32: memcpy(to, &v->of.f32, sizeof(float)); return true;
    case TYPE_F64: memcpy(to, &v->of.f64, sizeof(double)); return true;
    case TYPE_CHAR: memcpy(to, &v->of.ch, sizeof(uint32_t)); return true;
    case TYPE_STRING: memcpy(to, &v->of.string, sizeof(str)); return true;
    case TYPE_LIST:
    case TYPE_MAP: return store_list(s, v, t, to);
    case TYPE_FIXED_LIST: return store_array(s, v, t, to);
    case TYPE_RECORD:
    case TYPE_TUPLE: return store_items(s, v, t, to);
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_OPTION:
    case TYPE_RESULT: return store_case(s, v, t, to);
    case TYPE_FLAGS: return store_flags(s, v->of.flags, t, to);
    case TYPE_OWN:
    case TYPE_BORROW: memcpy(to, &v->of.handle, sizeof(void *)); return true;
    }
    __builtin_unreachable();
}

bool value_store(struct arena *a, const struct berth_value *v, const struct type *t, void *to, struct err *e)
{
    const struct storing s = { a, e };
    return store(&s, v, t, to);
}

bool values_store(struct arena *a, const struct func_type *f, const struct berth_value *params, size_t count, void *to,
                  struct err *e)
{
    if (count != f->param_count)
        return err_set(e, ERR_USAGE, "expected %u parameters, found %zu", f->param_count, count);
    size_t *offsets = arena_new(a, size_t, count);
    host_layout_of_items(f->params, f->param_count, offsets);
    for (uint32_t i = 0; i < f->param_count; i++)
        if (!value_store(a, &params[i], f->params[i].type, (char *)to + offsets[i], e))
            return err_wrap(e, "parameter '%.*s'", STR_ARG(f->params[i].name));
    return true;
}

/* --- From structs --- */

struct loading {
    struct arena *arena;
    size_t left; /* of VALUE_MAX_BYTES */
    struct err *e;
};

static bool load(struct loading *l, const struct type *t, const char *from, struct berth_value *ret);

/* Room for `len` values; NULL when that is too much. */
static struct berth_value *new_values(struct loading *l, size_t len)
{
    if (len > l->left / sizeof(struct berth_value)) {
        err_set(l->e, ERR_LIMIT, "the result takes more than %u MiB as values", VALUE_MAX_BYTES >> 20);
        return NULL;
    }
    l->left -= len * sizeof(struct berth_value);
    return arena_new(l->arena, struct berth_value, len);
}

static bool load_elements(struct loading *l, const struct type *elem, const char *from, size_t len,
                          struct berth_value *ret)
{
    size_t size = host_layout_of(elem).size;
    struct berth_value *at = new_values(l, len);
    if (!at)
        return false;
    for (size_t i = 0; i < len; i++)
        if (!load(l, elem, from + i * size, &at[i]))
            return false;
    ret->of.list.at = at;
    ret->of.list.len = len;
    return true;
}

static bool load_list(struct loading *l, const struct type *elem, const char *from, struct berth_value *ret)
{
    bytes list;
    memcpy(&list, from, sizeof(list));
    return load_elements(l, elem, (const char *)list.ptr, list.len, ret);
}

static bool load_items(struct loading *l, const struct type *t, const char *from, struct berth_value *ret)
{
    uint32_t len = t->of.items.len;
    struct berth_value *at = new_values(l, len);
    if (!at)
        return false;
    size_t *offsets = arena_new(l->arena, size_t, len);
    host_layout_of_items(t->of.items.at, len, offsets);
    for (uint32_t i = 0; i < len; i++)
        if (!load(l, t->of.items.at[i].type, from + offsets[i], &at[i]))
            return false;
    ret->of.list.at = at;
    ret->of.list.len = len;
    return true;
}

static bool load_case(struct loading *l, const struct type *t, const char *from, struct berth_value *ret)
{
    bool truth = false;
    uint32_t i = 0;
    if (t->kind == TYPE_OPTION || t->kind == TYPE_RESULT) {
        memcpy(&truth, from, sizeof(truth));
        i = truth;
    } else {
        memcpy(&i, from, sizeof(i));
    }
    const struct type *of = type_case_payload(t, i);
    struct berth_value *payload = of ? new_values(l, 1) : NULL;
    if (of && (!payload || !load(l, of, from + host_layout_payload_offset(t), payload)))
        return false;
    ret->of.one.index = i;
    ret->of.one.payload = payload;
    return true;
}

static int64_t load_signed(const void *from, size_t size)
{
    uint64_t v = 0;
    memcpy(&v, from, size);
    unsigned unused = (unsigned)(64 - 8 * size);
    return (int64_t)(v << unused) >> unused;
}

static bool load(struct loading *l, const struct type *t, const char *from, struct berth_value *ret)
{
    *ret = (struct berth_value){ .kind = (enum berth_kind)t->kind };
    switch (t->kind) {
    case TYPE_BOOL: memcpy(&ret->of.boolean, from, sizeof(bool)); return true;
    case TYPE_S8:
    case TYPE_S16:
    case TYPE_S32:
    case TYPE_S64: ret->of.s = load_signed(from, t->size); return true;
    case TYPE_U8:
    case TYPE_U16:
    case TYPE_U32:
    case TYPE_U64: memcpy(&ret->of.u, from, t->size); return true;
    case TYPE_F32: memcpy(&ret->of.f32, from, sizeof(float)); return true;
    case TYPE_F64: memcpy(&ret->of.f64, from, sizeof(double)); return true;
    case TYPE_CHAR: memcpy(&ret->of.ch, from, sizeof(uint32_t)); return true;
    case TYPE_STRING: memcpy(&ret->of.string, from, sizeof(str)); return true;
    case TYPE_LIST:
    case TYPE_MAP: return load_list(l, t->of.elem, from, ret);
    case TYPE_FIXED_LIST: return load_elements(l, t->of.array.elem, from, t->of.array.len, ret);
    case TYPE_RECORD:
    case TYPE_TUPLE: return load_items(l, t, from, ret);
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_OPTION:
    case TYPE_RESULT: return load_case(l, t, from, ret);
    case TYPE_FLAGS: memcpy(&ret->of.flags, from, sizeof(uint32_t)); return true;
    case TYPE_OWN:
    case TYPE_BORROW: memcpy(&ret->of.handle, from, sizeof(void *)); return true;
    }
    __builtin_unreachable();
}

bool value_load(struct arena *a, const struct type *t, const void *from, struct berth_value *ret, struct err *e)
{
    struct loading l = { a, VALUE_MAX_BYTES, e };
    return load(&l, t, from, ret);
}

/* --- Calls --- */

static bool call_values(struct berth_instance *i, const struct berth_func *f, const struct berth_value *params,
                        size_t count, struct berth_value *result, struct err *e)
{
    struct arena *a = &i->arena;
    if (!session_check_idle(i->session, e)) /* the arena has what the call under way looks at */
        return false;
    arena_reset(a);
    void *from = arena_zalloc(a, 1, program_func_params_size(f->func));
    void *to = arena_zalloc(a, 1, program_func_result_size(f->func));
    if (!values_store(a, f->type, params, count, from, e) || !instance_call(i, f, from, to, e))
        return false;
    return !result || !f->type->result || value_load(a, f->type->result, to, result, e);
}

bool berth_instance_call_values(struct berth_instance *i, const struct berth_func *f, const struct berth_value *params,
                                size_t param_count, struct berth_value *result, struct berth_error *e)
{
    struct err why = ERR_INIT;
    return call_values(i, f, params, param_count, result, &why) || err_give(e, &why);
}
