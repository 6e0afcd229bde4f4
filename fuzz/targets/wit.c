/* WIT from anywhere: parsing and resolving must end, errors must say where, a text that is taken back leaves nothing
 * behind, and an interface that was accepted must print to a text that is accepted and prints the same. */
#include <assert.h>

#include "base/buf.h"
#include "runtime/wit/print.h"
#include "runtime/wit/wit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_INPUT = 1 << 14 };

static struct wit *read_wit(str text, struct err *e)
{
    struct wit *w = wit_new();
    if (wit_add(w, STR("a.wit"), text, e) && wit_resolve(w, e))
        return w;
    wit_free(w);
    return NULL;
}

/* As what stands between the braces of an interface. */
static void check_items(str text)
{
    struct err e = ERR_INIT;
    struct wit *w = wit_new();
    bool ok = wit_add_items(w, STR("items"), text, &e) && wit_resolve(w, &e);
    assert(ok || (e.kind != ERR_NONE && e.text[0]));
    wit_free(w);
}

static void check_taken_back(str text)
{
    struct err e = ERR_INIT, again = ERR_INIT;
    struct wit *w = read_wit(STR("package a:b; interface i { type t = u8; }"), &e);
    const struct wit_mark before = wit_mark(w);
    bool ok = wit_add(w, STR("a.wit"), text, &e) && wit_resolve(w, &e);
    uint32_t count = ok ? wit_interface_count(w) : 0;
    wit_rewind(w, &before);
    assert(wit_interface_count(w) == 1);
    assert((wit_add(w, STR("a.wit"), text, &again) && wit_resolve(w, &again)) == ok);
    assert(ok ? wit_interface_count(w) == count : strcmp(e.text, again.text) == 0);
    wit_free(w);
}

/* One that uses another prints names of places that its text does not have. */
static bool stands_alone(const struct wit_interface *i)
{
    for (uint32_t k = 0; k < i->type_count; k++)
        if (i->types[k].origin != i)
            return false;
    return true;
}

static void check_printed(const struct wit_interface *i)
{
    struct buf first, second;
    struct err e = ERR_INIT;
    buf_init(&first, BUF_NO_LIMIT);
    buf_init(&second, BUF_NO_LIMIT);
    buf_put_str(&first, STR("package a:b;\n"));
    buf_put_str(&second, STR("package a:b;\n"));
    wit_print_interface(&first, i);
    struct wit *again = read_wit(buf_str(&first), &e);
    assert(again && wit_interface_count(again) == 1);
    wit_print_interface(&second, wit_interface_at(again, 0));
    assert(str_eq(buf_str(&first), buf_str(&second)));
    wit_free(again);
    buf_fini(&first);
    buf_fini(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > MAX_INPUT)
        return 0;
    struct err e = ERR_INIT;
    check_items(str_from((const char *)data, size));
    check_taken_back(str_from((const char *)data, size));
    struct wit *w = read_wit(str_from((const char *)data, size), &e);
    if (!w) {
        assert(e.kind != ERR_NONE && e.text[0]);
        return 0;
    }
    for (uint32_t i = 0; i < wit_interface_count(w); i++)
        if (stands_alone(wit_interface_at(w, i)))
            check_printed(wit_interface_at(w, i));
    wit_free(w);
    return 0;
}
