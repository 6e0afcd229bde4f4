"""berth-witc, as others find it installed: what it writes for the two sides of a component, in programs of their own."""
import os
import re

from support import ROOT, cases, equal, guest, temporary_dir
from test_embed import compile_program, pkg_config, written
from test_install import need, run, tree

BOUND_WIT = """package test:bound@1.0.0;
interface types {
  flags rights { read, write }
  variant shape { none, named(string), at(tuple<u8, f64>) }
  resource file { constructor(name: string); read: func(most: u32) -> result<list<u8>, shape>; }
}
interface store {
  use types.{file, rights, shape};
  use wasi:io/poll@0.2.12.{pollable};
  open: func(name: string, rights: rights, ready: borrow<pollable>) -> option<file>;
  %list: func() -> list<option<shape>>;
  forget: func();
  tally: func(words: map<string, u32>) -> map<char, shape>;
}
world all { import store; import wasi:io/poll@0.2.12; }
"""
POLL_WIT = "package wasi:io@0.2.12; interface poll { resource pollable { block: func(); } }"
BOUND_PROGRAM = """#include "bound.h"
#include <stdio.h>

struct test_bound_types_file { int unused; };

bool test_bound_types_file_constructor(struct berth_host_call *c, const struct test_bound_types_file_constructor_args *a,
                                       struct test_bound_types_file **ret)
{
    return *ret = NULL, berth_host_trap(c, "%zu", a->name.len);
}

bool test_bound_types_file_read(struct berth_host_call *c, const struct test_bound_types_file_read_args *a,
                                struct result_bytes_test_bound_types_shape *ret)
{
    ret->is_err = a->self && a->most;
    ret->of.err.tag = TEST_BOUND_TYPES_SHAPE_AT;
    ret->of.err.of.at.f1 = 0.5;
    return c != NULL;
}

void test_bound_types_file_drop(struct test_bound_types_file *self) { (void)self; }

bool test_bound_store_open(struct berth_host_call *c, const struct test_bound_store_open_args *a,
                           struct option_test_bound_types_file *ret)
{
    ret->some = (a->rights & TEST_BOUND_TYPES_RIGHTS_WRITE) && a->ready;
    return c != NULL;
}

bool test_bound_store_list(struct berth_host_call *c, struct list_option_test_bound_types_shape *ret)
{
    return ret->len = 0, c != NULL;
}

bool test_bound_store_forget(struct berth_host_call *c) { return c != NULL; }

bool test_bound_store_tally(struct berth_host_call *c, const struct test_bound_store_tally_args *a,
                            struct map_char_test_bound_types_shape *ret)
{
    static const struct tuple_char_test_bound_types_shape none = { 'a', { .tag = TEST_BOUND_TYPES_SHAPE_NONE } };
    ret->ptr = a->words.len && a->words.ptr[0].f1 ? &none : NULL;
    return c != NULL;
}

int main(void)
{
    struct berth_error e = { 0 };
    struct berth_engine *engine = NULL;
    bool ok = berth_engine_new(&engine, &e);
    struct berth_linker *l = berth_linker_new(engine);
    ok = ok && berth_linker_wasi(l, NULL, &e) && bound_define(l, &e);
    puts(ok ? "defined" : e.text);
    berth_linker_free(l);
    berth_engine_free(engine);
    return !ok;
}
"""


def witc(folder, *arguments):
    return run(os.path.join(tree(), "bin/berth-witc"), "--library", "--out-header", "bound.h", "--out-source", "bound.c",
               *arguments, cwd=folder)


def bound_program(program, world, *wits, **texts):
    """A program built with what berth-witc writes for a world."""
    folder = written(program_c=program, **texts)
    equal(witc(folder, "--symbol", "bound", "--world", world, *wits), (0, "", ""), "berth-witc")
    program = os.path.join(folder, "program")
    compile_program("cc", "c11", program, [os.path.join(folder, n) for n in ("program.c", "bound.c")], static=True)
    return program


def test_witc_writes_the_host_side():
    program = bound_program(BOUND_PROGRAM, "test:bound/all@1.0.0", "bound.wit", "poll.wit", bound_wit=BOUND_WIT,
                            poll_wit=POLL_WIT)
    equal(run(program), (0, "defined\n", ""), "the program")


