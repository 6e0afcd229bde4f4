/* Patterns and values from anywhere, a line each: a pattern with stars hits what a plain, slow matcher says it does,
 * its negation hits the rest; address patterns match the addresses that they are made of. */
#include <arpa/inet.h>
#include <assert.h>

#include "server/route/address_pattern.h"
#include "server/route/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SLOW_MAX = 40 }; /* bytes, for the matcher that tries everything */

static bool slow_match(str pattern, str value)
{
    if (!pattern.len)
        return !value.len;
    str rest = str_slice(pattern, 1, pattern.len);
    if (pattern.ptr[0] == '*')
        return slow_match(rest, value) || (value.len && slow_match(pattern, str_slice(value, 1, value.len)));
    return value.len && value.ptr[0] == pattern.ptr[0] && slow_match(rest, str_slice(value, 1, value.len));
}

static bool is_plain(str pattern)
{
    return pattern.len <= SLOW_MAX && !str_starts(pattern, STR("!")) && !str_starts(pattern, STR("~"));
}

static void check_pattern(struct arena *a, str text, str value)
{
    static const enum pattern_case cases[] = { PATTERN_EXACT, PATTERN_LOWER, PATTERN_UPPER, PATTERN_NOCASE };
    static const enum pattern_coding codings[] = { PATTERN_PLAIN, PATTERN_ENCODED, PATTERN_QUERY };
    for (size_t i = 0; i < ARRAY_LEN(cases) * ARRAY_LEN(codings); i++) {
        const struct pattern_options o = { cases[i % 4], codings[i / 4], STR("uri") };
        struct pattern p, opposite;
        struct err e = ERR_INIT;
        if (!pattern_compile(a, text, &o, &p, &e)) {
            assert(e.text[0]);
            continue;
        }
        bool hit = pattern_match(&p, value, a);
        if (o.how == PATTERN_EXACT && o.coding == PATTERN_PLAIN && is_plain(text) && value.len <= SLOW_MAX)
            assert(hit == slow_match(text, value));
        if (!str_starts(text, STR("!"))) {
            bool ok = pattern_compile(a, str_printf(a, "!%.*s", STR_ARG(text)), &o, &opposite, &e);
            assert((ok && pattern_match(&opposite, value, a) != hit) || str_find_char(text, '\0') != SIZE_MAX);
        }
    }
}

static void check_address(str text)
{
    struct address_pattern p;
    struct err e = ERR_INIT;
    if (!address_pattern_compile(text, &p, &e)) {
        assert(e.text[0]);
        return;
    }
    if (p.family != ADDRESS_IPV4)
        return;
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(p.has_port ? p.port_low : 1) };
    memcpy(&in.sin_addr, p.low, 4);
    assert(address_pattern_match(&p, (const struct sockaddr *)&in) != p.negated);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    str value, pattern = str_split(str_from((const char *)data, size), '\n', &value);
    arena_init(&a);
    check_pattern(&a, pattern, value.ptr ? value : STR(""));
    check_address(pattern);
    arena_fini(&a);
    return 0;
}
