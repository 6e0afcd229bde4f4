/* Requests on their way: see route.h. */
#include "server/route/route.h"

#include "server/route/proxy.h"
#include "server/route/request.h"
#include "server/route/route_index.h"

static void refuse(struct request *r, uint16_t status)
{
    http_exchange_refuse(r->x, status, str_printf(r->x->arena, "%u %.*s\n", status, STR_ARG(http_reason(status))), 0);
}

/* --- What is told of the way --- */

static void tell_step(struct request *r, const struct route *route, uint32_t step, bool selected)
{
    const char *what = selected ? "selected" : "discarded";
    struct arena *a = r->x->arena;
    if (r->on_route)
        r->on_route(r, selected,
                    route->name.ptr ? str_printf(a, "\"routes/%.*s/%u\" %s", STR_ARG(route->name), step, what)
                                    : str_printf(a, "\"routes/%u\" %s", step, what));
}

static void tell(struct request *r, str text)
{
    if (r->on_route)
        r->on_route(r, true, text);
}

/* --- Actions --- */

static bool try_step(const struct route *route, uint32_t i, struct request *r)
{
    bool selected = !route->steps[i].match || match_request(route->steps[i].match, r);
    tell_step(r, route, i, selected);
    return selected;
}

static const struct action *choose_of_all(const struct route *route, struct request *r)
{
    for (uint32_t i = 0; i < route->len; i++)
        if (try_step(route, i, r))
            return &route->steps[i].action;
    return NULL;
}

/* Whoever is told of the way wants to know of each step. */
static const struct action *choose(const struct route *route, struct request *r)
{
    uint32_t i = 0;
    if (!route->index || r->on_route)
        return choose_of_all(route, r);
    struct route_cursor c = route_index_find(route->index, request_host(r), r->uri.path);
    while (route_cursor_next(&c, &i))
        if (try_step(route, i, r))
            return &route->steps[i].action;
    return NULL;
}

/* The new path is normalised again; the query stays. */
static bool rewrite(const struct template *t, struct request *r)
{
    struct uri uri;
    str path = template_fill(t, r);
    if (!str_starts(path, STR("/")) || !uri_parse(r->x->arena, path, &uri))
        return false;
    r->uri.path = uri.path;
    r->rewritten = true;
    if (r->on_route)
        tell(r, str_printf(r->x->arena, "URI rewritten to \"%.*s\"", STR_ARG(uri.path)));
    return true;
}

static void answer_return(const struct action *action, struct request *r)
{
    struct http_response response = { .status = action->status };
    if (action->status >= 400 && action->status <= 599) {
        refuse(r, action->status);
        return;
    }
    if (action->location)
        http_fields_add(&response.fields, r->x->arena, STR("Location"),
                        uri_encode_reference(r->x->arena, template_fill(action->location, r)));
    http_exchange_respond(r->x, &response);
    http_exchange_finish(r->x, NULL);
}

static void answer_share(const struct routing *routing, const struct action *action, struct request *r,
                         const struct action **next)
{
    enum share_result result = share_serve(action->share, routing->mime, r);
    if (result == SHARE_SERVED)
        return;
    *next = action->fallback && result != SHARE_FAILED ? action->fallback : NULL;
    if (*next) {
        tell(r, STR("\"fallback\" taken"));
        return;
    }
    switch (result) {
    case SHARE_SERVED: return;
    case SHARE_NOT_FOUND: refuse(r, 404); return;
    case SHARE_FORBIDDEN: refuse(r, 403); return;
    case SHARE_METHOD:
        r->wrong_method = true;
        refuse(r, 405);
        return;
    case SHARE_FAILED: refuse(r, 500); return;
    }
}

/* Follows passes until something answers; `*target` is where it goes on, when the action passes. */
static bool run_action(const struct routing *routing, const struct action *action, struct request *r,
                       const struct target **target)
{
    while (action) {
        const struct action *next = NULL;
        r->action = action;
        if (action->rewrite && !rewrite(action->rewrite, r)) {
            refuse(r, 500);
            return false;
        }
        switch (action->kind) {
        case ACTION_PASS: *target = &action->pass; return true;
        case ACTION_RETURN: answer_return(action, r); return false;
        case ACTION_PROXY: proxy_request(r, action->proxy); return false;
        case ACTION_SHARE: answer_share(routing, action, r, &next); break;
        }
        action = next;
    }
    return false;
}

static void to_upstream(const struct upstream *u, struct request *r, uint32_t index)
{
    const struct address *to = upstream_next(u, &r->upstream_turns[index]);
    if (to)
        proxy_request(r, to);
    else
        refuse(r, 502);
}

void route_request(const struct routing *routing, struct request *r, const struct target *target)
{
    struct target found;
    const struct action *action;
    for (;;) {
        if (r->passes++ > ROUTE_PASSES_MAX) {
            refuse(r, 500);
            return;
        }
        switch (target->kind) {
        case TARGET_NOTHING: refuse(r, 404); return;
        case TARGET_APP: r->to_app(r, target->app); return;
        case TARGET_UPSTREAM: to_upstream(&routing->upstreams[target->upstream], r, target->upstream); return;
        case TARGET_TEMPLATE:
            found = routing_find(routing, r->x->arena, template_fill(target->name, r));
            target = &found;
            continue;
        case TARGET_ROUTE:
            action = choose(target->route, r);
            if (!action) {
                refuse(r, 404);
                return;
            }
            if (!run_action(routing, action, r, &target))
                return;
            break;
        }
    }
}

/* --- Fields of responses --- */

/* The field's value; STR_NONE removes it. What cannot stand in a field, because a request's bytes are in it that were
 * encoded before, is left out: nobody can add fields or a body of his own to a response. */
static str edit_value(const struct header_edit *edit, struct request *r)
{
    str value = edit->value ? template_fill(edit->value, r) : STR_NONE;
    return value.ptr && http_value_valid(value) ? value : STR_NONE;
}

static void set_field(const struct header_edit *edit, struct request *r, struct http_fields *f)
{
    str value = edit_value(edit, r);
    uint32_t kept = 0;
    bool placed = !value.ptr;
    for (uint32_t i = 0; i < f->len; i++) {
        bool same = str_eq_nocase(f->at[i].name, edit->name);
        if (same && !value.ptr)
            continue;
        if (same && !placed) {
            f->at[i].value = value;
            placed = true;
        }
        f->at[kept++] = f->at[i];
    }
    f->len = kept;
    if (!placed)
        http_fields_add(f, r->x->arena, edit->name, value);
}

void route_edit_response(struct request *r, struct http_response *response)
{
    const struct action *a = r->action;
    if (r->wrong_method && response->status == 405) /* RFC 9110, 15.5.6 */
        http_fields_add(&response->fields, r->x->arena, STR("Allow"), STR("GET, HEAD"));
    if (!a || !a->header_count || response->status < 200 || response->status > 399)
        return;
    struct http_fields old = response->fields;
    response->fields = (struct http_fields){ 0 }; /* the array is not ours to change */
    for (uint32_t i = 0; i < old.len; i++)
        http_fields_add(&response->fields, r->x->arena, old.at[i].name, old.at[i].value);
    for (uint32_t i = 0; i < a->header_count; i++)
        set_field(&a->headers[i], r, &response->fields);
}
