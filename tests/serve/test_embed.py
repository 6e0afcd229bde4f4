"""libberth as others find it installed: headers, pkg-config file, library, and the example that uses them."""
import glob
import os
import re
import subprocess

from support import ROOT, cases, equal, guest, temporary_dir
from test_install import need, run, tree

SANITIZERS = ["-fsanitize=address,undefined"] if os.environ.get("BERTH_SANITIZED") else []
_program = None


def headers():
    found = sorted(os.path.basename(p) for p in glob.glob(os.path.join(tree(), "include/berth/*.h")))
    equal(found, sorted(os.listdir(os.path.join(ROOT, "include/berth"))), "installed headers")
    return found


def library():
    return glob.glob(os.path.join(tree(), "lib/**/libberth.so"), recursive=True)[0]


def pkg_config(*options):
    need("pkg-config")
    folder = os.path.join(os.path.dirname(library()), "pkgconfig")
    env = {**os.environ, "PKG_CONFIG_PATH": folder, "PKG_CONFIG_SYSROOT_DIR": install_root()}
    return subprocess.check_output(["pkg-config", *options, "berth"], text=True, env=env).split()


def install_root():
    """What DESTDIR was: the prefix is below it."""
    pc = open(os.path.join(os.path.dirname(library()), "pkgconfig/berth.pc")).read()
    prefix = re.search(r"^prefix=(.*)$", pc, re.M)[1]
    return tree()[:-len(prefix)]


def program():
    """examples/embed.c, built away from the sources, once."""
    global _program
    if _program is None:
        _program = os.path.join(tree(), "embed")
        status, out, err = run("cc", *SANITIZERS, "-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", "-o", _program,
                               os.path.join(ROOT, "examples/embed.c"), *pkg_config("--cflags", "--libs"))
        equal((status, out, err), (0, "", ""), "compiling the example")
    return _program


def environment():
    return {**os.environ, "LD_LIBRARY_PATH": os.path.dirname(library())}


def embed(component, *arguments):
    with open(component, "rb") as wasm:
        return run(program(), *arguments, stdin=wasm, env=environment())


def test_example():
    equal(embed(guest("cart-c")), (0, "  3 x tea             7.50\n\n", ""), "the example")


def test_example_gets_the_guest_s_error():
    equal(embed(guest("cart-c"), "soap"), (1, "we have no such thing\n", ""), "the example")


@cases([
    ("no component", os.devnull, "parse: "),
    ("another component", "middleware", "link: "),
])
def test_example_says_what_is_wrong(component, want):
    status, out, err = embed(component if component.startswith("/") else guest(component))
    equal((status, err[:len(want)]), (1, want), f"status and error; {err}")


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


def test_witc_writes_the_host_side():
    folder = temporary_dir()
    for name, text in (("bound.wit", BOUND_WIT), ("poll.wit", POLL_WIT), ("program.c", BOUND_PROGRAM)):
        with open(os.path.join(folder, name), "w") as f:
            f.write(text)
    equal(run(os.path.join(tree(), "bin/berth-witc"), "--library", "--symbol", "bound", "--world", "test:bound/all@1.0.0",
              "--include", "bound.h", "--out-header", "bound.h", "--out-source", "bound.c", "bound.wit", "poll.wit",
              cwd=folder), (0, "", ""), "berth-witc")
    equal(run("cc", *SANITIZERS, "-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", "-o", "bound", "program.c", "bound.c",
              *pkg_config("--cflags", "--libs"), cwd=folder), (0, "", ""), "compiling")
    equal(run(os.path.join(folder, "bound"), env=environment()), (0, "defined\n", ""), "the program")


def test_the_guide_compiles():
    with open(os.path.join(ROOT, "docs/guide/embedding.md")) as f:
        blocks = re.findall(r"^```c\n(.*?)^```", f.read(), re.M | re.S)
    p = subprocess.run(["cc", "-std=c11", "-x", "c", "-Wall", "-Wextra", "-Wno-unused-const-variable", "-Werror",
                        "-fsyntax-only", *pkg_config("--cflags"), "-"],
                       input="\n".join(blocks), capture_output=True, text=True)
    equal((p.returncode, p.stderr, len(blocks)), (0, "", 5), "the blocks of the page")


@cases([
    ("C", "cc", "c", "-std=c11"),
    ("C++", "c++", "c++", "-std=c++17"),
])
def test_each_header_stands_alone(compiler, language, standard):
    need(compiler)
    for name in headers():
        p = subprocess.run([compiler, standard, "-x", language, "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only",
                            *pkg_config("--cflags"), "-"], input=f"#include <berth/{name}>\n", capture_output=True, text=True)
        equal((p.returncode, p.stderr), (0, ""), name)


def test_library_shows_what_headers_declare():
    need("nm")
    declared = set()
    for name in headers():
        with open(os.path.join(tree(), "include/berth", name)) as f:
            text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
        declared |= set(re.findall(r"^(?!static|typedef)\w[^;{}=()]*?\b(berth_\w+)\(", text, re.M))
    out = subprocess.check_output(["nm", "-D", "--defined-only", library()], text=True)
    equal({line.split()[-1].split("@")[0] for line in out.splitlines()}, declared, "symbols")
