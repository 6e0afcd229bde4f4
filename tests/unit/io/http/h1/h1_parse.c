/* Tests of io/http/h1/h1_parse.c: each message is parsed whole and byte by byte, with the same
 * outcome. */
#include "io/http/h1/h1_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const struct h1_limits limits = { .max_head_bytes = 512, .max_target_bytes = 64, .max_fields = 6 };

struct parsed {
    struct arena arena;
    struct http_request request;
    struct h1_head head;
    struct http_failure failure;
    enum h1_result result;
    size_t given; /* bytes there when the result came */
};

static void line_limit(void **state)
{
    (void)state;
    const struct h1_limits short_lines = {
        .max_head_bytes = 512, .max_target_bytes = 64, .max_line_bytes = 20, .max_fields = 6
    };
    static const struct {
        str text;
        enum h1_result want;
    } cases[] = {
        { STR_INIT("GET / HTTP/1.1\r\nHost: a\r\nX: 01234567890123456\r\n\r\n"), H1_DONE },
        { STR_INIT("GET / HTTP/1.1\r\nHost: a\r\nX: 012345678901234567\r\n\r\n"), H1_ERROR },
        { STR_INIT("GET /0123456 HTTP/1.1\r\nHost: a\r\n\r\n"), H1_ERROR },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        struct h1_head head;
        struct http_request r = { 0 };
        struct http_failure f = { 0 };
        arena_init(&a);
        h1_head_init(&head);
        assert_int_equal(h1_head_parse(&head, cases[i].text, &short_lines, &a, &r, &f), cases[i].want);
        assert_int_equal(f.status, cases[i].want == H1_DONE ? 0 : 431);
        arena_fini(&a);
    }
}

static void parse(struct parsed *p, str text, size_t step)
{
    memset(p, 0, sizeof(*p));
    arena_init(&p->arena);
    h1_head_init(&p->head);
    p->result = H1_MORE;
    while (p->result == H1_MORE && p->given < text.len) {
        p->given = text.len - p->given < step ? text.len : p->given + step;
        p->result = h1_head_parse(&p->head, str_slice(text, 0, p->given), &limits, &p->arena, &p->request, &p->failure);
    }
}

static const size_t steps[] = { SIZE_MAX / 2, 1, 2, 7 };

/* --- Refused --- */

#define H    "Host: a\r\n"
#define GET  "GET / HTTP/1.1\r\n"
#define POST "POST / HTTP/1.1\r\n" H
#define A16  "aaaaaaaaaaaaaaaa"
#define A64  A16 A16 A16 A16

