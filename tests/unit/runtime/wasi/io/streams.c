/* src/runtime/wasi/io/streams.c: the rules of streams, over a source and a sink that play a script.
 */
#include "runtime/wasi/io/streams.h"

#include "runtime/wasi/io/error.h"
#include "tests/unit/runtime/wasi/fake.h"

/* Source and sink in one. */
struct pipe {
    struct wasi_object object;
    const char *data;          /* to be read */
    enum stream_status then;   /* what reading says when `data` is used up */
    enum stream_status writes; /* what writing says */
    size_t room;
    bool closed;
    struct buf written;
    unsigned drops;
};

static struct pipe *pipe_of(struct host_object *o)
{
    return CONTAINER_OF(o, struct pipe, object.host);
}

static struct wasi_io_error_error *failure(struct pipe *p)
{
    struct wasi_http_types_error_code code = { .tag = WASI_HTTP_TYPES_ERROR_CODE_LOOP_DETECTED };
    return wasi_error_new(p->object.wasi, STR("the pipe broke"), code);
}

static enum stream_status pipe_read(struct host_object *o, size_t max, bytes *ret,
                                    struct wasi_io_error_error **ret_error)
{
    struct pipe *p = pipe_of(o);
    size_t len = strlen(p->data);
    if (p->then == STREAM_FAILED && !len)
        *ret_error = failure(p);
    if (!len)
        return p->then;
    if (max == 0)
        return STREAM_LATER;
    *ret = bytes_from(p->data, len < max ? len : max);
    p->data += ret->len;
    return STREAM_OK;
}

static bool pipe_ready(struct host_object *o)
{
    return pipe_of(o)->data[0] || pipe_of(o)->then != STREAM_LATER;
}

static void pipe_drop(struct host_object *o)
{
    pipe_of(o)->drops++;
}

static bool pipe_permit(struct host_object *o, size_t *ret)
{
    *ret = pipe_of(o)->room;
    return !pipe_of(o)->closed;
}

static enum stream_status pipe_write(struct host_object *o, bytes data, struct wasi_io_error_error **ret_error)
{
    struct pipe *p = pipe_of(o);
    if (p->writes == STREAM_FAILED)
        *ret_error = failure(p);
    if (p->writes == STREAM_OK)
        buf_put(&p->written, data.ptr, data.len);
    p->room -= data.len < p->room ? data.len : p->room;
    return p->writes;
}

static const struct input_ops input_ops = { pipe_read, pipe_ready, pipe_drop };
static const struct output_ops output_ops = { pipe_permit, pipe_write, pipe_drop };

static void pipe_free(struct host_object *o)
{
    buf_fini(&pipe_of(o)->written);
    wasi_object_free(&pipe_of(o)->object, sizeof(struct pipe));
}

static const struct host_object_ops pipe_ops = { "pipe", pipe_free };

struct streams {
    struct pipe *pipe;
    struct wasi_io_streams_input_stream *in;
    struct wasi_io_streams_output_stream *out;
};

static struct streams streams_new(struct stage *s, const char *data, enum stream_status then, size_t room)
{
    struct streams t;
    t.pipe = wasi_object_new(s->w, sizeof(*t.pipe), &pipe_ops, &s->err);
    t.pipe->data = data;
    t.pipe->then = then;
    t.pipe->room = room;
    buf_init(&t.pipe->written, BUF_NO_LIMIT);
    t.in = wasi_input_new(s->w, &input_ops, &t.pipe->object.host, &s->err);
    t.out = wasi_output_new(s->w, &output_ops, &t.pipe->object.host, &s->err);
    return t;
}

static void streams_free(struct streams *t)
{
    wasi_io_streams_input_stream_drop(t->in);
    wasi_io_streams_output_stream_drop(t->out);
    assert_int_equal(t->pipe->drops, 2);
    host_object_unref(&t->pipe->object.host);
}

/* A result as text: "ok:DATA", "closed", "failed", "block", "trap"; errors are dropped. */
static const char *error_text(struct wasi_io_streams_stream_error e)
{
    if (e.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED)
        return "closed";
    wasi_io_error_error_drop(e.of.last_operation_failed);
    return "failed";
}

