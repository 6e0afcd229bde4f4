/* Random walks over wasi:http: guests that use every handle they hold in any order, exchanges that
 * end at any time. Nothing may crash, leak, or look complete when it is not; sanitizers and the
 * fake exchange's asserts watch. */
#include "runtime/wasi/http/outgoing.h"

#include "tests/unit/runtime/wasi/fake.h"

enum { WALKS = 3000, STEPS = 60, HANDLES = 8 };

enum kind { FIELDS, RESPONSE, OUT_BODY, OUT_STREAM, REQUEST, IN_BODY, IN_STREAM, TRAILERS, POLLABLE, KINDS };

struct walk {
    struct stage *s;
    uint32_t random;
    void *at[KINDS][HANDLES];
    bool exchange_over, trapped;
};

static uint32_t pick(struct walk *w, uint32_t below)
{
    w->random = w->random * 1664525 + 1013904223;
    return (w->random >> 8) % below;
}

static void keep(struct walk *w, enum kind k, void *handle)
{
    for (size_t i = 0; i < HANDLES; i++) {
        if (!w->at[k][i]) {
            w->at[k][i] = handle;
            return;
        }
    }
    fail_msg("no place for a handle of kind %d", k);
}

static bool has_place(const struct walk *w, enum kind k)
{
    for (size_t i = 0; i < HANDLES; i++)
        if (!w->at[k][i])
            return true;
    return false;
}

/* A random handle of a kind, or NULL; `take`: the guest gives it away. */
static void *use(struct walk *w, enum kind k, bool take)
{
    size_t i = pick(w, HANDLES), tried = 0;
    while (!w->at[k][i] && tried++ < HANDLES)
        i = (i + 1) % HANDLES;
    void *handle = w->at[k][i];
    if (take)
        w->at[k][i] = NULL;
    return handle;
}

static void drop(enum kind k, void *handle)
{
    switch (k) {
    case FIELDS: wasi_http_types_fields_drop(handle); return;
    case RESPONSE: wasi_http_types_outgoing_response_drop(handle); return;
    case OUT_BODY: wasi_http_types_outgoing_body_drop(handle); return;
    case OUT_STREAM: wasi_io_streams_output_stream_drop(handle); return;
    case REQUEST: wasi_http_types_incoming_request_drop(handle); return;
    case IN_BODY: wasi_http_types_incoming_body_drop(handle); return;
    case IN_STREAM: wasi_io_streams_input_stream_drop(handle); return;
    case TRAILERS: wasi_http_types_future_trailers_drop(handle); return;
    case POLLABLE: wasi_io_poll_pollable_drop(handle); return;
    case KINDS: return;
    }
}

static void check(struct walk *w, enum host_status status)
{
    w->trapped |= status == HOST_TRAP;
}

static void forget_error(struct wasi_io_streams_stream_error e)
{
    if (e.tag == WASI_IO_STREAMS_STREAM_ERROR_LAST_OPERATION_FAILED)
        wasi_io_error_error_drop(e.of.last_operation_failed);
}

/* --- steps: each takes a random handle and returns at once when there is none --- */

static void make_fields(struct walk *w)
{
    struct wasi_http_types_fields *f = stage_fields(w->s);
    static const char *const lengths[] = { "0", "5", "10", "x" };
    stage_append(w->s, f, "a", "b");
    if (pick(w, 3) == 0)
        stage_append(w->s, f, "content-length", lengths[pick(w, 4)]);
    keep(w, FIELDS, f);
}

static void make_response(struct walk *w)
{
    struct wasi_http_types_fields *f = use(w, FIELDS, true);
    if (f)
        keep(w, RESPONSE, stage_response(w->s, f));
}

static void response_fields(struct walk *w)
{
    struct wasi_http_types_outgoing_response_headers_args a = { use(w, RESPONSE, false) };
    struct wasi_http_types_fields *f = NULL;
    if (!a.self)
        return;
    check(w, wasi_http_types_outgoing_response_headers(&w->s->call, &a, &f));
    keep(w, FIELDS, f);
}

static void response_body(struct walk *w)
{
    struct wasi_http_types_outgoing_response_body_args a = { use(w, RESPONSE, false) };
    struct result_wasi_http_types_outgoing_body_void r = { 0 };
    if (!a.self)
        return;
    check(w, wasi_http_types_outgoing_response_body(&w->s->call, &a, &r));
    if (!r.is_err)
        keep(w, OUT_BODY, r.of.ok);
}

