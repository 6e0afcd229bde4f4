/* Making routes of the configuration. */
#include "io/http/uri.h"
#include "server/json/path.h"
#include "server/route/proxy.h"
#include "server/route/route.h"
#include "server/route/route_index.h"

struct compiler {
    struct arena *arena;
    struct routing *routing;
    struct err *e;
};

static struct target find_named(const struct routing *r, const str *segments, uint32_t count)
{
    struct target none = { .kind = TARGET_NOTHING };
    if (count == 0)
        return none;
    bool app = str_eq(segments[0], STR("applications"));
    if (app && count == 2)
        for (uint32_t i = 0; i < r->app_count; i++)
            if (str_eq(r->apps[i], segments[1]))
                return (struct target){ .kind = TARGET_APP, .app = i };
    bool upstream = str_eq(segments[0], STR("upstreams"));
    if (upstream && count == 2)
        for (uint32_t i = 0; i < r->upstream_count; i++)
            if (str_eq(r->upstreams[i].name, segments[1]))
                return (struct target){ .kind = TARGET_UPSTREAM, .upstream = i };
    if (!str_eq(segments[0], STR("routes")) || count > 2)
        return none;
    str name = count == 2 ? segments[1] : STR_NONE;
    for (uint32_t i = 0; i < r->route_count; i++)
        if (str_eq(r->routes[i].name, name) && !r->routes[i].name.ptr == !name.ptr)
            return (struct target){ .kind = TARGET_ROUTE, .route = &r->routes[i] };
    return none;
}

enum { SEGMENTS_MAX = 3 };

/* False when there are too many, or one is badly encoded. */
static bool split_segments(struct arena *a, str name, str segments[SEGMENTS_MAX], uint32_t *ret_count)
{
    *ret_count = 0;
    for (str rest = name; rest.ptr;) {
        str segment = str_split(rest, '/', &rest);
        if (*ret_count == SEGMENTS_MAX || !uri_decode(a, segment, false, &segments[(*ret_count)++]))
            return false;
    }
    return true;
}

struct target routing_find(const struct routing *r, struct arena *scratch, str name)
{
    str segments[SEGMENTS_MAX];
    uint32_t count;
    if (!split_segments(scratch, name, segments, &count))
        return (struct target){ .kind = TARGET_NOTHING };
    return find_named(r, segments, count);
}

bool target_compile(struct arena *a, const struct routing *r, str pass, struct target *ret, struct err *e)
{
    struct template *t = arena_new(a, struct template, 1);
    if (!template_compile(a, pass, STR("pass"), t, e))
        return false;
    if (!t->constant) {
        *ret = (struct target){ .kind = TARGET_TEMPLATE, .name = t };
        return true;
    }
    str segments[SEGMENTS_MAX];
    uint32_t count;
    if (!split_segments(a, pass, segments, &count))
        return err_set(e, ERR_INVALID, "Request \"pass\" value \"%.*s\" is invalid.", STR_ARG(pass)) ||
               err_help(e, "Write \"applications/NAME\", \"upstreams/NAME\", \"routes\" or \"routes/NAME\"; a slash "
                           "in a NAME is %%2F, a percent sign %%25.");
    *ret = find_named(r, segments, count);
    if (ret->kind == TARGET_NOTHING)
        return err_set(e, ERR_INVALID, "Request \"pass\" points to invalid location \"%.*s\".", STR_ARG(pass)) ||
               err_help(e, "Define what it names first: \"applications/NAME\", \"upstreams/NAME\", \"routes\" or "
                           "\"routes/NAME\".");
    return true;
}

static bool compile_template(struct compiler *c, const struct json *v, const char *option, const struct template **ret)
{
    struct template *t = arena_new(c->arena, struct template, 1);
    *ret = t;
    return template_compile(c->arena, v->text, str_of(option), t, c->e);
}

static bool compile_headers(struct compiler *c, const struct json *object, struct action *ret)
{
    struct header_edit *edits = arena_new(c->arena, struct header_edit, object->count);
    ret->headers = edits;
    ret->header_count = object->count;
    for (uint32_t i = 0; i < object->count; i++) {
        edits[i].name = str_dup(c->arena, object->members[i].name);
        if (object->members[i].value->kind == JSON_STRING &&
            !compile_template(c, object->members[i].value, "response_headers", &edits[i].value))
            return false;
    }
    return true;
}

static bool compile_action(struct compiler *c, const struct json *object, struct action *ret);

static bool compile_share(struct compiler *c, const struct json *object, struct action *ret)
{
    const struct json *fallback = json_get(object, STR("fallback"));
    struct share *share = arena_new(c->arena, struct share, 1);
    ret->kind = ACTION_SHARE;
    ret->share = share;
    if (!share_compile(c->arena, object, share, c->e))
        return false;
    if (!fallback)
        return true;
    struct action *action = arena_new(c->arena, struct action, 1);
    ret->fallback = action;
    return compile_action(c, fallback, action);
}

