/* Strings out of guest memory, in its three encodings. Spec: CanonicalABI.md
 * load_string_from_range. */
#include <assert.h>

#include "base/utf8.h"
#include "runtime/abi/guest.h"

/* Tells a sequence that the end of the string cuts off from a wrong one. */
static bool refuse_utf8(const uint8_t *start, size_t len, struct err *e)
{
    const uint8_t *at = start, *end = start + len, *bad = start;
    while (utf8_next(&at, end) != UTF8_BAD)
        bad = at;
    size_t left = (size_t)(end - bad), wants = *bad >= 0xf0 ? 4 : *bad >= 0xe0 ? 3 : 2;
    bool cut = *bad >= 0xc2 && *bad <= 0xf4 && left < wants;
    for (size_t i = 1; i < left && cut; i++)
        cut = (bad[i] & 0xc0) == 0x80;
    return err_set(e, ERR_TRAP, "%s at byte %zu of a string", cut ? "incomplete utf-8 byte sequence" : "invalid utf-8",
                   (size_t)(bad - start));
}

static bool lift_utf8(struct lift *l, uint32_t ptr, uint32_t len, uint8_t *to)
{
    if (!guest_check(l->env, GUEST_STRING, (struct guest_range){ ptr, 1, len }, l->e) || !lift_spend(l, len))
        return false;
    str s = str_from((const char *)l->env->memory + ptr, len);
    if (!utf8_valid(s))
        return refuse_utf8(l->env->memory + ptr, len, l->e);
    put_slice(to, s.ptr, s.len);
    return true;
}

bool abi_is_utf8(const struct abi_env *env, uint32_t ptr, uint32_t len)
{
    return (uint64_t)ptr + len <= env->memory_len && utf8_valid(str_from((const char *)env->memory + ptr, len));
}

static uint32_t utf16_unit(const uint8_t *units, uint32_t i)
{
    return (uint32_t)units[2 * i] | (uint32_t)units[2 * i + 1] << 8;
}

/* Writes the text as UTF-8 to `out` (NULL: only checks) and says how many bytes it takes. */
static bool utf16_to_utf8(const uint8_t *units, uint32_t count, uint8_t *out, size_t *ret_len, struct err *e)
{
    size_t len = 0;
    uint8_t scratch[4];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t c = utf16_unit(units, i);
        if (c >= 0xd800 && c <= 0xdfff) {
            uint32_t low = i + 1 < count ? utf16_unit(units, i + 1) : 0;
            if (c > 0xdbff || low < 0xdc00 || low > 0xdfff)
                return err_set(e, ERR_TRAP, "invalid utf-16: unpaired surrogate 0x%x at code unit %u of a string", c,
                               i);
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            i++;
        }
        len += utf8_encode(c, out ? out + len : scratch);
    }
    *ret_len = len;
    return true;
}

static bool lift_utf16(struct lift *l, uint32_t ptr, uint32_t units, uint8_t *to)
{
    size_t len = 0;
    uint64_t size = 2 * (uint64_t)units;
    if (!guest_check(l->env, GUEST_STRING, (struct guest_range){ ptr, 2, size }, l->e))
        return false;
    const uint8_t *from = l->env->memory + ptr;
    if (!lift_spend(l, size) || !utf16_to_utf8(from, units, NULL, &len, l->e))
        return false;
    if (l->env->verbatim) {
        put_slice(to, from, l->env->encoding == ENCODING_UTF16 ? units : units | UTF16_TAG);
        return true;
    }
    if (!lift_spend(l, len))
        return false;
    uint8_t *out = arena_alloc(l->env->arena, len);
    bool ok = utf16_to_utf8(from, units, out, &len, l->e);
    assert(ok); /* the first pass checked it */
    put_slice(to, out, len);
    return true;
}

/* Latin-1 that is ASCII is UTF-8 already and not copied. */
static bool lift_latin1(struct lift *l, uint32_t ptr, uint32_t len, uint8_t *to)
{
    if (!guest_check(l->env, GUEST_STRING, (struct guest_range){ ptr, 2, len }, l->e) || !lift_spend(l, len))
        return false;
    const uint8_t *from = l->env->memory + ptr;
    str s = str_from((const char *)from, len);
    if (!l->env->verbatim && !utf8_is_ascii(s)) {
        size_t out_len = 0;
        for (uint32_t i = 0; i < len; i++)
            out_len += from[i] < 0x80 ? 1 : 2;
        if (!lift_spend(l, out_len))
            return false;
        uint8_t *out = arena_alloc(l->env->arena, out_len), *next = out;
        for (uint32_t i = 0; i < len; i++)
            next += utf8_encode(from[i], next);
        s = str_from((const char *)out, out_len);
    }
    put_slice(to, s.ptr, s.len);
    return true;
}

bool lift_string(struct lift *l, uint32_t ptr, uint32_t units, uint8_t *to)
{
    switch (l->env->encoding) {
    case ENCODING_UTF8: return lift_utf8(l, ptr, units, to);
    case ENCODING_UTF16: return lift_utf16(l, ptr, units, to);
    case ENCODING_LATIN1_UTF16:
        return units & UTF16_TAG ? lift_utf16(l, ptr, units ^ UTF16_TAG, to) : lift_latin1(l, ptr, units, to);
    }
    __builtin_unreachable();
}
