/* Canonical functions: the options that a function type needs, and the signatures of the core functions around it.
 * Spec: Binary.md "Canonical Definitions"; CanonicalABI.md "canonopt Validation", "Flattening". */
#include <inttypes.h>
#include <stdio.h>

#include "runtime/check/checker.h"

enum { TYPES_TEXT_MAX = 160 };

/* What lifting or lowering a function type reaches. */
struct needs {
    bool memory, realloc;
};

static uint8_t core_byte(enum core_type t)
{
    switch (t) {
    case CORE_I32: return 0x7f;
    case CORE_I64: return 0x7e;
    case CORE_F32: return 0x7d;
    case CORE_F64: return 0x7c;
    }
    __builtin_unreachable();
}

static const struct core_func_type *core_func_of(struct arena *a, const struct core_signature *sig)
{
    struct core_func_type *f = arena_new(a, struct core_func_type, 1);
    uint8_t *types = arena_new(a, uint8_t, sig->param_count + sig->result_count);
    for (uint32_t i = 0; i < sig->param_count; i++)
        types[i] = core_byte(sig->params[i]);
    for (uint32_t i = 0; i < sig->result_count; i++)
        types[sig->param_count + i] = core_byte(sig->results[i]);
    *f = (struct core_func_type){ .params = types,
                                  .param_count = sig->param_count,
                                  .results = types + sig->param_count,
                                  .result_count = sig->result_count };
    return f;
}

static struct needs needs_of(const struct func_type *f, const struct core_signature *sig, bool lower)
{
    bool params_point = false;
    bool result_points = f->result && f->result->has_pointer;
    for (uint32_t i = 0; i < f->param_count; i++)
        params_point |= f->params[i].type->has_pointer;
    /* What is written into the guest must be allocated there; what spills is read or written in memory anyway. */
    return (struct needs){
        .memory = params_point || result_points || sig->params_spilled || sig->results_spilled,
        .realloc = lower ? result_points : params_point || sig->params_spilled,
    };
}

/* --- Options --- */

static bool check_memory(const struct check_scope *s, const struct canon_opts *o, struct err *e)
{
    if (!o->has_memory)
        return true;
    if (o->memory >= s->core_memories.len)
        return unknown_index(e, ERR_NO_OFFSET, "memory", o->memory);
    const struct core_limits *limits = &s->core_memories.at[o->memory].limits;
    if (limits->is64)
        return err_set(e, ERR_UNSUPPORTED,
                       "canonical option `memory` names a 64-bit memory (component-model memory64), which is not "
                       "supported yet");
    if (limits->shared)
        return err_set(e, ERR_INVALID, "canonical option `memory` names a shared memory");
    return true;
}

static bool wrong_signature(const char *option, struct err *e)
{
    return err_set(e, ERR_INVALID, "canonical option `%s` uses a core function with an incorrect signature", option);
}

static bool check_realloc(const struct check_scope *s, const struct canon_opts *o, struct err *e)
{
    const struct core_func_type *f = NULL;
    if (!o->has_realloc)
        return true;
    if (!scope_core_func(s, o->realloc, ERR_NO_OFFSET, &f, e))
        return false;
    if (f->param_count != 4 || f->result_count != 1 || f->results[0] != 0x7f)
        return wrong_signature("realloc", e);
    for (uint32_t i = 0; i < 4; i++)
        if (f->params[i] != 0x7f)
            return wrong_signature("realloc", e);
    if (!o->has_memory)
        return err_set(e, ERR_INVALID, "canonical option `realloc` requires `memory` to also be specified");
    return true;
}

static bool check_post_return(const struct check_scope *s, const struct canon_opts *o,
                              const struct core_func_type *lifted, struct err *e)
{
    const struct core_func_type *f = NULL;
    if (!o->has_post_return)
        return true;
    if (!lifted)
        return err_set(e, ERR_INVALID, "canonical option `post-return` cannot be specified for lowerings");
    if (!scope_core_func(s, o->post_return, ERR_NO_OFFSET, &f, e))
        return false;
    if (f->result_count != 0 || f->param_count != lifted->result_count ||
        (f->param_count && memcmp(f->params, lifted->results, f->param_count) != 0))
        return wrong_signature("post-return", e);
    return true;
}

/* `lifted` is NULL for lowerings. */
static bool check_options(const struct check_scope *s, const struct canon_opts *o, struct needs needs,
                          const struct core_func_type *lifted, struct err *e)
{
    if (!check_memory(s, o, e) || !check_realloc(s, o, e) || !check_post_return(s, o, lifted, e))
        return false;
    if (needs.memory && !o->has_memory)
        return err_set(e, ERR_INVALID, "canonical option `memory` is required");
    if (needs.realloc && !o->has_realloc)
        return err_set(e, ERR_INVALID, "canonical option `realloc` is required");
    return true;
}

/* --- Lift and lower --- */