static const char *text_of(struct stage *s, enum host_status status, bool is_err, struct wasi_io_streams_stream_error e,
                           bytes ok)
{
    if (status != HOST_DONE)
        return status == HOST_BLOCK ? "block" : "trap";
    if (is_err)
        return error_text(e);
    return str_dupz(&s->arena, str_printf(&s->arena, "ok:%.*s", STR_ARG(str_of_bytes(ok))));
}

static const char *number_of(struct stage *s, enum host_status status,
                             const struct result_u64_wasi_io_streams_stream_error *r)
{
    str ok = str_printf(&s->arena, "%llu", r->is_err ? 0 : (unsigned long long)r->of.ok);
    return text_of(s, status, r->is_err, r->of.err, bytes_of_str(ok));
}

static const char *read_text(struct stage *s, struct streams *t, uint64_t len, bool block)
{
    struct result_bytes_wasi_io_streams_stream_error ret = { 0 };
    struct wasi_io_streams_input_stream_read_args a = { t->in, len };
    struct wasi_io_streams_input_stream_blocking_read_args b = { t->in, len };
    enum host_status status = block ? wasi_io_streams_input_stream_blocking_read(&s->call, &b, &ret)
                                    : wasi_io_streams_input_stream_read(&s->call, &a, &ret);
    return text_of(s, status, ret.is_err, ret.of.err, ret.is_err ? (bytes){ 0 } : ret.of.ok);
}

static const char *skip_text(struct stage *s, struct streams *t, uint64_t len, bool block)
{
    struct result_u64_wasi_io_streams_stream_error ret = { 0 };
    struct wasi_io_streams_input_stream_skip_args a = { t->in, len };
    struct wasi_io_streams_input_stream_blocking_skip_args b = { t->in, len };
    enum host_status status = block ? wasi_io_streams_input_stream_blocking_skip(&s->call, &b, &ret)
                                    : wasi_io_streams_input_stream_skip(&s->call, &a, &ret);
    return number_of(s, status, &ret);
}