static void body_stream(struct walk *w)
{
    struct wasi_http_types_outgoing_body_write_args a = { use(w, OUT_BODY, false) };
    struct result_wasi_io_streams_output_stream_void r = { 0 };
    if (!a.self)
        return;
    check(w, wasi_http_types_outgoing_body_write(&w->s->call, &a, &r));
    if (!r.is_err)
        keep(w, OUT_STREAM, r.of.ok);
}

static void write_some(struct walk *w)
{
    struct wasi_io_streams_output_stream_blocking_write_and_flush_args a = { use(w, OUT_STREAM, false),
                                                                             bytes_of_str(STR("hello")) };
    struct result_void_wasi_io_streams_stream_error r = { 0 };
    if (!a.self)
        return;
    check(w, wasi_io_streams_output_stream_blocking_write_and_flush(&w->s->call, &a, &r));
    if (r.is_err)
        forget_error(r.of.err);
}

static void finish_body(struct walk *w)
{
    struct wasi_http_types_outgoing_body_finish_args a = { .this_ = use(w, OUT_BODY, true) };
    struct result_void_wasi_http_types_error_code r = { 0 };
    if (!a.this_)
        return;
    a.trailers.value = pick(w, 2) ? use(w, FIELDS, true) : NULL;
    a.trailers.some = a.trailers.value != NULL;
    check(w, wasi_http_types_outgoing_body_finish(&w->s->call, &a, &r));
}

static void set_response(struct walk *w)
{
    if (!w->s->params.response_out)
        return;
    struct wasi_http_types_outgoing_response *r = use(w, RESPONSE, true);
    if (r)
        stage_set(w->s, r);
}

static void request_fields(struct walk *w)
{
    struct wasi_http_types_incoming_request_headers_args a = { use(w, REQUEST, false) };
    struct wasi_http_types_fields *f = NULL;
    if (!a.self)
        return;
    check(w, wasi_http_types_incoming_request_headers(&w->s->call, &a, &f));
    keep(w, FIELDS, f);
}

static void clone_fields(struct walk *w)
{
    struct wasi_http_types_fields_clone_args a = { use(w, FIELDS, false) };
    struct wasi_http_types_fields *f = NULL;
    if (!a.self)
        return;
    check(w, wasi_http_types_fields_clone(&w->s->call, &a, &f));
    keep(w, FIELDS, f);
}

static void consume_request(struct walk *w)
{
    struct wasi_http_types_incoming_request_consume_args a = { use(w, REQUEST, false) };
    struct result_wasi_http_types_incoming_body_void r = { 0 };
    if (!a.self)
        return;
    check(w, wasi_http_types_incoming_request_consume(&w->s->call, &a, &r));
    if (!r.is_err)
        keep(w, IN_BODY, r.of.ok);
}

static void incoming_stream(struct walk *w)
{
    struct wasi_http_types_incoming_body_stream_args a = { use(w, IN_BODY, false) };
    struct result_wasi_io_streams_input_stream_void r = { 0 };
    if (!a.self)
        return;
    check(w, wasi_http_types_incoming_body_stream(&w->s->call, &a, &r));
    if (!r.is_err)
        keep(w, IN_STREAM, r.of.ok);
}

static void read_some(struct walk *w)
{
    struct wasi_io_streams_input_stream_read_args a = { use(w, IN_STREAM, false), pick(w, 7) };
    struct result_bytes_wasi_io_streams_stream_error r = { 0 };
    if (!a.self)
        return;
    check(w, wasi_io_streams_input_stream_read(&w->s->call, &a, &r));
    if (r.is_err)
        forget_error(r.of.err);
    else
        bytes_dup(&w->s->arena, r.of.ok);
}

static void splice_some(struct walk *w)
{
    struct wasi_io_streams_output_stream_splice_args a = { use(w, OUT_STREAM, false), use(w, IN_STREAM, false),
                                                           pick(w, 7) };
    struct result_u64_wasi_io_streams_stream_error r = { 0 };
    if (!a.self || !a.src)
        return;
    check(w, wasi_io_streams_output_stream_splice(&w->s->call, &a, &r));
    if (r.is_err)
        forget_error(r.of.err);
}

static void finish_incoming(struct walk *w)
{
    struct wasi_http_types_incoming_body_finish_args a = { use(w, IN_BODY, true) };
    struct wasi_http_types_future_trailers *t = NULL;
    if (!a.this_)
        return;
    check(w, wasi_http_types_incoming_body_finish(&w->s->call, &a, &t));
    if (t)
        keep(w, TRAILERS, t);
}

