"""The same application from five toolchains: every route that it has, and the tutorial's two components."""
import json
import re

from support import cases, contains, equal, matches, shared, true

APPS = [(name, name) for name in ("rust-app", "c-app", "go-app", "js-app", "py-app")]


def app(name):
    return shared(name, "--env", "GREETING=hello", "--env", "EMPTY=")


def test_tutorial_rust():
    response = shared("hello-rust").get("/")
    equal(response.status, 200, "status")
    equal(response.body, b"Hello, This is a Wasm Component using wasi/http:proxy!", "body")
    equal(response.field("content-type"), "plain/text", "Content-Type")
    equal(response.field("content-length"), str(len(response.body)), "Content-Length")


def test_tutorial_c():
    response = shared("hello-c").get("/")
    equal(response.status, 200, "status")
    true(response.body, "want a body")


@cases(APPS)
def test_hello(name):
    response = app(name).get("/hello")
    equal(response.status, 200, "status")
    true(response.body, "want a body")


@cases(APPS)
def test_not_found(name):
    equal(app(name).get("/nowhere").status, 404, "status")


@cases([(f"{app_name} {size} bytes", app_name, size) for _, app_name in APPS for size in (0, 1, 100, 70_000, 1_000_000)])
def test_echo(name, size):
    body = bytes(i * 7 % 251 for i in range(min(size, 5000))) * (size // 5000 + 1)
    body = body[:size]
    response = app(name).post("/echo", body)
    equal(response.status, 200, "status")
    true(response.body == body, f"echo of {size} bytes came back with {len(response.body)} bytes")


@cases(APPS)
def test_echo_chunked(name):
    with app(name).connect() as c:
        c.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
               b"6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n")
        response = c.response()
        equal((response.status, response.body), (200, b"hello world"), "status and body")


@cases([(f"{app_name} {method}", app_name, method) for _, app_name in APPS for method in ("GET", "PUT", "DELETE", "PATCH")])
def test_inspect(name, method):
    response = app(name).request(method, "/inspect?x=1&y=%20", [("X-Test", "value"), ("Accept", "*/*")],
                                 None if method == "GET" else b"body")
    equal(response.status, 200, "status")
    data = json.loads(response.body)
    equal(data["method"].upper(), method, "method")
    equal(data["path"], "/inspect?x=1&y=%20", "path")
    contains(json.dumps(data).lower(), '"x-test"', "fields")
    contains(json.dumps(data), '"value"', "fields")


@cases(APPS)
def test_print(name):
    s = app(name)
    equal(s.get("/print").status, 200, "status")
    out = s.wait_log(r"^stdout \[(\d+)\] :: (.+)")
    err = s.wait_log(r"^stderr \[(\d+)\] :: (.+)")
    equal(out[1], err[1], "the request's number on both streams")


@cases(APPS)
def test_trailers(name):
    response = app(name).get("/trailers")
    equal(response.status, 200, "status")
    true(response.trailers, "want trailers")


def test_trailers_of_the_request():
    with app("rust-app").connect() as c:
        c.send(b"POST /trailers HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
               b"3\r\nabc\r\n0\r\nX-Check: sum\r\n\r\n")
        response = c.response()
        equal(response.status, 200, "status")
        contains(response.text().lower(), "x-check: sum", "what the guest saw")
        equal([(n.lower(), v) for n, v in response.trailers], [("x-trailer", "yes")], "trailers of the response")


@cases(APPS)
def test_env(name):
    response = app(name).get("/env")
    equal(response.status, 200, "status")
    contains(response.text(), "GREETING", "variables")
    contains(response.text(), "hello", "variables")
    true("PATH" not in re.findall(r"[A-Z_]+", response.text()), "the server's own variables must not be seen")


@cases(APPS)
def test_clock(name):
    response = app(name).get("/clock")
    equal(response.status, 200, "status")
    matches(response.text(), r"\d", "clock")


@cases(APPS)
def test_random(name):
    s = app(name)
    first, second = s.get("/random"), s.get("/random")
    equal((first.status, second.status), (200, 200), "statuses")
    true(first.body != second.body, "two answers with the same random bytes")


@cases(APPS)
def test_head(name):
    with app(name).connect() as c:
        c.send_request("HEAD", "/hello")
        equal(c.response("HEAD").status, 200, "status")
        c.send_request("GET", "/hello")
        equal(c.response().status, 200, "status behind it")