static void reading(void **state)
{
    struct stage *s = *state;
    static const struct {
        const char *name, *data;
        enum stream_status then;
        uint64_t len;
        const char *read, *blocking_read, *skip, *blocking_skip;
    } cases[] = {
        { "all there is", "hello", STREAM_LATER, 100, "ok:hello", "ok:hello", "ok:5", "ok:5" },
        { "no more than asked for", "hello", STREAM_LATER, 2, "ok:he", "ok:he", "ok:2", "ok:2" },
        { "more than any memory", "hello", STREAM_LATER, UINT64_MAX, "ok:hello", "ok:hello", "ok:5", "ok:5" },
        { "nothing of something", "hello", STREAM_LATER, 0, "ok:", "ok:", "ok:0", "ok:0" },
        { "nothing yet", "", STREAM_LATER, 10, "ok:", "block", "ok:0", "block" },
        { "nothing of nothing never blocks", "", STREAM_LATER, 0, "ok:", "ok:", "ok:0", "ok:0" },
        { "at the end", "", STREAM_CLOSED, 10, "closed", "closed", "closed", "closed" },
        { "nothing at the end", "", STREAM_CLOSED, 0, "closed", "closed", "closed", "closed" },
        { "failure", "", STREAM_FAILED, 10, "failed", "failed", "failed", "failed" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (int how = 0; how < 4; how++) {
            struct streams t = streams_new(s, cases[i].data, cases[i].then, 0);
            const char *want[] = { cases[i].read, cases[i].blocking_read, cases[i].skip, cases[i].blocking_skip };
            const char *got =
                how < 2 ? read_text(s, &t, cases[i].len, how % 2) : skip_text(s, &t, cases[i].len, how % 2);
            if (strcmp(got, want[how]) != 0)
                fail_msg("%s (%d): got '%s', want '%s'", cases[i].name, how, got, want[how]);
            /* A failure is told once. */
            if (strcmp(got, "failed") == 0)
                assert_string_equal(read_text(s, &t, 1, false), "closed");
            streams_free(&t);
        }
    }
}

static const char *write_text(struct stage *s, struct streams *t, const char *data, bool block)
{
    struct result_void_wasi_io_streams_stream_error ret = { 0 };
    bytes b = bytes_of_str(str_of(data));
    struct wasi_io_streams_output_stream_write_args a = { t->out, b };
    struct wasi_io_streams_output_stream_blocking_write_and_flush_args w = { t->out, b };
    enum host_status status = block ? wasi_io_streams_output_stream_blocking_write_and_flush(&s->call, &w, &ret)
                                    : wasi_io_streams_output_stream_write(&s->call, &a, &ret);
    return text_of(s, status, ret.is_err, ret.of.err, (bytes){ 0 });
}

static const char *zeroes_text(struct stage *s, struct streams *t, uint64_t len, bool block)
{
    struct result_void_wasi_io_streams_stream_error ret = { 0 };
    struct wasi_io_streams_output_stream_write_zeroes_args a = { t->out, len };
    struct wasi_io_streams_output_stream_blocking_write_zeroes_and_flush_args w = { t->out, len };
    enum host_status status = block ? wasi_io_streams_output_stream_blocking_write_zeroes_and_flush(&s->call, &w, &ret)
                                    : wasi_io_streams_output_stream_write_zeroes(&s->call, &a, &ret);
    return text_of(s, status, ret.is_err, ret.of.err, (bytes){ 0 });
}

static const char *check_text(struct stage *s, struct streams *t)
{
    struct result_u64_wasi_io_streams_stream_error ret = { 0 };
    struct wasi_io_streams_output_stream_check_write_args a = { t->out };
    enum host_status status = wasi_io_streams_output_stream_check_write(&s->call, &a, &ret);
    return number_of(s, status, &ret);
}

static const char *flush_text(struct stage *s, struct streams *t, bool block)
{
    struct result_void_wasi_io_streams_stream_error ret = { 0 };
    struct wasi_io_streams_output_stream_flush_args a = { t->out };
    struct wasi_io_streams_output_stream_blocking_flush_args b = { t->out };
    enum host_status status = block ? wasi_io_streams_output_stream_blocking_flush(&s->call, &b, &ret)
                                    : wasi_io_streams_output_stream_flush(&s->call, &a, &ret);
    return text_of(s, status, ret.is_err, ret.of.err, (bytes){ 0 });
}

static void writing(void **state)
{
    struct stage *s = *state;
    static const struct {
        const char *name;
        size_t room;
        bool closed;
        enum stream_status writes;
        const char *check, *write, *blocking, *flush, *blocking_flush;
    } cases[] = {
        /* five bytes are written */
        { "room", 100, false, STREAM_OK, "ok:100", "ok:", "ok:", "ok:", "ok:" },
        { "much room is cut", 1 << 20, false, STREAM_OK, "ok:65536", "ok:", "ok:", "ok:", "ok:" },
        { "just enough", 5, false, STREAM_OK, "ok:5", "ok:", "ok:", "ok:", "ok:" },
        { "too little", 4, false, STREAM_OK, "ok:4", "trap", "ok:", "ok:", "ok:" },
        { "none", 0, false, STREAM_OK, "ok:0", "trap", "block", "ok:", "block" },
        { "closed", 100, true, STREAM_OK, "closed", "closed", "closed", "closed", "closed" },
        { "closed and full", 0, true, STREAM_OK, "closed", "closed", "closed", "closed", "closed" },
        { "closes", 100, false, STREAM_CLOSED, "ok:100", "closed", "closed", "ok:", "ok:" },
        { "fails", 100, false, STREAM_FAILED, "ok:100", "failed", "failed", "ok:", "ok:" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (int how = 0; how < 5; how++) {
            struct streams t = streams_new(s, "", STREAM_LATER, cases[i].room);
            t.pipe->closed = cases[i].closed;
            t.pipe->writes = cases[i].writes;
            const char *want[] = { cases[i].check, cases[i].write, cases[i].blocking, cases[i].flush,
                                   cases[i].blocking_flush };
            const char *got = how == 0   ? check_text(s, &t)
                              : how == 1 ? write_text(s, &t, "hello", false)
                              : how == 2 ? write_text(s, &t, "hello", true)
                                         : flush_text(s, &t, how == 4);
            if (strcmp(got, want[how]) != 0)
                fail_msg("%s (%d): got '%s', want '%s'", cases[i].name, how, got, want[how]);
            if (how == 1 || how == 2)
                assert_text(buf_str(&t.pipe->written), strcmp(got, "ok:") == 0 ? "hello" : "");
            if (strcmp(got, "failed") == 0 || strcmp(got, "closed") == 0)
                assert_string_equal(check_text(s, &t), "closed");
            streams_free(&t);
        }
    }
}

static void permits_are_used_up(void **state)
{
    struct stage *s = *state;
    struct streams t = streams_new(s, "", STREAM_LATER, 8);
    assert_string_equal(check_text(s, &t), "ok:8");
    assert_string_equal(write_text(s, &t, "hello", false), "ok:");
    assert_string_equal(write_text(s, &t, "", false), "ok:");
    assert_string_equal(write_text(s, &t, "four", false), "trap");
    assert_string_equal(s->err.text, "write of 4 bytes to an output-stream, check-write permits 3");
    assert_string_equal(zeroes_text(s, &t, 4, false), "trap");
    assert_string_equal(s->err.text, "write of 4 zeroes to an output-stream, check-write permits 3");
    streams_free(&t);
}

static void zeroes(void **state)
{
    struct stage *s = *state;
    static const struct {
        uint64_t len;
        const char *want, *blocking;
    } cases[] = {
        { 0, "ok:", "ok:" },      { 1, "ok:", "ok:" },       { 4096, "ok:", "ok:" },         { 4097, "ok:", "trap" },
        { 60000, "ok:", "trap" }, { 60001, "trap", "trap" }, { UINT64_MAX, "trap", "trap" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct streams t = streams_new(s, "", STREAM_LATER, 60000);
        assert_string_equal(zeroes_text(s, &t, cases[i].len, false), cases[i].want);
        if (strcmp(cases[i].want, "ok:") == 0)
            assert_int_equal(t.pipe->written.len, cases[i].len);
        for (size_t k = 0; k < t.pipe->written.len; k++)
            assert_int_equal(t.pipe->written.ptr[k], 0);
        t.pipe->room = 60000;
        assert_string_equal(zeroes_text(s, &t, cases[i].len, true), cases[i].blocking);
        streams_free(&t);
    }
    assert_string_equal(s->err.text, "blocking-write-zeroes-and-flush of 18446744073709551615 bytes, the most is 4096");
}

static void blocking_writes_are_small(void **state)
{
    struct stage *s = *state;
    struct streams t = streams_new(s, "", STREAM_LATER, 60000);
    char *data = arena_alloc(&s->arena, 4098);
    memset(data, 'a', 4097);
    data[4097] = '\0';
    assert_string_equal(write_text(s, &t, data, true), "trap");
    assert_string_equal(s->err.text, "blocking-write-and-flush of 4097 bytes, the most is 4096");
    data[4096] = '\0';
    assert_string_equal(write_text(s, &t, data, true), "ok:");
    streams_free(&t);
}

static void splicing(void **state)
{
    struct stage *s = *state;
    static const struct {
        const char *name, *data;
        enum stream_status then;
        size_t room;
        bool closed;
        enum stream_status writes;
        uint64_t len;
        const char *want, *blocking, *written;
    } cases[] = {
        { "all", "hello", STREAM_LATER, 100, false, STREAM_OK, 100, "ok:5", "ok:5", "hello" },
        { "len", "hello", STREAM_LATER, 100, false, STREAM_OK, 2, "ok:2", "ok:2", "he" },
        { "room", "hello", STREAM_LATER, 3, false, STREAM_OK, 100, "ok:3", "ok:3", "hel" },
        { "nothing", "hello", STREAM_LATER, 3, false, STREAM_OK, 0, "ok:0", "ok:0", "" },
        { "no room", "hello", STREAM_LATER, 0, false, STREAM_OK, 100, "ok:0", "block", "" },
        { "no data", "", STREAM_LATER, 100, false, STREAM_OK, 100, "ok:0", "block", "" },
        { "source at its end", "", STREAM_CLOSED, 100, false, STREAM_OK, 100, "closed", "closed", "" },
        { "source fails", "", STREAM_FAILED, 100, false, STREAM_OK, 100, "failed", "failed", "" },
        { "sink closed", "hello", STREAM_LATER, 100, true, STREAM_OK, 100, "closed", "closed", "" },
        { "sink fails", "hello", STREAM_LATER, 100, false, STREAM_FAILED, 100, "failed", "failed", "" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (int block = 0; block < 2; block++) {
            struct streams t = streams_new(s, cases[i].data, cases[i].then, cases[i].room);
            t.pipe->closed = cases[i].closed;
            t.pipe->writes = cases[i].writes;
            struct result_u64_wasi_io_streams_stream_error ret = { 0 };
            struct wasi_io_streams_output_stream_splice_args a = { t.out, t.in, cases[i].len };
            struct wasi_io_streams_output_stream_blocking_splice_args b = { t.out, t.in, cases[i].len };
            enum host_status status = block ? wasi_io_streams_output_stream_blocking_splice(&s->call, &b, &ret)
                                            : wasi_io_streams_output_stream_splice(&s->call, &a, &ret);
            const char *got = number_of(s, status, &ret), *want = block ? cases[i].blocking : cases[i].want;
            if (strcmp(got, want) != 0)
                fail_msg("%s (%d): got '%s', want '%s'", cases[i].name, block, got, want);
            assert_text(buf_str(&t.pipe->written), cases[i].written);
            streams_free(&t);
        }
    }
}

static bool subscribed_ready(struct stage *s, struct wasi_io_poll_pollable *p)
{
    struct wasi_io_poll_pollable_ready_args a = { p };
    bool ret = false;
    assert_int_equal(wasi_io_poll_pollable_ready(&s->call, &a, &ret), HOST_DONE);
    return ret;
}

static void pollables_outlive_nothing(void **state)
{
    struct stage *s = *state;
    struct streams t = streams_new(s, "", STREAM_LATER, 0);
    struct wasi_io_poll_pollable *in = NULL, *out = NULL;
    struct wasi_io_streams_input_stream_subscribe_args a = { t.in };
    struct wasi_io_streams_output_stream_subscribe_args b = { t.out };
    assert_int_equal(wasi_io_streams_input_stream_subscribe(&s->call, &a, &in), HOST_DONE);
    assert_int_equal(wasi_io_streams_output_stream_subscribe(&s->call, &b, &out), HOST_DONE);
    assert_false(subscribed_ready(s, in));
    assert_false(subscribed_ready(s, out));
    t.pipe->data = "x";
    t.pipe->room = 1;
    assert_true(subscribed_ready(s, in));
    assert_true(subscribed_ready(s, out));
    t.pipe->room = 0;
    t.pipe->closed = true;
    assert_true(subscribed_ready(s, out));
    t.pipe->closed = false;
    struct pipe *pipe = t.pipe;
    streams_free(&t); /* streams and pipe live on in the pollables */
    assert_true(subscribed_ready(s, in));
    assert_int_equal(pipe->object.host.refs, 2);
    wasi_io_poll_pollable_drop(in);
    wasi_io_poll_pollable_drop(out);
}

static void errors_have_text_and_code(void **state)
{
    struct stage *s = *state;
    struct streams t = streams_new(s, "", STREAM_FAILED, 0);
    struct result_bytes_wasi_io_streams_stream_error ret = { 0 };
    struct wasi_io_streams_input_stream_read_args a = { t.in, 1 };
    assert_int_equal(wasi_io_streams_input_stream_read(&s->call, &a, &ret), HOST_DONE);
    struct wasi_io_error_error *e = ret.of.err.of.last_operation_failed;
    streams_free(&t); /* an error lives by itself */

    str text = STR_NONE;
    struct wasi_io_error_error_to_debug_string_args d = { e };
    assert_int_equal(wasi_io_error_error_to_debug_string(&s->call, &d, &text), HOST_DONE);
    assert_text(text, "the pipe broke");
    struct option_wasi_http_types_error_code code = { 0 };
    struct wasi_http_types_http_error_code_args h = { e };
    assert_int_equal(wasi_http_types_http_error_code(&s->call, &h, &code), HOST_DONE);
    assert_true(code.some);
    assert_int_equal(code.value.tag, WASI_HTTP_TYPES_ERROR_CODE_LOOP_DETECTED);
    struct option_wasi_filesystem_types_error_code file = { .some = true };
    struct wasi_filesystem_types_filesystem_error_code_args f = { e };
    assert_int_equal(wasi_filesystem_types_filesystem_error_code(&s->call, &f, &file), HOST_DONE);
    assert_false(file.some);
    wasi_io_error_error_drop(e);
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(reading),
        ROW(writing),
        ROW(permits_are_used_up),
        ROW(zeroes),
        ROW(blocking_writes_are_small),
        ROW(splicing),
        ROW(pollables_outlive_nothing),
        ROW(errors_have_text_and_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
