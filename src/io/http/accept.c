/* Accept-Encoding: see accept.h. */
#include "io/http/accept.h"

/* In thousandths; anything that is no weight counts as none given. RFC 9110, 12.4.2. */
static unsigned weight_of(str parameters)
{
    unsigned weight = 1000, digit = 100;
    while (parameters.ptr) {
        str p = str_trim(str_split(parameters, ';', &parameters));
        if (p.len < 3 || (p.ptr[0] != 'q' && p.ptr[0] != 'Q') || p.ptr[1] != '=' ||
            (p.ptr[2] != '0' && p.ptr[2] != '1'))
            continue;
        if (p.ptr[2] == '1')
            return 1000;
        weight = 0;
        for (size_t i = 4; i < p.len && p.ptr[3] == '.' && p.ptr[i] >= '0' && p.ptr[i] <= '9'; i++, digit /= 10)
            weight += (unsigned)(p.ptr[i] - '0') * digit;
    }
    return weight;
}

static bool find(str name, const char *const *names, size_t count, size_t *ret)
{
    for (*ret = 0; *ret < count; ++*ret)
        if (str_eq_nocase(name, str_of(names[*ret])))
            return true;
    return false;
}

struct choice {
    unsigned best;
    size_t index;
    bool coded;    /* the best is a coding */
    bool excluded; /* identity is not wanted */
};

static void weigh(struct choice *c, str item, const char *const *names, size_t count)
{
    str parameters, name = str_trim(str_split(item, ';', &parameters));
    unsigned weight = weight_of(parameters);
    size_t index;
    if (str_eq(name, STR("*")) || str_eq_nocase(name, STR("identity"))) {
        c->excluded = weight == 0;
        if (weight && weight >= c->best) {
            c->best = weight;
            c->coded = false;
        }
    } else if (find(name, names, count, &index) && weight && weight >= c->best) {
        c->best = weight;
        c->index = index;
        c->coded = true;
    }
}

enum http_accepted http_accept_encoding(const struct http_fields *request, const char *const *names, size_t count,
                                        size_t *ret_index)
{
    struct choice c = { 0 };
    for (uint32_t i = 0; i < request->len; i++) {
        if (!str_eq_nocase(request->at[i].name, STR("accept-encoding")))
            continue;
        for (str rest = request->at[i].value; rest.ptr;)
            weigh(&c, str_split(rest, ',', &rest), names, count);
    }
    *ret_index = c.index;
    if (c.coded)
        return HTTP_ACCEPTED_CODING;
    return c.excluded ? HTTP_ACCEPTED_NOTHING : HTTP_ACCEPTED_IDENTITY;
}