CART_PROGRAM = """#include "bound.h"
#include <stdio.h>

bool shop_cart_prices_price(struct berth_host_call *c, const struct shop_cart_prices_price_args *a,
                            struct result_u32_string *ret)
{
    ret->of.ok = (uint32_t)a->article.len * 100;
    return c != NULL;
}

int main(void)
{
    static uint8_t room[1 << 24];
    const berth_bytes wasm = { room, fread(room, 1, sizeof(room), stdin) };
    struct berth_error e = { 0 };
    struct berth_engine *engine = NULL;
    struct berth_component *component = NULL;
    struct berth_instance *instance = NULL;
    struct shop_cart_cart_total_func total;
    const struct shop_cart_cart_line lines[] = { { berth_string_of("tea"), 3 }, { berth_string_of("cocoa"), 1 } };
    const struct shop_cart_cart_total_args args = { .cart = { lines, 2 } };
    struct result_shop_cart_cart_receipt_string result = { 0 };
    bool ok = berth_engine_new(&engine, &e);
    struct berth_linker *l = berth_linker_new(engine);
    ok = ok && berth_linker_wasi(l, NULL, &e) && bound_define(l, &e) && berth_component_open(l, wasm, NULL, &component, &e) &&
         shop_cart_cart_total_find(component, &total, &e) && berth_instance_new(component, NULL, &instance, &e) &&
         shop_cart_cart_total_call(instance, total, &args, &result, &e);
    if (ok)
        printf("%d %llu\\n", result.is_err, (unsigned long long)result.of.ok.cents);
    else
        puts(e.text);
    berth_instance_free(instance);
    berth_component_free(component);
    berth_linker_free(l);
    berth_engine_free(engine);
    return !ok;
}
"""


def test_witc_writes_both_sides():
    with open(os.path.join(ROOT, "examples/cart-c/world.wit")) as f:
        wit = f.read()
    program = bound_program(CART_PROGRAM, "shop:cart/cart@1.0.0", "world.wit", world_wit=wit)
    with open(guest("cart-c"), "rb") as wasm:
        equal(run(program, stdin=wasm), (0, "0 1400\n", ""), "the program")
    with open(guest("shelf"), "rb") as wasm:
        status, out, _ = run(program, stdin=wasm)
    equal((status, out), (1, "the component does not export a function 'total'\n"), "with another component")


SHELF_WIT = """package test:shelf@1.0.0;
interface goods { record item { name: string, weight: u32 } enum error { full } }
interface boxes {
  use goods.{item, error};
  resource box {
    constructor(room: u32);
    put: func(item: item) -> result<u32, error>;
    join: static func(a: box, b: box) -> box;
  }
  weigh: func(box: borrow<box>) -> u64;
}
world bell { export bell: interface { ring: func(); } }
world shelf { include bell; export boxes; export goods; export dropped: func() -> u32; }
"""
SHELF_PROGRAM = """#include "bound.h"
#include <stdio.h>

struct shelf {
    struct test_shelf_boxes_box_constructor_func new;
    struct test_shelf_boxes_box_put_func put;
    struct test_shelf_boxes_box_join_func join;
    struct test_shelf_boxes_weigh_func weigh;
    struct bell_ring_func ring;
    struct test_shelf_shelf_dropped_func dropped;
};

static bool find(struct berth_component *c, struct shelf *s, struct berth_error *e)
{
    return test_shelf_boxes_box_constructor_find(c, &s->new, e) && test_shelf_boxes_box_put_find(c, &s->put, e) &&
           test_shelf_boxes_box_join_find(c, &s->join, e) && test_shelf_boxes_weigh_find(c, &s->weigh, e) &&
           bell_ring_find(c, &s->ring, e) && test_shelf_shelf_dropped_find(c, &s->dropped, e);
}

static bool use(const struct shelf *s, struct berth_instance *i, struct berth_error *e)
{
    const struct test_shelf_boxes_box_constructor_args room = { 5 };
    struct test_shelf_boxes_box *a = NULL, *b = NULL, *both = NULL;
    struct result_u32_test_shelf_goods_error left = { 0 }, full = { 0 };
    uint32_t dropped = 0, rung = 0;
    uint64_t weight = 0;
    bool ok = test_shelf_boxes_box_constructor_call(i, s->new, &room, &a, e) &&
              test_shelf_boxes_box_constructor_call(i, s->new, &room, &b, e);
    const struct test_shelf_boxes_box_put_args tea = { a, { berth_string_of("tea"), 70 } };
    const struct test_shelf_boxes_box_put_args cocoa = { b, { berth_string_of("cocoa"), 30 } };
    const struct test_shelf_boxes_box_put_args more = { b, { berth_string_of("x"), 1 } };
    ok = ok && test_shelf_boxes_box_put_call(i, s->put, &tea, &left, e);
    printf("%d %u, ", left.is_err, left.of.ok);
    ok = ok && test_shelf_boxes_box_put_call(i, s->put, &cocoa, &left, e) &&
         test_shelf_boxes_box_put_call(i, s->put, &more, &full, e);
    printf("%d %u, %d %d, ", left.is_err, left.of.ok, full.is_err, full.of.err == TEST_SHELF_GOODS_ERROR_FULL);
    const struct test_shelf_boxes_box_join_args two = { a, b };
    ok = ok && test_shelf_boxes_box_join_call(i, s->join, &two, &both, e);
    const struct test_shelf_boxes_weigh_args whole = { both };
    ok = ok && test_shelf_boxes_weigh_call(i, s->weigh, &whole, &weight, e) &&
         test_shelf_shelf_dropped_call(i, s->dropped, &dropped, e) && test_shelf_boxes_box_drop(both, e) &&
         bell_ring_call(i, s->ring, e) && test_shelf_shelf_dropped_call(i, s->dropped, &rung, e);
    printf("%llu, %u, %u\\n", (unsigned long long)weight, dropped, rung);
    return ok;
}

int main(void)
{
    static uint8_t bytes[1 << 16];
    const berth_bytes wasm = { bytes, fread(bytes, 1, sizeof(bytes), stdin) };
    struct berth_error e = { 0 };
    struct berth_engine *engine = NULL;
    struct berth_component *component = NULL;
    struct berth_instance *instance = NULL;
    struct shelf s;
    bool ok = berth_engine_new(&engine, &e);
    struct berth_linker *l = berth_linker_new(engine);
    ok = ok && berth_component_open(l, wasm, NULL, &component, &e) && find(component, &s, &e) &&
         berth_instance_new(component, NULL, &instance, &e) && use(&s, instance, &e);
    if (!ok)
        puts(e.text);
    berth_instance_free(instance);
    berth_component_free(component);
    berth_linker_free(l);
    berth_engine_free(engine);
    return !ok;
}
"""


