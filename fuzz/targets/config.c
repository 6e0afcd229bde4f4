/* A whole configuration from anywhere: what is found valid must compile, and be valid again as it is stored; a refusal
 * has a reason and a place that is in the text. */
#include <assert.h>

#include "base/buf.h"
#include "server/config/config.h"
#include "server/route/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_valid(struct arena *a, const struct json *root)
{
    struct routing routing;
    struct err e = ERR_INIT;
    struct json_error json_error;
    struct config_error error;
    const struct json *again = NULL;
    struct buf stored;
    bool ok = routing_compile(a, root, &routing, &e);
    assert(ok);
    buf_init(&stored, BUF_NO_LIMIT);
    json_print_compact(&stored, root);
    ok = json_parse(a, buf_str(&stored), &again, &json_error) && config_check(a, again, NULL, &error);
    assert(ok);
    buf_fini(&stored);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct json_error json_error;
    struct config_error e;
    const struct json *root = NULL;
    arena_init(&a);
    if (json_parse(&a, str_from((const char *)data, size), &root, &json_error)) {
        if (config_check(&a, root, NULL, &e))
            check_valid(&a, root);
        else
            assert(e.why.text[0] && e.pointer.ptr && e.at < size);
    }
    arena_fini(&a);
    return 0;
}
