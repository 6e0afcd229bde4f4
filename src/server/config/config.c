/* Checking a configuration: see config.h. */
#include "server/config/config.h"

#include "base/buf.h"
#include "server/config/checks.h"
#include "server/config/options.h"
#include "server/route/route.h"

bool config_check(struct arena *a, const struct json *root, const struct certificates *certificates,
                  struct config_error *e)
{
    struct routing names;
    struct buf pointer;
    *e = (struct config_error){ .why = ERR_INIT, .is_invalid = true, .at = JSON_NO_PLACE };
    routing_name(a, root, &names);
    const struct check_world world = { .names = &names, .certificates = certificates };
    struct validation v = { .arena = a, .root = root, .world = &world, .e = &e->why, .at = JSON_NO_PLACE };
    if (schema_validate_option(&v, &options_root, STR(""), root))
        return true;
    buf_init(&pointer, BUF_NO_LIMIT);
    path_print_pointer(&pointer, schema_error_path(&v));
    e->pointer = str_dup(a, buf_str(&pointer));
    e->at = v.at;
    buf_fini(&pointer);
    return false;
}
