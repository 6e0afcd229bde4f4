/* The interpreter of scripts: a function a kind of directive. */
#include "tool/wast/script.h"

#include "base/buf.h"
#include "base/vec.h"
#include "runtime/check/check.h"
#include "runtime/engine/engine.h"
#include "runtime/run/session.h"
#include "server/app/wasm_file.h"
#include "tool/file.h"
#include "tool/wast/value.h"

/* Scripts say themselves what they want refused. */
enum { ALL_FEATURES = FEATURE_MAP | FEATURE_FIXED_LIST };

enum { SCRIPT_MAX_BYTES = 64 << 20 };

/* A binary of the script. */
struct script_module {
    str name; /* that later directives call it by, or empty */
    bytes wasm;
};

/* An instance; without a session when making it failed. */
struct script_instance {
    str name;
    bool gated; /* it failed for a feature that is not there */
    struct program *program;
    struct session *session;
};

struct script {
    const struct script_options *o;
    struct arena arena;
    VEC(struct script_module) modules;
    VEC(struct script_instance) instances; /* the last one is what calls without a name mean */
};

/* What became of a directive. */
enum verdict { PASSED, FAILED, GATED, SKIPPED };

struct outcome {
    enum verdict verdict;
    bool other_text;
    struct err e; /* why, of FAILED; the error that was expected */
};

static str member(const struct json *command, const char *name)
{
    const struct json *v = json_get(command, str_of(name));
    return v && v->kind == JSON_STRING ? v->text : STR_NONE;
}

/* --- Modules --- */

static bool read_module(struct script *s, const struct json *command, struct script_module *ret, struct err *e)
{
    str path = str_printf(&s->arena, "%.*s/%.*s", STR_ARG(s->o->folder), STR_ARG(member(command, "filename")));
    *ret = (struct script_module){ .name = member(command, "name") };
    if (!wasm_file_read(path, &ret->wasm, e))
        return false;
    vec_push(&s->modules, *ret);
    return true;
}

static bool validate_core(const struct script *s, const struct component *c, struct err *e)
{
    for (uint32_t i = 0; i < c->def_count; i++) {
        const struct def *d = &c->defs[i];
        if (d->kind == DEF_CORE_MODULE && !engine_validate(s->o->engine, d->of.core_module, e))
            return false;
        if (d->kind == DEF_COMPONENT && !validate_core(s, d->of.component, e))
            return false;
    }
    return true;
}

/* Bytes 6 and 7 of a core module are 0. */
static bool is_core(bytes wasm)
{
    return wasm.len >= 8 && !wasm.ptr[6] && !wasm.ptr[7];
}

/* Everything that can be wrong with a binary by itself. */
static bool validate(const struct script *s, bytes wasm, struct err *e)
{
    struct arena a;
    struct component *c = NULL;
    if (is_core(wasm))
        return engine_validate(s->o->engine, wasm, e);
    arena_init(&a);
    bool ok = component_read_with(&a, wasm, ALL_FEATURES, &c, e) && component_check(&a, c, e) && validate_core(s, c, e);
    arena_fini(&a);
    return ok;
}

/* Makes an instance, which from now on is the current one whatever comes of it. */
static bool instantiate(struct script *s, bytes wasm, str name, struct err *e)
{
    const struct program_options none = { .features = ALL_FEATURES };
    struct script_instance i = { .name = name };
    bool ok = program_open(wasm, &none, &i.program, e) && program_compile(i.program, s->o->engine, e) &&
              session_open(i.program, NULL, &i.session, e);
    i.gated = !ok && e->kind == ERR_UNSUPPORTED;
    vec_push(&s->instances, i);
    return ok;
}

static struct outcome outcome_of(bool ok, const struct err *e)
{
    struct outcome r = { .verdict = ok ? PASSED : e->kind == ERR_UNSUPPORTED ? GATED : FAILED, .e = *e };
    return r;
}

static struct outcome run_module(struct script *s, const struct json *command)
{
    struct err e = ERR_INIT;
    struct script_module m;
    bool ok = read_module(s, command, &m, &e) &&
              (is_core(m.wasm) ? validate(s, m.wasm, &e) : instantiate(s, m.wasm, m.name, &e));
    return outcome_of(ok, &e);
}

static struct outcome run_definition(struct script *s, const struct json *command)
{
    struct err e = ERR_INIT;
    struct script_module m;
    bool ok = read_module(s, command, &m, &e) && validate(s, m.wasm, &e);
    return outcome_of(ok, &e);
}

