/* Command-line options from rows: see options.h. */
#include "tool/options.h"

#include <assert.h>
#include <stdio.h>

#include "base/num.h"

enum { OPTION_ROWS_MAX = 64 };

bool option_is_shown(const struct option *o)
{
    switch (o->kind) {
    case OPTION_FLAG:
    case OPTION_SWITCH:
    case OPTION_TEXT:
    case OPTION_LIST:
    case OPTION_COUNT:
    case OPTION_BYTES:
    case OPTION_DURATION: return true;
    case OPTION_KEYS:
    case OPTION_IGNORED:
    case OPTION_REFUSED: return false;
    }
    __builtin_unreachable();
}

static bool out_of_range(const struct option *o, uint64_t v)
{
    return v < o->min || (o->max && v > o->max);
}

static bool bad_range(const struct option *o, const char *shown, const char *unit, str value, struct err *e)
{
    unsigned long long min = o->min, max = o->max;
    if (!o->max)
        return err_set(e, ERR_USAGE, "option %s expects at least %llu %s, found '%.*s'", shown, min, unit,
                       STR_ARG(value));
    return err_set(e, ERR_USAGE, "option %s expects %llu to %llu %s, found '%.*s'", shown, min, max, unit,
                   STR_ARG(value));
}

static bool bad_value(const char *shown, const char *want, str value, struct err *e)
{
    return err_set(e, ERR_USAGE, "option %s expects %s, found '%.*s'", shown, want, STR_ARG(value));
}

static bool set_count(const struct option *o, const char *shown, str value, uint32_t *ret, struct err *e)
{
    uint32_t v;
    if (!num_parse_u32(value, &v))
        return bad_value(shown, "a whole number", value, e);
    if (out_of_range(o, v))
        return err_set(e, ERR_USAGE, "option %s expects a number from %llu to %llu, found '%.*s'", shown,
                       (unsigned long long)o->min, (unsigned long long)o->max, STR_ARG(value));
    *ret = v;
    return true;
}

static bool set_bytes(const struct option *o, const char *shown, str value, uint64_t *ret, struct err *e)
{
    uint64_t v;
    if (!num_parse_bytes(value, &v))
        return bad_value(shown, "a size such as 64MiB", value, e);
    if (out_of_range(o, v))
        return bad_range(o, shown, "bytes", value, e);
    *ret = v;
    return true;
}

static bool set_duration(const struct option *o, const char *shown, str value, duration *ret, struct err *e)
{
    duration v;
    if (!num_parse_duration(value, &v))
        return bad_value(shown, "a time such as 500ms, 30s or 2m", value, e);
    if (out_of_range(o, (uint64_t)(v.ns / 1000000)))
        return bad_range(o, shown, "ms", value, e);
    *ret = v;
    return true;
}

/* Stores a value of a shown kind; `shown` is how the user wrote the option. */
static bool set_value(const struct option *o, const char *shown, str value, void *settings, struct err *e)
{
    void *at = (char *)settings + o->at;
    switch (o->kind) {
    case OPTION_FLAG: *(bool *)at = true; return true;
    case OPTION_SWITCH:
        if (!str_eq(value, STR("on")) && !str_eq(value, STR("off")))
            return err_set(e, ERR_USAGE, "option %s expects on or off, found '%.*s'", shown, STR_ARG(value));
        *(bool *)at = str_eq(value, STR("on"));
        return true;
    case OPTION_TEXT:
        if (value.len == 0)
            return err_set(e, ERR_USAGE, "option %s expects %s, found nothing", shown, o->value);
        *(str *)at = value;
        return true;
    case OPTION_LIST: vec_push((option_list *)at, value); return true;
    case OPTION_COUNT: return set_count(o, shown, value, at, e);
    case OPTION_BYTES: return set_bytes(o, shown, value, at, e);
    case OPTION_DURATION: return set_duration(o, shown, value, at, e);
    case OPTION_KEYS:
    case OPTION_IGNORED:
    case OPTION_REFUSED: break;
    }
    __builtin_unreachable();
}

