/* A component whose start gets objects of the host and changes them: every request must find them as the start left
 * them. */
#include <string.h>

#include "../c-common/http.h"

static wasi_http_types_own_fields_t fields;

static __attribute__((constructor)) void start(void)
{
    fields = fields_new();
    fields_append(fields, "x-start", "one");
    fields_append(fields, "x-start", "two");
}

/* The fields that there are, a line each; then it adds one. */
void exports_wasi_http_incoming_handler_handle(request_t request, outparam_t out)
{
    wasi_http_types_list_tuple2_field_name_field_value_t entries;
    wasi_http_types_method_fields_entries(wasi_http_types_borrow_fields(fields), &entries);
    char text[1000];
    size_t len = 0;
    for (size_t i = 0; i < entries.len && len < sizeof(text) - 100; i++) {
        memcpy(text + len, entries.ptr[i].f1.ptr, entries.ptr[i].f1.len);
        len += entries.ptr[i].f1.len;
        text[len++] = '\n';
    }
    fields_append(fields, "x-request", "left");
    reply(out, 200, "text/plain", text, len);
}
