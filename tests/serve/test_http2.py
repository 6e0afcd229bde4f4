"""HTTP/2: by prior knowledge and by ALPN, beside HTTP/1.1 on the same port; conformance; floods that must be cut."""
import json
import os
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import time
import xml.etree.ElementTree

import berthd
from certificates import bundle
from support import ROOT, Server, Skip, cases, equal, guest, shared, true

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4
ENHANCE_YOUR_CALM = 11
WAIT_SECONDS = 20


def field(name, value):
    """HPACK, RFC 7541, 6.2.2: a literal without indexing."""
    n, v = name.encode(), value.encode()
    return b"\0" + bytes([len(n)]) + n + bytes([len(v)]) + v


def head(path, method="GET", *more):
    rows = ((":method", method), (":scheme", "http"), (":authority", "a.example"), (":path", path), *more)
    return b"".join(field(n, v) for n, v in rows)


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


class Client:
    """Frames over a socket, as bad as a test wants them."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), WAIT_SECONDS)
        self.buffer = b""
        self.send(PREFACE + frame(SETTINGS, 0, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def get(self, stream, path):
        self.send(frame(HEADERS, END_HEADERS | END_STREAM, stream, head(path)))

    def frames(self):
        """(type, flags, stream, payload) until the server closes."""
        while True:
            while len(self.buffer) >= 9:
                length = int.from_bytes(self.buffer[:3], "big")
                if len(self.buffer) < 9 + length:
                    break
                kind, flags = self.buffer[3], self.buffer[4]
                stream = int.from_bytes(self.buffer[5:9], "big")
                payload, self.buffer = self.buffer[9:9 + length], self.buffer[9 + length:]
                yield kind, flags, stream, payload
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                return
            if not data:
                return
            self.buffer += data

    def body(self, stream):
        """The response's body, once it is whole; None when the stream was reset."""
        got = b""
        for kind, flags, at, payload in self.frames():
            if at == stream and kind == RST_STREAM:
                return None
            if at == stream and kind == DATA:
                got += payload
            if at == stream and kind in (DATA, HEADERS) and flags & END_STREAM:
                return got
        raise AssertionError(f"closed before stream {stream} was answered")

    def goaway(self):
        """The error code that the server closes with; None when it closes without a word."""
        code = None
        for kind, _, _, payload in self.frames():
            if kind == GOAWAY:
                code = int.from_bytes(payload[4:8], "big")
        return code


def curl(*arguments, data=None):
    """The answer's body; the last line of stderr is the version and the status."""
    done = subprocess.run(["curl", "-sS", "-k", "--max-time", "60", "-w", "%{stderr}%{http_version} %{http_code}",
                           *arguments], input=data, capture_output=True)
    return done.stdout, done.stderr.decode()


def plain(s, path, *arguments, data=None):
    return curl("--http2-prior-knowledge", *arguments, f"http://127.0.0.1:{s.port}{path}", data=data)


# --- Requests ---

@cases([("rust-app",), ("c-app",), ("js-app",), ("go-app",)])
def test_bodies_stream_both_ways(name):
    s = shared(name)
    body = os.urandom(3_000_000)
    got, how = plain(s, "/echo", "--data-binary", "@-", "-H", "content-type: application/octet-stream", data=body)
    equal(how, "2 200", "version and status")
    true(got == body, f"{len(got)} bytes came back, not the {len(body)} that were sent")


def test_both_versions_on_one_port():
    s = shared("rust-app")
    url = f"http://127.0.0.1:{s.port}/hello"
    equal(curl("--http2-prior-knowledge", url), (b"hello from Rust\n", "2 200"), "HTTP/2")
    equal(curl("--http1.1", url), (b"hello from Rust\n", "1.1 200"), "HTTP/1.1")


def test_preface_in_pieces():
    s = shared("rust-app")
    with Client(s.port) as whole:
        whole.get(1, "/hello")
        want = whole.body(1)
    with socket.create_connection(("127.0.0.1", s.port), WAIT_SECONDS) as c:
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in PREFACE:
            c.sendall(bytes([byte]))
        pieces = Client.__new__(Client)
        pieces.socket, pieces.buffer = c, b""
        pieces.send(frame(SETTINGS, 0, 0))
        pieces.get(1, "/hello")
        equal(pieces.body(1), want, "body")


def test_head_and_request():
    s = shared("rust-app")
    equal(plain(s, "/hello", "--head")[1], "2 200", "HEAD")
    seen = json.loads(plain(s, "/inspect?a=b", "-H", "X-One: 1", "-H", "Cookie: a=b")[0])
    true("/inspect?a=b" in json.dumps(seen) and "x-one" in json.dumps(seen).lower(), f"the guest saw {seen}")


def test_trailers():
    s = shared("rust-app")
    done = subprocess.run(["curl", "-sS", "-v", "--http2-prior-knowledge", f"http://127.0.0.1:{s.port}/trailers"],
                          capture_output=True, text=True)
    names = [line.split(":")[0][2:] for line in done.stderr.splitlines() if line.startswith("< ") and ":" in line]
    true(len(names) > 2, f"want a head and trailers, got {names}")


