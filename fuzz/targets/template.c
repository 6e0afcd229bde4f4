/* A template and a request from anywhere, the template on the first line: whatever values the request has, the access
 * log gets one line of text, and one of JSON that reads as JSON. */
#include <assert.h>
#include <netinet/in.h>

#include "base/buf.h"
#include "io/http/h1/h1_parse.h"
#include "server/access_log/format.h"
#include "server/route/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(struct access_format *f, struct request *r, bool is_json)
{
    struct buf out;
    buf_init(&out, BUF_NO_LIMIT);
    access_format_print(f, r, &out);
    str line = buf_str(&out);
    assert(line.len && str_find_char(line, '\n') == line.len - 1);
    if (is_json) {
        const struct json *v;
        struct json_error e;
        bool ok = json_parse(r->x->arena, str_slice(line, 0, line.len - 1), &v, &e);
        assert(ok ? v->kind == JSON_OBJECT && v->count == 1
                  : str_find(line, STR("\\u0000")) != SIZE_MAX); /* which our reader does not take */
    }
    buf_fini(&out);
}

/* The template's own text may hold anything that a configuration's string may. */
static bool is_line(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || (unsigned char)text.ptr[i] > 0x7e)
            return false;
    return true;
}

static void check(struct arena *a, str text, struct request *r)
{
    struct access_member member = { .name = STR("m") };
    struct access_format line = { 0 }, object = { .object = &member, .len = 1 };
    struct condition condition;
    struct err e = ERR_INIT;
    if (!is_line(text) || !template_compile(a, text, STR("format"), &line.line, &e))
        return;
    template_fill(&line.line, r);
    check_line(&line, r, false);
    bool ok = template_compile(a, text, STR("format"), &member.value, &e);
    assert(ok);
    check_line(&object, r, true);
    if (condition_compile(a, text, STR("if"), &condition, &e))
        condition_holds(&condition, r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct sockaddr_in peer = { .sin_family = AF_INET };
    const struct h1_limits limits = { .max_head_bytes = 4096, .max_target_bytes = 2048, .max_fields = 32 };
    struct arena a;
    struct h1_head head;
    struct http_failure failure;
    struct http_exchange x = { .arena = &a, .peer = (const struct sockaddr *)&peer };
    struct request r = { 0 };
    str rest, text = str_split(str_from((const char *)data, size), '\n', &rest);
    arena_init(&a);
    h1_head_init(&head);
    h1_head_parse(&head, rest.ptr ? rest : STR(""), &limits, &a, &x.request, &failure);
    if (!request_begin(&r, &x))
        request_begin_refused(&r, &x);
    check(&a, text, &r);
    arena_fini(&a);
    return 0;
}
