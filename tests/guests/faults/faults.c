/* A component that misbehaves, each path in its own way. tests/guests/README.md lists them. */
#include <stdlib.h>
#include <string.h>

#include "../c-common/http.h"

static void ok(outparam_t out, const char *text)
{
    reply(out, 200, "text/plain", text, strlen(text));
}

/* Begins a response with a length (0: none) and writes `text`. */
static body_t begin(outparam_t out, const char *length, const char *text, stream_t *stream)
{
    wasi_http_types_own_fields_t fields = fields_new();
    if (length)
        fields_append(fields, "content-length", length);
    body_t body = respond(out, 200, fields);
    *stream = body_stream(body);
    write_all(*stream, text, strlen(text));
    return body;
}

static void compute_for(uint64_t ns)
{
    uint64_t end = wasi_clocks_monotonic_clock_now() + ns;
    while (wasi_clocks_monotonic_clock_now() < end)
        ;
}

static void do_trap(const char *t, request_t r, outparam_t out)
{
    __builtin_trap();
}

static void do_trap_after_headers(const char *t, request_t r, outparam_t out)
{
    stream_t stream;
    begin(out, NULL, "half of ", &stream);
    __builtin_trap();
}

static void loop(void)
{
    for (volatile int i = 0;; i++)
        ;
}

static void do_loop(const char *t, request_t r, outparam_t out)
{
    loop();
}

static void do_loop_after_headers(const char *t, request_t r, outparam_t out)
{
    stream_t stream;
    begin(out, NULL, "half of ", &stream);
    loop();
}

static void do_alloc(const char *t, request_t r, outparam_t out)
{
    for (;;) {
        volatile char *p = malloc(1 << 20);
        if (!p)
            abort();
        for (size_t i = 0; i < 1 << 20; i += 4096)
            p[i] = 1;
    }
}

static void do_exit(const char *t, request_t r, outparam_t out)
{
    wasi_cli_exit_result_void_void_t status = { .is_err = true };
    wasi_cli_exit_exit(&status);
}

static void do_nothing(const char *t, request_t r, outparam_t out)
{
    wasi_http_types_response_outparam_drop_own((wasi_http_types_own_response_outparam_t){ out.__handle });
}

/* The type allows it once: the second time the handle is gone. */
static void do_twice(const char *t, request_t r, outparam_t out)
{
    ok(out, "once\n");
    ok(out, "twice\n");
}

static void do_error(const char *t, request_t r, outparam_t out)
{
    wasi_http_types_result_own_outgoing_response_error_code_t result = {
        .is_err = true,
        .val.err = { .tag = WASI_HTTP_TYPES_ERROR_CODE_CONFIGURATION_ERROR },
    };
    wasi_http_types_static_response_outparam_set(out, &result);
}

static void do_short(const char *t, request_t r, outparam_t out)
{
    stream_t stream;
    body_t body = begin(out, "10", "abc", &stream);
    finish(body, stream, NULL);
}

static void do_long(const char *t, request_t r, outparam_t out)
{
    stream_t stream;
    body_t body = begin(out, "3", "0123456789", &stream);
    finish(body, stream, NULL);
}

static void do_unfinished(const char *t, request_t r, outparam_t out)
{
    stream_t stream;
    body_t body = begin(out, NULL, "half of ", &stream);
    wasi_io_streams_output_stream_drop_own(stream);
    wasi_http_types_outgoing_body_drop_own(body);
}

static void do_sleep(const char *t, request_t r, outparam_t out)
{
    wasi_io_poll_own_pollable_t pollable =
        wasi_clocks_monotonic_clock_subscribe_duration(target_number(t, "ms", 100) * 1000000);
    wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(pollable));
    wasi_io_poll_pollable_drop_own(pollable);
    ok(out, "slept\n");
}

/* Computes, and does nothing else. */
static void do_compute(const char *t, request_t r, outparam_t out)
{
    compute_for(target_number(t, "us", 100000) * 1000);
    ok(out, "computed\n");
}

