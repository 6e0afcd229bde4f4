/* Short forms of wasi:http. */
#include "http.h"

#include <stdlib.h>
#include <string.h>

wasi_http_types_own_fields_t fields_new(void)
{
    return wasi_http_types_constructor_fields();
}

bool fields_append(wasi_http_types_own_fields_t fields, const char *name, const char *value)
{
    guest_string_t n = { (uint8_t *)name, strlen(name) };
    wasi_http_types_field_value_t v = { (uint8_t *)value, strlen(value) };
    wasi_http_types_header_error_t error;
    return wasi_http_types_method_fields_append(wasi_http_types_borrow_fields(fields), &n, &v, &error);
}

body_t respond(outparam_t out, uint16_t status, wasi_http_types_own_fields_t fields)
{
    wasi_http_types_own_outgoing_response_t response = wasi_http_types_constructor_outgoing_response(fields);
    body_t body;
    wasi_http_types_method_outgoing_response_set_status_code(wasi_http_types_borrow_outgoing_response(response),
                                                             status);
    wasi_http_types_method_outgoing_response_body(wasi_http_types_borrow_outgoing_response(response), &body);
    wasi_http_types_result_own_outgoing_response_error_code_t result = { .is_err = false, .val.ok = response };
    wasi_http_types_static_response_outparam_set(out, &result);
    return body;
}

stream_t body_stream(body_t body)
{
    stream_t stream;
    wasi_http_types_method_outgoing_body_write(wasi_http_types_borrow_outgoing_body(body), &stream);
    return stream;
}

bool write_all(stream_t stream, const void *data, size_t len)
{
    enum { PIECE = 4096 };
    wasi_io_streams_stream_error_t error;
    for (size_t at = 0; at < len; at += PIECE) {
        guest_list_u8_t piece = { (uint8_t *)data + at, len - at < PIECE ? len - at : PIECE };
        if (!wasi_io_streams_method_output_stream_blocking_write_and_flush(wasi_io_streams_borrow_output_stream(stream),
                                                                           &piece, &error))
            return false;
    }
    return true;
}

bool finish(body_t body, stream_t stream, wasi_http_types_own_fields_t *trailers)
{
    wasi_http_types_error_code_t error;
    wasi_io_streams_output_stream_drop_own(stream);
    return wasi_http_types_static_outgoing_body_finish(body, trailers, &error);
}

void reply(outparam_t out, uint16_t status, const char *type, const char *text, size_t len)
{
    wasi_http_types_own_fields_t fields = fields_new();
    fields_append(fields, "content-type", type);
    body_t body = respond(out, status, fields);
    stream_t stream = body_stream(body);
    write_all(stream, text, len);
    finish(body, stream, NULL);
}

const char *request_target(request_t request)
{
    guest_string_t path = { NULL, 0 };
    if (!wasi_http_types_method_incoming_request_path_with_query(wasi_http_types_borrow_incoming_request(request),
                                                                 &path))
        return "";
    char *text = malloc(path.len + 1);
    memcpy(text, path.ptr, path.len);
    text[path.len] = '\0';
    return text;
}

bool target_is(const char *target, const char *path)
{
    size_t len = strlen(path);
    return strncmp(target, path, len) == 0 && (target[len] == '\0' || target[len] == '?');
}

uint64_t target_number(const char *target, const char *name, uint64_t otherwise)
{
    const char *query = strchr(target, '?');
    size_t len = strlen(name);
    if (!query || strncmp(query + 1, name, len) != 0 || query[1 + len] != '=')
        return otherwise;
    uint64_t v = 0;
    for (const char *at = query + 2 + len; *at >= '0' && *at <= '9'; at++)
        v = v * 10 + (uint64_t)(*at - '0');
    return v;
}

void run_route(const struct route *routes, size_t count, request_t request, outparam_t out)
{
    const char *target = request_target(request);
    for (size_t i = 0; i < count; i++) {
        if (target_is(target, routes[i].path)) {
            routes[i].run(target, request, out);
            return;
        }
    }
    reply(out, 404, "text/plain", "not found\n", 10);
}
