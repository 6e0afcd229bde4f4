/* A component whose start does what the environment's START says, and tells in each answer what came of it.
 * tests/guests/README.md lists them. */
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../c-common/http.h"

static uint64_t found;   /* by the start */
static uint8_t *grown;   /* what it got beyond the memory that there was */
static uint32_t answers; /* since the start */
static bool is_early;    /* before the first request, where that matters */
static bool has_output;
static stream_t output; /* got by the start */

enum { GROWN_BYTES = 4 << 20 };

/* In place of the toolchain's: an allocator that is not ready before the first request. */
__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align,
                                                                size_t new_size)
{
    (void)old_size, (void)align;
    if (is_early)
        __builtin_trap();
    return realloc(old, new_size);
}

static void compute(void)
{
    for (uint32_t i = 0; i < 300000000; i++)
        found = found * 6364136223846793005u + i;
}

static void grow(void)
{
    grown = malloc(GROWN_BYTES);
    for (uint32_t i = 0; grown && i < GROWN_BYTES; i++)
        grown[i] = (uint8_t)(i / 4096);
}

static void start(const char *what)
{
    if (strcmp(what, "random") == 0)
        found = wasi_random_random_get_random_u64();
    else if (strcmp(what, "clock") == 0)
        found = wasi_clocks_monotonic_clock_now();
    else if (strcmp(what, "print") == 0)
        found = (uint64_t)puts("started") + (uint64_t)fflush(stdout);
    else if (strcmp(what, "compute") == 0)
        compute();
    else if (strcmp(what, "grow") == 0)
        grow();
    else if (strcmp(what, "early") == 0)
        is_early = true;
    else if ((has_output = strcmp(what, "stdout") == 0))
        output = wasi_cli_stdout_get_stdout();
    else
        for (; *what >= '0' && *what <= '9'; what++)
            found = found * 10 + (uint64_t)(*what - '0');
}

__attribute__((constructor)) static void begin(void)
{
    const char *what = getenv("START");
    start(what ? what : "");
}

static uint64_t sum_of_grown(void)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; grown && i < GROWN_BYTES; i++)
        sum += grown[i];
    return sum;
}

/* Until the request has ended, so that instances can be made to live at the same time. */
static void wait_for_body(request_t request)
{
    wasi_http_types_own_incoming_body_t body;
    wasi_http_types_own_input_stream_t stream;
    guest_list_u8_t part;
    wasi_io_streams_stream_error_t error;
    if (!wasi_http_types_method_incoming_request_consume(wasi_http_types_borrow_incoming_request(request), &body) ||
        !wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body(body), &stream))
        return;
    while (wasi_io_streams_method_input_stream_blocking_read(wasi_io_streams_borrow_input_stream(stream), 4096, &part,
                                                             &error))
        guest_list_u8_free(&part);
}

void exports_wasi_http_incoming_handler_handle(request_t request, outparam_t out)
{
    char text[128];
    is_early = false;
    wait_for_body(request);
    int len = snprintf(text, sizeof(text), "%llu %llu %u\n", (unsigned long long)found,
                       (unsigned long long)sum_of_grown(), ++answers);
    if (has_output)
        write_all(output, "said\n", 5);
    if (grown)
        memset(grown, 0xff, GROWN_BYTES / 64);
    reply(out, 200, "text/plain", text, (size_t)len);
}