static struct outcome run_instance(struct script *s, const struct json *command)
{
    struct err e = ERR_INIT;
    str name = member(command, "module");
    for (uint32_t i = s->modules.len; i-- > 0;)
        if (!name.len || str_eq(s->modules.at[i].name, name))
            return outcome_of(instantiate(s, s->modules.at[i].wasm, member(command, "instance"), &e), &e);
    err_set(&e, ERR_USAGE, "no module is called '%.*s'", STR_ARG(name));
    return outcome_of(false, &e);
}

/* --- Errors that are asserted --- */

static struct outcome expect_error(const struct json *command, bool ok, bool is_kind, const struct err *e)
{
    struct outcome r = { .verdict = PASSED, .e = *e };
    str text = member(command, "text");
    if (ok) {
        r.verdict = FAILED;
        err_set(&r.e, ERR_INVALID, "expected the error '%.*s', found none", STR_ARG(text));
    } else if (e->kind == ERR_UNSUPPORTED) {
        r.verdict = GATED;
    } else if (!is_kind) {
        r.verdict = FAILED;
        err_wrap(&r.e, "expected the error '%.*s', found one of another kind", STR_ARG(text));
    }
    r.other_text = r.verdict == PASSED && str_find(str_of(e->text), text) == SIZE_MAX;
    return r;
}

static struct outcome assert_invalid(struct script *s, const struct json *command)
{
    struct err e = ERR_INIT;
    struct script_module m;
    bool ok = read_module(s, command, &m, &e) && validate(s, m.wasm, &e);
    return expect_error(command, ok, e.kind == ERR_PARSE || e.kind == ERR_INVALID || e.kind == ERR_LIMIT, &e);
}

static struct outcome assert_uninstantiable(struct script *s, const struct json *command, enum err_kind kind)
{
    struct err e = ERR_INIT;
    struct script_module m;
    bool ok = read_module(s, command, &m, &e) && instantiate(s, m.wasm, STR_NONE, &e);
    return expect_error(command, ok, e.kind == kind, &e);
}

/* --- Calls --- */

static const struct script_instance *find_instance(const struct script *s, str name)
{
    for (uint32_t i = s->instances.len; i-- > 0;)
        if (!name.len || str_eq(s->instances.at[i].name, name))
            return &s->instances.at[i];
    return NULL;
}

static bool match_result(struct arena *a, const struct json *wanted, const struct func_type *f, const void *result,
                         struct err *e)
{
    uint32_t count = wanted ? wanted->count : 0;
    if (count != (f->result ? 1 : 0))
        return err_set(e, ERR_INVALID, "expected %u results, found %u", count, f->result ? 1 : 0);
    return !count || value_match(a, wanted->items[0], f->result, result, e);
}

/* Calls, compares with `wanted` (NULL: any result will do) and finishes. A result that differs is ERR_INVALID. */
static bool call(struct script *s, const struct script_instance *i, const struct json *action,
                 const struct json *wanted, struct err *e)
{
    const struct program_func *f = program_export(i->program, STR(""), member(action, "field"), e);
    if (!f)
        return false;
    void *params = arena_zalloc(&s->arena, 1, program_func_params_size(f));
    void *result = arena_zalloc(&s->arena, 1, program_func_result_size(f));
    if (!values_read(&s->arena, json_get(action, STR("args")), program_func_type(f), params, e) ||
        !session_call(i->session, f, params, result, e))
        return false;
    bool ok = !wanted || match_result(&s->arena, wanted, program_func_type(f), result, e);
    struct err finish = ERR_INIT;
    if (!session_finish(i->session, &finish) && ok) {
        *e = finish;
        return false;
    }
    return ok;
}

/* False in `*ret_made` when there is no instance to call: then `ret` is the outcome. */
static const struct script_instance *instance_of(const struct script *s, const struct json *action, struct outcome *ret)
{
    const struct script_instance *i = find_instance(s, member(action, "module"));
    if (i && i->session)
        return i;
    ret->verdict = i && i->gated ? GATED : FAILED;
    err_set(&ret->e, ERR_USAGE, "there is no instance to call");
    return NULL;
}

static struct outcome assert_return(struct script *s, const struct json *command)
{
    struct outcome r = { .e = ERR_INIT };
    const struct json *action = json_get(command, STR("action"));
    const struct script_instance *i = instance_of(s, action, &r);
    return i ? outcome_of(call(s, i, action, json_get(command, STR("expected")), &r.e), &r.e) : r;
}

static struct outcome run_action(struct script *s, const struct json *command)
{
    struct outcome r = { .e = ERR_INIT };
    const struct json *action = json_get(command, STR("action"));
    const struct script_instance *i = instance_of(s, action, &r);
    return i ? outcome_of(call(s, i, action, NULL, &r.e), &r.e) : r;
}

