/* Tests of runtime/binary/name_section.c: names that are found, and sections that say nothing. */
#include "cases.h"

#define NAMES(size, body) \
    "\x00" size "\x0e"    \
    "component-name" body

static void names(void **state)
{
    (void)state;
    static const struct {
        str sections;
        const char *component, *type_1, *core_func_0; /* "": none */
    } cases[] = {
        { STR_INIT(""), "", "", "" },
        { STR_INIT(NAMES("\x0f", "")), "", "", "" },
        /* component; core functions; types */
        { STR_INIT(NAMES("\x25", "\x00\x02\x01"
                                 "c"
                                 "\x01\x06\x00\x00\x01\x00\x01"
                                 "f"
                                 "\x01\x08\x03\x02\x00\x01"
                                 "a"
                                 "\x01\x01"
                                 "b")),
          "c", "b", "f" },
        /* the first section of this name counts */
        { STR_INIT(NAMES("\x13", "\x00\x02\x01"
                                 "c") NAMES("\x13", "\x00\x02\x01"
                                                    "d")),
          "c", "", "" },
        /* a subsection that ends behind the section; a name that ends behind its subsection; no such sort */
        { STR_INIT(NAMES("\x13", "\x00\x09\x01"
                                 "c")),
          "", "", "" },
        { STR_INIT(NAMES("\x13", "\x00\x02\x09"
                                 "c")),
          "", "", "" },
        { STR_INIT(NAMES("\x16", "\x01\x05\x03\x01\x01\x09"
                                 "b")),
          "", "", "" },
        { STR_INIT(NAMES("\x16", "\x01\x05\x09\x01\x01\x01"
                                 "b")),
          "", "", "" },
        /* more names announced than there are */
        { STR_INIT(NAMES("\x18", "\x01\x07\x03\xff\xff\x03\x00\x01"
                                 "a")),
          "", "", "" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint8_t room[CASE_MAX];
        struct arena a;
        arena_init(&a);
        struct component *c = read_valid(&a, cases[i].sections, room);
        assert_true(str_eq(component_name(c), str_of(cases[i].component)));
        assert_true(str_eq(component_index_name(c, SORT_TYPE, 1), str_of(cases[i].type_1)));
        assert_true(str_eq(component_index_name(c, SORT_CORE_FUNC, 0), str_of(cases[i].core_func_0)));
        assert_true(str_eq(component_index_name(c, SORT_INSTANCE, 0), STR("")));
        arena_fini(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(names) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
