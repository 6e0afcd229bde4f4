/* Parsing and printing numbers. */
#include "base/num.h"

bool num_parse_u64(str s, uint64_t *ret)
{
    uint64_t v = 0;
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        if (__builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, (uint64_t)(s.ptr[i] - '0'), &v))
            return false;
    }
    *ret = v;
    return true;
}

bool num_parse_u32(str s, uint32_t *ret)
{
    uint64_t v;
    if (!num_parse_u64(s, &v) || v > UINT32_MAX)
        return false;
    *ret = (uint32_t)v;
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool num_parse_hex_u64(str s, uint64_t *ret)
{
    uint64_t v = 0;
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        int d = hex_digit(s.ptr[i]);
        if (d < 0 || v >> 60)
            return false;
        v = v << 4 | (uint64_t)d;
    }
    *ret = v;
    return true;
}

/* Splits "12.5ms" into its number part and its unit. */
static str split_unit(str s, str *unit)
{
    size_t n = 0;
    while (n < s.len && ((s.ptr[n] >= '0' && s.ptr[n] <= '9') || s.ptr[n] == '.'))
        n++;
    *unit = str_slice(s, n, s.len);
    return str_slice(s, 0, n);
}

bool num_parse_bytes(str s, uint64_t *ret)
{
    static const struct {
        str name;
        uint64_t factor;
    } units[] = {
        { STR_INIT(""), 1 },          { STR_INIT("b"), 1 },          { STR_INIT("k"), 1u << 10 },
        { STR_INIT("kb"), 1u << 10 }, { STR_INIT("kib"), 1u << 10 }, { STR_INIT("m"), 1u << 20 },
        { STR_INIT("mb"), 1u << 20 }, { STR_INIT("mib"), 1u << 20 }, { STR_INIT("g"), 1u << 30 },
        { STR_INIT("gb"), 1u << 30 }, { STR_INIT("gib"), 1u << 30 },
    };
    str unit;
    uint64_t v;
    if (!num_parse_u64(split_unit(s, &unit), &v))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (str_eq_nocase(unit, units[i].name))
            return !__builtin_mul_overflow(v, units[i].factor, ret);
    return false;
}

/* Decimal digits with at most one point, as nanoseconds of a unit of `unit_ns`. */
static bool scale_decimal(str number, int64_t unit_ns, int64_t *ret)
{
    str fraction;
    uint64_t whole, scaled;
    str integer = str_split(number, '.', &fraction);
    if (fraction.ptr && fraction.len == 0)
        return false;
    if (!num_parse_u64(integer, &whole) || __builtin_mul_overflow(whole, (uint64_t)unit_ns, &scaled) ||
        scaled > INT64_MAX / 2)
        return false;
    int64_t sum = (int64_t)scaled;
    for (size_t i = 0; i < fraction.len; i++) {
        if (fraction.ptr[i] < '0' || fraction.ptr[i] > '9')
            return false;
        unit_ns /= 10;
        sum += unit_ns * (fraction.ptr[i] - '0');
    }
    *ret = sum;
    return true;
}

bool num_parse_duration(str s, duration *ret)
{
    static const struct {
        str name;
        int64_t ns;
    } units[] = {
        { STR_INIT(""), 1000000000 },
        { STR_INIT("ns"), 1 },
        { STR_INIT("us"), 1000 },
        { STR_INIT("ms"), 1000000 },
        { STR_INIT("s"), 1000000000 },
        { STR_INIT("m"), 60 * (int64_t)1000000000 },
        { STR_INIT("h"), 3600 * (int64_t)1000000000 },
    };
    str unit;
    str number = split_unit(s, &unit);
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (str_eq(unit, units[i].name))
            return scale_decimal(number, units[i].ns, &ret->ns);
    return false;
}

static size_t format(uint64_t v, unsigned base, char *out)
{
    char digits[20]; /* the last one first */
    size_t n = 0;
    do {
        digits[n++] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v);
    for (size_t i = 0; i < n; i++)
        out[i] = digits[n - 1 - i];
    return n;
}

size_t num_format_u64(uint64_t v, char *out)
{
    return format(v, 10, out);
}

size_t num_format_hex_u64(uint64_t v, char *out)
{
    return format(v, 16, out);
}
