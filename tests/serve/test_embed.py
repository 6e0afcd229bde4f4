"""libberth as others find it installed: headers, pkg-config file, library, and the example that uses them."""
import concurrent.futures
import glob
import http.client
import os
import re
import subprocess

from support import ROOT, Skip, cases, equal, guest, temporary_dir
from test_install import need, run, tree

SANITIZERS = ["-fsanitize=address,undefined"] if os.environ.get("BERTH_SANITIZED") else []
LINKS = [("shared library", False), ("archive", True)]
_programs = {}


def written(**texts):
    """A folder of files: `a_b` is a.b."""
    folder = temporary_dir()
    for name, text in texts.items():
        with open(os.path.join(folder, name.replace("_", ".")), "w") as f:
            f.write(text)
    return folder


def headers():
    found = sorted(os.path.basename(p) for p in glob.glob(os.path.join(tree(), "include/berth/*.h")))
    equal(found, sorted(os.listdir(os.path.join(ROOT, "include/berth"))), "installed headers")
    return found


def library(name):
    found = glob.glob(os.path.join(tree(), "lib/**", name), recursive=True)
    if not found:
        raise Skip(f"this build has no {name}")
    return found[0]


def pkg_config(*options):
    need("pkg-config")
    folder = os.path.join(os.path.dirname(library("libberth.a")), "pkgconfig")
    env = {**os.environ, "PKG_CONFIG_PATH": folder, "PKG_CONFIG_SYSROOT_DIR": install_root(folder)}
    return subprocess.check_output(["pkg-config", *options, "berth"], text=True, env=env).split()


def install_root(folder):
    """What DESTDIR was: the prefix is below it."""
    pc = open(os.path.join(folder, "berth.pc")).read()
    prefix = re.search(r"^prefix=(.*)$", pc, re.M)[1]
    return tree()[:-len(prefix)]


def flags(static):
    """Where both are, -lberth is the shared library."""
    if static:
        return ["-l:libberth.a" if f == "-lberth" else f for f in pkg_config("--cflags", "--libs", "--static")]
    library("libberth.so")
    return pkg_config("--cflags", "--libs")


def compile_program(compiler, standard, program, sources, static=False):
    need(compiler)
    equal(run(compiler, *SANITIZERS, "-std=" + standard, "-Wall", "-Wextra", "-pedantic", "-Werror", "-o", program, *sources,
              *flags(static)), (0, "", ""), f"compiling {sources}")


def program(static):
    """examples/embed.c, built away from the sources, once."""
    if static not in _programs:
        path = os.path.join(tree(), f"embed-{static}")
        compile_program("cc", "c11", path, [os.path.join(ROOT, "examples/embed.c")], static)
        _programs[static] = path
    return _programs[static]


def environment(static=False):
    return os.environ if static else {**os.environ, "LD_LIBRARY_PATH": os.path.dirname(library("libberth.so"))}


def embed(static, component, *arguments):
    with open(component, "rb") as wasm:
        return run(program(static), *arguments, stdin=wasm, env=environment(static))


@cases(LINKS)
def test_example(static):
    equal(embed(static, guest("cart-c")), (0, "  3 x tea             7.50\n\n", ""), "the example")


@cases(LINKS)
def test_example_gets_the_guest_s_error(static):
    equal(embed(static, guest("cart-c"), "soap"), (1, "we have no such thing\n", ""), "the example")


@cases([
    ("no component", os.devnull, "parse: "),
    ("another component", "middleware", "link: "),
])
def test_example_says_what_is_wrong(component, want):
    status, out, err = embed(True, component if component.startswith("/") else guest(component))
    equal((status, err[:len(want)]), (1, want), f"status and error; {err}")


