"""The actions `proxy` and `upstreams` of berthd, in front of servers that behave and that do not."""
import collections
import os
import random
import socket
import threading
import time

import routing
from peer import Peer, answer, answering, saying
from routing import ask, daemon, serve
from support import Closed, Connection, cases, contains, equal, true


def proxy_to(peer, **more):
    """One worker, so that the next request finds the connection that was kept."""
    serve([{"action": {"proxy": peer if isinstance(peer, str) else peer.url, **more}}],
          settings={"listen_threads": 1})


def connections():
    return daemon().call("GET", "/status")[1]["connections"]


def descriptors():
    return len(os.listdir(f"/proc/{daemon().server_pid()}/fd"))


# --- What is passed on ---

def test_request_is_passed_on():
    peer = Peer(answering(answer(b"hi", fields=[("X-Peer", "1"), ("Date", "then"), ("Server", "peer")])))
    proxy_to(peer)
    r = ask("/a%20b/../c?x=%20y&z", headers=[("X-One", "1"), ("X-One", "2"), ("Cookie", "a=b")])
    equal((r.status, r.body), (200, b"hi"), "answer")
    equal(r.field("x-peer"), "1", "X-Peer")
    equal(r.field("date"), "then", "Date is the server's")
    contains(r.field("server"), "Berth", "Server is ours")
    got = peer.requests[0]
    equal(got.line, "GET /a%20b/../c?x=%20y&z HTTP/1.1", "request line")
    equal(got.fields, [("Host", "test.example"), ("X-One", "1"), ("X-One", "2"), ("Cookie", "a=b")], "fields")


def test_hop_by_hop_fields_stay_here():
    peer = Peer(answering(answer(b"hi", fields=[
        ("Connection", "x-secret, keep-alive"), ("X-Secret", "s"), ("Keep-Alive", "timeout=5"), ("Upgrade", "h2c"),
        ("Proxy-Connection", "x"), ("X-Kept", "k")])))
    proxy_to(peer)
    r = ask(headers=[("Connection", "X-Mine, keep-alive"), ("X-Mine", "m"), ("TE", "trailers"), ("Upgrade", "h2c"),
                     ("Keep-Alive", "x"), ("Proxy-Connection", "y"), ("X-Other", "o")])
    equal(peer.requests[0].fields, [("Host", "test.example"), ("X-Other", "o")], "request fields")
    equal([n.lower() for n, _ in r.fields], ["x-kept", "server", "date", "content-length"], "response fields")


def test_absolute_target_names_the_host():
    peer = Peer(answering(answer()))
    proxy_to(peer)
    with Connection(routing.port()) as c:
        c.send(b"GET http://real.example/p HTTP/1.1\r\nHost: other.example\r\n\r\n")
        equal(c.response().status, 200, "status")
    equal(peer.requests[0].line, "GET /p HTTP/1.1", "request line")
    equal(peer.requests[0].all("host"), ["real.example"], "Host")


def test_rewrite_and_response_headers():
    peer = Peer(answering(answer(fields=[("X-Peer", "1")])))
    proxy_to(peer, rewrite="/new path$uri", response_headers={"X-Peer": None, "X-Set": "s"})
    r = ask("/old?q=%31")
    equal(peer.requests[0].line, "GET /new%20path/old?q=%31 HTTP/1.1", "request line")
    equal((r.field("x-peer"), r.field("x-set")), (None, "s"), "fields")


@cases([("length", [("Content-Length", "5")], b"hello"),
        ("chunked", [("Transfer-Encoding", "chunked")], b"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nX-Trailer: t\r\n\r\n"),
        ("empty", [("Content-Length", "0")], b"")])
def test_request_bodies(fields, sent):
    peer = Peer(answering(answer()))
    proxy_to(peer)
    with Connection(routing.port()) as c:
        c.send_request("POST", "/", fields)
        c.send(sent)
        equal(c.response().status, 200, "status")
    equal(peer.requests[0].body, b"hello" if sent else b"", "body")
    equal(peer.requests[0].all("content-length") + peer.requests[0].all("transfer-encoding"),
          [fields[0][1]], "framing")


