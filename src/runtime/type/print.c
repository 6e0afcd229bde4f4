/* Types as WIT text, into a buffer of fixed size. */
#include <assert.h>
#include <stdio.h>

#include "runtime/type/type.h"

struct writer {
    char *out;
    size_t len, size; /* `size` leaves room for the NUL */
    bool cut;
};

static void put(struct writer *w, str s)
{
    size_t room = w->size - w->len;
    if (s.len > room) {
        w->cut = true;
        s.len = room;
    }
    if (s.len)
        memcpy(w->out + w->len, s.ptr, s.len);
    w->len += s.len;
}

static void print(struct writer *w, const struct type *t);

/* "name<elem>" */
static void print_of(struct writer *w, const struct type *t, const struct type *elem)
{
    put(w, str_of(type_kind_name(t->kind)));
    put(w, STR("<"));
    print(w, elem);
    put(w, STR(">"));
}

/* "list<u8, 4>" */
static void print_array(struct writer *w, const struct type *t)
{
    char len[16];
    snprintf(len, sizeof(len), ", %u>", t->of.array.len);
    put(w, STR("list<"));
    print(w, t->of.array.elem);
    put(w, str_of(len));
}

/* "tuple<u32, string>"; a map's key and value are one, too. */
static void print_tuple(struct writer *w, const char *word, const struct type *t)
{
    put(w, str_of(word));
    put(w, STR("<"));
    for (uint32_t i = 0; i < t->of.items.len && !w->cut; i++) {
        if (i > 0)
            put(w, STR(", "));
        print(w, t->of.items.at[i].type);
    }
    put(w, STR(">"));
}

/* "record { a: u32, b: string }", "variant { a, b(u32) }", "enum { a, b }" */
static void print_items(struct writer *w, const struct type *t)
{
    bool field = t->kind == TYPE_RECORD;
    put(w, str_of(type_kind_name(t->kind)));
    for (uint32_t i = 0; i < t->of.items.len && !w->cut; i++) {
        const struct named_type *item = &t->of.items.at[i];
        put(w, i > 0 ? STR(", ") : STR(" { "));
        put(w, item->name);
        if (!item->type)
            continue;
        put(w, field ? STR(": ") : STR("("));
        print(w, item->type);
        put(w, field ? STR("") : STR(")"));
    }
    put(w, STR(" }"));
}

static void print_result(struct writer *w, const struct type *t)
{
    const struct type *ok = t->of.result.ok, *err = t->of.result.err;
    put(w, STR("result"));
    if (!ok && !err)
        return;
    put(w, STR("<"));
    if (ok)
        print(w, ok);
    else
        put(w, STR("_"));
    if (err) {
        put(w, STR(", "));
        print(w, err);
    }
    put(w, STR(">"));
}

static void print(struct writer *w, const struct type *t)
{
    if (w->cut)
        return;
    switch (t->kind) {
    case TYPE_BOOL:
    case TYPE_S8:
    case TYPE_U8:
    case TYPE_S16:
    case TYPE_U16:
    case TYPE_S32:
    case TYPE_U32:
    case TYPE_S64:
    case TYPE_U64:
    case TYPE_F32:
    case TYPE_F64:
    case TYPE_CHAR:
    case TYPE_STRING: put(w, str_of(type_kind_name(t->kind))); return;
    case TYPE_LIST:
    case TYPE_OPTION: print_of(w, t, t->of.elem); return;
    case TYPE_FIXED_LIST: print_array(w, t); return;
    case TYPE_MAP: print_tuple(w, "map", t->of.elem); return;
    case TYPE_TUPLE: print_tuple(w, "tuple", t); return;
    case TYPE_RECORD:
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_FLAGS: print_items(w, t); return;
    case TYPE_RESULT: print_result(w, t); return;
    case TYPE_OWN:
    case TYPE_BORROW:
        put(w, str_of(type_kind_name(t->kind)));
        put(w, STR("<"));
        put(w, t->of.resource->name);
        put(w, STR(">"));
        return;
    }
    __builtin_unreachable();
}

static struct writer begin(char *out, size_t size)
{
    assert(size >= 4);
    return (struct writer){ .out = out, .size = size - 1 };
}

static void end(struct writer *w)
{
    if (w->cut)
        memcpy(w->out + w->len - 3, "...", 3);
    w->out[w->len] = '\0';
}

void type_print(const struct type *t, char *out, size_t size)
{
    struct writer w = begin(out, size);
    print(&w, t);
    end(&w);
}

void func_type_print(const struct func_type *f, char *out, size_t size)
{
    struct writer w = begin(out, size);
    put(&w, f->async ? STR("async func(") : STR("func("));
    for (uint32_t i = 0; i < f->param_count && !w.cut; i++) {
        put(&w, i > 0 ? STR(", ") : STR(""));
        put(&w, f->params[i].name);
        put(&w, STR(": "));
        print(&w, f->params[i].type);
    }
    put(&w, STR(")"));
    if (f->result) {
        put(&w, STR(" -> "));
        print(&w, f->result);
    }
    end(&w);
}