static void refused(void **state)
{
    (void)state;
    static const struct {
        uint16_t status;
        str text;
    } cases[] = {
        /* two readers, two lengths */
        { 400, STR_INIT(POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n") },
        { 400, STR_INIT(POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n") },
        { 400, STR_INIT(POST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n") },
        { 400, STR_INIT(POST "Content-Length: 5\r\ncontent-length: 5\r\n\r\n") },
        { 400, STR_INIT(POST "Content-Length: 5, 5\r\n\r\n") },
        { 400, STR_INIT(POST "Content-Length: -5\r\n\r\n") },
        { 400, STR_INIT(POST "Content-Length: +5\r\n\r\n") },
        { 400, STR_INIT(POST "Content-Length: 0x5\r\n\r\n") },
        { 400, STR_INIT(POST "Content-Length: 5 5\r\n\r\n") },
        { 400, STR_INIT(POST "Content-Length:\r\n\r\n") },
        { 400, STR_INIT(POST "Content-Length: 18446744073709551615\r\n\r\n") },
        { 400, STR_INIT(POST "Content-Length: 18446744073709551616\r\n\r\n") },
        { 501, STR_INIT(POST "Transfer-Encoding: gzip\r\n\r\n") },
        { 501, STR_INIT(POST "Transfer-Encoding: gzip, chunked\r\n\r\n") },
        { 501, STR_INIT(POST "Transfer-Encoding: chunked, chunked\r\n\r\n") },
        { 501, STR_INIT(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n") },
        { 501, STR_INIT(POST "Transfer-Encoding: \"chunked\"\r\n\r\n") },
        { 501, STR_INIT(POST "Transfer-Encoding:\r\n\r\n") },
        { 400, STR_INIT("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") },
        /* two readers, two lines */
        { 400, STR_INIT("GET / HTTP/1.1\nHost: a\n\n") },
        { 400, STR_INIT(GET "Host: a\n\r\n") },
        { 400, STR_INIT(GET "Host: a\rX: b\r\n\r\n") },
        { 400, STR_INIT(GET "Host: a\r\r\n\r\n") },
        { 400, STR_INIT("GET / HTTP/1.1\rHost: a\r\r") },
        { 400, STR_INIT(GET H "X: a\r\n b\r\n\r\n") },
        { 400, STR_INIT(GET " Host: a\r\n\r\n") },
        { 400, STR_INIT(GET H "\tX: a\r\n\r\n") },
        { 400, STR_INIT(GET "Host : a\r\n\r\n") },
        { 400, STR_INIT(GET "Host\t: a\r\n\r\n") },
        { 400, STR_INIT(GET H "no colon\r\n\r\n") },
        { 400, STR_INIT(GET H ": no name\r\n\r\n") },
        { 400, STR_INIT(GET H "X\x80: a\r\n\r\n") },
        { 400, STR_INIT(GET H "X: a\0b\r\n\r\n") },
        { 400, STR_INIT(GET H "X\0: a\r\n\r\n") },
        { 400, STR_INIT(GET H "X: a\x01\r\n\r\n") },
        { 400, STR_INIT(GET H "X: a\x7f\r\n\r\n") },
        /* hosts */
        { 400, STR_INIT(GET "\r\n") },
        { 400, STR_INIT(GET H H "\r\n") },
        { 400, STR_INIT(GET "Host: a b\r\n\r\n") },
        { 400, STR_INIT(GET "Host: a/b\r\n\r\n") },
        { 400, STR_INIT(GET "Host: u@a\r\n\r\n") },
        { 400, STR_INIT(GET "Host: a, b\r\n\r\n") },
        /* request lines */
        { 400, STR_INIT("GET\r\n" H "\r\n") },
        { 400, STR_INIT("GET /\r\n" H "\r\n") },
        { 400, STR_INIT("GET  / HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT(" GET / HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("GET /  HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("GET / HTTP/1.1 \r\n" H "\r\n") },
        { 400, STR_INIT("GET\t/\tHTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("G(T / HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("GET a HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("GET /a#b HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("GET /a\x7f HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("GET /\xff HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("GET /?\xc3( HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("GET * HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("GET ftp://a/ HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("GET http:///x HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("GET http://u@a/x HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("GET http://a?x HTTP/1.1\r\n" H "\r\n") },
        { 501, STR_INIT("CONNECT a:1 HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("GET / HTTP/11\r\n" H "\r\n") },
        { 400, STR_INIT("GET / http/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("GET / HTTP/1.1x\r\n" H "\r\n") },
        { 505, STR_INIT("GET / HTTP/2.0\r\n" H "\r\n") },
        { 505, STR_INIT("GET / HTTP/0.9\r\n" H "\r\n") },
        { 400, STR_INIT("\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n") },
        { 400, STR_INIT("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n") },
        { 417, STR_INIT(POST "Content-Length: 1\r\nExpect: 200-ok\r\n\r\n") },
        /* limits */
        { 414, STR_INIT("GET /" A64 " HTTP/1.1\r\n" H "\r\n") },
        { 414, STR_INIT("GET /" A64 A64 A64 A64 A64 A64 A64 A64) },
        { 431, STR_INIT(GET H "1: \r\n2: \r\n3: \r\n4: \r\n5: \r\n6: \r\n\r\n") },
        { 431, STR_INIT(GET H "X: " A64 A64 A64 A64 A64 A64 A64 A64) },
        { 431, STR_INIT(GET H "X: " A64 A64 A64 A64 "\r\nY: " A64 A64 A64 A64 "\r\n\r\n") },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (size_t k = 0; k < ARRAY_LEN(steps); k++) {
            struct parsed p;
            parse(&p, cases[i].text, steps[k]);
            if (p.result != H1_ERROR || p.failure.status != cases[i].status)
                fail_msg("case %zu in steps of %zu: result %d, status %u, want %u", i, steps[k], p.result,
                         p.failure.status, cases[i].status);
            assert_true(p.failure.text && p.failure.text[0]);
            arena_fini(&p.arena);
        }
    }
}

/* --- Accepted --- */

static void accepted(void **state)
{
    (void)state;
    static const struct {
        str text, method, target, authority;
        uint64_t length;
        bool keep_alive, chunked, expects;
    } cases[] = {
        { STR_INIT(GET H "\r\n"), STR_INIT("GET"), STR_INIT("/"), STR_INIT("a"), 0, true, false, false },
        { STR_INIT("\r\n" GET H "\r\n"), STR_INIT("GET"), STR_INIT("/"), STR_INIT("a"), 0, true, false, false },
        { STR_INIT("GET /?a=%20 HTTP/1.2\r\nHOST:a:80\r\n\r\n"), STR_INIT("GET"), STR_INIT("/?a=%20"), STR_INIT("a:80"),
          0, true, false, false },
        { STR_INIT("GET /\xc3\xa4 HTTP/1.0\r\n\r\n"), STR_INIT("GET"), STR_INIT("/\xc3\xa4"), STR_INIT(""), 0, false,
          false, false },
        { STR_INIT("GET / HTTP/1.0\r\n\r\n"), STR_INIT("GET"), STR_INIT("/"), STR_INIT(""), 0, false, false, false },
        { STR_INIT("GET / HTTP/1.0\r\nConnection: x, Keep-Alive\r\n\r\n"), STR_INIT("GET"), STR_INIT("/"), STR_INIT(""),
          0, true, false, false },
        { STR_INIT(GET H "Connection: upgrade ,close\r\n\r\n"), STR_INIT("GET"), STR_INIT("/"), STR_INIT("a"), 0, false,
          false, false },
        { STR_INIT(GET H "Connection: closed\r\n\r\n"), STR_INIT("GET"), STR_INIT("/"), STR_INIT("a"), 0, true, false,
          false },
        { STR_INIT(GET "Host: [::1]:80\r\n\r\n"), STR_INIT("GET"), STR_INIT("/"), STR_INIT("[::1]:80"), 0, true, false,
          false },
        { STR_INIT(GET "Host:\r\n\r\n"), STR_INIT("GET"), STR_INIT("/"), STR_INIT(""), 0, true, false, false },
        { STR_INIT("OPTIONS * HTTP/1.1\r\n" H "\r\n"), STR_INIT("OPTIONS"), STR_INIT("*"), STR_INIT("a"), 0, true,
          false, false },
        { STR_INIT("GET http://b:1/x?y HTTP/1.1\r\n" H "\r\n"), STR_INIT("GET"), STR_INIT("/x?y"), STR_INIT("b:1"), 0,
          true, false, false },
        { STR_INIT("GET HTTPS://b HTTP/1.1\r\n" H "\r\n"), STR_INIT("GET"), STR_INIT("/"), STR_INIT("b"), 0, true,
          false, false },
        { STR_INIT("x-y / HTTP/1.1\r\n" H "\r\n"), STR_INIT("x-y"), STR_INIT("/"), STR_INIT("a"), 0, true, false,
          false },
        { STR_INIT(POST "Content-Length: \t 007\t \r\n\r\n"), STR_INIT("POST"), STR_INIT("/"), STR_INIT("a"), 7, true,
          false, false },
        { STR_INIT(POST "Content-Length: 18446744073709551614\r\n\r\n"), STR_INIT("POST"), STR_INIT("/"), STR_INIT("a"),
          UINT64_MAX - 1, true, false, false },
        { STR_INIT(POST "Transfer-Encoding: CHUNKED\r\n\r\n"), STR_INIT("POST"), STR_INIT("/"), STR_INIT("a"),
          HTTP_LENGTH_UNKNOWN, true, true, false },
        { STR_INIT(POST "Content-Length: 1\r\nExpect: 100-Continue\r\n\r\n"), STR_INIT("POST"), STR_INIT("/"),
          STR_INIT("a"), 1, true, false, true },
        { STR_INIT(POST "Content-Length: 0\r\nExpect: 100-continue\r\n\r\n"), STR_INIT("POST"), STR_INIT("/"),
          STR_INIT("a"), 0, true, false, false },
        { STR_INIT("POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"), STR_INIT("POST"),
          STR_INIT("/"), STR_INIT(""), 1, false, false, false },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (size_t k = 0; k < ARRAY_LEN(steps); k++) {
            struct parsed p;
            parse(&p, cases[i].text, steps[k]);
            if (p.result != H1_DONE)
                fail_msg("case %zu in steps of %zu: result %d: %s", i, steps[k], p.result, p.failure.text);
            assert_int_equal(p.head.at, cases[i].text.len);
            assert_true(str_eq(p.request.method, cases[i].method));
            assert_true(str_eq(p.request.target, cases[i].target));
            assert_true(str_eq(p.request.authority, cases[i].authority));
            assert_true(p.request.content_length == cases[i].length);
            assert_int_equal(p.request.has_body, cases[i].length != 0);
            assert_int_equal(p.head.keep_alive, cases[i].keep_alive);
            assert_int_equal(p.head.chunked, cases[i].chunked);
            assert_int_equal(p.head.expect_continue, cases[i].expects);
            arena_fini(&p.arena);
        }
    }
}

/* What stands behind the head is not looked at, not even when it is there already. */
static void what_follows(void **state)
{
    (void)state;
    struct parsed p;
    parse(&p, STR(GET H "X: \t a b \t\r\n\r\n\0\r\r\n"), SIZE_MAX / 2);
    assert_int_equal(p.result, H1_DONE);
    assert_int_equal(p.head.at, strlen(GET H "X: \t a b \t\r\n\r\n"));
    assert_true(str_eq(http_fields_get(&p.request.fields, STR("x")), STR("a b")));
    arena_fini(&p.arena);
}

static void truncated(void **state)
{
    (void)state;
    static const str text = STR_INIT(POST "Content-Length: 3\r\n\r\n");
    for (size_t len = 0; len < text.len; len++) {
        struct parsed p;
        parse(&p, str_slice(text, 0, len), SIZE_MAX / 2);
        assert_int_equal(p.result, H1_MORE);
        arena_fini(&p.arena);
    }
}

/* --- Chunked bodies --- */

struct decoded {
    struct arena arena;
    struct h1_chunked chunked;
    struct http_failure failure;
    enum h1_result result;
    char body[256];
    size_t len, taken;
};

static void decode(struct decoded *d, str text, size_t step)
{
    size_t have = 0;
    memset(d, 0, sizeof(*d));
    arena_init(&d->arena);
    h1_chunked_init(&d->chunked);
    do {
        have = text.len - have < step ? text.len : have + step;
        bytes in = bytes_of_str(str_slice(text, d->taken, have)), part;
        while ((d->result = h1_chunked_next(&d->chunked, &in, 5, &limits, &d->arena, &part, &d->failure)) == H1_DATA) {
            assert_in_range(part.len, 1, 5);
            memcpy(d->body + d->len, part.ptr, part.len);
            d->len += part.len;
        }
        d->taken = have - in.len;
    } while (d->result == H1_MORE && have < text.len);
}

static void chunks(void **state)
{
    (void)state;
    static const struct {
        enum h1_result result;
        uint16_t status;
        str text, body;
        size_t left; /* bytes behind the body */
    } cases[] = {
        { H1_DONE, 0, STR_INIT("0\r\n\r\n"), STR_INIT(""), 0 },
        { H1_DONE, 0, STR_INIT("5\r\nhello\r\n0\r\n\r\nGET "), STR_INIT("hello"), 4 },
        { H1_DONE, 0, STR_INIT("005;a=\"b\";c\r\nhello\r\n00\r\n\r\n"), STR_INIT("hello"), 0 },
        { H1_DONE, 0, STR_INIT("a\r\n0123456789\r\nB ; x\r\n0123456789a\r\n0\r\n\r\n"),
          STR_INIT("01234567890123456789a"), 0 },
        { H1_DONE, 0, STR_INIT("2\r\n\r\n\r\n0\r\nX: 1\r\n\r\n"), STR_INIT("\r\n"), 0 },
        { H1_MORE, 0, STR_INIT("7fffffffffffffff\r\nhe"), STR_INIT("he"), 0 },
        { H1_ERROR, 400, STR_INIT("8000000000000000\r\n"), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT("10000000000000005\r\nhello"), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT("\r\nhello"), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT("g\r\n"), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT("-5\r\n"), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT("+5\r\n"), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT("0x5\r\n"), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT(" 5\r\n"), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT("5 \r\n"), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT("5\nhello\r\n"), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT("5\rhello\r\n"), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT("5;\x01\r\nhello"), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT("5;\r\r\nhello"), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT("5;" A64 A64 A64 A64), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT("3\r\nhello\r\n"), STR_INIT("hel"), 0 },
        { H1_ERROR, 400, STR_INIT("3\r\nhel\n0\r\n\r\n"), STR_INIT("hel"), 0 },
        { H1_ERROR, 400, STR_INIT("0\r\nX : y\r\n\r\n"), STR_INIT(""), 0 },
        { H1_ERROR, 400, STR_INIT("0\r\n X: y\r\n\r\n"), STR_INIT(""), 0 },
        { H1_ERROR, 431, STR_INIT("0\r\n1: \r\n2: \r\n3: \r\n4: \r\n5: \r\n6: \r\n7: \r\n\r\n"), STR_INIT(""), 0 },
        { H1_ERROR, 431, STR_INIT("0\r\nX: " A64 A64 A64 A64 "\r\nY: " A64 A64 A64 A64 "\r\n\r\n"), STR_INIT(""), 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (size_t k = 0; k < ARRAY_LEN(steps); k++) {
            struct decoded d;
            decode(&d, cases[i].text, steps[k]);
            if (d.result != cases[i].result || (d.result == H1_ERROR && d.failure.status != cases[i].status))
                fail_msg("case %zu in steps of %zu: result %d, status %u: %s", i, steps[k], d.result, d.failure.status,
                         d.failure.text ? d.failure.text : "");
            assert_true(str_eq(str_from(d.body, d.len), cases[i].body));
            if (d.result == H1_DONE)
                assert_true(d.taken <= cases[i].text.len - cases[i].left);
            if (d.result == H1_DONE && steps[k] == 1)
                assert_int_equal(d.taken, cases[i].text.len - cases[i].left);
            arena_fini(&d.arena);
        }
    }
}

static void trailers(void **state)
{
    (void)state;
    for (size_t k = 0; k < ARRAY_LEN(steps); k++) {
        struct decoded d;
        char text[] = "0\r\nx: 1\r\nY:  two \r\n\r\n";
        decode(&d, str_of(text), steps[k]);
        memset(text, '-', sizeof(text)); /* they were copied */
        assert_int_equal(d.result, H1_DONE);
        assert_int_equal(d.chunked.trailers.len, 2);
        assert_true(str_eq(http_fields_get(&d.chunked.trailers, STR("X")), STR("1")));
        assert_true(str_eq(http_fields_get(&d.chunked.trailers, STR("y")), STR("two")));
        arena_fini(&d.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(line_limit), cmocka_unit_test(refused),
                                        cmocka_unit_test(accepted),   cmocka_unit_test(what_follows),
                                        cmocka_unit_test(truncated),  cmocka_unit_test(chunks),
                                        cmocka_unit_test(trailers) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
