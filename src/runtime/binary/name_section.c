/* The name section: what a component and the entries of its index spaces are called, for messages. It is searched when
 * there is one to write; anything odd in a custom section is nobody's error, and ends the search.
 * Spec: Binary.md "Name Section". */
#include "runtime/binary/sections.h"

enum { SUBSECTION_COMPONENT, SUBSECTION_SORT };

static bool next_subsection(struct reader *r, uint8_t *ret_id, struct reader *ret)
{
    struct err ignored = ERR_INIT;
    uint32_t size = 0;
    bytes body = { 0 };
    if (!read_u8(r, ret_id, &ignored) || !read_leb_u32(r, &size, &ignored) || !read_slice(r, size, &body, &ignored))
        return false;
    *ret = reader_over(body, 0);
    return true;
}

static str find_in_map(struct reader *r, uint32_t index)
{
    struct err ignored = ERR_INIT;
    uint32_t count = 0, at = 0;
    str name = STR_NONE;
    if (!read_leb_u32(r, &count, &ignored))
        return STR_NONE;
    while (count-- && read_leb_u32(r, &at, &ignored) && read_name(r, &name, &ignored))
        if (at == index)
            return name;
    return STR_NONE;
}

str component_name(const struct component *c)
{
    struct err ignored = ERR_INIT;
    struct reader r = reader_over(c->name_section, 0), body;
    uint8_t id = 0;
    str name = STR_NONE;
    if (next_subsection(&r, &id, &body) && id == SUBSECTION_COMPONENT && read_name(&body, &name, &ignored))
        return name;
    return STR_NONE;
}

str component_index_name(const struct component *c, enum sort sort, uint32_t index)
{
    struct err ignored = ERR_INIT;
    struct reader r = reader_over(c->name_section, 0), body;
    uint8_t id = 0;
    enum sort of = sort;
    while (next_subsection(&r, &id, &body))
        if (id == SUBSECTION_SORT && read_sort(&body, "name section", &of, &ignored) && of == sort)
            return find_in_map(&body, index);
    return STR_NONE;
}
