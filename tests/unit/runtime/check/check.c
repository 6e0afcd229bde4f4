/* Tests of runtime/check/check.c: what is kept for the linker, and a component cut at every length. */
#include "cases.h"

static const struct check_case rich = {
    "rich", NULL,
    /* (component $C
     *   (import "wasi:x/types@0.2.0" (instance $types
     *     (export "fields" (type $f (sub resource)))
     *     (export "[constructor]fields" (func (result (own $f))))
     *     (type $e (variant (case "a" string) (case "b")))
     *     (export "error" (type $e2 (eq $e)))
     *     (export "[method]fields.get" (func (param "self" (borrow $f)) (result (result (list u8) (error $e2)))))))
     *   (alias export $types "fields" (type $fields))
     *   (alias export $types "[method]fields.get" (func $get))
     *   (core module $libc (memory (export "memory") 1) (func (export "realloc") (param i32 i32 i32 i32) (result
     * i32) unreachable) (func (export "run") (param i32) (result i32) unreachable) (func (export "post") (param
     * i32))) (core instance $c (instantiate $libc)) (alias core export $c "memory" (core memory $mem)) (alias core
     * export $c "realloc" (core func $realloc)) (core func $get-lowered (canon lower (func $get) (memory $mem)
     * (realloc $realloc))) (core func $drop (canon resource.drop $fields)) (core module $main (import "t" "get"
     * (func (param i32 i32))) (import "t" "drop" (func (param i32)))) (core instance (instantiate $main (with "t"
     * (instance (export "get" (func $get-lowered)) (export "drop" (func $drop)))))) (type $mine (resource (rep
     * i32))) (core func (canon resource.new $mine)) (export $mine2 "mine" (type $mine)) (func $run (param "f" (own
     * $fields)) (result (own $mine2)) (canon lift (core func $c "run"))) (component $shim (import "r" (type $r (sub
     * resource))) (import "m" (type $m (sub resource))) (import "run" (func $run (param "f" (own $r)) (result (own
     * $m)))) (export $m2 "m" (type $m)) (export "run" (func $run) (func (param "f" (own $r)) (result (own $m2)))))
     *   (instance $api (instantiate $shim (with "r" (type $fields)) (with "m" (type $mine2)) (with "run" (func
     * $run)))) (export "wasi:x/api@0.2.0" (instance $api)) (component $own (type $q (resource (rep i32))) (export
     * "q" (type $q))) (instance $q (instantiate $own))) */
    BYTES("\x07\x73\x01\x42\x0b\x04\x00\x06\x66\x69\x65\x6c\x64\x73\x03\x01\x01\x69\x00\x01\x40\x00\x00\x01\x04\x00"
          "\x13\x5b\x63\x6f\x6e\x73\x74\x72\x75\x63\x74\x6f\x72\x5d\x66\x69\x65\x6c\x64\x73\x01\x02\x01\x71\x02\x01"
          "\x61\x01\x73\x00\x01\x62\x00\x00\x04\x00\x05\x65\x72\x72\x6f\x72\x03\x00\x03\x01\x68\x00\x01\x70\x7d\x01"
          "\x6a\x01\x06\x01\x04\x01\x40\x01\x04\x73\x65\x6c\x66\x05\x00\x07\x04\x00\x12\x5b\x6d\x65\x74\x68\x6f\x64"
          "\x5d\x66\x69\x65\x6c\x64\x73\x2e\x67\x65\x74\x01\x08\x0a\x17\x01\x00\x12\x77\x61\x73\x69\x3a\x78\x2f\x74"
          "\x79\x70\x65\x73\x40\x30\x2e\x32\x2e\x30\x05\x00\x06\x21\x02\x03\x00\x00\x06\x66\x69\x65\x6c\x64\x73\x01"
          "\x00\x00\x12\x5b\x6d\x65\x74\x68\x6f\x64\x5d\x66\x69\x65\x6c\x64\x73\x2e\x67\x65\x74\x01\x58\x00\x61\x73"
          "\x6d\x01\x00\x00\x00\x01\x12\x03\x60\x04\x7f\x7f\x7f\x7f\x01\x7f\x60\x01\x7f\x01\x7f\x60\x01\x7f\x00\x03"
          "\x04\x03\x00\x01\x02\x05\x03\x01\x00\x01\x07\x21\x04\x06\x6d\x65\x6d\x6f\x72\x79\x02\x00\x07\x72\x65\x61"
          "\x6c\x6c\x6f\x63\x00\x00\x03\x72\x75\x6e\x00\x01\x04\x70\x6f\x73\x74\x00\x02\x0a\x0c\x03\x03\x00\x00\x0b"
          "\x03\x00\x00\x0b\x02\x00\x0b\x02\x04\x01\x00\x00\x00\x06\x18\x02\x00\x02\x01\x00\x06\x6d\x65\x6d\x6f\x72"
          "\x79\x00\x00\x01\x00\x07\x72\x65\x61\x6c\x6c\x6f\x63\x08\x0b\x02\x01\x00\x00\x02\x03\x00\x04\x00\x03\x01"
          "\x01\x28\x00\x61\x73\x6d\x01\x00\x00\x00\x01\x0a\x02\x60\x02\x7f\x7f\x00\x60\x01\x7f\x00\x02\x12\x02\x01"
          "\x74\x03\x67\x65\x74\x00\x00\x01\x74\x04\x64\x72\x6f\x70\x00\x01\x02\x17\x02\x01\x02\x03\x67\x65\x74\x00"
          "\x01\x04\x64\x72\x6f\x70\x00\x02\x00\x01\x01\x01\x74\x12\x01\x07\x04\x01\x3f\x7f\x00\x08\x03\x01\x02\x02"
          "\x0b\x0a\x01\x00\x04\x6d\x69\x6e\x65\x03\x02\x00\x07\x0c\x03\x69\x01\x69\x03\x40\x01\x01\x66\x04\x00\x05"
          "\x06\x09\x01\x00\x00\x01\x00\x03\x72\x75\x6e\x08\x06\x01\x00\x00\x04\x00\x06\x04\x51\x00\x61\x73\x6d\x0d"
          "\x00\x01\x00\x0a\x0b\x02\x00\x01\x72\x03\x01\x00\x01\x6d\x03\x01\x07\x0c\x03\x69\x00\x69\x01\x40\x01\x01"
          "\x66\x02\x00\x03\x0a\x08\x01\x00\x03\x72\x75\x6e\x01\x04\x0b\x07\x01\x00\x01\x6d\x03\x01\x00\x07\x0c\x03"
          "\x69\x00\x69\x05\x40\x01\x01\x66\x06\x00\x07\x0b\x0b\x01\x00\x03\x72\x75\x6e\x01\x00\x01\x01\x08\x05\x12"
          "\x01\x00\x00\x03\x01\x72\x03\x01\x01\x6d\x03\x03\x03\x72\x75\x6e\x01\x01\x0b\x16\x01\x00\x10\x77\x61\x73"
          "\x69\x3a\x78\x2f\x61\x70\x69\x40\x30\x2e\x32\x2e\x30\x05\x01\x00\x04\x17\x00\x61\x73\x6d\x0d\x00\x01\x00"
          "\x07\x04\x01\x3f\x7f\x00\x0b\x07\x01\x00\x01\x71\x03\x00\x00\x05\x04\x01\x00\x01\x00")
};