static void get_trailers(struct walk *w)
{
    struct wasi_http_types_future_trailers_get_args a = { use(w, TRAILERS, false) };
    struct option_result_result_option_wasi_http_types_fields_wasi_http_types_error_code_void r = { 0 };
    if (!a.self)
        return;
    check(w, wasi_http_types_future_trailers_get(&w->s->call, &a, &r));
    if (r.some && !r.value.is_err && !r.value.of.ok.is_err && r.value.of.ok.of.ok.some)
        keep(w, FIELDS, r.value.of.ok.of.ok.value);
}

static void subscribe(struct walk *w)
{
    struct wasi_io_streams_output_stream_subscribe_args out = { use(w, OUT_STREAM, false) };
    struct wasi_io_streams_input_stream_subscribe_args in = { use(w, IN_STREAM, false) };
    struct wasi_http_types_future_trailers_subscribe_args trailers = { use(w, TRAILERS, false) };
    struct wasi_io_poll_pollable *p = NULL;
    if (out.self)
        check(w, wasi_io_streams_output_stream_subscribe(&w->s->call, &out, &p));
    else if (in.self)
        check(w, wasi_io_streams_input_stream_subscribe(&w->s->call, &in, &p));
    else if (trailers.self)
        check(w, wasi_http_types_future_trailers_subscribe(&w->s->call, &trailers, &p));
    if (p)
        keep(w, POLLABLE, p);
}

static void poll_one(struct walk *w)
{
    struct wasi_io_poll_pollable_ready_args a = { use(w, POLLABLE, false) };
    bool ready = false;
    if (a.self)
        check(w, wasi_io_poll_pollable_ready(&w->s->call, &a, &ready));
}

static void drop_one(struct walk *w)
{
    enum kind k = (enum kind)pick(w, KINDS);
    void *handle = use(w, k, true);
    if (handle)
        drop(k, handle);
}

static void event(struct walk *w)
{
    if (w->exchange_over)
        return;
    if (pick(w, 4)) {
        w->s->exchange.room = 64 * 1024;
        wasi_http_readable(w->s->w);
    } else if (pick(w, 4) == 0) {
        stage_end_exchange(w->s, w->s->exchange.finishes > 0 && pick(w, 2));
        w->exchange_over = true;
    }
}

static void (*const steps[])(struct walk *) = {
    make_fields,     make_response, response_fields, response_body,  body_stream,     write_some,
    write_some,      finish_body,   set_response,    request_fields, clone_fields,    consume_request,
    incoming_stream, read_some,     read_some,       splice_some,    finish_incoming, get_trailers,
    subscribe,       poll_one,      poll_one,        drop_one,       event,
};

static void end(struct walk *w)
{
    for (enum kind k = FIELDS; k < KINDS; k++)
        for (size_t i = 0; i < HANDLES; i++)
            if (w->at[k][i])
                drop(k, w->at[k][i]);
    struct stage *s = w->s;
    struct err why = ERR_INIT;
    enum wasi_http_outcome outcome = wasi_http_finish(s->w, &why);
    str sent = buf_str(&s->exchange.sent);
    bool whole = str_find(sent, STR("|end")) != SIZE_MAX;
    switch (outcome) {
    case WASI_HTTP_COMPLETE: assert_true(whole); return;
    case WASI_HTTP_UNSET:
    case WASI_HTTP_ERROR: assert_int_equal(sent.len, 0); return;
    case WASI_HTTP_INCOMPLETE:
        assert_true(str_ends(sent, STR("|abort")));
        assert_int_not_equal(why.kind, ERR_NONE);
        return;
    case WASI_HTTP_GONE: assert_true(w->exchange_over); return;
    }
}

static void walks(void **state)
{
    static const struct fake_read reads[] = {
        { BERTH_HTTP_READ_DATA, "hello" }, { BERTH_HTTP_READ_LATER },         { BERTH_HTTP_READ_DATA, "wonderful" },
        { BERTH_HTTP_READ_LATER },         { BERTH_HTTP_READ_DATA, "world" }, { BERTH_HTTP_READ_END },
    };
    for (uint32_t seed = 0; seed < WALKS; seed++) {
        stage_setup(state);
        struct walk w = { .s = *state, .random = seed };
        stage_serve(w.s, reads);
        fake_add(&w.s->exchange, &w.s->exchange.trailers, "t", "v");
        keep(&w, REQUEST, w.s->params.request);
        w.s->params.request = NULL;
        for (int i = 0; i < STEPS && !w.trapped; i++) {
            bool room = true;
            for (enum kind k = FIELDS; k < KINDS; k++)
                room = room && has_place(&w, k);
            if (room)
                steps[pick(&w, ARRAY_LEN(steps))](&w);
            else
                drop_one(&w);
        }
        end(&w);
        stage_teardown(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(walks) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
