/* The index of a route: see route_index.h.
 *
 * A step that names hosts or paths literally can only match where one of its keys is the request's: it stands in the
 * lists of those keys, and nowhere else. Of the kinds of keys that it has it takes the kind whose lists are the
 * shortest: a thousand paths of one host stand under their paths. A step without any key stands in a list that is
 * always gone through. */
#include "server/route/route_index.h"

#include <assert.h>

#include "base/map.h"
#include "base/vec.h"
#include "server/route/route.h"

enum { STEPS_MIN = 8 };

enum key_kind { KEY_HOST, KEY_PATH, KEY_PREFIX };
static const enum key_kind key_kinds[] = { KEY_HOST, KEY_PATH, KEY_PREFIX };

/* Prefixes are cut to one of these lengths, so that a path has few to be looked up with. */
static const uint8_t prefix_lens[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 20, 24, 32, 48, 64 };
static_assert(ARRAY_LEN(prefix_lens) + 3 <= ARRAY_LEN(((struct route_cursor *)0)->lists), "a list for each key");

struct key_steps {
    uint32_t *at;
    uint32_t len; /* filled */
    uint32_t cap; /* steps that have such a key, whether they stand here or not */
};

struct route_index {
    struct map keys[ARRAY_LEN(key_kinds)]; /* text → struct key_steps */
    bool has_prefix[ARRAY_LEN(prefix_lens)];
    struct key_steps always;
};

/* --- Keys of a step --- */

static str cut_prefix(str s)
{
    size_t len = 0;
    for (size_t i = 0; i < ARRAY_LEN(prefix_lens); i++)
        if (prefix_lens[i] <= s.len)
            len = prefix_lens[i];
    return str_slice(s, 0, len);
}

/* What a value must be, or begin with, for the pattern to match it; false when that cannot be said. */
static bool key_of(const struct pattern *p, enum key_kind kind, str *ret)
{
    if (p->nocase || p->form == PATTERN_REGEX)
        return false;
    if (kind != KEY_PREFIX) {
        *ret = p->text;
        return p->form == PATTERN_TEXT;
    }
    *ret = cut_prefix(p->form == PATTERN_TEXT ? p->text : p->pieces[0]);
    return ret->len > 0;
}

static const struct patterns *patterns_of(const struct step *s, enum key_kind kind)
{
    return !s->match ? NULL : kind == KEY_HOST ? s->match->host : s->match->uri;
}

/* Patterns that are not negated are alternatives: all of them must have a key, and there must be one. */
static bool has_keys(const struct step *s, enum key_kind kind)
{
    const struct patterns *p = patterns_of(s, kind);
    uint32_t found = 0;
    str ignored;
    for (uint32_t i = 0; p && i < p->len; i++) {
        if (p->at[i].negated)
            continue;
        if (!key_of(&p->at[i], kind, &ignored))
            return false;
        found++;
    }
    return found > 0;
}

/* Calls `fn` for each. */
static void each_key(struct route_index *x, const struct step *s, enum key_kind kind,
                     void (*fn)(void *ctx, struct route_index *x, enum key_kind kind, str key), void *ctx)
{
    const struct patterns *p = patterns_of(s, kind);
    str key;
    for (uint32_t i = 0; i < p->len; i++)
        if (!p->at[i].negated && key_of(&p->at[i], kind, &key))
            fn(ctx, x, kind, key);
}

/* --- Building --- */

static void count_key(void *arena, struct route_index *x, enum key_kind kind, str key)
{
    struct key_steps *steps = map_get(&x->keys[kind], key);
    if (!steps) {
        steps = arena_new(arena, struct key_steps, 1);
        bool ok = map_add(&x->keys[kind], key, steps);
        assert(ok);
    }
    steps->cap++;
}

static void take_longest(void *ret, struct route_index *x, enum key_kind kind, str key)
{
    const struct key_steps *steps = map_get(&x->keys[kind], key);
    uint32_t *longest = ret;
    if (steps->cap > *longest)
        *longest = steps->cap;
}