static bool compile_return(struct compiler *c, const struct json *object, const struct json *status, struct action *ret)
{
    const struct json *location = json_get(object, STR("location"));
    ret->kind = ACTION_RETURN;
    ret->status = (uint16_t)json_integer_of(status);
    return !location || compile_template(c, location, "location", &ret->location);
}

static bool compile_proxy(struct compiler *c, str text, struct action *ret)
{
    struct address *to = arena_new(c->arena, struct address, 1);
    ret->kind = ACTION_PROXY;
    ret->proxy = to;
    return proxy_parse_address(text, to) ||
           err_set(c->e, ERR_INVALID, "The \"proxy\" address is invalid \"%.*s\"", STR_ARG(text));
}

static bool compile_action(struct compiler *c, const struct json *object, struct action *ret)
{
    const struct json *pass = json_get(object, STR("pass")), *status = json_get(object, STR("return"));
    const struct json *proxy = json_get(object, STR("proxy")), *rewrite = json_get(object, STR("rewrite"));
    const struct json *headers = json_get(object, STR("response_headers"));
    if (rewrite && !compile_template(c, rewrite, "rewrite", &ret->rewrite))
        return false;
    if (headers && headers->kind == JSON_OBJECT && !compile_headers(c, headers, ret))
        return false;
    if (status)
        return compile_return(c, object, status, ret);
    if (proxy)
        return compile_proxy(c, proxy->text, ret);
    if (!pass)
        return compile_share(c, object, ret);
    ret->kind = ACTION_PASS;
    return target_compile(c->arena, c->routing, pass->text, &ret->pass, c->e);
}

static bool compile_step(struct compiler *c, const struct json *object, struct step *ret)
{
    const struct json *match = json_get(object, STR("match")), *action = json_get(object, STR("action"));
    if (match && match->count) {
        struct match *m = arena_new(c->arena, struct match, 1);
        ret->match = m;
        if (!match_compile(c->arena, match, m, c->e))
            return false;
    }
    return compile_action(c, action, &ret->action);
}

static bool compile_route(struct compiler *c, const struct json *steps, struct route *ret)
{
    ret->len = steps->count;
    ret->steps = arena_new(c->arena, struct step, ret->len);
    for (uint32_t i = 0; i < ret->len; i++)
        if (!compile_step(c, steps->items[i], &ret->steps[i]))
            return false;
    ret->index = route_index_new(c->arena, ret->steps, ret->len);
    return true;
}

static uint32_t count_of(const struct json *v, enum json_kind kind)
{
    return v && v->kind == kind ? v->count : 0;
}

void routing_name(struct arena *a, const struct json *root, struct routing *ret)
{
    const struct json *apps = json_get(root, STR("applications")), *routes = json_get(root, STR("routes"));
    const struct json *upstreams = json_get(root, STR("upstreams"));
    *ret = (struct routing){ .app_count = count_of(apps, JSON_OBJECT) };
    str *names = arena_new(a, str, ret->app_count);
    for (uint32_t i = 0; i < ret->app_count; i++)
        names[i] = str_dup(a, apps->members[i].name);
    ret->apps = names;
    ret->route_count = routes && routes->kind == JSON_ARRAY ? 1 : count_of(routes, JSON_OBJECT);
    ret->routes = arena_new(a, struct route, ret->route_count);
    for (uint32_t i = 0; i < count_of(routes, JSON_OBJECT); i++)
        ret->routes[i].name = str_dup(a, routes->members[i].name);
    ret->upstream_count = count_of(upstreams, JSON_OBJECT);
    ret->upstreams = arena_new(a, struct upstream, ret->upstream_count);
    for (uint32_t i = 0; i < ret->upstream_count; i++)
        ret->upstreams[i].name = str_dup(a, upstreams->members[i].name);
}

bool routing_compile(struct arena *a, const struct json *root, struct routing *ret, struct err *e)
{
    struct compiler c = { a, ret, e };
    const struct json *routes = json_get(root, STR("routes"));
    const struct json *http = json_get(json_get(root, STR("settings")), STR("http"));
    routing_name(a, root, ret);
    if (!mime_types_compile(a, json_get(json_get(http, STR("static")), STR("mime_types")), &ret->mime, e))
        return false;
    for (uint32_t i = 0; i < ret->upstream_count; i++)
        upstream_compile(a, json_get(root, STR("upstreams"))->members[i].value, &ret->upstreams[i]);
    for (uint32_t i = 0; i < ret->route_count; i++)
        if (!compile_route(&c, routes->kind == JSON_ARRAY ? routes : routes->members[i].value, &ret->routes[i]))
            return false;
    return true;
}