def test_many_streams_at_once():
    s = shared("rust-app")
    with Client(s.port) as c:
        wanted = {1 + 2 * k for k in range(100)}
        for stream in sorted(wanted):
            c.get(stream, "/hello")
        done = set()
        for kind, flags, stream, _ in c.frames():
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                done.add(stream)
            if done == wanted:
                break
        equal(done, wanted, "streams answered")


def test_window_holds_an_answer_back():
    """Without window the body waits; with it the whole comes. The server keeps no more than its buffers."""
    s = shared("rust-app")
    body = os.urandom(200_000)
    with Client(s.port) as c:
        c.send(frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0)))  # INITIAL_WINDOW_SIZE
        c.send(frame(HEADERS, END_HEADERS, 1, head("/echo", "POST")))
        for at in range(0, 60_000, 10_000):
            c.send(frame(DATA, 0, 1, body[at:at + 10_000]))
        c.send(frame(DATA, END_STREAM, 1))
        c.send(frame(PING, 0, 0, b"12345678"))
        got = 0
        for kind, flags, stream, payload in c.frames():
            if kind == PING and flags & ACK:
                break
            got += len(payload) if kind == DATA else 0
        equal(got, 0, "bytes sent without window")
        c.send(frame(WINDOW_UPDATE, 0, 1, struct.pack(">I", 1_000_000)))
        true(c.body(1) == body[:60_000], "want the echo once there is window")


# --- TLS ---

def with_tls(daemon, routes):
    equal(daemon.raw("PUT", "/certificates/one", bundle("localhost").encode())[0], 200, "upload")
    port = berthd.free_port()
    daemon.configure({"listeners": {f"127.0.0.1:{port}": {"pass": "routes", "tls": {"certificate": "one"}}},
                      "routes": routes[0], **routes[1]})
    return port


def application(name="rust-app"):
    return [{"action": {"pass": "applications/a"}}], {
        "applications": {"a": {"type": "wasm-wasi-component", "component": guest(name)}}}


def test_alpn():
    d = berthd.Daemon()
    port = with_tls(d, application())
    url = f"https://127.0.0.1:{port}/hello"
    equal(curl(url), (b"hello from Rust\n", "2 200"), "a client that speaks both")
    equal(curl("--http1.1", url), (b"hello from Rust\n", "1.1 200"), "a client that speaks HTTP/1.1")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost") as c:
        equal(c.selected_alpn_protocol(), None, "ALPN of a client that does not offer it")
        c.sendall(b"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        true(c.recv(100).startswith(b"HTTP/1.1 200"), "want HTTP/1.1 without ALPN")


# --- Conformance ---

# What the guest's /echo cannot show, since its answer to a request without a body is empty. A file does that is larger
# than the window, so that the stream is still there when the frame that a case is about comes.
WITH_CONTENT = ["http2/6.5.3", "http2/6.9.1", "http2/6.9.2"]


def h2spec(port, path, *sections):
    program = os.path.join(ROOT, "build/tools/h2spec")
    if not os.path.exists(program):
        raise Skip("h2spec is not built: tools/build-h2spec")
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        subprocess.run([program, "-t", "-k", "-h", "127.0.0.1", "-p", str(port), "-P", path, "-o", "5", "-j",
                        report.name, *sections], capture_output=True, timeout=300)
        tests = list(xml.etree.ElementTree.parse(report.name).getroot().iter("testcase"))
    name = lambda t: f"{t.get('package')}: {t.get('classname')}"
    failed = [name(t) for t in tests if t.find("failure") is not None or t.find("error") is not None]
    skipped = {t.get("package") for t in tests if t.find("skipped") is not None}
    return len(tests), failed, skipped


def test_h2spec():
    """All of it, over TLS (in the clear, bytes that are no preface are a bad HTTP/1.1 request). /echo reads its request to
    the end before the answer ends, as cases about broken requests need; a file has content."""
    d = berthd.Daemon()
    with open(d.path("large"), "wb") as f:
        f.write(bytes(300_000))
    routes, rest = application()
    port = with_tls(d, ([{"match": {"uri": "/large"}, "action": {"share": d.path("large")}}, *routes], rest))
    count, failed, skipped = h2spec(port, "/echo")
    true(count > 140, f"h2spec ran {count} cases")
    equal(failed, [], "cases that fail")
    true(skipped <= set(WITH_CONTENT), f"skipped: {skipped}")
    for section in WITH_CONTENT:
        _, failed, skipped = h2spec(port, "/large", section)
        equal((failed, skipped), ([], set()), f"{section} with content")


# --- What is cut ---

def flood_resets(c):
    for k in range(20_000):
        stream = 1 + 2 * k
        c.send(frame(HEADERS, END_HEADERS | END_STREAM, stream, head("/hello")) +
               frame(RST_STREAM, 0, stream, struct.pack(">I", 8)))


def flood_pings(c):
    for _ in range(2_000):
        c.send(frame(PING, 0, 0, b"12345678") * 20)


def flood_settings(c):
    for _ in range(2_000):
        c.send(frame(SETTINGS, 0, 0) * 20)


def flood_empty_data(c):
    c.send(frame(HEADERS, END_HEADERS, 1, head("/echo", "POST")))
    for _ in range(2_000):
        c.send(frame(DATA, 0, 1) * 20)


def flood_continuations(c):
    c.send(frame(HEADERS, 0, 1, head("/hello")))
    for _ in range(2_000):
        c.send(frame(CONTINUATION, 0, 1, field("x-a", "b" * 100) * 20))


@cases([("rapid reset", flood_resets), ("pings", flood_pings), ("settings", flood_settings),
        ("empty data", flood_empty_data), ("continuations", flood_continuations)])
def test_flood(flood):
    s = shared("rust-app", "--workers", "1")
    with Client(s.port) as c:
        try:
            flood(c)
        except (ConnectionResetError, BrokenPipeError):
            pass  # cut while it was sent
        code = c.goaway()
        true(code is None or code != 0, f"the connection ended with {code}, want an error or a cut")
    equal(s.get("/hello").status, 200, "another client")


def test_head_bomb():
    """A head that is small on the wire and large in memory: references to one large field. RFC 7541, 7.3."""
    s = shared("rust-app", "--workers", "1")
    with Client(s.port) as c:
        large = b"\x40" + bytes([1]) + b"a" + b"\x7f" + bytes([0x81, 0x1e]) + b"b" * 4000  # indexed: 62
        c.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, head("/hello") + large))
        c.send(frame(HEADERS, END_HEADERS | END_STREAM, 3, head("/hello") + b"\xbe" * 10_000))
        statuses = {}
        for kind, flags, stream, payload in c.frames():
            if kind == HEADERS:
                statuses[stream] = payload
            if kind in (RST_STREAM, GOAWAY) or (stream == 3 and flags & END_STREAM):
                break
        true(3 not in statuses or b"431" in statuses[3], f"want 431 or a cut, got {statuses}")
    equal(s.get("/hello").status, 200, "another client")


