/* Tests of io/http/h1/h1_response_parse.c: what heads say, and what is refused in which words. */
#include "io/http/h1/h1_response_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct h1_limits limits = { .max_head_bytes = 512, .max_fields = 4 };

#define NO_LENGTH HTTP_LENGTH_UNKNOWN

static const struct {
    const char *name, *method, *text;
    uint16_t status;
    uint64_t length;
    bool keep_alive, chunked, until_close;
} good[] = {
    { "a length", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, 5, true, false, false },
    { "no reason", "GET", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", 200, 0, true, false, false },
    { "no reason and no space", "GET", "HTTP/1.1 299\r\nContent-Length: 0\r\n\r\n", 299, 0, true, false, false },
    { "the same length twice", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5, 5\r\n\r\n", 200, 5,
      true, false, false },
    { "chunked", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", 200, NO_LENGTH, true, true, false },
    { "until close", "GET", "HTTP/1.1 200 OK\r\n\r\n", 200, NO_LENGTH, false, false, true },
    { "close", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: a, Close\r\n\r\n", 200, 1, false, false,
      false },
    { "1.0", "GET", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", 200, 1, false, false, false },
    { "1.0 kept", "GET", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n", 200, 1, true, false,
      false },
    { "HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, 5, true, false, false },
    { "HEAD of chunks", "HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200, NO_LENGTH, true, false,
      false },
    { "304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, 9, true, false, false },
    { "204", "GET", "HTTP/1.1 204 No Content\r\n\r\n", 204, NO_LENGTH, true, false, false },
    { "204 that announces a body", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", 204, 2, false, false,
      false },
    { "100", "GET", "HTTP/1.1 100 Continue\r\n\r\n", 100, NO_LENGTH, true, false, false },
};

static const struct {
    const char *name, *text, *want;
} bad[] = {
    { "another protocol", "ICY 200 OK\r\n\r\n", "a status line that does not begin with HTTP/1.0 or HTTP/1.1" },
    { "HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", "a status line that does not begin with HTTP/1.0 or HTTP/1.1" },
    { "a line before", "\r\nHTTP/1.1 200 OK\r\n\r\n", "a status line that does not begin with HTTP/1.0 or HTTP/1.1" },
    { "two digits", "HTTP/1.1 20 OK\r\n\r\n", "a status line without a status of three digits" },
    { "four digits", "HTTP/1.1 2000 OK\r\n\r\n", "a status line without a status of three digits" },
    { "small status", "HTTP/1.1 099 No\r\n\r\n", "a status below 100" },
    { "bare LF", "HTTP/1.1 200 OK\nA: b\r\n\r\n", "a line that ends in LF without CR" },
    { "folded", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "a field continued on the next line" },
    { "control character", "HTTP/1.1 200 OK\r\nA: b\x01\r\n\r\n", "a field value with control characters" },
    { "name", "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", "a field name with characters that do not belong there" },
    { "space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n",
      "white space before the colon of a field" },
    { "lengths differ", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
      "two Content-Lengths that differ" },
    { "lengths differ in a list", "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n",
      "two Content-Lengths that differ" },
    { "no number", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n", "a Content-Length that is no number" },
    { "negative", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "a Content-Length that is no number" },
    { "too large", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n",
      "a Content-Length that is no number" },
    { "both", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      "both Content-Length and Transfer-Encoding" },
    { "chunked in 1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding in HTTP/1.0" },
    { "gzip", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "a Transfer-Encoding other than chunked" },
    { "chunked twice", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
      "a Transfer-Encoding other than chunked" },
    { "101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "a change of protocols that nobody asked for" },
    { "many fields", "HTTP/1.1 200 OK\r\na: 1\r\na: 1\r\na: 1\r\na: 1\r\na: 1\r\n\r\n", "too many fields" },
};

static void parses(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct h1_response_head h;
        struct http_response r = { 0 };
        struct http_failure f = { 0 };
        struct arena a;
        arena_init(&a);
        h1_response_head_init(&h);
        str text = str_of(good[i].text);
        enum h1_result result = h1_response_parse(&h, text, str_of(good[i].method), &limits, &a, &r, &f);
        if (result != H1_DONE)
            fail_msg("%s: %s", good[i].name, f.text);
        if (h.at != text.len || r.status != good[i].status || r.content_length != good[i].length ||
            h.keep_alive != good[i].keep_alive || h.chunked != good[i].chunked || h.until_close != good[i].until_close)
            fail_msg("%s: got status %u, length %llu, keep_alive %d, chunked %d, until_close %d", good[i].name,
                     r.status, (unsigned long long)r.content_length, h.keep_alive, h.chunked, h.until_close);
        arena_fini(&a);
    }
}

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct h1_response_head h;
        struct http_response r = { 0 };
        struct http_failure f = { 0, "nothing" };
        struct arena a;
        arena_init(&a);
        h1_response_head_init(&h);
        enum h1_result result = h1_response_parse(&h, str_of(bad[i].text), STR("GET"), &limits, &a, &r, &f);
        if (result != H1_ERROR || f.status != 502 || strcmp(f.text, bad[i].want) != 0)
            fail_msg("%s: want '%s', got '%s' (%u)", bad[i].name, bad[i].want, f.text, f.status);
        arena_fini(&a);
    }
}

static void refuses_large_heads(void **state)
{
    (void)state;
    char text[1024] = "HTTP/1.1 200 OK\r\nA: ";
    size_t len = strlen(text);
    memset(text + len, 'x', sizeof(text) - len);
    struct h1_response_head h;
    struct http_response r = { 0 };
    struct http_failure f = { 0 };
    struct arena a;
    arena_init(&a);
    h1_response_head_init(&h);
    assert_int_equal(h1_response_parse(&h, str_from(text, 511), STR("GET"), &limits, &a, &r, &f), H1_MORE);
    assert_int_equal(h1_response_parse(&h, str_from(text, 600), STR("GET"), &limits, &a, &r, &f), H1_ERROR);
    assert_string_equal(f.text, "a head that is too large");
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),
        cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_large_heads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
