/* witc: from WIT to the host side in C. Reads .wit files, writes a header and a source. A program of the build; for
 * those who embed libberth it is installed as berth-witc, whose --library makes code for berth/linker.h.
 *
 *   witc --out-header H --out-source C --include NAME --symbol wasi --blocking FILE --constant FILE
 *        --feature F… --world W… FILE.wit…
 *
 * The worlds' imports become host functions to be written in C. Their exports become functions that look them up and
 * call them with --library; else they are only in the embedded WIT. */
#include <stdio.h>

#include "runtime/wit/witc/collect.h"

struct settings {
    const char *header, *source, *blocking, *constant;
    VEC(const char *) worlds, files;
    bool help;
};

static const char help[] =
    "Usage: berth-witc --library --symbol NAME --world WORLD... --out-header FILE --out-source FILE FILE.wit...\n"
    "\n"
    "From WIT to C, for programs that embed libberth. The header has structs for the types of the worlds, and\n"
    "  for what they import   a prototype for each function, to be written, and NAME_define, which offers them\n"
    "  for what they export   for each function F_find, which looks it up, and F_call, which calls it\n"
    "The source has what stands behind them. The header's first lines say how names are made.\n"
    "\n"
    "  --library            for berth/linker.h and berth/component.h; without it, for the runtime itself\n"
    "  --symbol NAME        begins the names of what is there once a program\n"
    "  --world WORLD        package and version included: shop:cart/cart@1.0.0; may come several times\n"
    "  --out-header FILE    where the header goes\n"
    "  --out-source FILE    where the source goes\n"
    "  --include PATH       how the source includes the header; its file's name if not given\n"
    "  --feature NAME       WIT behind @unstable(feature = NAME), too; may come several times\n";

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

static str file_name(str path)
{
    size_t slash = str_rfind_char(path, '/');
    return slash == SIZE_MAX ? path : str_slice(path, slash + 1, path.len);
}

/* An option with its value. */
static void set_option(struct witc *c, struct settings *s, struct wit *wit, str name, const char *value)
{
    if (str_eq(name, STR("--out-header")))
        s->header = value;
    else if (str_eq(name, STR("--out-source")))
        s->source = value;
    else if (str_eq(name, STR("--include")))
        c->header_name = str_of(value);
    else if (str_eq(name, STR("--symbol")))
        c->symbol = str_of(value);
    else if (str_eq(name, STR("--blocking")))
        s->blocking = value;
    else if (str_eq(name, STR("--constant")))
        s->constant = value;
    else if (str_eq(name, STR("--feature")))
        wit_enable_feature(wit, str_of(value));
    else
        vec_push(&s->worlds, value);
}

static bool takes_value(str name)
{
    static const str names[] = { STR_INIT("--out-header"), STR_INIT("--out-source"), STR_INIT("--include"),
                                 STR_INIT("--symbol"),     STR_INIT("--blocking"),   STR_INIT("--constant"),
                                 STR_INIT("--feature"),    STR_INIT("--world") };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(names[i], name))
            return true;
    return false;
}

static bool parse_args(int argc, char **argv, struct witc *c, struct settings *s, struct wit *wit, struct err *e)
{
    for (int i = 1; i < argc; i++) {
        str arg = str_of(argv[i]);
        if (str_eq(arg, STR("--help")))
            s->help = true;
        else if (str_eq(arg, STR("--library")))
            c->library = true;
        else if (!str_starts(arg, STR("--")))
            vec_push(&s->files, argv[i]);
        else if (!takes_value(arg))
            return err_set(e, ERR_USAGE, "unknown option %s; --help has them all", argv[i]);
        else if (i + 1 == argc)
            return err_set(e, ERR_USAGE, "option %s needs a value", argv[i]);
        else
            set_option(c, s, wit, arg, argv[++i]);
    }
    if (!s->help && (!s->header || !s->source || !c->symbol.len || !s->worlds.len))
        return err_set(e, ERR_USAGE,
                       "--out-header, --out-source, --symbol and --world are needed; --help has them all");
    if (!s->help && !c->header_name.len)
        c->header_name = file_name(str_of(s->header));
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

static bool collect(struct witc *c, const struct settings *s, struct err *e)
{
    for (uint32_t k = 0; k < s->worlds.len; k++)
        if (!collect_world(c, str_of(s->worlds.at[k]), e))
            return false;
    return collect_end(c, e);
}

static bool generate(struct witc *c, const struct settings *s, struct err *e)
{
    struct buf header, source;
    bool ok = true;
    buf_init(&header, BUF_NO_LIMIT);
    buf_init(&source, BUF_NO_LIMIT);
    emit_header(c, &header);
    if (c->library)
        ok = emit_library_source(c, &source, e);
    else
        emit_source(c, &source);
    ok = ok && write_file(s->header, &header, e) && write_file(s->source, &source, e);
    buf_fini(&header);
    buf_fini(&source);
    return ok;
}

static bool write_both(struct witc *c, const struct settings *s, struct wit *wit, struct err *e)
{
    return read_wit(wit, s, e) && collect(c, s, e) && (!s->blocking || read_list(c, s->blocking, &c->blocking, e)) &&
           (!s->constant || read_list(c, s->constant, &c->constant, e)) && generate(c, s, e);
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
    bool ok = parse_args(argc, argv, &c, &s, wit, &e);
    if (s.help)
        fputs(help, stdout);
    else
        ok = ok && write_both(&c, &s, wit, &e);
    if (!ok)
        fprintf(stderr, "berth-witc: error: %s\n", e.text);
    map_fini(&c.defined);
    vec_fini(&c.imports);
    vec_fini(&c.interfaces);
    vec_fini(&c.exports);
    vec_fini(&c.blocking);
    vec_fini(&c.constant);
    vec_fini(&s.worlds);
    vec_fini(&s.files);
    arena_fini(&arena);
    wit_free(wit);
    return ok ? 0 : 1;
}
