/* src/runtime/wasi/cli_*.c, and what is denied: sockets.c, filesystem.c, http/incoming_response.c.
 */
#include "tests/unit/runtime/wasi/fake.h"

static void environment(void **state)
{
    struct stage *s = *state;
    static const struct wasi_env env[] = { { STR_INIT("A"), STR_INIT("1") }, { STR_INIT("B"), STR_INIT("") } };
    static const str args[] = { STR_INIT("app"), STR_INIT("-v") };
    struct list_tuple_string_string got = { 0 };
    struct list_string got_args = { 0 };
    struct option_string cwd = { true };
    assert_int_equal(wasi_cli_environment_get_environment(&s->call, &got), HOST_DONE);
    assert_int_equal(got.len, 0);
    s->options.env = env;
    s->options.env_count = ARRAY_LEN(env);
    s->options.args = args;
    s->options.arg_count = ARRAY_LEN(args);
    assert_int_equal(wasi_cli_environment_get_environment(&s->call, &got), HOST_DONE);
    assert_int_equal(got.len, 2);
    assert_text(got.ptr[0].f0, "A");
    assert_text(got.ptr[0].f1, "1");
    assert_text(got.ptr[1].f0, "B");
    assert_int_equal(wasi_cli_environment_get_arguments(&s->call, &got_args), HOST_DONE);
    assert_int_equal(got_args.len, 2);
    assert_text(got_args.ptr[1], "-v");
    assert_int_equal(wasi_cli_environment_initial_cwd(&s->call, &cwd), HOST_DONE);
    assert_false(cwd.some);
}

static void exits(void **state)
{
    struct stage *s = *state;
    static const struct {
        bool failed;
        uint8_t want;
        const char *text;
    } cases[] = { { false, 0, "the guest exited with status 0" }, { true, 1, "the guest exited with status 1" } };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint8_t status = 99;
        struct wasi_cli_exit_exit_args a = { .status.is_err = cases[i].failed };
        assert_trap(s, wasi_cli_exit_exit(&s->call, &a), cases[i].text);
        assert_true(wasi_exited(s->w, &status));
        assert_int_equal(status, cases[i].want);
    }
}

static void output_goes_to_the_embedder(void **state)
{
    struct stage *s = *state;
    struct wasi_io_streams_output_stream *out = NULL, *err = NULL;
    assert_int_equal(wasi_cli_stdout_get_stdout(&s->call, &out), HOST_DONE);
    assert_int_equal(wasi_cli_stderr_get_stderr(&s->call, &err), HOST_DONE);
    assert_int_equal(stage_permit(s, out), 64 * 1024);
    assert_true(stage_write(s, out, "hel"));
    assert_true(stage_write(s, err, "oops\n"));
    assert_true(stage_write(s, out, "lo"));
    assert_text(buf_str(&s->output), "out:helerr:oops\nout:lo");
    s->options.output = NULL;
    assert_true(stage_write(s, out, "to nobody"));
    wasi_io_streams_output_stream_drop(out);
    wasi_io_streams_output_stream_drop(err);
}

static void input_is_at_its_end(void **state)
{
    struct stage *s = *state;
    struct wasi_io_streams_input_stream *in = NULL;
    assert_int_equal(wasi_cli_stdin_get_stdin(&s->call, &in), HOST_DONE);
    struct wasi_io_poll_pollable *p = NULL;
    struct wasi_io_streams_input_stream_subscribe_args a = { in };
    assert_int_equal(wasi_io_streams_input_stream_subscribe(&s->call, &a, &p), HOST_DONE);
    struct wasi_io_poll_pollable_block_args block = { p };
    assert_int_equal(wasi_io_poll_pollable_block(&s->call, &block), HOST_DONE);
    struct result_bytes_wasi_io_streams_stream_error ret = { 0 };
    struct wasi_io_streams_input_stream_blocking_read_args read = { in, 10 };
    assert_int_equal(wasi_io_streams_input_stream_blocking_read(&s->call, &read, &ret), HOST_DONE);
    assert_true(ret.is_err);
    assert_int_equal(ret.of.err.tag, WASI_IO_STREAMS_STREAM_ERROR_CLOSED);
    wasi_io_poll_pollable_drop(p);
    wasi_io_streams_input_stream_drop(in);
}

