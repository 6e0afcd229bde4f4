/* src/runtime/wasi/wit.c: every interface that the host offers is typed by the WIT inside the
 * program. */
#include "runtime/wit/wit.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "runtime/wasi/wasi.h"

static const struct wit *wit(void)
{
    const struct wit *w = NULL;
    struct err e = ERR_INIT;
    if (!wasi_wit(&w, &e))
        fail_msg("%s", e.text);
    return w;
}

static void parsed_once(void **state)
{
    (void)state;
    assert_ptr_equal(wit(), wit());
}

static const struct wit_func *func_find(const struct wit_interface *i, const char *name)
{
    for (uint32_t k = 0; k < i->func_count; k++)
        if (str_eq(i->funcs[k].name, str_of(name)))
            return &i->funcs[k];
    return NULL;
}

static void rows_are_the_interfaces(void **state)
{
    (void)state;
    assert_true(wasi_interface_count > 0);
    for (uint32_t k = 0; k < wasi_interface_count; k++) {
        const struct host_interface *h = wasi_interfaces[k];
        const struct wit_interface *i = wit_interface(wit(), str_of(h->name));
        if (!i)
            fail_msg("no WIT of %s", h->name);
        assert_int_equal(h->func_count, i->func_count);
        assert_int_equal(h->resource_count, i->resource_count);
        for (uint32_t f = 0; f < h->func_count; f++)
            if (!func_find(i, h->funcs[f].name))
                fail_msg("%s: no WIT of %s", h->name, h->funcs[f].name);
    }
}

static const struct host_interface *interface_find(const char *name)
{
    for (uint32_t k = 0; k < wasi_interface_count; k++)
        if (strcmp(wasi_interfaces[k]->name, name) == 0)
            return wasi_interfaces[k];
    return NULL;
}

static void all_of_wasi_0_2(void **state)
{
    (void)state;
    static const char *const names[] = {
        "wasi:cli/environment@0.2.12",
        "wasi:cli/exit@0.2.12",
        "wasi:cli/stderr@0.2.12",
        "wasi:cli/stdin@0.2.12",
        "wasi:cli/stdout@0.2.12",
        "wasi:cli/terminal-input@0.2.12",
        "wasi:cli/terminal-output@0.2.12",
        "wasi:cli/terminal-stderr@0.2.12",
        "wasi:cli/terminal-stdin@0.2.12",
        "wasi:cli/terminal-stdout@0.2.12",
        "wasi:clocks/monotonic-clock@0.2.12",
        "wasi:clocks/wall-clock@0.2.12",
        "wasi:filesystem/preopens@0.2.12",
        "wasi:filesystem/types@0.2.12",
        "wasi:http/outgoing-handler@0.2.12",
        "wasi:http/types@0.2.12",
        "wasi:io/error@0.2.12",
        "wasi:io/poll@0.2.12",
        "wasi:io/streams@0.2.12",
        "wasi:random/insecure-seed@0.2.12",
        "wasi:random/insecure@0.2.12",
        "wasi:random/random@0.2.12",
        "wasi:sockets/instance-network@0.2.12",
        "wasi:sockets/ip-name-lookup@0.2.12",
        "wasi:sockets/network@0.2.12",
        "wasi:sockets/tcp-create-socket@0.2.12",
        "wasi:sockets/tcp@0.2.12",
        "wasi:sockets/udp-create-socket@0.2.12",
        "wasi:sockets/udp@0.2.12",
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (!interface_find(names[i]))
            fail_msg("%s is not offered", names[i]);
    assert_int_equal(wasi_interface_count, ARRAY_LEN(names));
}

/* The functions that answer HOST_BLOCK, and no others. */
static void what_blocks(void **state)
{
    (void)state;
    static const char *const blocking[] = {
        "[method]pollable.block",
        "poll",
        "[method]input-stream.blocking-read",
        "[method]input-stream.blocking-skip",
        "[method]output-stream.blocking-write-and-flush",
        "[method]output-stream.blocking-flush",
        "[method]output-stream.blocking-write-zeroes-and-flush",
        "[method]output-stream.blocking-splice",
    };
    for (uint32_t k = 0; k < wasi_interface_count; k++) {
        const struct host_interface *h = wasi_interfaces[k];
        for (uint32_t f = 0; f < h->func_count; f++) {
            bool want = false;
            for (size_t i = 0; i < ARRAY_LEN(blocking); i++)
                want |= strcmp(h->funcs[f].name, blocking[i]) == 0;
            if (h->funcs[f].blocking != want)
                fail_msg("%s %s", h->name, h->funcs[f].name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parsed_once),
        cmocka_unit_test(rows_are_the_interfaces),
        cmocka_unit_test(all_of_wasi_0_2),
        cmocka_unit_test(what_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
