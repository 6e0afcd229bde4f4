/* Proxies in front: see forwarded.h. */
#include "server/route/forwarded.h"

#include "io/net/address.h"
#include "server/route/match.h"
#include "server/route/request.h"

/* --- Compiling --- */

static str name_of(struct arena *a, const struct json *object, str member)
{
    const struct json *v = json_get(object, member);
    return v ? str_dup(a, v->text) : STR_NONE;
}

bool forwarded_compile(struct arena *a, const struct json *object, struct forwarded *ret, struct err *e)
{
    const struct json *recursive = json_get(object, STR("recursive"));
    bool old_form = json_get(object, STR("header")) != NULL;
    *ret = (struct forwarded){
        .client_ip = name_of(a, object, old_form ? STR("header") : STR("client_ip")),
        .protocol = name_of(a, object, STR("protocol")),
        .recursive = recursive && recursive->truth,
    };
    return address_patterns_compile(a, json_get(object, STR("source")), &ret->source, e);
}

/* --- The client's address --- */

/* Takes the last entry off a list; entries are separated by commas and spaces. Empty at the begin of the list. */
static str take_last(str *list)
{
    size_t end = list->len;
    while (end && (list->ptr[end - 1] == ',' || list->ptr[end - 1] == ' '))
        end--;
    size_t from = end;
    while (from && list->ptr[from - 1] != ',' && list->ptr[from - 1] != ' ')
        from--;
    str entry = str_slice(*list, from, end);
    *list = str_slice(*list, 0, from);
    return entry;
}

/* Looks at the entries of one field from its right end. False when the search is over. */
static bool search_field(const struct forwarded *f, str list, struct request *r)
{
    struct address found;
    for (str entry = take_last(&list); entry.len; entry = take_last(&list)) {
        if (!address_parse_ip(entry, &found))
            return false;
        struct address *kept = arena_new(r->x->arena, struct address, 1);
        *kept = found;
        r->source = address_of(kept);
        if (!f->recursive || !address_patterns_match(&f->source, r->source))
            return false;
    }
    return true;
}

static void apply_client_ip(const struct forwarded *f, struct request *r)
{
    const struct http_fields *fields = &r->x->request.fields;
    for (uint32_t i = fields->len; i-- > 0;)
        if (str_eq_nocase(fields->at[i].name, f->client_ip) && !search_field(f, fields->at[i].value, r))
            return;
}

/* --- The scheme --- */

static void apply_protocol(const struct forwarded *f, struct request *r)
{
    str scheme = http_fields_get(&r->x->request.fields, f->protocol);
    if (str_eq_nocase(scheme, STR("http")))
        r->x->request.scheme = STR("http");
    else if (str_eq_nocase(scheme, STR("https")) || str_eq_nocase(scheme, STR("on")))
        r->x->request.scheme = STR("https");
}

void forwarded_apply(const struct forwarded *f, struct request *r)
{
    if (!address_patterns_match(&f->source, r->source))
        return;
    if (f->protocol.ptr)
        apply_protocol(f, r);
    if (f->client_ip.ptr)
        apply_client_ip(f, r);
}