static void nothing_is_a_terminal(void **state)
{
    struct stage *s = *state;
    struct option_wasi_cli_terminal_input_terminal_input in = { true };
    struct option_wasi_cli_terminal_output_terminal_output out = { true }, err = { true };
    assert_int_equal(wasi_cli_terminal_stdin_get_terminal_stdin(&s->call, &in), HOST_DONE);
    assert_int_equal(wasi_cli_terminal_stdout_get_terminal_stdout(&s->call, &out), HOST_DONE);
    assert_int_equal(wasi_cli_terminal_stderr_get_terminal_stderr(&s->call, &err), HOST_DONE);
    assert_false(in.some || out.some || err.some);
}

static void sockets_are_denied(void **state)
{
    struct stage *s = *state;
    struct wasi_sockets_network_network *network = NULL;
    assert_int_equal(wasi_sockets_instance_network_instance_network(&s->call, &network), HOST_DONE);
    struct result_wasi_sockets_tcp_tcp_socket_wasi_sockets_network_error_code tcp = { 0 };
    struct wasi_sockets_tcp_create_socket_create_tcp_socket_args t = { WASI_SOCKETS_NETWORK_IP_ADDRESS_FAMILY_IPV4 };
    assert_int_equal(wasi_sockets_tcp_create_socket_create_tcp_socket(&s->call, &t, &tcp), HOST_DONE);
    assert_true(tcp.is_err);
    assert_int_equal(tcp.of.err, WASI_SOCKETS_NETWORK_ERROR_CODE_ACCESS_DENIED);
    struct result_wasi_sockets_udp_udp_socket_wasi_sockets_network_error_code udp = { 0 };
    struct wasi_sockets_udp_create_socket_create_udp_socket_args u = { WASI_SOCKETS_NETWORK_IP_ADDRESS_FAMILY_IPV6 };
    assert_int_equal(wasi_sockets_udp_create_socket_create_udp_socket(&s->call, &u, &udp), HOST_DONE);
    assert_true(udp.is_err);
    assert_int_equal(udp.of.err, WASI_SOCKETS_NETWORK_ERROR_CODE_ACCESS_DENIED);
    struct result_wasi_sockets_ip_name_lookup_resolve_address_stream_wasi_sockets_network_error_code names = { 0 };
    struct wasi_sockets_ip_name_lookup_resolve_addresses_args n = { network, STR("example.org") };
    assert_int_equal(wasi_sockets_ip_name_lookup_resolve_addresses(&s->call, &n, &names), HOST_DONE);
    assert_true(names.is_err);
    assert_int_equal(names.of.err, WASI_SOCKETS_NETWORK_ERROR_CODE_PERMANENT_RESOLVER_FAILURE);
    wasi_sockets_network_network_drop(network);
}

static void no_directory_is_open(void **state)
{
    struct stage *s = *state;
    struct list_tuple_wasi_filesystem_types_descriptor_string ret = { .len = 9 };
    assert_int_equal(wasi_filesystem_preopens_get_directories(&s->call, &ret), HOST_DONE);
    assert_int_equal(ret.len, 0);
}

/* Functions that no guest can reach, for want of a handle: still they answer. */
static void absent_resources(void **state)
{
    struct stage *s = *state;
    struct result_wasi_filesystem_types_descriptor_stat_wasi_filesystem_types_error_code stat = { 0 };
    struct wasi_filesystem_types_descriptor_stat_args a = { NULL };
    assert_int_equal(wasi_filesystem_types_descriptor_stat(&s->call, &a, &stat), HOST_DONE);
    assert_true(stat.is_err);
    assert_int_equal(stat.of.err, WASI_FILESYSTEM_TYPES_ERROR_CODE_BAD_DESCRIPTOR);
    uint16_t status = 0;
    struct wasi_http_types_incoming_response_status_args r = { NULL };
    assert_trap(s, wasi_http_types_incoming_response_status(&s->call, &r, &status),
                "wasi_http_types_incoming_response_status: there is no such resource");
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(environment),
        ROW(exits),
        ROW(output_goes_to_the_embedder),
        ROW(input_is_at_its_end),
        ROW(nothing_is_a_terminal),
        ROW(sockets_are_denied),
        ROW(no_directory_is_open),
        ROW(absent_resources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