/* Grows by so much and writes to each page of it. */
static void do_dirty(const char *t, request_t r, outparam_t out)
{
    size_t bytes = (size_t)target_number(t, "mb", 64) << 20, page = __builtin_wasm_memory_grow(0, bytes / 65536);
    if (page == (size_t)-1)
        abort();
    for (volatile char *p = (volatile char *)(page * 65536); bytes; bytes -= 4096, p += 4096)
        *p = 1;
    ok(out, "dirtied\n");
}

/* Grows, page by page, for as long as it may. */
static void do_grow(const char *t, request_t r, outparam_t out)
{
    while (__builtin_wasm_memory_grow(0, 1) != (size_t)-1)
        ;
    ok(out, "grown\n");
}

/* Opens streams that nobody drops. */
static void do_streams(const char *t, request_t r, outparam_t out)
{
    for (uint64_t left = target_number(t, "count", 1000); left; left--)
        wasi_cli_stdout_get_stdout();
    ok(out, "opened\n");
}

static void do_big(const char *t, request_t r, outparam_t out)
{
    static char block[65536];
    uint64_t left = target_number(t, "bytes", 1000000);
    for (size_t i = 0; i < sizeof(block); i++)
        block[i] = (char)(i % 250);
    body_t body = respond(out, 200, fields_new());
    stream_t stream = body_stream(body);
    while (left) {
        size_t n = left < 62500 ? (size_t)left : 62500;
        if (!write_all(stream, block, n))
            abort();
        left -= n;
    }
    finish(body, stream, NULL);
}

static int counter;

static void do_count(const char *t, request_t r, outparam_t out)
{
    char text[2] = { (char)('0' + ++counter), '\n' };
    reply(out, 200, "text/plain", text, 2);
}

/* A global of WebAssembly, not a place in memory. As wide as it is looked at: a load that extends becomes one of linear
 * memory (seen with clang 14). */
static uint64_t __attribute__((address_space(1))) hidden;

/* Leaves traces everywhere: in a global, in static data, on the stack, in the heap that there is and in what it grows
 * by. */
static void do_traces(const char *t, request_t r, outparam_t out)
{
    volatile char deep[20000];
    for (size_t i = 0; i < sizeof(deep); i++)
        deep[i] = (char)(i + (size_t)counter);
    counter += 1000;
    hidden += 1000;
    for (size_t size = 16; size <= 4 << 20; size *= 2) {
        volatile char *p = malloc(size);
        for (size_t i = 0; p && i < size; i++)
            p[i] = (char)0xa5;
    }
    wasi_http_types_own_fields_t kept[50];
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        kept[i] = fields_new(); /* handles that nobody drops */
    ok(out, "left\n");
}

/* All that can be seen of what others left: size and sum of the whole memory and of what it grows by, the counters, the
 * next handle. */