# --- Bodies that nobody reads ---

@cases([("a byte", 1), ("more than a window", 400_000)])
def test_unread_body_costs_no_answer(size):
    """A reset after the answer would be right (RFC 9113, 8.1), but clients throw the answer away then."""
    s = shared("rust-app")
    for _ in range(5):
        got = plain(s, "/hello", "--data-binary", "@-", "-H", "expect:", data=bytes(size))
        equal(got, (b"hello from Rust\n", "2 200"), "answer")


def test_unread_body_that_comes_late():
    s = shared("rust-app")
    with Client(s.port) as c:
        c.send(frame(HEADERS, END_HEADERS, 1, head("/hello", "POST", ("content-length", "50000"))))
        equal(c.body(1), b"hello from Rust\n", "answer")
        for _ in range(5):
            c.send(frame(DATA, 0, 1, bytes(10_000)))
        c.send(frame(DATA, END_STREAM, 1))
        c.get(3, "/hello")
        for kind, flags, stream, _ in c.frames():
            true(kind not in (RST_STREAM, GOAWAY), "the rest of the body is an error")
            if stream == 3 and flags & END_STREAM:
                break


def test_long_unread_body_is_refused():
    s = shared("rust-app")
    with Client(s.port) as c:
        c.send(frame(HEADERS, END_HEADERS, 1, head("/hello", "POST", ("content-length", "3000000"))))
        equal(c.body(1), b"hello from Rust\n", "answer")
        code = next(int.from_bytes(p, "big") for kind, _, at, p in c.frames() if kind == RST_STREAM and at == 1)
        equal(code, 0, "code of the reset: no error")


# --- The end ---

def test_running_request_is_finished():
    s = Server(guest("faults"), "--workers", "1")
    with Client(s.port) as c:
        c.get(1, "/sleep?ms=1000")
        time.sleep(0.3)
        s.kill(signal.SIGTERM)
        seen = []
        for kind, flags, stream, _ in c.frames():
            seen.append(kind)
            if stream == 1 and flags & END_STREAM and kind in (DATA, HEADERS):
                break
        true(GOAWAY in seen and seen.index(GOAWAY) < len(seen) - 1, f"want a GOAWAY before the answer, got {seen}")
        true(c.goaway() in (None, 0), "want no error")
    equal(s.wait(), 0, "exit status")


def test_client_that_leaves_frees_the_instance():
    s = shared("faults", "--workers", "1")
    with Client(s.port) as c:
        for k in range(20):
            c.get(1 + 2 * k, "/sleep?ms=60000")
            c.send(frame(RST_STREAM, 0, 1 + 2 * k, struct.pack(">I", 8)))
        c.get(101, "/hello")
        true(c.body(101) is not None, "want an answer after 20 requests that were given up")
