/* Tests of io/tls/stream.c, against OpenSSL's client over a stream in memory. */
#include "io/tls/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "client.h"
#include "credentials.h"

static struct tls_context *context_of(struct tls_bundle *b)
{
    static const str protocols[] = { STR_INIT("h2"), STR_INIT("http/1.1") };
    struct tls_context *c = NULL;
    struct err e = ERR_INIT;
    const struct tls_settings s = { .bundles = &b, .bundle_count = 1, .protocols = protocols, .protocol_count = 2 };
    assert_true(tls_context_new(&s, &c, &e));
    tls_bundle_release(b);
    return c;
}

static int set_up(void **state)
{
    *state = context_of(credentials_bundle("example.com", NULL));
    return 0;
}

static int tear_down(void **state)
{
    tls_context_release(*state);
    return 0;
}

static void send_text(struct client *c, const char *text)
{
    bytes part = bytes_of_str(str_of(text));
    stream_write(&c->server.stream, &part, 1);
}

static void both_ways(void **state)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        struct client c;
        char got[64] = "";
        client_open(&c, *state, &(struct client_options){ .version = versions[i], .protocol = "http/1.1" });
        assert_true(client_connect(&c));
        assert_int_equal(SSL_version(c.ssl), versions[i]);
        str protocol = tls_stream_protocol(&c.server);
        assert_true(str_eq(protocol, STR("http/1.1")));
        assert_int_equal(SSL_write(c.ssl, "ping", 4), 4);
        client_run(&c);
        assert_int_equal(c.received.len, 4);
        assert_memory_equal(c.received.ptr, "ping", 4);
        unsigned writes = c.writes;
        const bytes parts[] = { bytes_from("po", 2), bytes_from("", 0), bytes_from("ng", 2) };
        stream_write(&c.server.stream, parts, 3);
        assert_int_equal(c.writes, writes + 1); /* one record, one write */
        assert_int_equal(client_read(&c, got, sizeof(got)), 4);
        assert_string_equal(got, "pong");
        assert_int_equal(stream_queued_bytes(&c.server.stream), 7);
        assert_int_equal(stream_peer(&c.server.stream)->sa_family, AF_UNIX);
        assert_int_equal(stream_local(&c.server.stream)->sa_family, AF_UNIX);
        c.wire.events->on_drained(c.wire.owner);
        assert_int_equal(c.drained, 1);
        client_close(&c);
    }
}

/* Sizes around those of records, in parts of any size. */
static void large_writes(void **state)
{
    enum { TOTAL = 700 * 1000 };
    uint8_t *data = malloc(TOTAL);
    char *got = malloc(TOTAL + 1);
    struct client c;
    for (size_t i = 0; i < TOTAL; i++)
        data[i] = (uint8_t)(i * 2654435761U >> 24);
    client_open(&c, *state, &(struct client_options){ 0 });
    assert_true(client_connect(&c));
    static const size_t sizes[] = { 1, 16383, 16384, 16385, 100, 32768, 200000, 7, 400000 };
    size_t at = 0;
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        size_t n = sizes[i] < TOTAL - at ? sizes[i] : TOTAL - at, first = n / 3;
        const bytes parts[] = { bytes_from(data + at, first), bytes_from(data + at + first, n - first) };
        stream_write(&c.server.stream, parts, 2);
        at += n;
    }
    assert_int_equal(client_read(&c, got, TOTAL + 1), at);
    assert_memory_equal(got, data, at);
    client_close(&c);
    free(data);
    free(got);
}

static void stops_reading(void **state)
{
    struct client c;
    client_open(&c, *state, &(struct client_options){ 0 });
    c.read_when_secure = false;
    assert_true(client_connect(&c));
    assert_false(c.wire_reading); /* nobody asked for data */
    stream_read_start(&c.server.stream);
    client_run_loop(&c);
    assert_true(c.wire_reading);

    /* Three records arrive at once, and the owner has enough after none of them. */
    char raw[4096];
    for (int i = 0; i < 3; i++)
        SSL_write(c.ssl, "abc", 3);
    int n = BIO_read(c.out, raw, sizeof(raw));
    stream_read_stop(&c.server.stream);
    assert_false(c.wire_reading);
    c.wire.events->on_read(c.wire.owner, bytes_from(raw, (size_t)n)); /* was under way */
    assert_int_equal(c.reads, 0);
    assert_false(c.wire_reading);
    stream_read_start(&c.server.stream);
    assert_int_equal(c.reads, 0); /* callbacks come from the loop */
    client_run_loop(&c);
    assert_int_equal(c.received.len, 9);
    assert_true(c.wire_reading);
    client_close(&c);
}

