/* Strings into guest memory: the host's UTF-8, or the text of another guest in its encoding. Each step asks realloc for
 * what the specification says and when it says it: guests can see the calls. Spec: CanonicalABI.md store_string_copy,
 * store_string_to_utf8, store_utf8_to_utf16, store_string_to_latin1_or_utf16,
 * store_probably_utf16_to_latin1_or_utf16. */
#include "base/utf8.h"
#include "runtime/abi/guest.h"

enum form { FORM_UTF8, FORM_UTF16, FORM_LATIN1 };

/* One string on its way. */
struct lowering {
    struct abi_env *env;
    enum form form; /* of the text that is to be lowered, which is valid */
    bool tagged;    /* it comes from a guest with latin1+utf16 */
    const uint8_t *at, *end;
    uint32_t source_units; /* code units of the text */
    struct guest_block block;
    uint32_t units; /* the length to store, once written */
    struct err *e;
};

static uint8_t *block_at(const struct lowering *w)
{
    return w->env->memory + w->block.ptr;
}

static bool resize(struct lowering *w, uint32_t align, uint64_t size)
{
    if (size > ABI_MAX_BYTES)
        return err_set(w->e, ERR_TRAP, "string length exceeds maximum: %llu bytes, at most %u",
                       (unsigned long long)size, ABI_MAX_BYTES);
    return guest_realloc(w->env, &w->block, align, (uint32_t)size, w->e);
}

static bool shrink(struct lowering *w, uint32_t align, uint32_t used)
{
    return used == w->block.size || guest_realloc(w->env, &w->block, align, used, w->e);
}

/* Spec: store_string_copy. */
static bool copy(struct lowering *w, uint32_t align)
{
    size_t size = (size_t)(w->end - w->at);
    if (!resize(w, align, size))
        return false;
    if (size)
        memcpy(block_at(w), w->at, size);
    w->units = w->source_units;
    return true;
}

/* The next character; there is one. */
static uint32_t next_char(struct lowering *w)
{
    uint32_t c;
    switch (w->form) {
    case FORM_UTF8: return utf8_next(&w->at, w->end);
    case FORM_LATIN1: return *w->at++;
    case FORM_UTF16:
        c = get_u16(w->at);
        w->at += 2;
        if (c >= 0xd800 && c <= 0xdbff) {
            c = 0x10000 + ((c - 0xd800) << 10) + (get_u16(w->at) - 0xdc00u);
            w->at += 2;
        }
        return c;
    }
    __builtin_unreachable();
}

/* --- Runs of ASCII, which most text is made of: the same number in every encoding --- */

/* How many bytes at `at` are ASCII, counted in steps of eight where there are as many. */
static size_t ascii_bytes(const uint8_t *at, size_t len)
{
    size_t i = 0;
    for (uint64_t word; i + 8 <= len; i += 8) {
        memcpy(&word, at + i, 8);
        if (word & 0x8080808080808080u)
            break;
    }
    while (i < len && at[i] < 0x80)
        i++;
    return i;
}

/* The same for UTF-16, in code units. */
static size_t ascii_units(const uint8_t *at, size_t units)
{
    size_t i = 0;
    for (uint64_t word; i + 4 <= units; i += 4) {
        memcpy(&word, at + 2 * i, 8);
        if (word & 0xff80ff80ff80ff80u)
            break;
    }
    while (i < units && get_u16(at + 2 * i) < 0x80)
        i++;
    return i;
}

/* How many of the next characters are ASCII, `max` at most. */
static uint32_t ascii_run(const struct lowering *w, size_t max)
{
    size_t left = (size_t)(w->end - w->at) / (w->form == FORM_UTF16 ? 2 : 1);
    if (left > max)
        left = max;
    return (uint32_t)(w->form == FORM_UTF16 ? ascii_units(w->at, left) : ascii_bytes(w->at, left));
}

/* Takes a run, as bytes. */
static void take_bytes(struct lowering *w, uint8_t *restrict to, uint32_t run)
{
    const uint8_t *restrict from = w->at;
    if (!run)
        return;
    if (w->form != FORM_UTF16) {
        memcpy(to, from, run);
        w->at += run;
        return;
    }
    for (uint32_t i = 0; i < run; i++)
        to[i] = from[2 * i];
    w->at += 2 * (size_t)run;
}

/* Takes a run, as UTF-16. */
static void take_units(struct lowering *w, uint8_t *restrict to, uint32_t run)
{
    const uint8_t *restrict from = w->at;
    if (!run)
        return;
    if (w->form == FORM_UTF16) {
        memcpy(to, from, 2 * (size_t)run);
        w->at += 2 * (size_t)run;
        return;
    }
    for (uint32_t i = 0; i < run; i++) {
        to[2 * i] = from[i];
        to[2 * i + 1] = 0;
    }
    w->at += run;
}

static void put_unit(uint8_t *to, uint32_t unit)
{
    to[0] = (uint8_t)unit;
    to[1] = (uint8_t)(unit >> 8);
}