struct adding {
    struct arena *arena;
    uint32_t step;
};

static void add_step(struct arena *a, struct key_steps *steps, uint32_t step)
{
    if (!steps->at)
        steps->at = arena_new(a, uint32_t, steps->cap);
    if (!steps->len || steps->at[steps->len - 1] != step) /* it may have the same key twice */
        steps->at[steps->len++] = step;
}

static void add_key(void *ctx, struct route_index *x, enum key_kind kind, str key)
{
    const struct adding *adding = ctx;
    add_step(adding->arena, map_get(&x->keys[kind], key), adding->step);
    for (size_t i = 0; kind == KEY_PREFIX && i < ARRAY_LEN(prefix_lens); i++)
        x->has_prefix[i] |= prefix_lens[i] == key.len;
}

/* The kind of the step's keys whose lists are the shortest; false when it has none. */
static bool choose_kind(struct route_index *x, const struct step *s, enum key_kind *ret)
{
    uint32_t best = UINT32_MAX;
    for (size_t k = 0; k < ARRAY_LEN(key_kinds); k++) {
        uint32_t longest = 0;
        if (!has_keys(s, key_kinds[k]))
            continue;
        each_key(x, s, key_kinds[k], take_longest, &longest);
        if (longest < best) {
            best = longest;
            *ret = key_kinds[k];
        }
    }
    return best != UINT32_MAX;
}

static void free_map(void *map)
{
    map_fini(map);
}

const struct route_index *route_index_new(struct arena *a, const struct step *steps, uint32_t len)
{
    if (len < STEPS_MIN)
        return NULL;
    struct route_index *x = arena_new(a, struct route_index, 1);
    for (size_t k = 0; k < ARRAY_LEN(key_kinds); k++) {
        map_init(&x->keys[k]);
        arena_on_end(a, free_map, &x->keys[k]);
        for (uint32_t i = 0; i < len; i++)
            if (has_keys(&steps[i], key_kinds[k]))
                each_key(x, &steps[i], key_kinds[k], count_key, a);
    }
    x->always.cap = len;
    for (uint32_t i = 0; i < len; i++) {
        struct adding adding = { a, i };
        enum key_kind kind = KEY_HOST;
        if (choose_kind(x, &steps[i], &kind))
            each_key(x, &steps[i], kind, add_key, &adding);
        else
            add_step(a, &x->always, i);
    }
    return x;
}

/* --- Finding --- */

static void add_list(struct route_cursor *c, const struct key_steps *steps)
{
    if (!steps || !steps->len)
        return;
    c->lists[c->count].at = steps->at;
    c->lists[c->count++].end = steps->at + steps->len;
}

struct route_cursor route_index_find(const struct route_index *x, str host, str path)
{
    struct route_cursor c;
    c.count = 0;
    add_list(&c, &x->always);
    if (x->keys[KEY_HOST].len)
        add_list(&c, map_get(&x->keys[KEY_HOST], host));
    if (x->keys[KEY_PATH].len)
        add_list(&c, map_get(&x->keys[KEY_PATH], path));
    for (size_t i = 0; i < ARRAY_LEN(prefix_lens) && prefix_lens[i] <= path.len; i++)
        if (x->has_prefix[i])
            add_list(&c, map_get(&x->keys[KEY_PREFIX], str_slice(path, 0, prefix_lens[i])));
    return c;
}

bool route_cursor_next(struct route_cursor *c, uint32_t *ret)
{
    uint32_t least = UINT32_MAX;
    for (uint32_t i = 0; i < c->count; i++)
        if (c->lists[i].at < c->lists[i].end && *c->lists[i].at < least)
            least = *c->lists[i].at;
    for (uint32_t i = 0; i < c->count; i++)
        if (c->lists[i].at < c->lists[i].end && *c->lists[i].at == least)
            c->lists[i].at++;
    *ret = least;
    return least != UINT32_MAX;
}
