"""Middleware before applications: `berth serve --with`, "middleware" of a configuration, composed components."""
from berthd import Daemon, free_port
from support import Server, cases, contains, equal, guest, run_berth, true

# The middleware forbids DELETE, passes everything else on, and traps when an instance of it is used twice.


@cases([("recycled", "on"), ("built anew", "off")])
def test_middleware(recycle):
    s = Server(guest("rust-app"), "--workers", "1", "--recycle=" + recycle, "--with", guest("middleware"))
    try:
        for _ in range(20):
            equal(s.get("/hello").status, 200, "passed on")
            equal(s.request("DELETE", "/hello").status, 403, "answered by the middleware")
        equal(s.post("/echo", b"x" * 300000).body, b"x" * 300000, "a body through the middleware")
    finally:
        s.stop()


def test_composed():
    """The same made by another tool: one component that holds both."""
    s = Server(guest("composed"), "--workers", "1")
    try:
        for _ in range(20):
            equal(s.get("/hello").text(), "hello from C\n", "passed on")
            equal(s.request("DELETE", "/hello").status, 403, "answered by the middleware")
        equal(s.post("/echo", b"x" * 300000).body, b"x" * 300000, "a body through the middleware")
    finally:
        s.stop()


@cases([("recycled", "on"), ("built anew", "off")])
def test_adapter(recycle):
    """What the adapter and the component behind it remember is put back, too: a second call would trap."""
    s = Server(guest("calls"), "--workers", "1", "--recycle=" + recycle)
    try:
        for _ in range(20):
            equal(s.get("/").status, 500, "no response was set")
    finally:
        s.stop()
    equal(s.log().count("without setting a response"), 20, "it did not trap: " + s.log()[-300:])


def test_graph_of_adapter():
    out = run_berth("inspect", "--graph", guest("calls"))[1]
    contains(out, "core instance 2: made for calls between components\n    \"callee\" \"0\" <- core instance 1", "adapter")
    contains(out, '"" "next" <- core instance 2 "0"', "import of the caller")


def test_graph():
    status, out, err = run_berth("inspect", "--graph", guest("composed"))
    equal((status, err), (0, ""), "exit status and stderr")
    contains(out, '"give" "0" <- an owned handle, to component instance 1\n', "call")
    contains(out, "<- host wasi:http/types@0.2.12.[constructor]fields\n", "import of the host")
    contains(out, "wasi:http/incoming-handler@0.2.12.handle <- component instance 3, core instance", "export")


def test_graph_with_middleware():
    """What --with of serve would run: modules of both files, and calls from one to the other."""
    outer, inner = guest("middleware"), guest("rust-app")
    status, out, err = run_berth("inspect", "--graph", "--with", outer, inner)
    equal((status, err), (0, ""), "exit status and stderr")
    for file in (outer, inner):
        contains(out, f" of {file}\n", "modules")
    contains(out, '"give" "0" <- an owned handle, to component instance 0\n', "call of the application")
    alone = run_berth("inspect", "--graph", inner)[1]
    equal(alone.count("core instance") < out.count("core instance"), True, "more than the application alone")


@cases([("no middleware", "hello-rust", "it imports nothing that"),
        ("no component", "core-module", "core-module.wasm, byte 0x4")])
def test_graph_refused(middleware, text):
    status, out, err = run_berth("inspect", "--graph", "--with", guest(middleware), guest("rust-app"))
    equal((status, out), (1, ""), "exit status and stdout")
    contains(err, text, "error")


def test_with_needs_graph():
    got, _, err = run_berth("inspect", "--with", guest("middleware"), guest("rust-app"))
    equal(got, 2, "exit status")
    contains(err, "--with goes with --graph", "error")


def test_middleware_alone():
    status, _, err = run_berth("serve", "--addr", "127.0.0.1:0", guest("middleware"))
    equal(status, 1, "exit status")
    contains(err, "berth serve --with", "help")


def test_two_middlewares():
    s = Server(guest("c-app"), "--with", guest("middleware"), "--with", guest("middleware"))
    try:
        equal(s.get("/hello").status, 200, "passed on twice")
        equal(s.request("DELETE", "/hello").status, 403, "answered by the outer one")
    finally:
        s.stop()


@cases([("no middleware", "hello-rust", "hello-rust.wasm: it imports nothing that", "wasi:http/incoming-handler"),
        ("no component", "core-module", "core-module.wasm, byte 0x4: this is a core module", "component new")])
def test_refused(middleware, text, help_text):
    status, _, err = run_berth("serve", "--addr", "127.0.0.1:0", "--with", guest(middleware), guest("rust-app"))
    equal(status, 1, "exit status")
    contains(err, text, "error")
    contains(err, "help: ", "error")
    contains(err, help_text, "help")


def test_handler_of_another_type():
    status, _, err = run_berth("serve", "--addr", "127.0.0.1:0", "--with", guest("other-handler"), guest("rust-app"))
    equal(status, 1, "exit status")
    contains(err, "'handle' as the component behind it exports it: it is func(request: own<incoming-request>, response-out: "
             "own<response-outparam>) where the middleware imports func(request: u32)", "error")


def test_file_that_is_not_there():
    status, _, err = run_berth("serve", "--with", "/nowhere/m.wasm", guest("rust-app"))
    true(status == 1 and "/nowhere/m.wasm" in err, f"want the file's name, got {err}")


def test_in_a_configuration():
    port = free_port()
    app = {"type": "wasm-wasi-component", "component": guest("rust-app"), "middleware": [guest("middleware")]}
    config = {"listeners": {f"127.0.0.1:{port}": {"pass": "applications/app"}}, "applications": {"app": app}}
    d = Daemon(config=config)
    try:
        for _ in range(5):
            equal(d.get(port, "/hello").status, 200, "passed on")
            equal(d.request(port, "DELETE", "/hello").status, 403, "answered by the middleware")
        app["middleware"] = [guest("rust-app")]
        status, answer = d.call("PUT", "/config/applications/app", app)
        equal((status, answer["error"]), (400, "Invalid configuration."), "answer")
        contains(answer["detail"], "it imports nothing that", "detail")
        app["middleware"] = ["/nowhere/m.wasm"]
        status, answer = d.call("PUT", "/config/applications/app", app)
        equal(status, 400, "status")
        contains(answer["detail"], "/nowhere/m.wasm", "detail")
        equal(d.get(port, "/hello").status, 200, "the old one stays")
    finally:
        d.end()