static const struct resource_type *resource_named(const struct instance_type *t, str name)
{
    const struct named_item *x = instance_type_export(t, name);
    assert_non_null(x);
    assert_int_equal(x->type.kind, ITEM_RESOURCE);
    return x->type.of.resource;
}

static void info(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    const struct component *c = checked(&a, rich.sections);
    const struct component_info *i = c->info;
    assert_int_equal(i->instances.len, 4); /* types, api, its export, q */
    assert_int_equal(i->core_modules.len, 2);
    assert_int_equal(i->core_instance_count, 3);
    assert_int_equal(i->core_memory_count, 1);
    assert_int_equal(i->core_func_count, 5);
    assert_int_equal(i->components.len, 2);

    const struct resource_type *fields = resource_named(i->instances.at[0], STR("fields"));
    assert_true(str_eq(fields->name, STR("fields")));
    assert_false(fields->local);
    assert_int_equal(i->types.at[1].kind, DEFTYPE_RESOURCE); /* behind the type of the import */
    assert_ptr_equal(i->types.at[1].of.resource, fields);

    const struct resource_type *mine = resource_named(i->instances.at[1], STR("m"));
    assert_true(mine->local && str_eq(mine->name, STR("mine")));
    assert_ptr_equal(resource_named(i->instances.at[2], STR("m")), mine);
    const struct func_type *run = instance_type_export(i->instances.at[1], STR("run"))->type.of.func;
    assert_ptr_equal(run->params[0].type->of.resource, fields);
    assert_ptr_equal(run->result->of.resource, mine);

    const struct resource_type *q = resource_named(i->instances.at[3], STR("q"));
    assert_false(q->local);
    assert_int_equal(i->resource_count, 3);
    assert_int_equal(1 << fields->index | 1 << mine->index | 1 << q->index, 7);

    assert_int_equal(i->type.import_count, 1);
    assert_int_equal(i->type.imported_count, 1);
    assert_ptr_equal(i->type.imported[0], fields);
    assert_int_equal(i->type.export_count, 2);
    assert_int_equal(i->type.defined_count, 1);
    assert_ptr_equal(i->type.defined[0], mine);
    arena_fini(&a);
}