void options_defaults(const struct option_table *t, void *settings)
{
    struct err e = ERR_INIT;
    for (size_t i = 0; i < t->len; i++) {
        const struct option *o = &t->at[i];
        if (o->fallback) {
            bool ok = set_value(o, o->name, str_of(o->fallback), settings, &e);
            assert(ok);
            (void)ok;
        }
    }
}

void options_fini(const struct option_table *t, void *settings)
{
    for (size_t i = 0; i < t->len; i++)
        if (t->at[i].kind == OPTION_LIST)
            vec_fini((option_list *)(void *)((char *)settings + t->at[i].at));
}

void arguments_fini(struct arguments *a)
{
    for (uint32_t i = 0; i < a->notes.len; i++)
        mem_free(a->notes.at[i]);
    vec_fini(&a->notes);
    vec_fini(&a->words);
}

static void add_note(struct arguments *a, const char *shown, const char *why)
{
    size_t size = strlen(shown) + strlen(why) + 32;
    char *note = mem_alloc(size, 1);
    snprintf(note, size, "%s has no effect: %s", shown, why);
    vec_push(&a->notes, note);
}

static const struct option *find_long(const struct option_table *t, str name)
{
    for (size_t i = 0; i < t->len; i++)
        if (str_eq(name, str_of(t->at[i].name)))
            return &t->at[i];
    return NULL;
}

static const struct option *find_letter(const struct option_table *t, char letter)
{
    for (size_t i = 0; i < t->len; i++)
        if (t->at[i].letter == letter)
            return &t->at[i];
    return NULL;
}

/* The parser's state: where the next word comes from and where results go. */
struct parse {
    const struct option_table *table;
    const str *words;
    size_t count, next;
    void *settings;
    struct arguments *args;
};

static const struct option_key *find_key(const struct option *o, str name)
{
    for (size_t i = 0; i < o->key_count; i++)
        if (str_eq(name, str_of(o->keys[i].name)))
            return &o->keys[i];
    if (o->key_count && str_eq(STR("*"), str_of(o->keys[o->key_count - 1].name)))
        return &o->keys[o->key_count - 1];
    return NULL;
}

/* KEY=n: the user does not want it either. */
static bool is_no(str value)
{
    return str_eq(value, STR("n")) || str_eq(value, STR("no")) || str_eq(value, STR("false"));
}

/* One KEY[=VALUE] of an OPTION_KEYS option. */
static bool take_key(struct parse *p, const struct option *o, str item, struct err *e)
{
    str value;
    str name = str_split(item, '=', &value);
    const struct option_key *key = find_key(o, name);
    if (!key) {
        err_set(e, ERR_USAGE, "unknown option -%c %.*s", o->letter, STR_ARG(name));
        return err_help(e, "leave it out; 'berth serve --help' lists what there is");
    }
    char shown[80];
    snprintf(shown, sizeof(shown), "-%c %.*s", o->letter, STR_ARG(name));
    switch (key->action) {
    case KEY_ACCEPT: return true;
    case KEY_MAP: {
        const struct option *target = find_long(p->table, str_of(key->text));
        assert(target);
        if (!value.ptr && target->value)
            return err_set(e, ERR_USAGE, "option %s expects %s after '='", shown, target->value);
        return set_value(target, shown, value, p->settings, e);
    }
    case KEY_IGNORE: add_note(p->args, shown, key->text); return true;
    case KEY_REFUSE:
        if (is_no(value))
            return true;
        err_set(e, ERR_USAGE, "option %s is not offered", shown);
        return err_help(e, "%s", key->text);
    }
    __builtin_unreachable();
}

static bool take_keys(struct parse *p, const struct option *o, str list, struct err *e)
{
    for (str rest = list; rest.ptr;) {
        str item = str_split(rest, ',', &rest);
        if (!take_key(p, o, item, e))
            return false;
    }
    return true;
}

