/* Tests of io/http/server/h2_*.c: connections and their requests. */
#include "io/http/server/h2_conn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <nghttp2/nghttp2.h>

#include "h2_stage.h"

static const struct http_limits default_limits = HTTP_LIMITS_DEFAULT;

static void takes_a_body_beyond_the_window(void **state)
{
    (void)state;
    struct stage *t = stage_begin(&default_limits);
    t->upload = 3 * H2_STREAM_WINDOW;
    stage_request(t);
    stage_talk(t);
    assert_int_equal(t->taken, 3 * H2_STREAM_WINDOW);
    assert_int_equal(t->status, 200);
    assert_int_equal(t->bytes, 4);
    assert_int_equal(t->answers, 1);
    assert_int_equal(t->complete, 1);
    assert_int_equal(t->resets, 0);
    stage_end(t);
}

/* The client has sent them before it could know how many it may. */
static void refuses_more_at_once_than_it_tells(void **state)
{
    (void)state;
    struct stage *t = stage_begin(&default_limits);
    t->holds = true;
    for (unsigned i = 0; i < H2_MAX_STREAMS + STAGE_EXTRA; i++)
        stage_request(t);
    stage_talk(t);
    assert_int_equal(t->begun, H2_MAX_STREAMS);
    assert_int_equal(t->resets, STAGE_EXTRA);
    assert_int_equal(t->reset_code, NGHTTP2_REFUSED_STREAM);
    for (unsigned i = 0; i < t->begun; i++)
        stage_reply(t->held[i]);
    stage_talk(t);
    assert_int_equal(t->answers, H2_MAX_STREAMS);
    assert_int_equal(t->complete, H2_MAX_STREAMS);
    stage_end(t);
}

/* exchange.h: who does not know yet that it is over may go on answering. */
static void answers_nothing_after_a_reset(void **state)
{
    (void)state;
    struct stage *t = stage_begin(&default_limits);
    t->holds = true;
    int32_t id = stage_request(t);
    stage_talk(t);
    assert_int_equal(nghttp2_submit_rst_stream(t->client, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL), 0);
    assert_true(stage_send_piece(t));
    assert_int_equal(t->ended, 0); /* comes from the loop */
    assert_int_equal(http_exchange_writable(t->held[0]), 0);
    stage_reply(t->held[0]);
    stage_run_turn(t);
    assert_int_equal(t->wire.len, 0);
    assert_int_equal(t->ended, 1);
    assert_int_equal(t->complete, 0);
    t->holds = false;
    stage_request(t);
    stage_talk(t);
    assert_int_equal(t->answers, 1);
    stage_end(t);
}

/* In the middle of an answer. */
static void drops_the_rest(bool aborts)
{
    struct stage *t = stage_begin(&default_limits);
    const struct http_response r = { .status = 200, .content_length = 4 };
    t->holds = true;
    int32_t id = stage_request(t);
    stage_talk(t);
    struct http_exchange *x = t->held[0];
    http_exchange_respond(x, &r);
    http_exchange_write(x, bytes_from("do", 2));
    stage_talk(t);
    assert_int_equal(t->bytes, 2);
    if (aborts)
        http_exchange_abort(x);
    else
        assert_int_equal(nghttp2_submit_rst_stream(t->client, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL), 0);
    assert_int_equal(stage_send_piece(t), !aborts);
    http_exchange_write(x, bytes_from("ne", 2));
    http_exchange_finish(x, NULL);
    stage_talk(t);
    assert_int_equal(t->bytes, 2);
    assert_int_equal(t->resets, aborts);
    assert_int_equal(t->ended, 1);
    assert_int_equal(t->complete, 0);
    stage_end(t);
}

static void drops_the_rest_after_a_reset(void **state)
{
    (void)state;
    drops_the_rest(false);
}

static void drops_the_rest_after_abort(void **state)
{
    (void)state;
    drops_the_rest(true);
}

static void answers_nothing_after_abort(void **state)
{
    (void)state;
    struct stage *t = stage_begin(&default_limits);
    t->holds = true;
    stage_request(t);
    stage_talk(t);
    http_exchange_abort(t->held[0]);
    assert_int_equal(t->ended, 0);
    stage_reply(t->held[0]);
    stage_talk(t);
    assert_int_equal(t->answers, 0);
    assert_int_equal(t->resets, 1);
    assert_int_equal(t->reset_code, NGHTTP2_INTERNAL_ERROR);
    assert_int_equal(t->ended, 1);
    assert_int_equal(t->complete, 0);
    stage_end(t);
}

static void answers_nothing_when_the_client_is_lost(void **state)
{
    (void)state;
    struct stage *t = stage_begin(&default_limits);
    struct err e = ERR_INIT;
    t->holds = true;
    stage_request(t);
    stage_talk(t);
    err_set(&e, ERR_CLOSED, "reset by the client");
    t->stream.events->on_error(t->stream.owner, &e);
    assert_true(t->closed);
    stage_reply(t->held[0]);
    stage_run_turn(t);
    assert_int_equal(t->wire.len, 0);
    assert_int_equal(t->ended, 0); /* when the stream is closed */
    stage_end(t);
}

