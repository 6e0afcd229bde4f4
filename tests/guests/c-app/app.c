/* The test application in C, with libc over the preview 1 adapter; tests/guests/README.md lists its routes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../c-common/http.h"

static void text(outparam_t out, const char *s)
{
    reply(out, 200, "text/plain", s, strlen(s));
}

static void hello(const char *target, request_t r, outparam_t out)
{
    text(out, "hello from C\n");
}

static void open_body(request_t r, wasi_http_types_own_incoming_body_t *body,
                      wasi_http_types_own_input_stream_t *stream)
{
    wasi_http_types_method_incoming_request_consume(wasi_http_types_borrow_incoming_request(r), body);
    wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body(*body), stream);
}

static bool read_some(wasi_http_types_own_input_stream_t stream, guest_list_u8_t *data)
{
    wasi_io_streams_stream_error_t error;
    return wasi_io_streams_method_input_stream_blocking_read(wasi_io_streams_borrow_input_stream(stream), 65536, data,
                                                             &error);
}

/* Sends the request's body back as it arrives. */
static void echo(const char *target, request_t r, outparam_t out)
{
    guest_string_t name = { (uint8_t *)"content-type", 12 };
    wasi_http_types_list_field_value_t types;
    wasi_http_types_own_headers_t headers =
        wasi_http_types_method_incoming_request_headers(wasi_http_types_borrow_incoming_request(r));
    wasi_http_types_method_fields_get(wasi_http_types_borrow_fields(headers), &name, &types);
    wasi_http_types_own_fields_t fields = fields_new();
    wasi_http_types_header_error_t header_error;
    if (types.len)
        wasi_http_types_method_fields_append(wasi_http_types_borrow_fields(fields), &name, &types.ptr[0],
                                             &header_error);
    wasi_http_types_own_incoming_body_t incoming;
    wasi_http_types_own_input_stream_t input;
    open_body(r, &incoming, &input);
    body_t body = respond(out, 200, fields);
    stream_t output = body_stream(body);
    guest_list_u8_t data;
    while (read_some(input, &data)) {
        write_all(output, data.ptr, data.len);
        guest_list_u8_free(&data);
    }
    finish(body, output, NULL);
}

static size_t put_quoted(char *at, const uint8_t *s, size_t len)
{
    size_t n = 0;
    at[n++] = '"';
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '"' || s[i] == '\\')
            at[n++] = '\\';
        if (s[i] >= 0x20)
            at[n++] = (char)s[i];
    }
    at[n++] = '"';
    return n;
}

static const char *method_name(const wasi_http_types_method_t *m)
{
    static const char *const names[] = {
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"
    };
    static char other[64];
    if (m->tag < sizeof(names) / sizeof(names[0]))
        return names[m->tag];
    snprintf(other, sizeof(other), "%.*s", (int)m->val.other.len, (const char *)m->val.other.ptr);
    return other;
}

static void inspect(const char *target, request_t r, outparam_t out)
{
    wasi_http_types_borrow_incoming_request_t request = wasi_http_types_borrow_incoming_request(r);
    wasi_http_types_method_t method;
    guest_string_t authority = { NULL, 0 };
    wasi_http_types_list_tuple2_field_name_field_value_t entries;
    wasi_http_types_method_incoming_request_method(request, &method);
    wasi_http_types_method_incoming_request_authority(request, &authority);
    wasi_http_types_method_fields_entries(
        wasi_http_types_borrow_fields(wasi_http_types_method_incoming_request_headers(request)), &entries);
    size_t room = 4096 + 2 * (strlen(target) + authority.len);
    for (size_t i = 0; i < entries.len; i++)
        room += 2 * (entries.ptr[i].f0.len + entries.ptr[i].f1.len) + 16;
    char *json = malloc(room);
    size_t n = (size_t)snprintf(json, room, "{\"method\":\"%s\",\"path\":", method_name(&method));
    n += put_quoted(json + n, (const uint8_t *)target, strlen(target));
    n += (size_t)snprintf(json + n, room - n, ",\"scheme\":\"http\",\"authority\":");
    n += put_quoted(json + n, authority.ptr, authority.len);
    n += (size_t)snprintf(json + n, room - n, ",\"headers\":[");
    for (size_t i = 0; i < entries.len; i++) {
        n += (size_t)snprintf(json + n, room - n, i ? ",[" : "[");
        n += put_quoted(json + n, entries.ptr[i].f0.ptr, entries.ptr[i].f0.len);
        json[n++] = ',';
        n += put_quoted(json + n, entries.ptr[i].f1.ptr, entries.ptr[i].f1.len);
        json[n++] = ']';
    }
    n += (size_t)snprintf(json + n, room - n, "]}\n");
    reply(out, 200, "application/json", json, n);
}

static void print(const char *target, request_t r, outparam_t out)
{
    printf("a line on stdout\n");
    fflush(stdout);
    fprintf(stderr, "a line on stderr\n");
    text(out, "printed\n");
}

static void trailers(const char *target, request_t r, outparam_t out)
{
    body_t body = respond(out, 200, fields_new());
    stream_t stream = body_stream(body);
    write_all(stream, "a trailer follows\n", 18);
    wasi_http_types_own_fields_t fields = fields_new();
    fields_append(fields, "x-trailer", "yes");
    finish(body, stream, &fields);
}

static void env(const char *target, request_t r, outparam_t out)
{
    guest_list_tuple2_string_string_t list;
    char all[4096];
    size_t n = 0;
    wasi_cli_environment_get_environment(&list);
    for (size_t i = 0; i < list.len && n < sizeof(all) - 300; i++)
        n += (size_t)snprintf(all + n, 300, "%.*s=%.*s\n", (int)list.ptr[i].f0.len, (const char *)list.ptr[i].f0.ptr,
                              (int)list.ptr[i].f1.len, (const char *)list.ptr[i].f1.ptr);
    reply(out, 200, "text/plain", all, n);
}

static void args(const char *target, request_t r, outparam_t out)
{
    guest_list_string_t list;
    char all[4096];
    size_t n = 0;
    wasi_cli_environment_get_arguments(&list);
    for (size_t i = 0; i < list.len && n < sizeof(all) - 300; i++)
        n += (size_t)snprintf(all + n, 300, "%.*s\n", (int)list.ptr[i].len, (const char *)list.ptr[i].ptr);
    reply(out, 200, "text/plain", all, n);
}

static void clock_now(const char *target, request_t r, outparam_t out)
{
    char now[64];
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    snprintf(now, sizeof(now), "%lld.%09ld\n", (long long)t.tv_sec, t.tv_nsec);
    text(out, now);
}

static void random_bytes(const char *target, request_t r, outparam_t out)
{
    char bytes[16];
    getentropy(bytes, sizeof(bytes));
    reply(out, 200, "application/octet-stream", bytes, sizeof(bytes));
}

static const struct route routes[] = {
    { "/hello", hello },     { "/echo", echo },           { "/inspect", inspect },
    { "/print", print },     { "/trailers", trailers },   { "/env", env },
    { "/clock", clock_now }, { "/random", random_bytes }, { "/args", args },
};

void exports_wasi_http_incoming_handler_handle(request_t request, outparam_t out)
{
    RUN_ROUTE(routes, request, out);
}