/* Applies one option as it was written; `value.ptr` is NULL for an option without value. */
static bool take_option(struct parse *p, const struct option *o, const char *shown, str value, struct err *e)
{
    switch (o->kind) {
    case OPTION_FLAG:
    case OPTION_SWITCH:
    case OPTION_TEXT:
    case OPTION_LIST:
    case OPTION_COUNT:
    case OPTION_BYTES:
    case OPTION_DURATION: return set_value(o, shown, value, p->settings, e);
    case OPTION_KEYS: return take_keys(p, o, value, e);
    case OPTION_IGNORED: add_note(p->args, shown, o->help); return true;
    case OPTION_REFUSED:
        err_set(e, ERR_USAGE, "option %s is not offered: %s", shown, o->help);
        return err_help(e, "%s", o->instead);
    }
    __builtin_unreachable();
}

/* The option's value: what stands behind it in its own word, else the next word. */
static bool find_value(struct parse *p, const struct option *o, const char *shown, str own, str *ret, struct err *e)
{
    *ret = own;
    if (!o->value || own.ptr)
        return true;
    if (p->next == p->count)
        return err_set(e, ERR_USAGE, "option %s expects %s, found nothing", shown, o->value);
    *ret = p->words[p->next++];
    return true;
}

static bool unknown_long(const struct option_table *t, str name, struct err *e)
{
    str names[OPTION_ROWS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < t->len && count < OPTION_ROWS_MAX; i++)
        if (option_is_shown(&t->at[i]))
            names[count++] = str_of(t->at[i].name);
    str near = str_nearest(name, names, count);
    err_set(e, ERR_USAGE, "unknown option --%.*s", STR_ARG(name));
    if (near.ptr)
        return err_help(e, "did you mean --%.*s?", STR_ARG(near));
    return false;
}

static bool parse_long(struct parse *p, str word, struct err *e)
{
    str own;
    str name = str_split(str_slice(word, 2, word.len), '=', &own);
    if (str_eq(name, STR("help"))) {
        p->args->want_help = true;
        return true;
    }
    const struct option *o = find_long(p->table, name);
    if (!o)
        return unknown_long(p->table, name, e);
    char shown[80];
    snprintf(shown, sizeof(shown), "--%.*s", STR_ARG(name));
    if (own.ptr && !o->value)
        return err_set(e, ERR_USAGE, "option %s takes no value, found '%.*s'", shown, STR_ARG(own));
    str value;
    return find_value(p, o, shown, own, &value, e) && take_option(p, o, shown, value, e);
}

/* A word of short options: flags may stand together, the first one with a value takes the rest. */
static bool parse_short(struct parse *p, str word, struct err *e)
{
    for (size_t i = 1; i < word.len; i++) {
        char shown[] = { '-', word.ptr[i], '\0' };
        if (word.ptr[i] == 'h') {
            p->args->want_help = true;
            return true;
        }
        const struct option *o = find_letter(p->table, word.ptr[i]);
        if (!o)
            return err_set(e, ERR_USAGE, "unknown option -%c in '%.*s'", word.ptr[i], STR_ARG(word));
        str value = STR_NONE;
        if (o->value) {
            str own = i + 1 < word.len ? str_slice(word, i + 1, word.len) : STR_NONE;
            if (!find_value(p, o, shown, own, &value, e))
                return false;
            i = word.len;
        }
        if (!take_option(p, o, shown, value, e))
            return false;
    }
    return true;
}

bool options_parse(const struct option_table *t, const str *words, size_t count, void *settings, struct arguments *ret,
                   struct err *e)
{
    struct parse p = { .table = t, .words = words, .count = count, .settings = settings, .args = ret };
    bool options_ended = false;
    *ret = (struct arguments){ .want_help = false };
    while (p.next < count && !ret->want_help) {
        str word = words[p.next++];
        bool ok = true;
        if (options_ended || word.len < 2 || word.ptr[0] != '-')
            vec_push(&ret->words, word);
        else if (str_eq(word, STR("--")))
            options_ended = true;
        else if (word.ptr[1] == '-')
            ok = parse_long(&p, word, e);
        else
            ok = parse_short(&p, word, e);
        if (!ok) {
            arguments_fini(ret);
            return false;
        }
    }
    return true;
}