static void fill(struct stage *t, size_t *written)
{
    static const uint8_t zeros[1000];
    for (size_t room; (room = http_exchange_writable(t->held[0]));) {
        size_t n = room < sizeof(zeros) ? room : sizeof(zeros);
        http_exchange_write(t->held[0], bytes_from(zeros, n));
        *written += n;
    }
}

static void waits_for_a_slow_client(void **state)
{
    (void)state;
    struct stage *t = stage_begin(&default_limits);
    const struct http_response r = { .status = 200, .content_length = HTTP_LENGTH_UNKNOWN };
    size_t written = 0;
    t->holds = t->slow = true;
    int32_t id = stage_request(t);
    stage_talk(t);
    http_exchange_respond(t->held[0], &r);
    do {
        fill(t, &written);
        stage_talk(t);
    } while (http_exchange_writable(t->held[0]));
    assert_int_equal(t->bytes, NGHTTP2_INITIAL_WINDOW_SIZE);
    assert_int_equal(written, t->bytes + default_limits.write_buffer_bytes);

    unsigned told = t->writable;
    t->slow = false;
    assert_int_equal(nghttp2_session_consume(t->client, id, t->bytes), 0);
    stage_talk(t);
    assert_int_equal(t->writable, told + 1);
    http_exchange_finish(t->held[0], NULL);
    stage_talk(t);
    assert_int_equal(t->bytes, written);
    assert_int_equal(t->complete, 1);
    stage_end(t);
}

static void cuts_a_client_that_takes_nothing(void **state)
{
    (void)state;
    struct http_limits limits = default_limits;
    limits.send_timeout = duration_ms(4);
    struct stage *t = stage_begin(&limits);
    t->queued = 10;
    t->holds = true;
    stage_request(t);
    stage_talk_until(t, &t->closed);
    assert_int_equal(t->ended, 0);
    stage_end(t);
}

static void answers_a_body_that_ends_too_early(void **state)
{
    (void)state;
    struct stage *t = stage_begin(&default_limits);
    t->upload = 10;
    t->upload_pauses = true;
    stage_request(t);
    stage_talk(t);
    assert_int_equal(t->taken, 10);
    stage_feed(t, NULL, 0);
    stage_talk(t);
    assert_int_equal(t->status, 400);
    assert_int_equal(t->ended, 1);
    assert_int_equal(t->complete, 0);
    assert_true(t->closed);
    stage_end(t);
}

static void ends_after_the_last_answer(void **state)
{
    (void)state;
    struct http_limits limits = default_limits;
    limits.idle_timeout = duration_ms(1);
    struct stage *t = stage_begin(&limits);
    t->holds = true;
    stage_request(t);
    stage_talk(t);
    h2_conn_stop(t->conn);
    stage_talk(t);
    assert_int_equal(t->goaways, 1);
    assert_int_equal(t->goaway_code, NGHTTP2_NO_ERROR);
    assert_false(t->shut);
    stage_reply(t->held[0]);
    stage_talk_until(t, &t->shut);
    assert_int_equal(t->answers, 1);
    assert_int_equal(t->complete, 1);
    assert_false(t->closed);
    stage_feed(t, NULL, 0);
    assert_true(t->closed);
    stage_end(t);
}

static void refuses_a_flood_of_pings(void **state)
{
    (void)state;
    struct stage *t = stage_begin(&default_limits);
    t->holds = true;
    stage_request(t);
    stage_talk(t);
    for (int i = 0; i < 2 * H2_FRAMES_BURST; i++)
        assert_int_equal(nghttp2_submit_ping(t->client, NGHTTP2_FLAG_NONE, NULL), 0);
    stage_talk(t);
    assert_int_equal(t->goaway_code, NGHTTP2_ENHANCE_YOUR_CALM);
    assert_true(t->shut);
    assert_int_equal(t->ended, 1);
    assert_int_equal(t->complete, 0);
    stage_end(t);
}

static void refuses_what_is_not_http_2(void **state)
{
    (void)state;
    struct stage *t = stage_begin(&default_limits);
    static const char other[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    stage_feed(t, other, sizeof(other) - 1);
    stage_run_turn(t);
    assert_true(t->shut);
    assert_int_equal(t->begun, 0);
    stage_end(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_body_beyond_the_window),
        cmocka_unit_test(refuses_more_at_once_than_it_tells),
        cmocka_unit_test(answers_nothing_after_a_reset),
        cmocka_unit_test(drops_the_rest_after_a_reset),
        cmocka_unit_test(drops_the_rest_after_abort),
        cmocka_unit_test(answers_nothing_after_abort),
        cmocka_unit_test(answers_nothing_when_the_client_is_lost),
        cmocka_unit_test(waits_for_a_slow_client),
        cmocka_unit_test(cuts_a_client_that_takes_nothing),
        cmocka_unit_test(answers_a_body_that_ends_too_early),
        cmocka_unit_test(ends_after_the_last_answer),
        cmocka_unit_test(refuses_a_flood_of_pings),
        cmocka_unit_test(refuses_what_is_not_http_2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
