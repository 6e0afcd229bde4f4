/* Changes at a place of a configuration: see edit.h. */
#include "server/json/edit.h"

enum change { CHANGE_PUT, CHANGE_POST, CHANGE_DELETE };

struct edit {
    struct arena *arena;
    enum change change;
    const struct json *value; /* NULL for deletes */
};

static enum edit_result rebuild(const struct edit *e, const struct json *old, struct path p, const struct json **ret);

/* The new value of the member or element `old` (NULL: there is none yet); `*ret` stays NULL when it goes. */
static enum edit_result rebuild_child(const struct edit *e, const struct json *old, struct path rest,
                                      const struct json **ret)
{
    *ret = NULL;
    if (rest.len || e->change == CHANGE_POST)
        return old ? rebuild(e, old, rest, ret) : EDIT_NOT_FOUND;
    if (e->change == CHANGE_DELETE)
        return old ? EDIT_DONE : EDIT_NOT_FOUND;
    *ret = json_copy(e->arena, e->value, true);
    return EDIT_DONE;
}

static enum edit_result rebuild_object(const struct edit *e, const struct json *old, struct path p, struct json *new)
{
    str name = p.at[0];
    const struct json *child;
    enum edit_result result = rebuild_child(e, json_get(old, name), path_rest(p), &child);
    bool placed = false;
    for (uint32_t i = 0; result == EDIT_DONE && i < old->count; i++) {
        const struct json_member *m = &old->members[i];
        bool here = str_eq(m->name, name);
        placed = placed || here;
        if (here && !child)
            continue;
        json_add(e->arena, new, str_dup(e->arena, m->name), here ? child : json_copy(e->arena, m->value, false));
    }
    if (result == EDIT_DONE && !placed)
        json_add(e->arena, new, str_dup(e->arena, name), child);
    return result;
}

static enum edit_result rebuild_array(const struct edit *e, const struct json *old, struct path p, struct json *new)
{
    uint32_t index;
    const struct json *child;
    if (!path_index(p.at[0], &index) || index > old->count)
        return EDIT_NOT_FOUND;
    enum edit_result result = rebuild_child(e, index < old->count ? old->items[index] : NULL, path_rest(p), &child);
    for (uint32_t i = 0; result == EDIT_DONE && i < old->count; i++) {
        if (i != index)
            json_push(e->arena, new, json_copy(e->arena, old->items[i], false));
        else if (child)
            json_push(e->arena, new, child);
    }
    if (result == EDIT_DONE && index == old->count)
        json_push(e->arena, new, child);
    return result;
}

static enum edit_result append(const struct edit *e, const struct json *old, struct json *new)
{
    if (old->kind != JSON_ARRAY)
        return EDIT_NOT_ALLOWED;
    for (uint32_t i = 0; i < old->count; i++)
        json_push(e->arena, new, json_copy(e->arena, old->items[i], false));
    json_push(e->arena, new, json_copy(e->arena, e->value, true));
    return EDIT_DONE;
}

static enum edit_result rebuild(const struct edit *e, const struct json *old, struct path p, const struct json **ret)
{
    struct json *new = old->kind == JSON_ARRAY ? json_new_array(e->arena) : json_new_object(e->arena);
    *ret = new;
    if (!p.len)
        return append(e, old, new);
    if (old->kind == JSON_OBJECT)
        return rebuild_object(e, old, p, new);
    return old->kind == JSON_ARRAY ? rebuild_array(e, old, p, new) : EDIT_NOT_FOUND;
}

enum edit_result edit_put(struct arena *a, const struct json *root, struct path p, const struct json *value,
                          const struct json **ret)
{
    const struct edit e = { a, CHANGE_PUT, value };
    if (p.len)
        return rebuild(&e, root, p, ret);
    *ret = json_copy(a, value, true);
    return EDIT_DONE;
}

enum edit_result edit_post(struct arena *a, const struct json *root, struct path p, const struct json *value,
                           const struct json **ret)
{
    const struct edit e = { a, CHANGE_POST, value };
    return p.len ? rebuild(&e, root, p, ret) : EDIT_NOT_ALLOWED;
}

enum edit_result edit_delete(struct arena *a, const struct json *root, struct path p, const struct json **ret)
{
    const struct edit e = { a, CHANGE_DELETE, NULL };
    if (p.len)
        return rebuild(&e, root, p, ret);
    *ret = json_new_object(a);
    return EDIT_DONE;
}