static void nested_info(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    const struct component *c = checked(&a, rich.sections);
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->def_count; i++) {
        if (c->defs[i].kind != DEF_COMPONENT)
            continue;
        const struct component_info *inner = c->defs[i].of.component->info;
        assert_non_null(inner);
        assert_int_equal(inner->resource_count, count == 0 ? 2 : 1);
        assert_int_equal(inner->type.import_count, count == 0 ? 3 : 0);
        count++;
    }
    assert_int_equal(count, 2);
    arena_fini(&a);
}

/* Cut anywhere, it is refused, unless it ends with a section: then it is a whole component, only a smaller one. */
static void truncation(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    bytes whole = component_bytes(&a, rich.sections);
    size_t section_end = PREAMBLE_LEN, accepted = 0;
    for (size_t len = 0; len < whole.len; len++) {
        struct arena scratch;
        struct err e = ERR_INIT;
        struct component *c = NULL;
        uint8_t *exact = mem_alloc(len, 1); /* of this size, for sanitizers */
        memcpy(exact, whole.ptr, len);
        arena_init(&scratch);
        bool ok = component_read(&scratch, bytes_from(exact, len), &c, &e) && component_check(&scratch, c, &e);
        arena_fini(&scratch);
        mem_free(exact);
        if (ok != (len == section_end))
            fail_msg("cut to %zu bytes: %s", len, ok ? "accepted" : e.text);
        if (!ok && (e.offset > len || !e.text[0]))
            fail_msg("cut to %zu bytes: error at %d: %s", len, (int)e.offset, e.text);
        if (ok) {
            accepted++;
            uint32_t size = whole.ptr[len + 1] & 0x7fu;
            bool is_long = whole.ptr[len + 1] & 0x80;
            if (is_long)
                size |= (uint32_t)whole.ptr[len + 2] << 7;
            section_end = len + 2 + is_long + size;
        }
    }
    assert_true(accepted > 10);
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(info),
        cmocka_unit_test(nested_info),
        cmocka_unit_test(truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
