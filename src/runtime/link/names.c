/* Matching of versioned names: which host interface serves which import, which export answers which request. */
#include "runtime/link/link.h"

#include <inttypes.h>

#include "base/num.h"

/* The part of a version that compatible versions share: "1" for 1.x.y, "0.2" for 0.2.y, "0.0.3" for itself, and the
 * whole for pre-releases. */
static str compatible_part(str version)
{
    str core = version, rest;
    if (str_find_char(version, '-') != SIZE_MAX)
        return version;
    size_t plus = str_find_char(version, '+');
    if (plus != SIZE_MAX)
        core = str_slice(version, 0, plus);
    str major = str_split(core, '.', &rest);
    if (!str_eq(major, STR("0")))
        return major;
    str minor = str_split(rest, '.', &rest);
    if (!str_eq(minor, STR("0")))
        return str_slice(core, 0, major.len + 1 + minor.len);
    return core;
}

bool link_names_match(str want, str have)
{
    str want_version, have_version;
    str want_name = str_split(want, '@', &want_version);
    str have_name = str_split(have, '@', &have_version);
    if (!str_eq(want_name, have_name))
        return false;
    if (!want_version.ptr || !have_version.ptr)
        return !want_version.ptr && !have_version.ptr;
    return str_eq(compatible_part(want_version), compatible_part(have_version));
}

bool link_locate(struct err *e, str file)
{
    uint64_t offset = e->offset;
    e->offset = ERR_NO_OFFSET;
    if (offset == ERR_NO_OFFSET)
        return err_wrap(e, "%.*s", STR_ARG(file));
    return err_wrap(e, "%.*s, byte 0x%" PRIx64, STR_ARG(file), offset);
}
