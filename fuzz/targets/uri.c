/* Targets of requests from anywhere: what is accepted is a path that cannot leave its root, and it is the same after it
 * was encoded and read again; arguments of queries end; a Location holds nothing that could end its line. */
#include <assert.h>

#include "io/http/message.h"
#include "io/http/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_path(struct arena *a, str path)
{
    struct uri again;
    str rest = str_slice(path, 1, path.len);
    assert(path.ptr[0] == '/' && str_find_char(path, '\0') == SIZE_MAX);
    while (rest.ptr) {
        str segment = str_split(rest, '/', &rest);
        assert(!str_eq(segment, STR("..")) && !str_eq(segment, STR(".")) && (segment.len || !rest.ptr));
    }
    bool ok = uri_parse(a, uri_encode_path(a, path), &again);
    assert(ok && str_eq(again.path, path) && !again.query.ptr);
}

static void check_arguments(struct arena *a, str query)
{
    str rest = query, name, value;
    size_t count = 0;
    while (uri_next_argument(a, &rest, &name, &value))
        count++;
    assert(count <= query.len);
}

static void check_reference(struct arena *a, str text)
{
    str once = uri_encode_reference(a, text);
    assert(http_value_valid(once) && str_eq(once, uri_encode_reference(a, once)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct uri uri;
    str text = str_from((const char *)data, size);
    arena_init(&a);
    if (size && data[0] == '/' && str_find_char(text, '\0') == SIZE_MAX && uri_parse(&a, text, &uri)) {
        check_path(&a, uri.path);
        check_arguments(&a, uri.query);
    }
    check_reference(&a, text);
    arena_fini(&a);
    return 0;
}