static struct outcome assert_trap(struct script *s, const struct json *command)
{
    struct outcome r = { .e = ERR_INIT };
    const struct json *action = json_get(command, STR("action"));
    if (!action)
        return assert_uninstantiable(s, command, ERR_TRAP);
    const struct script_instance *i = instance_of(s, action, &r);
    if (!i)
        return r;
    bool ok = call(s, i, action, NULL, &r.e);
    struct err e = r.e;
    return expect_error(command, ok, e.kind == ERR_TRAP, &e);
}

/* --- Scripts --- */

static struct outcome run_command(struct script *s, const struct json *command)
{
    str type = member(command, "type");
    struct outcome skipped = { .verdict = SKIPPED, .e = ERR_INIT };
    if (str_eq(member(command, "module_type"), STR("text")))
        return skipped; /* wasm-tools would refuse it, not we */
    if (str_eq(type, STR("module")))
        return run_module(s, command);
    if (str_eq(type, STR("module_definition")))
        return run_definition(s, command);
    if (str_eq(type, STR("module_instance")))
        return run_instance(s, command);
    if (str_eq(type, STR("assert_invalid")) || str_eq(type, STR("assert_malformed")))
        return assert_invalid(s, command);
    if (str_eq(type, STR("assert_return")))
        return assert_return(s, command);
    if (str_eq(type, STR("assert_trap")))
        return assert_trap(s, command);
    if (str_eq(type, STR("assert_uninstantiable")))
        return assert_uninstantiable(s, command, ERR_TRAP);
    if (str_eq(type, STR("assert_unlinkable")))
        return assert_uninstantiable(s, command, ERR_LINK);
    if (str_eq(type, STR("action")))
        return run_action(s, command);
    return skipped;
}

static void report(const struct script *s, const struct json *command, const struct outcome *o)
{
    const struct json *line = json_get(command, STR("line"));
    int64_t number = line && line->kind == JSON_INTEGER ? json_integer_of(line) : 0;
    str type = member(command, "type");
    FILE *out = s->o->console->out;
    if (o->verdict == FAILED)
        fprintf(out, "%.*s:%lld: %.*s: %s\n", STR_ARG(s->o->name), (long long)number, STR_ARG(type), o->e.text);
    else if (o->verdict == GATED)
        fprintf(out, "%.*s:%lld: %.*s: gated: %s\n", STR_ARG(s->o->name), (long long)number, STR_ARG(type), o->e.text);
    else if (o->other_text && s->o->texts)
        fprintf(out, "%.*s:%lld: %.*s: expected the words '%.*s', found: %s\n", STR_ARG(s->o->name), (long long)number,
                STR_ARG(type), STR_ARG(member(command, "text")), o->e.text);
}

static void count(struct script_score *score, const struct outcome *o)
{
    switch (o->verdict) {
    case PASSED: score->passed++; break;
    case FAILED: score->failed++; break;
    case GATED: score->gated++; break;
    case SKIPPED: score->skipped++; break;
    }
    score->texts += o->other_text;
}

static void script_fini(struct script *s)
{
    for (uint32_t i = 0; i < s->instances.len; i++) {
        session_close(s->instances.at[i].session);
        program_free(s->instances.at[i].program);
    }
    for (uint32_t i = 0; i < s->modules.len; i++)
        wasm_file_free(s->modules.at[i].wasm);
    vec_fini(&s->instances);
    vec_fini(&s->modules);
    arena_fini(&s->arena);
}

static bool read_commands(struct script *s, const struct json **ret, struct err *e)
{
    struct buf text;
    const struct json *root = NULL;
    struct json_error wrong;
    buf_init(&text, SCRIPT_MAX_BYTES);
    bool ok = file_read(str_dupz(&s->arena, s->o->commands), &text, e);
    if (ok && !json_parse(&s->arena, str_dup(&s->arena, buf_str(&text)), &root, &wrong))
        ok = err_set(e, ERR_PARSE, "line %zu, column %zu: %s", wrong.line, wrong.column, wrong.detail);
    buf_fini(&text);
    const struct json *commands = ok && root->kind == JSON_OBJECT ? json_get(root, STR("commands")) : NULL;
    if (ok && (!commands || commands->kind != JSON_ARRAY))
        ok = err_set(e, ERR_PARSE, "expected an object with an array 'commands'");
    *ret = commands;
    return ok;
}

bool script_run(const struct script_options *o, struct script_score *score, struct err *e)
{
    struct script s = { .o = o };
    const struct json *commands = NULL;
    arena_init(&s.arena);
    bool ok = read_commands(&s, &commands, e);
    for (uint32_t i = 0; ok && i < commands->count; i++) {
        struct outcome r = run_command(&s, commands->items[i]);
        count(score, &r);
        report(&s, commands->items[i], &r);
    }
    script_fini(&s);
    return ok;
}
