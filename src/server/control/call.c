/* Answers of the control API: see call.h. */
#include "server/control/call.h"

#include <assert.h>

#include "base/date.h"
#include "base/clock.h"
#include "server/control/control_types.h"

void call_free(struct call *c)
{
    list_remove(&c->node);
    arena_fini(&c->arena);
    buf_fini(&c->body);
    mem_free(c);
}

/* In the order in which Unit sends its fields; the connection adds the length. */
static void add_fields(struct http_exchange *x, struct http_response *r)
{
    char *date = arena_alloc(x->arena, DATE_HTTP_LEN);
    date_http(wall_clock_ns() / 1000000000, date);
    http_fields_add(&r->fields, x->arena, STR("Server"), STR("Berth/" BERTH_VERSION));
    http_fields_add(&r->fields, x->arena, STR("Date"), str_from(date, DATE_HTTP_LEN));
    http_fields_add(&r->fields, x->arena, STR("Content-Type"), STR("application/json"));
}

void call_answer(struct call *c, uint16_t status, const struct json *value)
{
    assert(!c->answered);
    c->answered = true;
    if (!c->x) {
        call_free(c);
        return;
    }
    struct buf text;
    struct http_response r = { .status = status };
    buf_init(&text, BUF_NO_LIMIT);
    json_print(&text, value);
    r.content_length = text.len;
    add_fields(c->x, &r);
    http_exchange_respond(c->x, &r);
    http_exchange_write(c->x, bytes_from(text.ptr, text.len));
    http_exchange_finish(c->x, NULL);
    buf_fini(&text);
}

static struct json *new_text(struct call *c, const char *name, str text)
{
    struct json *o = json_new_object(&c->arena);
    json_add(&c->arena, o, str_of(name), json_new_string(&c->arena, text));
    return o;
}

void call_success(struct call *c, const char *text)
{
    call_answer(c, 200, new_text(c, "success", str_of(text)));
}

void call_error(struct call *c, uint16_t status, const char *text)
{
    call_answer(c, status, new_text(c, "error", str_of(text)));
}

void call_error_detail(struct call *c, uint16_t status, const char *text, str detail)
{
    struct json *o = new_text(c, "error", str_of(text));
    if (detail.len)
        json_add(&c->arena, o, STR("detail"), json_new_string(&c->arena, detail));
    call_answer(c, status, o);
}

static void add_place(struct call *c, struct json *location, size_t offset, size_t line, size_t column)
{
    json_add(&c->arena, location, STR("offset"), json_new_number(&c->arena, offset));
    if (!line)
        return;
    json_add(&c->arena, location, STR("line"), json_new_number(&c->arena, line));
    json_add(&c->arena, location, STR("column"), json_new_number(&c->arena, column));
}

void call_invalid_json(struct call *c, const struct json_error *e)
{
    struct json *o = new_text(c, "error", STR("Invalid JSON.")), *location = json_new_object(&c->arena);
    json_add(&c->arena, o, STR("detail"), json_new_string(&c->arena, str_of(e->detail)));
    add_place(c, location, e->offset, e->line, e->column);
    json_add(&c->arena, o, STR("location"), location);
    call_answer(c, 400, o);
}

void call_refused(struct call *c, const struct config_error *e)
{
    struct json *o =
        new_text(c, "error", e->is_invalid ? STR("Invalid configuration.") : STR("Failed to apply new configuration."));
    json_add(&c->arena, o, STR("detail"), json_new_string(&c->arena, str_of(e->why.text)));
    if (e->pointer.ptr) {
        struct json *location = json_new_object(&c->arena);
        json_add(&c->arena, location, STR("pointer"), json_new_string(&c->arena, e->pointer));
        if (e->at != JSON_NO_PLACE && e->at <= c->body.len) {
            size_t line, column;
            json_place(buf_str(&c->body), e->at, &line, &column);
            add_place(c, location, e->at, line, column);
        }
        json_add(&c->arena, o, STR("location"), location);
    }
    if (e->why.help[0])
        json_add(&c->arena, o, STR("suggestion"), json_new_string(&c->arena, str_of(e->why.help)));
    call_answer(c, e->is_invalid ? 400 : 500, o);
}