static void do_look(const char *t, request_t r, outparam_t out)
{
    uint64_t sum = 14695981039346656037u;
    size_t before = __builtin_wasm_memory_size(0), bytes = before * 65536;
    if (__builtin_wasm_memory_grow(0, 64) == before)
        bytes += 64 * 65536;
    for (const unsigned char *p = (const unsigned char *)8; (size_t)p < bytes; p++)
        sum = (sum ^ *p) * 1099511628211u;
    uint64_t seen[] = { bytes, sum, (uint64_t)counter, hidden, (uint64_t)fields_new().__handle };
    char text[sizeof(seen) * 2 + 1];
    for (size_t i = 0; i < sizeof(seen); i++) {
        text[2 * i] = "0123456789abcdef"[((const unsigned char *)seen)[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[((const unsigned char *)seen)[i] & 15];
    }
    reply(out, 200, "text/plain", text, sizeof(text) - 1);
}

static void do_bad_header(const char *t, request_t r, outparam_t out)
{
    wasi_http_types_own_fields_t fields = fields_new();
    bool taken = fields_append(fields, "bad name", "x") || fields_append(fields, "x-a", "a\r\ninjected: yes") ||
                 fields_append(fields, "", "x");
    body_t body = respond(out, taken ? 500 : 200, fields);
    finish(body, body_stream(body), NULL);
}

static void do_forbidden(const char *t, request_t r, outparam_t out)
{
    wasi_http_types_own_fields_t fields = fields_new();
    bool taken = fields_append(fields, "connection", "close") ||
                 fields_append(fields, "transfer-encoding", "chunked") || fields_append(fields, "host", "elsewhere");
    body_t body = respond(out, taken ? 500 : 200, fields);
    finish(body, body_stream(body), NULL);
}

static volatile int depth;

/* Without anything in linear memory, so that the engine's stack runs out, not the guest's own. */
static __attribute__((noinline)) int recurse(int n)
{
    depth = n;
    int deeper = depth >= 0 ? recurse(n + 1) : 0;
    return deeper + depth;
}

static void do_stack(const char *t, request_t r, outparam_t out)
{
    recurse(0);
}

static void do_handle(const char *t, request_t r, outparam_t out)
{
    wasi_http_types_method_outgoing_response_status_code((wasi_http_types_borrow_outgoing_response_t){ 12345 });
}

/* Reads a few bytes of the request and answers. */
static void do_keep(const char *t, request_t r, outparam_t out)
{
    wasi_http_types_own_incoming_body_t body;
    wasi_http_types_own_input_stream_t stream;
    guest_list_u8_t data;
    wasi_io_streams_stream_error_t error;
    wasi_http_types_method_incoming_request_consume(wasi_http_types_borrow_incoming_request(r), &body);
    wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body(body), &stream);
    wasi_io_streams_method_input_stream_blocking_read(wasi_io_streams_borrow_input_stream(stream), 10, &data, &error);
    ok(out, "kept\n");
}

static void do_status(const char *t, request_t r, outparam_t out)
{
    body_t body = respond(out, (uint16_t)target_number(t, "code", 200), fields_new());
    finish(body, body_stream(body), NULL);
}

static void do_late(const char *t, request_t r, outparam_t out)
{
    ok(out, "in time\n");
    compute_for(200000000);
}

static void do_block_stdin(const char *t, request_t r, outparam_t out)
{
    guest_list_u8_t data;
    wasi_io_streams_stream_error_t error;
    wasi_cli_stdin_own_input_stream_t in = wasi_cli_stdin_get_stdin();
    bool got =
        wasi_io_streams_method_input_stream_blocking_read(wasi_io_streams_borrow_input_stream(in), 1, &data, &error);
    ok(out, got ? "data\n" : "closed\n");
}

static void do_hello(const char *t, request_t r, outparam_t out)
{
    ok(out, "hello from faults\n");
}

static const struct route routes[] = {
    { "/hello", do_hello },
    { "/trap", do_trap },
    { "/trap-after-headers", do_trap_after_headers },
    { "/loop", do_loop },
    { "/loop-after-headers", do_loop_after_headers },
    { "/alloc", do_alloc },
    { "/exit", do_exit },
    { "/nothing", do_nothing },
    { "/twice", do_twice },
    { "/error", do_error },
    { "/short", do_short },
    { "/long", do_long },
    { "/unfinished", do_unfinished },
    { "/sleep", do_sleep },
    { "/block-stdin", do_block_stdin },
    { "/compute", do_compute },
    { "/dirty", do_dirty },
    { "/grow", do_grow },
    { "/streams", do_streams },
    { "/big", do_big },
    { "/count", do_count },
    { "/traces", do_traces },
    { "/look", do_look },
    { "/bad-header", do_bad_header },
    { "/forbidden", do_forbidden },
    { "/stack", do_stack },
    { "/handle", do_handle },
    { "/keep", do_keep },
    { "/status", do_status },
    { "/late", do_late },
};

void exports_wasi_http_incoming_handler_handle(request_t request, outparam_t out)
{
    RUN_ROUTE(routes, request, out);
}