class OwnServer:
    """examples/serve.c, and its address."""

    def __init__(self, component, static=True):
        path = os.path.join(tree(), f"serve-{static}")
        if not os.path.exists(path):
            compile_program("cc", "gnu11", path, [os.path.join(ROOT, "examples/serve.c")], static)
        self.process = subprocess.Popen([path, component, "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=environment(static))

    def __enter__(self):
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.errors = self.process.communicate()[1]

    def ask(self, method, path, body=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        c.request(method, path, body)
        r = c.getresponse()
        return r.status, r.read()


@cases(LINKS)
def test_own_server(static):
    body = os.urandom(300_000)
    with OwnServer(guest("rust-app"), static) as s:
        equal(s.ask("GET", "/hello"), (200, b"hello from Rust\n"), "an answer")
        equal(s.ask("GET", "/nothing")[0], 404, "the guest's own status")
        equal(s.ask("POST", "/echo", body), (200, body), "what was sent")
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: s.ask("POST", "/echo", body[:70_000]), range(60)))
        equal([a == (200, body[:70_000]) for a in answers], [True] * 60, "sixty at one time")
    equal(s.errors, "", "errors")


FAILURES = [
    ("/trap", 500, "trap: "),
    ("/exit", 500, "trap: the component exited with status 1\n"),
    ("/nothing", 500, "invalid: the component returned without setting a response\n"),
    ("/error", 500, "invalid: the guest answered with the error "),
    ("/alloc", 500, "limit: "),
]


def test_own_server_is_told_of_failures():
    for path, status, error in FAILURES:
        with OwnServer(guest("faults")) as s:
            equal(s.ask("GET", path)[0], status, f"status of {path}")
            equal(s.ask("GET", "/hello")[0], 200, f"status after {path}")
        equal(s.errors[:len(error)], error, f"error of {path}; {s.errors}")


def test_own_server_refuses_what_is_no_handler():
    path = OwnServer(guest("cart-c")).process
    equal((path.wait(30), path.stderr.read()[:7]), (1, "import "), "status and error")


CPLUSPLUS_PROGRAM = r"""#include <berth/berth.h>
#include <cstdio>
#include <iterator>
#include <memory>
#include <iostream>
#include <vector>

struct price_params { berth_string article; };
struct price_result { bool is_err; union { uint32_t ok; berth_string err; } of; };

template <auto end> struct ends { template <class T> void operator()(T *t) const { end(t); } };

static bool price(berth_host_call *, const void *params, void *result)
{
    auto p = static_cast<const price_params *>(params);
    static_cast<price_result *>(result)->of.ok = static_cast<uint32_t>(p->article.len);
    return true;
}

int main()
{
    std::vector<char> wasm{ std::istreambuf_iterator<char>(std::cin), {} };
    std::vector<berth_host_func> rows{ { "price", price, sizeof(price_params), sizeof(price_result) } };
    berth_host_interface prices{};
    prices.wit = "package shop:cart@1.0.0; interface prices { price: func(article: string) -> result<u32, string>; }";
    prices.name = "shop:cart/prices@1.0.0";
    prices.funcs = rows.data();
    prices.func_count = rows.size();
    berth_error e{};
    berth_engine *engine = nullptr;
    berth_component *component = nullptr;
    berth_instance *instance = nullptr;
    const berth_func *total = nullptr;
    berth_value article{}, count{}, line{}, cart{}, result{};
    article.kind = BERTH_STRING, article.of.string = berth_string_of("seven..");
    count.kind = BERTH_U32, count.of.u = 6;
    const berth_value fields[] = { article, count };
    line.kind = BERTH_RECORD, line.of.list = { fields, 2 };
    cart.kind = BERTH_LIST, cart.of.list = { &line, 1 };
    bool ok = berth_engine_new(&engine, &e);
    std::unique_ptr<berth_engine, ends<berth_engine_free>> at_end(engine);
    std::unique_ptr<berth_linker, ends<berth_linker_free>> l(berth_linker_new(engine));
    ok = ok && berth_linker_wasi(l.get(), nullptr, &e) && berth_linker_define(l.get(), &prices, &e) &&
         berth_component_open(l.get(), { reinterpret_cast<const uint8_t *>(wasm.data()), wasm.size() }, nullptr, &component, &e);
    std::unique_ptr<berth_component, ends<berth_component_free>> c(component);
    ok = ok && berth_component_export(component, nullptr, "total", &total, &e) &&
         berth_instance_new(component, nullptr, &instance, &e);
    std::unique_ptr<berth_instance, ends<berth_instance_free>> i(instance);
    ok = ok && berth_instance_call_values(instance, total, &cart, 1, &result, &e);
    if (ok)
        std::cout << "cents: " << result.of.one.payload->of.list.at[0].of.u << std::endl;
    else
        std::cerr << e.text << std::endl;
    return !ok;
}
"""


@cases(LINKS)
def test_in_cplusplus(static):
    folder = temporary_dir()
    with open(os.path.join(folder, "program.cc"), "w") as f:
        f.write(CPLUSPLUS_PROGRAM)
    compile_program("c++", "c++17", os.path.join(folder, "program"), [os.path.join(folder, "program.cc")], static)
    with open(guest("cart-c"), "rb") as wasm:
        equal(run(os.path.join(folder, "program"), stdin=wasm, env=environment(static)), (0, "cents: 42\n", ""), "the program")


def test_the_guide_compiles():
    """With the header that the page's own command makes."""
    with open(os.path.join(ROOT, "docs/guide/embedding.md")) as f:
        page = f.read()
    blocks = re.findall(r"^```c\n(.*?)^```", page, re.M | re.S)
    command = re.search(r"^berth-witc (.*?)^```", page, re.M | re.S)[1].replace("\\\n", "").split()
    with open(os.path.join(ROOT, "examples/cart-c/world.wit")) as f:
        folder = written(world_wit=f.read())
    equal(run(os.path.join(tree(), "bin/berth-witc"), *command, cwd=folder), (0, "", ""), "berth-witc")
    p = subprocess.run(["cc", "-std=c11", "-x", "c", "-Wall", "-Wextra", "-Wno-unused-const-variable", "-Werror",
                        "-fsyntax-only", "-I", folder, *pkg_config("--cflags"), "-"],
                       input="\n".join(blocks), capture_output=True, text=True)
    equal((p.returncode, p.stderr, len(blocks)), (0, "", 7), "the blocks of the page")


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


def declared():
    found = set()
    for name in headers():
        with open(os.path.join(tree(), "include/berth", name)) as f:
            text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
        found |= set(re.findall(r"^(?!static|typedef)\w[^;{}=()]*?\b(berth_\w+)\(", text, re.M))
    return found


@cases([
    ("shared library", "libberth.so", "-D"),
    ("archive", "libberth.a", "-g"),
])
def test_library_shows_what_headers_declare(name, which):
    need("nm")
    out = subprocess.check_output(["nm", "-P", which, "--defined-only", library(name)], text=True)
    equal({line.split()[0].split("@")[0] for line in out.splitlines() if " " in line}, declared(), "symbols")
