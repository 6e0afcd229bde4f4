"""HTTP/1.1 from end to end: connections, bodies, versions, limits."""
import re
import time

from support import Closed, Server, cases, contains, equal, guest, lacks, matches, shared, true

HELLO = b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"


def server():
    return shared("rust-app")


def test_hello():
    response = server().get("/hello")
    equal(response.status, 200, "status")
    true(response.body, "want a body")
    matches(response.field("date") or "", r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$", "Date")


def test_keep_alive():
    with server().connect() as c:
        for _ in range(20):
            c.send(HELLO)
            equal(c.response().status, 200, "status")


def test_pipelining():
    with server().connect() as c:
        c.send(HELLO + b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n" + HELLO * 30)
        equal([c.response().status for _ in range(32)], [200, 404] + [200] * 30, "statuses in order")


def test_pipelined_bodies():
    request = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
    with server().connect() as c:
        c.send(request + b"first" + request + b"other" + b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
               b"3\r\nabc\r\n0\r\n\r\n" + HELLO)
        equal([c.response().body for _ in range(3)], [b"first", b"other", b"abc"], "bodies in order")
        equal(c.response().status, 200, "status behind them")


@cases([
    ("close", b"Connection: close\r\n", True),
    ("keep-alive", b"Connection: keep-alive\r\n", False),
    ("in a list", b"Connection: foo, Close\r\n", True),
])
def test_connection_field(field, closes):
    with server().connect() as c:
        c.send(b"GET /hello HTTP/1.1\r\nHost: a\r\n" + field + b"\r\n")
        equal(c.response().status, 200, "status")
        if closes:
            true(c.is_closed(), "want the connection closed")
        else:
            c.send(HELLO)
            equal(c.response().status, 200, "second status")


def test_http_1_0():
    with server().connect() as c:
        c.send(b"GET /hello HTTP/1.0\r\n\r\n")
        response = c.response()
        equal(response.status, 200, "status")
        lacks([n.lower() for n, _ in response.fields], "transfer-encoding", "fields")
        true(c.is_closed(), "want the connection closed")


def test_http_1_0_without_length():
    # The length is not known: the end of the connection ends the body.
    with server().connect() as c:
        c.send(b"POST /echo HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello")
        response = c.response()
        equal((response.status, response.body), (200, b"hello"), "status and body")


def test_http_1_0_keep_alive():
    with server().connect() as c:
        c.send(b"GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        response = c.response()
        equal(response.status, 200, "status")
        if (response.field("connection") or "").lower() == "keep-alive":
            c.send(b"GET /hello HTTP/1.0\r\n\r\n")
            equal(c.response().status, 200, "second status")
        true(c.is_closed(), "want the connection closed at last")


def test_head():
    with server().connect() as c:
        c.send(b"HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" + HELLO)
        head = c.response("HEAD")
        equal(head.status, 200, "status")
        equal(c.response().status, 200, "status of the request behind it")


@cases([("204", 204), ("304", 304)])
def test_status_without_body(code):
    s = shared("faults")
    with s.connect() as c:
        c.send(f"GET /status?code={code} HTTP/1.1\r\nHost: a\r\n\r\n".encode() + HELLO)
        response = c.response()
        equal(response.status, code, "status")
        equal(response.field("transfer-encoding"), None, "Transfer-Encoding")
        equal(c.response().status, 200, "status behind it")


def test_request_chunked():
    with server().connect() as c:
        c.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        for part in (b"a", b"bc", b"d" * 1000):
            c.send(b"%x;ext=1\r\n%s\r\n" % (len(part), part))
            time.sleep(0.02)
        c.send(b"0\r\nX-Trailer: t\r\n\r\n")
        response = c.response()
        equal((response.status, response.body), (200, b"abc" + b"d" * 1000), "status and body")


def test_bytewise():
    """A request in the smallest pieces the network can make of it."""
    with server().connect() as c:
        for byte in b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n":
            c.send(bytes([byte]))
            time.sleep(0.001)
        response = c.response()
        equal((response.status, response.body), (200, b"hello"), "status and body")


def test_expect_100():
    # The guest reads the body before it answers.
    with server().connect() as c:
        c.send(b"POST /trailers HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        equal(c.head().status, 100, "interim status")
        c.send(b"hello")
        equal(c.response().status, 200, "status")
        c.send(HELLO)
        equal(c.response().status, 200, "status behind it")


def test_expect_100_answered_early():
    # The guest answers first and reads then: 100 may come before the head, or the head stands for it.
    with server().connect() as c:
        c.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        c.fill()
        c.send(b"hello")
        response = c.response()
        equal((response.status, response.body), (200, b"hello"), "status and body")


def test_expect_100_not_wanted():
    # The guest answers without reading: no 100, and the body that was never sent is not taken for a request.
    with server().connect() as c:
        c.send(b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        response = c.head()
        equal(response.status, 404, "status")


def test_body_not_read_by_guest():
    with server().connect() as c:
        c.send(b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70000)
        equal(c.response().status, 404, "status")
        try:
            c.send(HELLO)
            equal(c.response().status, 200, "status on the same connection")
        except (Closed, ConnectionError):
            pass  # closing instead of reading it all is as good


def test_absolute_target():
    with server().connect() as c:
        c.send(b"GET http://example.com/hello HTTP/1.1\r\nHost: example.com\r\n\r\n")
        equal(c.response().status, 200, "status")


def test_request_seen_by_guest():
    import json
    response = server().request("GET", "/inspect?a=b%20c", [("X-One", "1"), ("x-one", "2"), ("X-Long", "y" * 3000)])
    equal(response.status, 200, "status")
    data = json.loads(response.body)
    equal((data["method"], data["path"]), ("GET", "/inspect?a=b%20c"), "method and path")
    text = json.dumps(data).lower()
    for part in ("x-one", "y" * 3000, "test.example"):
        contains(text, part, "what the guest saw")


@cases([
    ("head too large", b"GET /hello HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 10_000_000 + b"\r\n\r\n", 431),
    ("too many fields", b"GET /hello HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 5000 + b"\r\n", 431),
    ("target too long", b"GET /" + b"y" * 1_000_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
])
def test_head_limits(request, status):
    with server().connect() as c:
        try:
            c.send(request)
        except ConnectionError:
            pass  # answered and closed before all was sent
        try:
            response = c.response()
            true(response.status in (status, 431), f"status: want {status}, got {response.status}")
        except Closed as e:
            equal(e.got, b"", "the answer may be lost to a reset, but never broken")
    server().alive()


def test_body_limit_announced():
    s = Server(guest("rust-app"), "--max-body", "10k")
    equal(s.post("/echo", b"x" * 10240).status, 200, "status at the limit")
    with s.connect() as c:
        c.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10241\r\n\r\n")
        equal(c.response().status, 413, "status above it, before the body is sent")
    s.alive()


def test_body_limit_chunked():
    s = Server(guest("rust-app"), "--max-body", "10k")
    with s.connect() as c:
        c.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2801\r\n" + b"x" * 10241 + b"\r\n0\r\n\r\n")
        try:
            response = c.response()
            true(response.status >= 400, f"want an error, got {response.status}")
        except Closed:
            pass  # the echo had begun: cut
    s.alive()


STALLS = [
    ("nothing sent", b"", None),
    ("half a head", b"GET /hello HTTP/1.1\r\nHo", 408),
    ("half a body", b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc", 408),
    ("half a chunk", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\na\r\nabc", 408),
]


@cases(STALLS)
def test_stall(sent, status):
    s = shared("rust-app", "--client-timeout", "500ms")
    with s.connect() as c:
        start = time.time()
        c.send(sent)
        data = c.read_to_end()
        took = time.time() - start
        true(0.3 < took < 5, f"want the end after about half a second, got {took:.1f} s")
        if status and data:
            found = re.match(rb"HTTP/1\.1 (\d+)", data)
            # A streaming echo may have sent its head already: then the connection is cut.
            true(found and (int(found[1]) == status or b"\r\n0\r\n\r\n" not in data), f"got {data!r}")
        if not status:
            equal(data, b"", "an idle connection is closed without a word")
    s.alive()


def test_request_after_a_quiet_time():
    """Time-outs begin when a client comes, not when the server last had something to do."""
    s = shared("rust-app", "--client-timeout", "500ms")
    s.alive()
    time.sleep(1.2)
    for _ in range(4):
        s.alive()


def test_stalled_reader():
    """A client that does not read its response is cut, and holds nothing up meanwhile."""
    s = shared("faults", "--client-timeout", "500ms")
    with s.connect() as c:
        c.send(b"GET /big?bytes=100000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        s.alive()
        time.sleep(2)
        try:
            true(len(c.read_to_end()) < 100_000_000, "want the response cut")
        except ConnectionError:
            pass
    s.alive()


@cases([("in the head", b"GET /hello HT"), ("in the body", b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab"),
        ("before reading", HELLO), ("in the response", b"GET /big?bytes=50000000 HTTP/1.1\r\nHost: a\r\n\r\n")])
def test_client_goes_away(sent):
    s = shared("faults")
    for end in ("close", "reset"):
        c = s.connect()
        c.send(sent)
        time.sleep(0.05)
        getattr(c, end)()
    s.alive()


def test_half_close():
    """A client that closes its sending side still gets its answer."""
    import socket
    with server().connect() as c:
        c.send(HELLO)
        c.socket.shutdown(socket.SHUT_WR)
        equal(c.response().status, 200, "status")
        true(c.is_closed(), "want the connection closed")
