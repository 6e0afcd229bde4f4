/* Leaves traces of every kind and looks for them: those that toolchains know, here; all others in state.wat, which the
 * finished component holds. tests/guests/README.md lists the routes. */
#include <stdlib.h>
#include <string.h>

#include "../c-common/http.h"

static void ok(outparam_t out, const char *text)
{
    reply(out, 200, "text/plain", text, strlen(text));
}

static uint64_t requests;

/* A handle that the start got: every request has it, as it was then. */
static wasi_http_types_own_fields_t of_the_start;

static __attribute__((constructor)) void start(void)
{
    of_the_start = fields_new();
}

static size_t count_of(wasi_http_types_own_fields_t fields)
{
    wasi_http_types_list_tuple2_field_name_field_value_t entries;
    wasi_http_types_method_fields_entries(wasi_http_types_borrow_fields(fields), &entries);
    return entries.len;
}

/* --- Leaving --- */

/* Objects of the host that nobody drops, and free indices between them. */
static void leave_handles(void)
{
    for (int i = 0; i < 30; i++) {
        wasi_http_types_own_fields_t fields = fields_new();
        fields_append(fields, "x-trace", "left");
        wasi_io_poll_own_pollable_t pollable = wasi_clocks_monotonic_clock_subscribe_duration(1000000000);
        if (i % 3 == 0)
            wasi_http_types_fields_drop_own(fields);
        if (i % 5 == 0)
            wasi_io_poll_pollable_drop_own(pollable);
    }
}

/* A stream, its pollable and its body stay open. */
static void leave_request_open(request_t r)
{
    wasi_http_types_own_incoming_body_t body;
    wasi_http_types_own_input_stream_t stream;
    wasi_http_types_method_incoming_request_consume(wasi_http_types_borrow_incoming_request(r), &body);
    wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body(body), &stream);
    wasi_io_streams_method_input_stream_subscribe(wasi_io_streams_borrow_input_stream(stream));
}

static void leave(const char *target, request_t r)
{
    requests += 1000;
    fields_append(of_the_start, "x-trace", "left");
    for (size_t size = 16; size <= 1 << 17; size *= 2) {
        volatile char *p = malloc(size);
        for (size_t i = 0; p && i < size; i++)
            p[i] = (char)0xa5;
    }
    leave_handles();
    leave_request_open(r);
    tests_traces_state_leave((uint32_t)target_number(target, "what", 0));
}

static void do_leave(const char *target, request_t r, outparam_t out)
{
    leave(target, r);
    ok(out, "left\n");
}

/* The response is begun, its body and stream stay open while the guest fails or waits. */
static void do_leave_open(const char *target, request_t r, outparam_t out)
{
    leave(target, r);
    stream_t stream = body_stream(respond(out, 200, fields_new()));
    write_all(stream, "half of ", 8);
    __builtin_trap();
}

/* For a client that goes away, or a time-out. */
static void do_leave_and_wait(const char *target, request_t r, outparam_t out)
{
    leave(target, r);
    wasi_io_poll_own_pollable_t pollable = wasi_clocks_monotonic_clock_subscribe_duration(60000000000);
    wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(pollable));
    ok(out, "waited\n");
}

/* Answers, and looks at its request when that is over and the client may have sent the next one: on stdout. */
static void do_answer_first(const char *target, request_t r, outparam_t out)
{
    ok(out, "answered\n");
    wasi_io_poll_own_pollable_t pollable = wasi_clocks_monotonic_clock_subscribe_duration(100000000);
    wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(pollable));
    wasi_http_types_own_fields_t fields =
        wasi_http_types_method_incoming_request_headers(wasi_http_types_borrow_incoming_request(r));
    wasi_http_types_list_tuple2_field_name_field_value_t entries;
    wasi_http_types_method_fields_entries(wasi_http_types_borrow_fields(fields), &entries);
    stream_t stream = wasi_cli_stdout_get_stdout();
    const char *path = request_target(r);
    write_all(stream, path, strlen(path));
    for (size_t i = 0; i < entries.len; i++) {
        write_all(stream, " ", 1);
        write_all(stream, entries.ptr[i].f1.ptr, entries.ptr[i].f1.len);
    }
    write_all(stream, "\n", 1);
}

/* --- Looking --- */

static uint64_t sum_of_memory(void)
{
    uint64_t sum = 14695981039346656037u;
    size_t bytes = __builtin_wasm_memory_size(0) * 65536;
    for (const uint64_t *p = (const uint64_t *)8; (size_t)p < bytes; p++)
        sum = (sum << 5 | sum >> 59) ^ *p * 1099511628211u;
    return sum;
}

static void write_hex(char *to, uint64_t v)
{
    for (int i = 15; i >= 0; i--, v >>= 4)
        to[i] = "0123456789abcdef"[v & 15];
    to[16] = '\n';
}

static void do_look(const char *target, request_t r, outparam_t out)
{
    enum { OWN = 6, MOST = 100, LINE = 17 };
    static char text[MOST * LINE];
    uint64_t own[OWN] = { __builtin_wasm_memory_size(0), sum_of_memory(), ++requests };
    own[3] = (uint64_t)fields_new().__handle;
    own[4] = (uint64_t)wasi_clocks_monotonic_clock_subscribe_duration(1).__handle;
    own[5] = count_of(of_the_start);
    guest_list_u64_t seen;
    tests_traces_state_look(&seen);
    if (seen.len > MOST - OWN)
        abort();
    for (size_t i = 0; i < OWN; i++)
        write_hex(text + i * LINE, own[i]);
    for (size_t i = 0; i < seen.len; i++)
        write_hex(text + (OWN + i) * LINE, seen.ptr[i]);
    reply(out, 200, "text/plain", text, (OWN + seen.len) * LINE);
}

static const struct route routes[] = {
    { "/leave", do_leave },
    { "/leave-open", do_leave_open },
    { "/leave-and-wait", do_leave_and_wait },
    { "/answer-first", do_answer_first },
    { "/look", do_look },
};

void exports_wasi_http_incoming_handler_handle(request_t request, outparam_t out)
{
    RUN_ROUTE(routes, request, out);
}