static void print_types(const uint8_t *types, uint32_t count, char out[TYPES_TEXT_MAX])
{
    size_t at = (size_t)snprintf(out, TYPES_TEXT_MAX, "[");
    for (uint32_t i = 0; i < count && at < TYPES_TEXT_MAX; i++) {
        const char *name = types[i] == 0x7f   ? "I32"
                           : types[i] == 0x7e ? "I64"
                           : types[i] == 0x7d ? "F32"
                           : types[i] == 0x7c ? "F64"
                                              : "another type";
        at += (size_t)snprintf(out + at, TYPES_TEXT_MAX - at, i ? ", %s" : "%s", name);
    }
    if (at < TYPES_TEXT_MAX)
        snprintf(out + at, TYPES_TEXT_MAX - at, "]");
}

static bool same_side(const uint8_t *want, uint32_t want_count, const uint8_t *got, uint32_t got_count,
                      const char *side, struct err *e)
{
    if (want_count == got_count && (want_count == 0 || memcmp(want, got, want_count) == 0))
        return true;
    char expected[TYPES_TEXT_MAX], found[TYPES_TEXT_MAX];
    print_types(want, want_count, expected);
    print_types(got, got_count, found);
    return err_set(e, ERR_INVALID, "lowered %s types `%s` do not match %s types `%s` of the core function", side,
                   expected, side, found);
}

static bool check_lift(struct check_scope *s, const struct canon_def *c, struct err *e)
{
    const struct type_entry *entry = NULL;
    const struct core_func_type *core = NULL;
    struct core_signature sig;
    if (!scope_type(s, c->type, ERR_NO_OFFSET, &entry, e))
        return false;
    if (entry->kind != DEFTYPE_FUNC)
        return err_set(e, ERR_INVALID, "type index %" PRIu32 " is not a function type%s", c->type,
                       NAMED(s, SORT_TYPE, c->type));
    if (!scope_core_func(s, c->core_func, ERR_NO_OFFSET, &core, e))
        return false;
    func_type_flatten(entry->of.func, false, &sig);
    if (!check_options(s, &c->opts, needs_of(entry->of.func, &sig, false), core, e))
        return false;
    const struct core_func_type *want = core_func_of(s->checker->arena, &sig);
    if (!same_side(want->params, want->param_count, core->params, core->param_count, "parameter", e) ||
        !same_side(want->results, want->result_count, core->results, core->result_count, "result", e))
        return false;
    const struct item_type item = { .kind = ITEM_FUNC, .of.func = entry->of.func };
    return scope_push(s, &item, ERR_NO_OFFSET, e);
}

static bool check_lower(struct check_scope *s, const struct canon_def *c, struct err *e)
{
    struct core_signature sig;
    if (c->func >= s->funcs.len)
        return unknown_index(e, ERR_NO_OFFSET, "function", c->func);
    const struct func_type *f = s->funcs.at[c->func];
    func_type_flatten(f, true, &sig);
    if (!check_options(s, &c->opts, needs_of(f, &sig, true), NULL, e))
        return false;
    vec_push(&s->core_funcs, core_func_of(s->checker->arena, &sig));
    return true;
}

/* --- Resources --- */

static bool check_resource_builtin(struct check_scope *s, const struct canon_def *c, struct err *e)
{
    static const struct core_signature signatures[] = {
        [CANON_RESOURCE_NEW] = { { CORE_I32 }, 1, { CORE_I32 }, 1, false, false },
        [CANON_RESOURCE_DROP] = { { CORE_I32 }, 1, { CORE_I32 }, 0, false, false },
        [CANON_RESOURCE_REP] = { { CORE_I32 }, 1, { CORE_I32 }, 1, false, false },
    };
    const struct type_entry *entry = NULL;
    if (!scope_resource(s, c->type, ERR_NO_OFFSET, &entry, e))
        return false;
    const struct resource *r = resource_of(entry->of.resource);
    if (c->kind != CANON_RESOURCE_DROP && !(r->owner == s->id && r->type.local))
        return err_set(e, ERR_INVALID, "type index %" PRIu32 " is not a local resource%s", c->type,
                       NAMED(s, SORT_TYPE, c->type));
    vec_push(&s->core_funcs, core_func_of(s->checker->arena, &signatures[c->kind]));
    return true;
}

bool check_canon(struct check_scope *s, const struct canon_def *c, uint64_t offset, struct err *e)
{
    bool ok = false;
    switch (c->kind) {
    case CANON_LIFT: ok = check_lift(s, c, e) || err_wrap(e, "canon lift"); break;
    case CANON_LOWER: ok = check_lower(s, c, e) || err_wrap(e, "canon lower"); break;
    case CANON_RESOURCE_NEW: ok = check_resource_builtin(s, c, e) || err_wrap(e, "canon resource.new"); break;
    case CANON_RESOURCE_DROP: ok = check_resource_builtin(s, c, e) || err_wrap(e, "canon resource.drop"); break;
    case CANON_RESOURCE_REP: ok = check_resource_builtin(s, c, e) || err_wrap(e, "canon resource.rep"); break;
    }
    return ok || located(e, offset);
}