@cases([("length", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
        ("the same length twice", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
        ("chunked", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
        ("until close", b"HTTP/1.1 200 OK\r\n\r\nhello"),
        ("HTTP/1.0", b"HTTP/1.0 200 OK\r\n\r\nhello"),
        ("interim", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
        ("no reason", b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello")])
def test_response_bodies(sent):
    proxy_to(Peer(saying(sent)))
    r = ask()
    equal((r.status, r.body), (200, b"hello"), "answer")
    equal(r.field("link"), None, "nothing of the interim response")


def test_response_in_single_bytes():
    def drip(stream):
        stream.request()
        for b in b"HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: t\r\n\r\n":
            stream.send(bytes([b]))
    proxy_to(Peer(drip))
    r = ask()
    equal((r.status, r.body, r.field("x-a")), (200, b"hello", "b"), "answer")


@cases([("HEAD", "HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, "5"),
        ("304", "GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, "5"),
        ("204", "GET", b"HTTP/1.1 204 No Content\r\n\r\n", 204, None)])
def test_responses_without_body(method, sent, status, length):
    peer = Peer(answering(sent))
    proxy_to(peer)
    for _ in range(2):
        r = ask(method=method)
        equal((r.status, r.field("content-length")), (status, length), "answer")
    equal(peer.connections, 1, "the connection is kept")


def test_answers_are_not_compressed():
    serve([{"action": {"proxy": Peer(answering(answer(b"x" * 1000))).url}}],
          settings={"http": {"compression": {"compressors": {"encoding": "gzip"}}}})
    r = ask(headers=[("Accept-Encoding", "gzip")])
    equal((r.field("content-encoding"), r.body), (None, b"x" * 1000), "answer")


def test_error_answers_are_the_servers_own():
    proxy_to(Peer(answering(answer(b"mine", "404 Gone Fishing"))))
    r = ask()
    equal((r.status, r.body), (404, b"mine"), "answer")


def test_addresses():
    for peer in Peer(answering(answer()), unix=True), Peer(answering(answer()), family=socket.AF_INET6):
        proxy_to(peer)
        equal(ask().body, b"hello", peer.address)
        equal(len(peer.requests), 1, peer.address)


def test_http_1_0_client():
    proxy_to(Peer(saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")))
    with Connection(routing.port()) as c:
        c.send(b"GET / HTTP/1.0\r\n\r\n")
        true(c.read_to_end().endswith(b"\r\n\r\nhello"), "the body without chunks")


def test_expect_is_met_once_connected():
    peer = Peer(answering(answer()))
    proxy_to(peer)
    with Connection(routing.port()) as c:
        c.send_request("POST", "/", [("Expect", "100-continue"), ("Content-Length", "2")])
        equal(c.head().status, 100, "interim status")
        c.send(b"ab")
        equal(c.response().status, 200, "status")
    equal((peer.requests[0].body, peer.requests[0].all("expect")), (b"ab", []), "request")


def test_expect_without_a_server_asks_for_nothing():
    proxy_to("http://127.0.0.1:1")
    with Connection(routing.port()) as c:
        c.send_request("POST", "/", [("Expect", "100-continue"), ("Content-Length", "2")])
        equal(c.head().status, 502, "first status")


def test_websocket_is_refused():
    proxy_to(Peer(answering(answer())))
    r = ask(headers=[("Connection", "Upgrade"), ("Upgrade", "websocket")])
    equal(r.status, 501, "status")
    daemon().wait_log("WebSocket does not go through a proxy")


# --- Smuggling ---

def test_a_body_cannot_become_a_request():
    """What a client sends as a body is one for the server, too, whatever its fields say."""
    peer = Peer(answering(answer()))
    proxy_to(peer)
    inner = b"GET /admin HTTP/1.1\r\nHost: x\r\n\r\n"
    for fields in ([("Connection", "content-length"), ("Content-Length", str(len(inner)))],
                   [("Connection", "transfer-encoding"), ("Content-Length", str(len(inner)))]):
        with Connection(routing.port()) as c:
            c.send_request("POST", "/", fields)
            c.send(inner)
            equal(c.response().status, 200, "status")
    equal([r.line for r in peer.requests], ["POST / HTTP/1.1"] * 2, "requests")
    equal([r.body for r in peer.requests], [inner] * 2, "bodies")


@cases([("both framings", b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
        ("two lengths", b"Content-Length: 3\r\nContent-Length: 4\r\n"),
        ("odd coding", b"Transfer-Encoding: xchunked\r\n"),
        ("space before the colon", b"Transfer-Encoding : chunked\r\n"),
        ("bare CR", b"X: a\rTransfer-Encoding: chunked\r\n")])
def test_ambiguous_requests_do_not_reach_the_server(fields):
    peer = Peer(answering(answer()))
    proxy_to(peer)
    with Connection(routing.port()) as c:
        c.send(b"POST / HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n0\r\n\r\n")
        true(c.response().status in (400, 501), "refused")
    equal(peer.requests, [], "requests")


def test_a_response_is_nobody_elses():
    """A server that sends more than one answer to a request: the next client does not get it."""
    peer = Peer(answering(answer(b"first") + answer(b"poison")))
    proxy_to(peer)
    for _ in range(3):
        equal(ask().body, b"first", "body")
    equal(peer.connections, 3, "connections are not used again")


def test_an_unasked_answer_on_a_kept_connection():
    sent = threading.Event()

    def serve_one(stream):
        stream.request()
        stream.send(answer(b"good"))
        if stream.number == 1:
            stream.send(answer(b"poison"))
            stream.is_closed()
            sent.set()
    peer = Peer(serve_one)
    proxy_to(peer)
    equal(ask().body, b"good", "body")
    true(sent.wait(20), "the connection is closed")
    equal(ask().body, b"good", "body")


# --- Bad answers ---

@cases([("nothing", b"", "closed without an answer"),
        ("half a head", b"HTTP/1.1 200 OK\r\nX: ", "within the head"),
        ("no HTTP", b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "a status line that does not begin with"),
        ("lengths differ", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
         "two Content-Lengths that differ"),
        ("no length", b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello", "a Content-Length that is no number"),
        ("both framings", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
         "both Content-Length and Transfer-Encoding"),
        ("other coding", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "other than chunked"),
        ("101", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "nobody asked for"),
        ("NUL", b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", "a NUL byte in the head"),
        ("bare LF", b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "LF without CR"),
        ("endless interim", b"HTTP/1.1 100 C\r\n\r\n" * 100, "too many interim responses"),
        ("large head", b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 70000 + b"\r\n\r\n", "a head that is too large"),
        ("many fields", b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 300 + b"\r\n", "too many fields")])
def test_bad_answers_are_502(sent, why):
    proxy_to(Peer(saying(sent)))
    daemon().set_mark()
    r = ask()
    equal((r.status, r.body), (502, b"<!DOCTYPE html><title>Error 502</title><p>Error 502.\r\n"), "answer")
    daemon().wait_log(f"the upstream server gave no answer .*{why}")


def test_no_server_is_502():
    proxy_to("http://127.0.0.1:1")
    equal(ask().status, 502, "refused connection")
    proxy_to("http://unix:/nowhere/at/all")
    equal(ask(method="POST", body=b"x" * 100000).status, 502, "no such socket")
    daemon().wait_log("upstream=unix:/nowhere/at/all .*No such file")


@cases([("length", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"),
        ("chunked", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        ("bad chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX\r\n")])
def test_cut_answers_are_cut(sent):
    proxy_to(Peer(saying(sent)))
    try:
        r = ask()
        raise AssertionError(f"want a cut connection, got {r.status} {r.body!r}")
    except Closed:
        pass
    daemon().wait_log("the upstream server's answer is not complete")


def test_reset_within_the_body():
    def serve_one(stream):
        stream.request()
        stream.send(b"HTTP/1.1 200 OK\r\n\r\nhello")
        peer.wait(lambda: getattr(peer, "seen", False), "the client has the beginning")
        stream.reset()
    peer = Peer(serve_one)
    proxy_to(peer)
    with Connection(routing.port()) as c:
        c.send_request("GET", "/")
        equal(c.head().status, 200, "status")
        equal(c.chunk(), b"hello", "the beginning")
        peer.note("seen", True)
        try:
            c.chunk()
            raise AssertionError("want a cut connection")
        except Closed:
            pass


def test_an_early_answer_to_a_large_body():
    """A server that answers without reading the request: the client gets that answer."""
    def serve_one(stream):
        stream.head()
        stream.send(answer(b"too much", "413 Too Much", [("Connection", "close")]))
        stream.socket.shutdown(socket.SHUT_WR)
        stream.is_closed()
    proxy_to(Peer(serve_one))
    with Connection(routing.port()) as c:
        c.send_request("POST", "/", [("Content-Length", "8000000")])
        c.send(b"x" * 100000)
        r = c.response()
        equal((r.status, r.body), (413, b"too much"), "answer")


# --- Kept connections ---

def test_connections_are_kept():
    peer = Peer(answering(answer()))
    proxy_to(peer)
    for _ in range(5):
        equal(ask().status, 200, "status")
    equal((peer.connections, len(peer.requests)), (1, 5), "connections and requests")


def test_connections_are_not_kept_when_the_server_says_so():
    peer = Peer(answering(answer(fields=[("Connection", "close")])))
    proxy_to(peer)
    for _ in range(3):
        equal(ask().status, 200, "status")
    equal(peer.connections, 3, "connections")


def test_a_kept_connection_that_dies_is_replaced():
    """The server closes instead of answering the second request of its first connection."""
    def serve_some(stream):
        stream.request()
        stream.send(answer())
        stream.head()
        if stream.number > 1:
            stream.send(answer())
    peer = Peer(serve_some)
    proxy_to(peer)
    for _ in range(2):
        equal(ask().status, 200, "status")
    equal((peer.connections, len(peer.requests)), (2, 3), "connections and requests")


@cases([("POST", "POST", None), ("body", "PUT", b"x"), ("unknown", "BREW", None)])
def test_what_changes_things_is_sent_once(method, body):
    def serve_some(stream):
        stream.request()
        stream.send(answer())
        stream.request()
        peer.note("again", True)
    peer = Peer(serve_some)
    proxy_to(peer)
    equal(ask().status, 200, "status of the first")
    equal(ask(method=method, body=body).status, 200, "status of the second")
    equal((peer.connections, len(peer.requests), hasattr(peer, "again")), (2, 2, False), "connections and requests")


def test_no_retry_on_a_new_connection():
    peer = Peer(saying(b""))
    proxy_to(peer)
    equal(ask().status, 502, "status")
    equal(len(peer.requests), 1, "requests")


# --- Streaming ---

def test_response_streams():
    """The client has each part before the next is made."""
    def serve_one(stream):
        stream.request()
        stream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for i in range(3):
            stream.send(b"4\r\npart\r\n")
            peer.wait(lambda: getattr(peer, "seen", 0) > i, "the client has the part")
        stream.send(b"0\r\n\r\n")
    peer = Peer(serve_one)
    proxy_to(peer)
    with Connection(routing.port()) as c:
        c.send_request("GET", "/")
        equal(c.head().status, 200, "status")
        for i in range(3):
            equal(c.chunk(), b"part", "part")
            peer.note("seen", i + 1)
        equal(c.chunk(), b"", "the end")


def test_request_streams():
    """The server has each part before the next is sent."""
    def serve_one(stream):
        stream.head()
        for i in range(3):
            equal(stream.until(b"\r\n"), b"4", "chunk size")
            equal(stream.exactly(6), b"part\r\n", "chunk")
            peer.note("seen", i + 1)
        stream.until(b"0\r\n\r\n")
        stream.send(answer())
    peer = Peer(serve_one)
    proxy_to(peer)
    with Connection(routing.port()) as c:
        c.send_request("POST", "/", [("Transfer-Encoding", "chunked")])
        for i in range(3):
            c.send(b"4\r\npart\r\n")
            peer.wait(lambda: getattr(peer, "seen", 0) > i, "the server has the part")
        c.send(b"0\r\n\r\n")
        equal(c.response().status, 200, "status")


LARGE = 24 * 1024 * 1024


def resident_kb():
    with open(f"/proc/{daemon().server_pid()}/status") as f:
        return int(next(line for line in f if line.startswith("VmRSS")).split()[1])


def test_a_slow_client_holds_up_the_server():
    """Not the memory of the proxy: the server can send no more than fits in buffers until the client reads."""
    block = bytes(range(256)) * 256

    def serve_one(stream):
        stream.request()
        stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % LARGE)
        for _ in range(LARGE // len(block)):
            stream.send(block)
        peer.note("sent", True)
    peer = Peer(serve_one)
    proxy_to(peer)
    before = resident_kb()
    with Connection(routing.port()) as c:
        c.send_request("GET", "/")
        equal(c.head().status, 200, "status")
        equal(c.read_exactly(len(block), "the beginning"), block, "the beginning")
        true(resident_kb() - before < 8 * 1024, "memory of a slow client")
        for _ in range(LARGE // len(block) - 1):
            equal(c.read_exactly(len(block), "a block") == block, True, "a block")
    true(resident_kb() - before < 8 * 1024, "memory afterwards")


def test_a_large_request_body():
    serve_requests = answering(answer())
    peer = Peer(serve_requests)
    serve([{"action": {"proxy": peer.url}}], settings={"listen_threads": 1, "http": {"max_body_size": LARGE}})
    before = resident_kb()
    equal(ask(method="POST", body=b"0123456789abcdef" * (LARGE // 16)).status, 200, "status")
    equal(peer.requests[0].body == b"0123456789abcdef" * (LARGE // 16), True, "body")
    true(resident_kb() - before < 8 * 1024, "memory")


def test_a_body_that_is_too_large():
    peer = Peer(answering(answer()))
    serve([{"action": {"proxy": peer.url}}], settings={"http": {"max_body_size": 10}})
    equal(ask(method="POST", body=b"x" * 11).status, 413, "status")
    equal(len(peer.requests), 0, "requests")


# --- Clients that leave ---

@cases([("FIN before the answer", False, False), ("RST before the answer", False, True),
        ("FIN within the answer", True, False), ("RST within the answer", True, True)])
def test_the_server_is_left_when_the_client_leaves(begun, reset):
    def serve_one(stream):
        stream.request()
        if begun:
            stream.send(b"HTTP/1.1 200 OK\r\n\r\nhello")
        peer.note("asked", True)
        peer.note("left", stream.is_closed())
    peer = Peer(serve_one)
    proxy_to(peer)
    c = Connection(routing.port())
    c.send_request("GET", "/")
    if begun:
        c.head()
    peer.wait(lambda: hasattr(peer, "asked"), "the request has arrived")
    if reset:
        c.reset()
    else:
        c.close()
    peer.wait(lambda: getattr(peer, "left", False), "the proxy leaves")


def test_a_client_that_leaves_within_its_body():
    def serve_one(stream):
        stream.head()
        peer.note("asked", True)
        while stream.socket.recv(65536):
            pass
        peer.note("left", True)

    def tolerant(stream):
        try:
            serve_one(stream)
        except ConnectionError:
            peer.note("left", True)
    peer = Peer(tolerant)
    proxy_to(peer)
    c = Connection(routing.port())
    c.send_request("POST", "/", [("Content-Length", "1000")])
    c.send(b"half")
    peer.wait(lambda: hasattr(peer, "asked"), "the request has arrived")
    c.close()
    peer.wait(lambda: getattr(peer, "left", False), "the proxy leaves")


# --- Upstreams ---

def share_of(peers, servers, count):
    serve([{"action": {"pass": "upstreams/u"}}], upstreams={"u": {"servers": servers}},
          settings={"listen_threads": 1})
    for _ in range(count):
        equal(ask().status, 200, "status")
    return [len(p.requests) for p in peers]


def test_upstreams_share_by_weight():
    a, b, c = (Peer(answering(answer())) for _ in range(3))
    got = share_of([a, b, c], {a.address: {"weight": 0.5}, b.address: {"weight": 1.5}, c.address: {"weight": 0}}, 16)
    equal(got, [4, 12, 0], "requests")


def test_upstreams_default_weight():
    a, b = (Peer(answering(answer())) for _ in range(2))
    equal(share_of([a, b], {a.address: {}, b.address: {"weight": 1}}, 6), [3, 3], "requests")


def test_upstreams_are_targets():
    peer = Peer(answering(answer()))
    serve([{"action": {"pass": "upstreams/$arg_name"}}], upstreams={"a/b": {"servers": {peer.address: {}}}})
    equal(ask("/?name=a%252Fb").status, 200, "named by a variable")
    equal(ask("/?name=c").status, 404, "unknown")
    serve([], listener={"pass": "upstreams/a%2Fb"}, upstreams={"a/b": {"servers": {peer.address: {}}}})
    equal(ask().status, 200, "of a listener")


@cases([("weights", True), ("servers", False)])
def test_upstreams_without_a_server_are_502(weights):
    serve([{"action": {"pass": "upstreams/u"}}],
          upstreams={"u": {"servers": {"127.0.0.1:1": {"weight": 0}} if weights else {}}})
    equal(ask().status, 502, "status")


# --- Configurations ---

@cases([("name", "http://localhost:80"), ("no scheme", "127.0.0.1:80"), ("https", "https://127.0.0.1:80"),
        ("path", "http://127.0.0.1:80/x"), ("no port", "http://127.0.0.1"), ("star", "http://*:80"),
        ("empty", ""), ("NUL", "http://unix:/a\0b"), ("long", "http://unix:/" + "x" * 108)])
def test_bad_proxy_addresses(address):
    status, got = daemon().call("PUT", "/config", {"routes": [{"action": {"proxy": address}}]})
    equal(status, 400, "status")
    if "\0" not in address:
        contains(got["detail"], f'The "proxy" address is invalid "{address}"', "detail")


@cases([("servers", {}, 'The "u" upstream must contain "servers" object value.'),
        ("address", {"servers": {"localhost": {}}}, 'The "localhost" is not valid server address.'),
        ("star", {"servers": {"*:80": {}}}, 'The "*:80" is not valid server address.'),
        ("negative", {"servers": {"127.0.0.1:80": {"weight": -1}}}, 'The "weight" number must be positive.'),
        ("large", {"servers": {"127.0.0.1:80": {"weight": 1000000.5}}},
         'The "weight" number must not exceed 1,000,000')])
def test_bad_upstreams(upstream, want):
    status, got = daemon().call("PUT", "/config", {"upstreams": {"u": upstream}})
    equal(status, 400, "status")
    contains(got["detail"], want, "detail")


# --- Over time ---

def test_nothing_is_leaked():
    """Descriptors and counters after every kind of end."""
    good, dead = Peer(answering(answer())), Peer(saying(b""))
    short = Peer(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"))
    serve([{"match": {"uri": f"/{name}"}, "action": {"proxy": peer.url}}
           for name, peer in (("good", good), ("dead", dead), ("short", short))] +
          [{"action": {"proxy": "http://127.0.0.1:1"}}], settings={"listen_threads": 1})

    def round_trip():
        seen = collections.Counter()
        for path in ("/good", "/dead", "/short", "/refused") * 5:
            try:
                seen[ask(path).status] += 1
            except Closed:
                seen["cut"] += 1
        equal(seen, {200: 5, 502: 10, "cut": 5}, "answers")
    round_trip()
    before = descriptors()
    round_trip()
    daemon().wait_until(lambda: descriptors() <= before, "descriptors are closed")
    daemon().wait_until(lambda: connections()["active"] == 0, "no connection is active")
    counts = connections()
    equal(counts["accepted"], counts["idle"] + counts["closed"], "accepted connections")


def anything(stream):
    """Answers as it happens to: early, late, short, too much, in every framing, or not at all."""
    while True:
        r, way = stream.head(), random.randrange(9)
        length = int((r.all("content-length") or ["0"])[0])
        if way == 0:
            stream.send(answer(b"early", "413 Early", [("Connection", "close")]))
            return
        stream.exactly(length)
        if way == 1:
            return
        if way == 2:
            stream.reset()
            return
        if way == 3:
            stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * random.randrange(100000))
            return
        if way == 4:
            stream.send(b"HTTP/1.1 200 OK\r\n\r\n" + b"z" * 50000)
            return
        if way == 5:
            stream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
                        (b"1000\r\n" + b"y" * 4096 + b"\r\n") * 20 + b"0\r\n\r\n")
        elif way == 6:
            stream.send(answer(b"a") + b"surplus")
        else:
            stream.send(answer(b"w" * random.choice([0, 1, 70000, 300000])))


def anyhow(until):
    """A client that asks, sends bodies, reads or leaves as it happens to."""
    while time.time() < until:
        try:
            with Connection(routing.port()) as c:
                for _ in range(random.randrange(1, 5)):
                    body = b"b" * random.choice([10, 1000, 200000]) if random.random() < 0.4 else None
                    c.send_request("POST" if body else "GET", "/", [], body)
                    way = random.randrange(6)
                    if way == 0:
                        c.reset()
                    elif way == 1:
                        c.fill()
                        c.reset()
                    elif way == 2:
                        c.socket.shutdown(socket.SHUT_WR)
                    c.response()
        except (Closed, OSError):
            pass


def test_everything_goes_wrong_at_once():
    peer, unix_peer = Peer(anything), Peer(anything, unix=True)
    serve([{"action": {"pass": "upstreams/u"}}],
          upstreams={"u": {"servers": {peer.address: {}, unix_peer.address: {}}}})
    pid, until = daemon().server_pid(), time.time() + 2
    clients = [threading.Thread(target=anyhow, args=(until,)) for _ in range(12)]
    for t in clients:
        t.start()
    for t in clients:
        t.join()
    daemon().wait_until(lambda: connections()["active"] == 0, "no connection is active")
    equal(daemon().server_pid(), pid, "the server process is the same")


def test_a_server_that_stops_lets_go_of_kept_connections():
    peer = Peer(answering(answer()))
    serve([{"action": {"proxy": peer.url}}])
    equal(ask().status, 200, "status")
    equal(daemon().stop(), 0, "exit status")
    daemon().start()