/* Writes what is left as UTF-16 behind `used` bytes of the block; there is room for all of it. */
static uint32_t put_utf16(struct lowering *w, uint32_t used)
{
    uint8_t *to = block_at(w) + used;
    for (;;) {
        uint32_t run = ascii_run(w, SIZE_MAX);
        take_units(w, to, run);
        to += 2 * (size_t)run;
        if (w->at == w->end)
            break;
        uint32_t c = next_char(w);
        if (c >= 0x10000) {
            put_unit(to, 0xd800 + ((c - 0x10000) >> 10));
            to += 2;
            c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        put_unit(to, c);
        to += 2;
    }
    return (uint32_t)(to - block_at(w));
}

/* A byte for each code unit while that is enough; else the most that it can be, and then what it is.
 * Spec: store_string_to_utf8. */
static bool transcode_to_utf8(struct lowering *w, uint32_t worst_case)
{
    uint32_t used = 0;
    if (!resize(w, 1, w->source_units))
        return false;
    for (;;) {
        uint8_t c[4];
        uint32_t run = ascii_run(w, w->block.size - used);
        take_bytes(w, block_at(w) + used, run);
        used += run;
        if (w->at == w->end)
            break;
        uint32_t len = (uint32_t)utf8_encode(next_char(w), c);
        if (len > w->block.size - used && !resize(w, 1, (uint64_t)worst_case * w->source_units))
            return false;
        memcpy(block_at(w) + used, c, len);
        used += len;
    }
    w->units = used;
    return shrink(w, 1, used);
}

static bool lower_utf8(struct lowering *w)
{
    switch (w->form) {
    case FORM_UTF8: return copy(w, 1);
    case FORM_UTF16: return transcode_to_utf8(w, 3);
    case FORM_LATIN1: return transcode_to_utf8(w, 2);
    }
    __builtin_unreachable();
}

/* Spec: store_utf8_to_utf16; from Latin-1 there is a code unit for each, nothing to shrink. */
static bool lower_utf16(struct lowering *w)
{
    if (w->form == FORM_UTF16)
        return copy(w, 2);
    if (!resize(w, 2, 2 * (uint64_t)w->source_units))
        return false;
    uint32_t used = put_utf16(w, 0);
    w->units = used / 2;
    return shrink(w, 2, used);
}

/* Goes on as UTF-16 when `done` characters are written as Latin-1 and the next one does not fit. */
static bool inflate(struct lowering *w, uint32_t done)
{
    if (!resize(w, 2, 2 * (uint64_t)w->source_units))
        return false;
    uint8_t *to = block_at(w);
    for (uint32_t i = done; i-- > 0;)
        put_unit(to + 2 * i, to[i]);
    uint32_t used = put_utf16(w, 2 * done);
    w->units = used / 2 | UTF16_TAG;
    return shrink(w, 2, used);
}

/* Spec: store_string_to_latin1_or_utf16. */
static bool transcode_to_latin1(struct lowering *w)
{
    uint32_t done = 0;
    if (!resize(w, 2, w->source_units))
        return false;
    for (;;) {
        uint32_t run = ascii_run(w, SIZE_MAX);
        take_bytes(w, block_at(w) + done, run);
        done += run;
        if (w->at == w->end)
            break;
        const uint8_t *before = w->at;
        uint32_t c = next_char(w);
        if (c > 0xff) {
            w->at = before;
            return inflate(w, done);
        }
        block_at(w)[done++] = (uint8_t)c;
    }
    w->units = done;
    return shrink(w, 2, done);
}

/* A guest that has tagged text as UTF-16 had a reason, most likely.
 * Spec: store_probably_utf16_to_latin1_or_utf16. */
static bool copy_tagged_utf16(struct lowering *w)
{
    bool latin1 = true;
    for (const uint8_t *at = w->at; at < w->end && latin1; at += 2)
        latin1 = at[1] == 0;
    if (!copy(w, 2))
        return false;
    w->units |= UTF16_TAG;
    if (!latin1)
        return true;
    uint8_t *to = block_at(w);
    for (uint32_t i = 0; i < w->source_units; i++)
        to[i] = to[2 * i];
    w->units = w->source_units;
    return guest_realloc(w->env, &w->block, 1, w->source_units, w->e);
}

static bool lower_latin1_or_utf16(struct lowering *w)
{
    if (!w->tagged)
        return transcode_to_latin1(w);
    return w->form == FORM_LATIN1 ? copy(w, 2) : copy_tagged_utf16(w);
}

static bool lower_encoded(struct lowering *w)
{
    switch (w->env->encoding) {
    case ENCODING_UTF8: return lower_utf8(w);
    case ENCODING_UTF16: return lower_utf16(w);
    case ENCODING_LATIN1_UTF16: return lower_latin1_or_utf16(w);
    }
    __builtin_unreachable();
}

static void set_source(struct lowering *w, const struct host_list *s)
{
    enum string_encoding encoding = w->env->verbatim ? *w->env->verbatim : ENCODING_UTF8;
    w->tagged = encoding == ENCODING_LATIN1_UTF16;
    w->form = encoding == ENCODING_UTF8 ? FORM_UTF8 : w->tagged && !(s->len & UTF16_TAG) ? FORM_LATIN1 : FORM_UTF16;
    w->source_units = (uint32_t)s->len & ~(w->tagged ? UTF16_TAG : 0);
    w->at = s->ptr;
    w->end = w->at + (size_t)w->source_units * (w->form == FORM_UTF16 ? 2 : 1);
}

bool lower_string(struct abi_env *env, const struct host_list *s, uint32_t *ret_ptr, uint32_t *ret_units, struct err *e)
{
    struct lowering w = { .env = env, .e = e };
    if (!env->verbatim) {
        if (s->len > ABI_MAX_BYTES)
            return err_set(e, ERR_TRAP, "string length exceeds maximum: %zu bytes, at most %u", s->len, ABI_MAX_BYTES);
        /* Guests rely on this without a check of their own. */
        if (!utf8_valid(str_from(s->ptr, s->len)))
            return err_set(e, ERR_TRAP, "invalid utf-8 in a string from the host");
    }
    set_source(&w, s);
    if (!lower_encoded(&w))
        return false;
    *ret_ptr = w.block.ptr;
    *ret_units = w.units;
    return true;
}
