/* Types that should be equal and are not, said to those who wrote them: with the WIT text of both. What differs in two
 * types of one kind is deeper, and may be behind the end of a cut text; equal.c has the way there. */
#include <stdio.h>

#include "runtime/type/type.h"

/* Room for each of the two: both and the way must fit into an error. */
enum { TEXT_MAX = 160 };

static void print_optional(const struct type *t, char *out)
{
    if (t)
        type_print(t, out, TEXT_MAX);
    else
        snprintf(out, TEXT_MAX, "nothing");
}

bool type_expect(const struct type *want, const struct type *got, resource_same_fn *same, void *ctx, const char *what,
                 const char *where, struct err *e)
{
    struct err way = ERR_INIT;
    char want_text[TEXT_MAX], got_text[TEXT_MAX];
    if (!want && !got)
        return true;
    if (want && got && type_equal(want, got, same, ctx, &way))
        return true;
    print_optional(want, want_text);
    print_optional(got, got_text);
    if (want && got && want->kind == got->kind)
        return err_set(e, ERR_LINK, "%s is %s where %s %s (%s)", what, got_text, where, want_text, way.text);
    return err_set(e, ERR_LINK, "%s is %s where %s %s", what, got_text, where, want_text);
}

/* So that parameters can be compared one by one. */
static bool same_names(const struct func_type *want, const struct func_type *got)
{
    if (want->async != got->async || want->param_count != got->param_count)
        return false;
    for (uint32_t i = 0; i < want->param_count; i++)
        if (!str_eq(want->params[i].name, got->params[i].name))
            return false;
    return true;
}

bool func_type_expect(const struct func_type *want, const struct func_type *got, resource_same_fn *same, void *ctx,
                      const char *where, struct err *e)
{
    if (!same_names(want, got)) {
        char want_text[TEXT_MAX], got_text[TEXT_MAX];
        func_type_print(want, want_text, sizeof(want_text));
        func_type_print(got, got_text, sizeof(got_text));
        return err_set(e, ERR_LINK, "it is %s where %s %s", got_text, where, want_text);
    }
    for (uint32_t i = 0; i < want->param_count; i++) {
        char what[80];
        snprintf(what, sizeof(what), "parameter '%.*s'", STR_ARG(want->params[i].name));
        if (!type_expect(want->params[i].type, got->params[i].type, same, ctx, what, where, e))
            return false;
    }
    return type_expect(want->result, got->result, same, ctx, "the result", where, e);
}