def test_witc_writes_exports_alone():
    """An interface with a resource and types of another one, one without a package, a function of the world."""
    program = bound_program(SHELF_PROGRAM, "test:shelf/shelf@1.0.0", "shelf.wit", shelf_wit=SHELF_WIT)
    with open(guest("shelf"), "rb") as wasm:
        equal(run(program, stdin=wasm), (0, "0 2, 0 0, 1 1, 100, 1, 102\n", ""), "the program")


@cases([
    ("both sides", "package a:b; interface i { resource r; f: func(x: r); } world w { import i; export i; }", "a:b/w",
     "'a:b/i' is imported and exported, and has resources, which are then of two types but of one name in C: make two "
     "headers, of a world that imports it and of one that exports it"),
    ("two of one name", "package a:b; interface i { resource r; } interface j { resource r; } interface k { "
     "use i.{r}; use j.{r as s}; f: func(x: r, y: s); } world w { export k; }", "a:b/w",
     "a:b/k: function 'f' has two resources called 'r', which cannot be told apart"),
    ("no world", "package a:b; world w { }", "a:b/v", "no world a:b/v in the WIT files"),
])
def test_witc_refuses(wit, world, error):
    folder = written(a_wit=wit)
    equal(witc(folder, "--symbol", "a", "--world", world, "a.wit"), (1, "", f"berth-witc: error: {error}\n"), "berth-witc")
    equal(sorted(os.listdir(folder)), ["a.wit"], "files")


@cases([
    ("unknown", ["--nix"], "unknown option --nix; --help has them all"),
    ("without a value", ["--world"], "option --world needs a value"),
    ("missing", [], "--out-header, --out-source, --symbol and --world are needed; --help has them all"),
])
def test_witc_usage(arguments, error):
    equal(witc(temporary_dir(), *arguments), (1, "", f"berth-witc: error: {error}\n"), "berth-witc")


def test_witc_types_of_one_name():
    """The text that an export is held to stands alone: types of other interfaces have to be called otherwise there."""
    folder = written(a_wit="package a:b; interface i { record t { x: u8 } } interface j { use i.{t as u}; "
                           "record t { y: list<u> } f: func(a: t) -> u; } world w { export j; }")
    equal(witc(folder, "--symbol", "a", "--world", "a:b/w", "a.wit"), (0, "", ""), "berth-witc")
    with open(os.path.join(folder, "bound.c")) as f:
        text = "".join(re.findall(r'^ {4}"(.*)"$', f.read().split("a_b_j_f_wit[] =")[1], re.M))
    equal(text.replace("\\n", " ").split(), "record t { x: u8, } record other-t { y: list<t>, } f: func(a: other-t) -> t;"
          .split(), "the text")


def test_witc_help():
    with open(os.path.join(ROOT, "docs/guide/embedding.md")) as f:
        options = set(re.findall(r"--[a-z-]+", re.search(r"^berth-witc(.*?)^```", f.read(), re.M | re.S)[1]))
    status, out, err = run(os.path.join(tree(), "bin/berth-witc"), "--help")
    equal((status, err), (0, ""), "exit status and stderr")
    equal(options - set(re.findall(r"--[a-z-]+", out)), set(), "options of the guide that --help does not have")


WORDS_WIT = """package test:words;
world words {
  record class { this: u8, int: u8, %static: u8 }
  variant delete { none, true(class), %list(list<class>) }
  export new: func(namespace: delete, %bool: bool) -> class;
}
"""


@cases([("C", "cc", "c", "-std=c11"), ("C++", "c++", "c++", "-std=c++17")])
def test_header_stands_alone(compiler, language, standard):
    need(compiler)
    folder = written(bound_wit=BOUND_WIT, poll_wit=POLL_WIT, shelf_wit=SHELF_WIT, words_wit=WORDS_WIT)
    equal(witc(folder, "--symbol", "bound", "--world", "test:bound/all@1.0.0", "--world", "test:shelf/shelf@1.0.0",
               "--world", "test:words/words", "bound.wit", "poll.wit", "shelf.wit", "words.wit"), (0, "", ""), "berth-witc")
    equal(run(compiler, standard, "-x", language, "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only",
              *pkg_config("--cflags"), os.path.join(folder, "bound.h")), (0, "", ""), "compiling")
