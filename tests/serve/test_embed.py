"""libberth as others find it installed: headers, pkg-config file, library, and the example that uses them."""
import glob
import os
import re
import subprocess

from support import ROOT, cases, equal, guest
from test_install import need, run, tree

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
        sanitizers = ["-fsanitize=address,undefined"] if os.environ.get("BERTH_SANITIZED") else []
        status, out, err = run("cc", *sanitizers, "-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", "-o", _program,
                               os.path.join(ROOT, "examples/embed.c"), *pkg_config("--cflags", "--libs"))
        equal((status, out, err), (0, "", ""), "compiling the example")
    return _program


def embed(component, *arguments):
    with open(component, "rb") as wasm:
        return run(program(), *arguments, stdin=wasm,
                   env={**os.environ, "LD_LIBRARY_PATH": os.path.dirname(library())})


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
