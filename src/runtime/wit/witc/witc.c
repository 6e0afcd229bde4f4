/* witc: from WIT to the host side in C. Reads .wit files, writes a header and a source. A program of the build; for
 * those who embed libberth it is installed as berth-witc, whose --library makes code for berth/linker.h.
 *
 *   witc --out-header H --out-source C --include NAME --symbol wasi --blocking FILE --constant FILE
 *        --feature F… --world W… FILE.wit…
 *
 * The worlds' imports become host functions to be written in C; their exports are only in the embedded WIT. */
#include <stdio.h>

#include "runtime/wit/witc/emit.h"
#include "runtime/wit/witc/names.h"

struct settings {
    const char *header, *source, *blocking, *constant;
    VEC(const char *) worlds, files;
};

static bool read_file(const char *path, struct buf *ret, struct err *e)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return err_set(e, ERR_SYSTEM, "%s: cannot be opened", path);
    char part[8192];
    size_t n;
    while ((n = fread(part, 1, sizeof(part), f)) > 0)
        buf_put(ret, part, n);
    bool ok = !ferror(f);
    fclose(f);
    return ok || err_set(e, ERR_SYSTEM, "%s: cannot be read", path);
}

static bool write_file(const char *path, const struct buf *b, struct err *e)
{
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(b->ptr, 1, b->len, f) == b->len;
    if (f && fclose(f))
        ok = false;
    return ok || err_set(e, ERR_SYSTEM, "%s: cannot be written", path);
}

static bool parse_args(int argc, char **argv, struct witc *c, struct settings *s, struct wit *wit, struct err *e)
{
    for (int i = 1; i < argc; i++) {
        str arg = str_of(argv[i]);
        if (str_eq(arg, STR("--library"))) {
            c->library = true;
            continue;
        }
        if (!str_starts(arg, STR("--"))) {
            vec_push(&s->files, argv[i]);
            continue;
        }
        if (++i == argc)
            return err_set(e, ERR_USAGE, "option %s needs a value", argv[i - 1]);
        const char *value = argv[i];
        if (str_eq(arg, STR("--out-header")))
            s->header = value;
        else if (str_eq(arg, STR("--out-source")))
            s->source = value;
        else if (str_eq(arg, STR("--include")))
            c->header_name = str_of(value);
        else if (str_eq(arg, STR("--symbol")))
            c->symbol = str_of(value);
        else if (str_eq(arg, STR("--blocking")))
            s->blocking = value;
        else if (str_eq(arg, STR("--constant")))
            s->constant = value;
        else if (str_eq(arg, STR("--feature")))
            wit_enable_feature(wit, str_of(value));
        else if (str_eq(arg, STR("--world")))
            vec_push(&s->worlds, value);
        else
            return err_set(e, ERR_USAGE, "unknown option %s", argv[i - 1]);
    }
    if (!s->header || !s->source || !c->symbol.len || !s->worlds.len)
        return err_set(e, ERR_USAGE, "--out-header, --out-source, --symbol and --world are needed");
    return true;
}

static bool read_wit(struct wit *wit, const struct settings *s, struct err *e)
{
    for (uint32_t i = 0; i < s->files.len; i++) {
        struct buf text;
        buf_init(&text, BUF_NO_LIMIT);
        bool ok = read_file(s->files.at[i], &text, e) && wit_add(wit, str_of(s->files.at[i]), buf_str(&text), e);
        buf_fini(&text);
        if (!ok)
            return false;
    }
    return wit_resolve(wit, e);
}

static void add_interface(struct witc *c, const struct wit_interface *i, bool import)
{
    bool known = false;
    for (uint32_t k = 0; k < c->interfaces.len; k++)
        known |= c->interfaces.at[k] == i;
    if (!known)
        vec_push(&c->interfaces, i);
    for (uint32_t k = 0; k < c->imports.len; k++)
        if (c->imports.at[k] == i)
            return;
    if (import)
        vec_push(&c->imports, i);
}

/* The library has WASI: berth_linker_wasi. */
static bool offered(const struct witc *c, const struct wit_interface *i)
{
    return c->library && str_starts(i->name, STR("wasi:"));
}

static bool collect(struct witc *c, const struct settings *s, struct err *e)
{
    for (uint32_t k = 0; k < s->worlds.len; k++) {
        const struct wit_world *w = wit_world(c->wit, str_of(s->worlds.at[k]));
        if (!w)
            return err_set(e, ERR_LINK, "no world %s in the WIT files", s->worlds.at[k]);
        for (uint32_t i = 0; i < w->import_count; i++)
            if (w->imports[i].kind == WIT_ITEM_INTERFACE)
                add_interface(c, w->imports[i].interface, !offered(c, w->imports[i].interface));
        for (uint32_t i = 0; i < w->export_count; i++)
            if (w->exports[i].kind == WIT_ITEM_INTERFACE)
                add_interface(c, w->exports[i].interface, false);
    }
    return true;
}

/* Each line must name a function. */
static bool read_list(struct witc *c, const char *path, func_list *ret, struct err *e)
{
    struct buf text;
    buf_init(&text, BUF_NO_LIMIT);
    if (!read_file(path, &text, e))
        return false;
    str rest = str_dup(c->arena, buf_str(&text));
    buf_fini(&text);
    while (rest.ptr) {
        str line = str_trim(str_split(rest, '\n', &rest));
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        func_list one = { 0 };
        vec_push(&one, line);
        bool found = false;
        for (uint32_t k = 0; k < c->imports.len; k++)
            for (uint32_t f = 0; f < c->imports.at[k]->func_count; f++)
                found |= is_listed(&one, c->imports.at[k], &c->imports.at[k]->funcs[f]);
        vec_fini(&one);
        if (!found)
            return err_set(e, ERR_LINK, "%s: no function '%.*s'", path, STR_ARG(line));
        vec_push(ret, line);
    }
    return true;
}

static bool generate(struct witc *c, const struct settings *s, struct err *e)
{
    struct buf header, source;
    buf_init(&header, BUF_NO_LIMIT);
    buf_init(&source, BUF_NO_LIMIT);
    emit_header(c, &header);
    if (c->library)
        emit_library_source(c, &source);
    else
        emit_source(c, &source);
    bool ok = write_file(s->header, &header, e) && write_file(s->source, &source, e);
    buf_fini(&header);
    buf_fini(&source);
    return ok;
}

int main(int argc, char **argv)
{
    struct err e = ERR_INIT;
    struct arena arena;
    struct settings s = { 0 };
    struct wit *wit = wit_new();
    struct witc c = { .wit = wit, .arena = &arena };
    arena_init(&arena);
    map_init(&c.defined);
    bool ok = parse_args(argc, argv, &c, &s, wit, &e) && read_wit(wit, &s, &e) && collect(&c, &s, &e) &&
              (!s.blocking || read_list(&c, s.blocking, &c.blocking, &e)) &&
              (!s.constant || read_list(&c, s.constant, &c.constant, &e)) && generate(&c, &s, &e);
    if (!ok)
        fprintf(stderr, "witc: error: %s\n", e.text);
    map_fini(&c.defined);
    vec_fini(&c.imports);
    vec_fini(&c.interfaces);
    vec_fini(&c.blocking);
    vec_fini(&c.constant);
    vec_fini(&s.worlds);
    vec_fini(&s.files);
    arena_fini(&arena);
    wit_free(wit);
    return ok ? 0 : 1;
}
