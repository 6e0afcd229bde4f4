/* JSON from anywhere, as the control API reads it: what is accepted must print, in both forms, to something that reads
 * as the same value again; a refusal must lie within the text. */
#include <assert.h>

#include "base/buf.h"
#include "server/json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_printed(struct arena *a, const struct json *v, void (*print)(struct buf *, const struct json *))
{
    struct buf out;
    struct json_error e;
    const struct json *again;
    buf_init(&out, BUF_NO_LIMIT);
    print(&out, v);
    bool ok = json_parse(a, buf_str(&out), &again, &e);
    assert(ok && json_eq(v, again));
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct json_error e = { 0 };
    const struct json *v;
    arena_init(&a);
    if (json_parse(&a, str_from((const char *)data, size), &v, &e)) {
        check_printed(&a, v, json_print);
        check_printed(&a, v, json_print_compact);
        assert(json_eq(v, json_copy(&a, v, false)));
    } else {
        assert(e.detail && e.offset <= size && (e.line == 0) == (e.column == 0));
    }
    arena_fini(&a);
    return 0;
}
