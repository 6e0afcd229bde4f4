"""settings.http of berthd: every option, and what is accepted without effect."""
import os
import time

import routing
from routing import ask, daemon, refused, serve
from support import Closed, Connection, cases, contains, equal, guest, matches, true

OK = [{"action": {"return": 200}}]
HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"


def with_http(routes=OK, listener=None, **http):
    rest = http.pop("rest", {})
    return serve(routes, listener, settings={"http": http}, **rest)


def answer_to(data):
    """The status line's status of raw bytes, or None when the connection ends without an answer."""
    with Connection(routing.port()) as c:
        c.send(data)
        try:
            return c.response().status
        except Closed:
            return None


# --- Time-outs ---

def test_header_read_timeout():
    with_http(header_read_timeout=1)
    begin = time.time()
    with Connection(routing.port()) as c:
        c.send(HEAD)
        r = c.response()
        equal(r.status, 408, "status")
        true(c.is_closed(), "want the connection closed")
    true(0.9 <= time.time() - begin < 8, "about a second")


def test_body_read_timeout():
    with_http([{"action": {"pass": "applications/a"}}], body_read_timeout=1,
              rest={"applications": {"a": {"type": "wasm-wasi-component", "component": guest("rust-app")}}})
    with Connection(routing.port()) as c:
        c.send(b"POST /trailers HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
        equal(c.response().status, 408, "status")


@cases([("a new connection", False), ("one that is kept", True)])
def test_idle_timeout(kept):
    """An answer without a body, for a client that wonders; not a request, and not logged as one."""
    log = daemon().path("idle.log")
    with_http(idle_timeout=1, rest={"access_log": {"path": log, "format": "$status"}})
    requests = daemon().get_value("/status")["requests"]["total"]
    with Connection(routing.port()) as c:
        if kept:
            c.send(HEAD + b"\r\n")
            equal(c.response().status, 200, "status")
        begin = time.time()
        r = c.response()
        equal((r.status, r.body, r.field("connection")), (408, b"", "close"), "answer")
        true(c.is_closed(), "want the connection closed")
        true(0.9 <= time.time() - begin < 8, "about a second")
    equal(daemon().get_value("/status")["requests"]["total"] - requests, int(kept), "requests")
    with open(log, encoding="ascii") as f:
        equal(f.read(), "200\n" if kept else "", "access log")
    os.truncate(log, 0)


def test_send_timeout():
    """A client that takes nothing is cut; one that waits for nothing longer is not."""
    path = daemon().path("large")
    with open(path, "wb") as f:
        f.truncate(64 * 1024 * 1024)
    with_http([{"action": {"share": path}}], send_timeout=1)
    with Connection(routing.port()) as c:
        c.send(HEAD + b"\r\n")
        c.head()
        daemon().wait_until(lambda: daemon().get_value("/status")["connections"]["active"] == 0, "the connection is cut")


def test_changes_hold_for_open_connections():
    with_http()
    with Connection(routing.port()) as c:
        c.send(HEAD + b"\r\n")
        equal(c.response().field("server").split("/")[0], "Berth", "Server")
        with_http(server_version=False)
        c.send(HEAD + b"\r\n")
        equal(c.response().field("server"), "Berth", "Server afterwards")


# --- Sizes ---

@cases([("below", 9, 200), ("equal", 10, 200), ("above", 11, 413)])
def test_max_body_size(size, want):
    with_http(max_body_size=10)
    equal(answer_to(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size), want, "status")


@cases([("fits", 3000, 200), ("line too long", 5000, 431)])
def test_large_header_buffers(size, want):
    with_http(large_header_buffer_size=4096, large_header_buffers=1)
    equal(answer_to(HEAD + b"X: " + b"x" * size + b"\r\n\r\n"), want, "status")


@cases([("negative", -1, -1), ("zero", 0, 0), ("huge", 10**13, 10**13)])
def test_header_sizes_are_not_checked(size, count):
    with_http(large_header_buffer_size=size, large_header_buffers=count)
    equal(answer_to(HEAD + b"X: " + b"x" * 1500 + b"\r\n\r\n"), 200, "status")


@cases([("field", HEAD + b"X: " + b"x" * 5000 + b"\r\n\r\n"), ("request line", b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")])
def test_line_longer_than_a_buffer(data):
    with_http(large_header_buffer_size=4096, large_header_buffers=4)
    equal(answer_to(data), 431, "status")


def test_large_header_buffers_in_number():
    field = b"X: " + b"x" * 3000 + b"\r\n"
    with_http(large_header_buffer_size=4096, large_header_buffers=4)
    equal(answer_to(HEAD + field * 4 + b"\r\n"), 200, "status")
    equal(answer_to(HEAD + field * 7 + b"\r\n"), 431, "status of more")


# --- Fields ---

@cases([("default", {}, 202), ("on", {"discard_unsafe_fields": True}, 202), ("off", {"discard_unsafe_fields": False}, 201)])
def test_discard_unsafe_fields(http, want):
    with_http([{"match": {"headers": {"X_Under": "1"}}, "action": {"return": 201}}, {"action": {"return": 202}}], **http)
    equal(ask(headers=[("X_Under", "1")]).status, want, "status")


@cases([("letters, digits and -", "X-Good-1", 201), ("dot", "X.Y", 202), ("exclamation mark", "X!", 202)])
def test_safe_names(name, want):
    with_http([{"match": {"headers": {name: "1"}}, "action": {"return": 201}}, {"action": {"return": 202}}])
    equal(ask(headers=[(name, "1")]).status, want, "status")


@cases([("default", {}, r"^Berth/\d"), ("on", {"server_version": True}, r"^Berth/\d"), ("off", {"server_version": False}, r"^Berth$")])
def test_server_version(http, pattern):
    with_http(**http)
    matches(ask().field("server"), pattern, "Server")


# --- Media types ---

@cases([
    ("built in", {}, "a.html", "text/html"), ("any case", {}, "a.HTML", "text/html"), ("unknown", {}, "a.zzz", None),
    ("no extension", {}, "readme", None), ("last extension", {}, "a.html.css", "text/css"),
    ("new", {"text/x-z": ".zzz"}, "a.zzz", "text/x-z"), ("new, several", {"text/x-z": [".y", ".zzz"]}, "a.zzz", "text/x-z"),
    ("in place of one", {"text/plain": [".html"]}, "a.html", "text/plain"), ("whole name", {"text/x-r": "readme"}, "readme", "text/x-r"),
])
def test_mime_types(types, name, want):
    with open(daemon().path(name), "w", encoding="ascii") as f:
        f.write("x")
    with_http([{"action": {"share": daemon().directory + "$uri"}}], static={"mime_types": types})
    equal(ask("/" + name).field("content-type"), want, "Content-Type")


@cases([
    ("twice", {"a/b": ".x", "c/d": [".x"]}, 'The ".x" file extension has been declared for "a/b" and "c/d" MIME types at the '
     "same time."),
    ("empty", {"a/b": ""}, 'An empty file extension for the "a/b" MIME type.'),
])
def test_bad_mime_types(types, detail):
    refused({"settings": {"http": {"static": {"mime_types": types}}}}, detail, "/settings/http/static/mime_types")


# --- Threads ---

def listening_threads():
    """How many workers watch the listening socket."""
    equal(ask().status, 200, "status")
    fds = f"/proc/{daemon().server_pid()}/fd"
    inodes = [os.stat(f"{fds}/{fd}").st_ino for fd in os.listdir(fds) if is_listener(f"{fds}/{fd}")]
    return len(inodes) - 1  # the process itself holds one


def is_listener(path):
    with open("/proc/net/tcp", encoding="ascii") as f:
        rows = [line.split() for line in f]
    inodes = {r[9] for r in rows if r[1].endswith(f":{routing.port():04X}") and r[3] == "0A"}
    try:
        return os.readlink(path)[8:-1] in inodes
    except OSError:
        return False


@cases([("one", 1), ("all", os.cpu_count()), ("more than there are", 1000), ("one again", 1)])
def test_listen_threads(threads):
    serve(OK, settings={"listen_threads": threads})
    want = min(threads, os.cpu_count())
    daemon().wait_until(lambda: listening_threads() == want, f"{want} listening workers")


def test_listen_threads_change_loses_nothing():
    serve(OK, settings={"listen_threads": os.cpu_count()})
    open_ones = [Connection(routing.port()) for _ in range(20)]
    for threads in (1, os.cpu_count(), 1):
        for c in open_ones:
            c.send(HEAD + b"\r\n")
        serve(OK, settings={"listen_threads": threads})
        equal([c.response().status for c in open_ones], [200] * 20, "statuses")
        for c in open_ones:
            c.close()
        open_ones = [Connection(routing.port()) for _ in range(20)]


# --- What is accepted, and what is not ---

@cases([
    ("body_buffer_size", {"http": {"body_buffer_size": 1}}), ("body_temp_path", {"http": {"body_temp_path": "/tmp"}}),
    ("websocket", {"http": {"websocket": {"max_frame_size": 1, "read_timeout": 2, "keepalive_interval": 0}}}),
    ("listen_threads", {"listen_threads": 1}), ("empty", {}), ("empty http", {"http": {}}),
])
def test_accepted(settings):
    serve(OK, settings=settings)
    equal(ask().status, 200, "status")


@cases([("off", False), ("on", True)])
def test_chunked_bodies_are_always_understood(flag):
    with_http([{"action": {"pass": "applications/a"}}], chunked_transform=flag,
              rest={"applications": {"a": {"type": "wasm-wasi-component", "component": guest("rust-app")}}})
    with Connection(routing.port()) as c:
        c.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        equal(c.response().body, b"abc", "body")


@cases([
    ("js_module", {"js_module": "m"}, "js_module"), ("telemetry", {"telemetry": {}}, "telemetry"),
    ("unknown", {"https": {}}, "https"), ("kind", {"http": {"idle_timeout": "1"}}, "http/idle_timeout"),
    ("listen_threads", {"listen_threads": 0}, "listen_threads"), ("websocket", {"http": {"websocket": {"x": 1}}}, "http/websocket/x"),
    ("flag", {"http": {"log_route": 1}}, "http/log_route"),
])
def test_refused_setting(settings, place):
    status, answer = daemon().call("PUT", "/config", {"settings": settings})
    equal((status, answer["error"]), (400, "Invalid configuration."), "answer")
    equal(answer["location"]["pointer"], "/settings/" + place, "pointer")
    contains(answer["detail"], place.rsplit("/", 1)[-1], "detail")
