/* Tests of server/route/upstream.c: whose turn it is. */
#include "server/route/upstream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/arena.h"
#include "server/json/json.h"

/* Servers are named by their port. */
static const struct {
    const char *name, *servers, *want;
} orders[] = {
    { "smooth", "\"127.0.0.1:1\":{\"weight\":5},\"127.0.0.1:2\":{},\"127.0.0.1:3\":{\"weight\":1}", "11213111121311" },
    { "equal", "\"127.0.0.1:1\":{},\"127.0.0.1:2\":{}", "12121212" },
    { "fractions", "\"127.0.0.1:1\":{\"weight\":0.5},\"127.0.0.1:2\":{\"weight\":0.25}", "121121121" },
    { "smallest", "\"127.0.0.1:1\":{\"weight\":0.000001},\"127.0.0.1:2\":{\"weight\":0.000002}", "212212" },
    { "zero", "\"127.0.0.1:1\":{\"weight\":0},\"127.0.0.1:2\":{}", "2222" },
    { "largest", "\"127.0.0.1:1\":{\"weight\":1000000},\"127.0.0.1:2\":{\"weight\":1000000}", "1212" },
    { "none", "\"127.0.0.1:1\":{\"weight\":0}", "--" },
    { "empty", "", "--" },
};

static void takes_turns(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
        struct arena a;
        struct json_error e;
        const struct json *object = NULL;
        struct upstream u = { 0 };
        struct upstream_turn turn;
        char got[32] = "";
        arena_init(&a);
        assert_true(json_parse(&a, str_printf(&a, "{\"servers\":{%s}}", orders[i].servers), &object, &e));
        upstream_compile(&a, object, &u);
        upstream_turn_init(&turn, &u);
        for (size_t k = 0; k < strlen(orders[i].want); k++) {
            const struct address *to = upstream_next(&u, &turn);
            char text[ADDRESS_TEXT_MAX] = "-";
            if (to)
                address_print(address_of(to), text);
            got[k] = text[strlen(text) - 1];
        }
        if (strcmp(got, orders[i].want) != 0)
            fail_msg("%s: want %s, got %s", orders[i].name, orders[i].want, got);
        upstream_turn_fini(&turn);
        arena_fini(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(takes_turns) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