static void ends(void **state)
{
    struct client c;
    char got[8];
    /* By a close_notify. */
    client_open(&c, *state, &(struct client_options){ 0 });
    assert_true(client_connect(&c));
    SSL_shutdown(c.ssl);
    client_run(&c);
    assert_true(c.ended);
    send_text(&c, "bye");
    assert_int_equal(client_read(&c, got, sizeof(got)), 3); /* half closed: the answer still arrives */
    stream_shut_write(&c.server.stream);
    assert_true(c.wire_shut);
    send_text(&c, "more"); /* dropped */
    assert_int_equal(client_read(&c, got, sizeof(got)), 0);
    assert_true(SSL_get_shutdown(c.ssl) & SSL_RECEIVED_SHUTDOWN);
    client_close(&c);
    /* Without one. */
    client_open(&c, *state, &(struct client_options){ 0 });
    assert_true(client_connect(&c));
    client_send_raw(&c, bytes_from("", 0));
    assert_true(c.ended && !c.failed);
    client_close(&c);
    /* By an abort: nothing is said any more. */
    client_open(&c, *state, &(struct client_options){ 0 });
    assert_true(client_connect(&c));
    stream_abort(&c.server.stream);
    assert_true(c.wire_aborted);
    assert_int_equal(client_read(&c, got, sizeof(got)), 0);
    assert_false(SSL_get_shutdown(c.ssl) & SSL_RECEIVED_SHUTDOWN);
    client_close(&c);
}

static void plain_http(void **state)
{
    struct client c;
    char got[64] = "";
    client_open(&c, *state, &(struct client_options){ 0 });
    client_send_raw(&c, bytes_of_str(STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n")));
    assert_true(c.plain && !c.secure && !c.failed);
    send_text(&c, "HTTP/1.1 400 Bad Request\r\n\r\n");
    assert_int_equal(BIO_read(c.in, got, sizeof(got)), 28);
    assert_string_equal(got, "HTTP/1.1 400 Bad Request\r\n\r\n");
    stream_shut_write(&c.server.stream);
    assert_true(c.wire_shut);
    client_close(&c);
}

static void broken_handshakes(void **state)
{
    static const struct {
        const char *name;
        str sent; /* empty: the client leaves */
        enum err_kind kind;
        const char *want;
    } cases[] = {
        { "leaves", STR_INIT(""), ERR_CLOSED, "closed the connection during the TLS handshake" },
        { "no TLS", STR_INIT("\x01\x02\x03\x04\x05\x06"), ERR_INVALID, "TLS handshake: " },
        { "no client's hello", STR_INIT("\x16\x03\x01\x00\x05\x02\x00\x00\x01\x00"), ERR_INVALID, "TLS handshake: " },
        { "a record too long", STR_INIT("\x16\x03\x01\xff\xff\x01"), ERR_INVALID, "TLS handshake: " },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct client c;
        client_open(&c, *state, &(struct client_options){ 0 });
        client_send_raw(&c, bytes_of_str(cases[i].sent));
        if (!c.failed || c.err.kind != cases[i].kind || !strstr(c.err.text, cases[i].want))
            fail_msg("%s: got '%s'", cases[i].name, c.failed ? c.err.text : "no error");
        assert_false(c.wire_reading);
        client_close(&c);
    }
    /* No protocol in common: the client gets an alert. */
    struct client c;
    client_open(&c, *state, &(struct client_options){ .protocol = "ftp" });
    assert_false(client_connect(&c));
    assert_true(c.failed && c.writes == 1);
    client_close(&c);
}

static void broken_records(void **state)
{
    struct client c;
    client_open(&c, *state, &(struct client_options){ 0 });
    assert_true(client_connect(&c));
    client_send_raw(&c, bytes_from("\x17\x03\x03\x00\x14"
                                   "AAAAAAAAAAAAAAAAAAAA",
                                   25));
    assert_true(c.failed);
    assert_int_equal(c.err.kind, ERR_INVALID);
    assert_int_equal(c.reads, 0);
    send_text(&c, "nothing of this goes out");
    client_close(&c);
}

/* The stream below may fail while it is written. */
static void broken_below(void **state)
{
    struct client c;
    client_open(&c, *state, &(struct client_options){ 0 });
    c.wire_breaks = true;
    client_run(&c);
    assert_true(c.failed && !c.secure);
    assert_int_equal(c.err.kind, ERR_CLOSED);
    client_close(&c);

    client_open(&c, *state, &(struct client_options){ 0 });
    assert_true(client_connect(&c));
    c.wire_breaks = true;
    send_text(&c, "lost");
    assert_true(c.failed);
    client_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways),      cmocka_unit_test(large_writes), cmocka_unit_test(stops_reading),
        cmocka_unit_test(ends),           cmocka_unit_test(plain_http),   cmocka_unit_test(broken_handshakes),
        cmocka_unit_test(broken_records), cmocka_unit_test(broken_below),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
