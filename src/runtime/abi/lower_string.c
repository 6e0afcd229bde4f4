/* Strings into guest memory, from the host's UTF-8 to the guest's encoding. Each step asks realloc
 * for what the specification says and when it says it: guests can see the calls. Spec:
 * CanonicalABI.md store_string_copy, store_utf8_to_utf16, store_string_to_latin1_or_utf16. */
#include "base/utf8.h"
#include "runtime/abi/guest.h"

/* One string on its way. */
struct lowering {
    struct abi_env *env;
    str s; /* valid UTF-8 of at most ABI_MAX_BYTES */
    struct guest_block block;
    uint32_t units; /* the length to store, once written */
    struct err *e;
};

static uint8_t *block_at(const struct lowering *w)
{
    return w->env->memory + w->block.ptr;
}

static bool lower_utf8(struct lowering *w)
{
    w->units = (uint32_t)w->s.len;
    if (!guest_realloc(w->env, &w->block, 1, w->units, w->e))
        return false;
    if (w->units)
        memcpy(block_at(w), w->s.ptr, w->units);
    return true;
}

static void put_unit(uint8_t *to, uint32_t unit)
{
    to[0] = (uint8_t)unit;
    to[1] = (uint8_t)(unit >> 8);
}

/* Writes UTF-8 as UTF-16 and returns how many bytes that took: at most two for each byte. */
static uint32_t put_utf16(uint8_t *to, const uint8_t *at, const uint8_t *end)
{
    uint8_t *start = to;
    while (at < end) {
        uint32_t c = utf8_next(&at, end);
        if (c >= 0x10000) {
            put_unit(to, 0xd800 + ((c - 0x10000) >> 10));
            to += 2;
            c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        put_unit(to, c);
        to += 2;
    }
    return (uint32_t)(to - start);
}

static bool shrink(struct lowering *w, uint32_t used)
{
    return used == w->block.size || guest_realloc(w->env, &w->block, 2, used, w->e);
}

static bool lower_utf16(struct lowering *w)
{
    const uint8_t *from = (const uint8_t *)w->s.ptr;
    if (!guest_realloc(w->env, &w->block, 2, 2 * (uint32_t)w->s.len, w->e))
        return false;
    uint32_t used = put_utf16(block_at(w), from, from + w->s.len);
    w->units = used / 2;
    return shrink(w, used);
}

/* Goes on as UTF-16 when `done` characters are written as Latin-1 and `at` does not fit. */
static bool inflate(struct lowering *w, uint32_t done, const uint8_t *at)
{
    if (!guest_realloc(w->env, &w->block, 2, 2 * (uint32_t)w->s.len, w->e))
        return false;
    uint8_t *to = block_at(w);
    for (uint32_t i = done; i-- > 0;)
        put_unit(to + 2 * i, to[i]);
    uint32_t used = 2 * done + put_utf16(to + 2 * done, at, (const uint8_t *)w->s.ptr + w->s.len);
    w->units = used / 2 | UTF16_TAG;
    return shrink(w, used);
}

static bool lower_latin1_or_utf16(struct lowering *w)
{
    if (!guest_realloc(w->env, &w->block, 2, (uint32_t)w->s.len, w->e))
        return false;
    const uint8_t *at = (const uint8_t *)w->s.ptr, *end = at + w->s.len;
    uint8_t *to = block_at(w);
    uint32_t done = 0;
    for (const uint8_t *next = at; at < end; at = next) {
        uint32_t c = utf8_next(&next, end);
        if (c > 0xff)
            return inflate(w, done, at);
        to[done++] = (uint8_t)c;
    }
    w->units = done;
    return shrink(w, done);
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

bool lower_string(struct abi_env *env, str s, uint32_t *ret_ptr, uint32_t *ret_units, struct err *e)
{
    struct lowering w = { .env = env, .s = s, .e = e };
    if (s.len > ABI_MAX_BYTES)
        return err_set(e, ERR_TRAP, "string length exceeds maximum: %zu bytes, at most %u", s.len, ABI_MAX_BYTES);
    /* Guests rely on this without a check of their own. */
    if (!utf8_valid(s))
        return err_set(e, ERR_TRAP, "invalid utf-8 in a string from the host");
    if (!lower_encoded(&w))
        return false;
    *ret_ptr = w.block.ptr;
    *ret_units = w.units;
    return true;
}
