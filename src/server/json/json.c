/* JSON values: looking into them, making and copying them. */
#include "server/json/json.h"

#include <stdlib.h>

#include "base/num.h"

const struct json *json_get(const struct json *object, str name)
{
    for (uint32_t i = 0; object && object->kind == JSON_OBJECT && i < object->count; i++)
        if (str_eq(object->members[i].name, name))
            return object->members[i].value;
    return NULL;
}

double json_number_of(const struct json *v)
{
    char text[JSON_NUMBER_TEXT_MAX + 1];
    size_t len = v->text.len < sizeof(text) ? v->text.len : sizeof(text) - 1; /* longer: an integer that we made */
    memcpy(text, v->text.ptr, len);
    text[len] = '\0';
    return strtod(text, NULL);
}

int64_t json_integer_of(const struct json *v)
{
    uint64_t n;
    if (num_parse_u64(v->text, &n) && n <= INT64_MAX)
        return (int64_t)n;
    return (int64_t)json_number_of(v);
}

const char *json_kind_name(enum json_kind kind)
{
    switch (kind) {
    case JSON_NULL: return "a null";
    case JSON_BOOL: return "a boolean";
    case JSON_INTEGER: return "an integer number";
    case JSON_FRACTION: return "a fractional number";
    case JSON_STRING: return "a string";
    case JSON_ARRAY: return "an array";
    case JSON_OBJECT: return "an object";
    }
    return "";
}

bool json_eq(const struct json *a, const struct json *b)
{
    if (a->kind != b->kind || a->count != b->count)
        return false;
    switch (a->kind) {
    case JSON_NULL: return true;
    case JSON_BOOL: return a->truth == b->truth;
    case JSON_INTEGER:
    case JSON_FRACTION:
    case JSON_STRING: return str_eq(a->text, b->text);
    case JSON_ARRAY:
        for (uint32_t i = 0; i < a->count; i++)
            if (!json_eq(a->items[i], b->items[i]))
                return false;
        return true;
    case JSON_OBJECT:
        for (uint32_t i = 0; i < a->count; i++)
            if (!str_eq(a->members[i].name, b->members[i].name) || !json_eq(a->members[i].value, b->members[i].value))
                return false;
        return true;
    }
    return false;
}

const struct json *json_copy(struct arena *a, const struct json *v, bool keep_places)
{
    struct json *copy = arena_new(a, struct json, 1);
    *copy = *v;
    if (!keep_places)
        copy->at = JSON_NO_PLACE;
    switch (v->kind) {
    case JSON_NULL:
    case JSON_BOOL: break;
    case JSON_INTEGER:
    case JSON_FRACTION:
    case JSON_STRING: copy->text = str_dup(a, v->text); break;
    case JSON_ARRAY:
        copy->items = arena_new(a, const struct json *, v->count);
        for (uint32_t i = 0; i < v->count; i++)
            copy->items[i] = json_copy(a, v->items[i], keep_places);
        break;
    case JSON_OBJECT:
        copy->members = arena_new(a, struct json_member, v->count);
        for (uint32_t i = 0; i < v->count; i++) {
            copy->members[i].name = str_dup(a, v->members[i].name);
            copy->members[i].at = keep_places ? v->members[i].at : JSON_NO_PLACE;
            copy->members[i].value = json_copy(a, v->members[i].value, keep_places);
        }
        break;
    }
    return copy;
}

/* --- Making values --- */

static struct json *new_value(struct arena *a, enum json_kind kind)
{
    struct json *v = arena_new(a, struct json, 1);
    v->kind = kind;
    v->at = JSON_NO_PLACE;
    return v;
}

struct json *json_new_object(struct arena *a)
{
    return new_value(a, JSON_OBJECT);
}

struct json *json_new_array(struct arena *a)
{
    return new_value(a, JSON_ARRAY);
}

const struct json *json_new_string(struct arena *a, str text)
{
    struct json *v = new_value(a, JSON_STRING);
    v->text = text;
    return v;
}

const struct json *json_new_number(struct arena *a, uint64_t n)
{
    struct json *v = new_value(a, JSON_INTEGER);
    char digits[20];
    v->text = str_dup(a, str_from(digits, num_format_u64(n, digits)));
    return v;
}

const struct json *json_new_bool(struct arena *a, bool truth)
{
    struct json *v = new_value(a, JSON_BOOL);
    v->truth = truth;
    return v;
}

const struct json *json_new_null(struct arena *a)
{
    return new_value(a, JSON_NULL);
}

/* Containers that are made grow at powers of two: `count` alone tells the room. */
static void *grow(struct arena *a, void *at, uint32_t count, size_t size)
{
    if (count & (count - 1))
        return at;
    void *larger = arena_zalloc(a, count ? (size_t)count * 2 : 1, size);
    if (count)
        memcpy(larger, at, count * size);
    return larger;
}

void json_add(struct arena *a, struct json *object, str name, const struct json *value)
{
    object->members = grow(a, object->members, object->count, sizeof(*object->members));
    object->members[object->count++] = (struct json_member){ .name = name, .at = JSON_NO_PLACE, .value = value };
}

void json_push(struct arena *a, struct json *array, const struct json *value)
{
    array->items = grow(a, array->items, array->count, sizeof(*array->items));
    array->items[array->count++] = value;
}
