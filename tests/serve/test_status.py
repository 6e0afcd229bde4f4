"""/status: counters that are true on whatever way a connection or a request ends. A request counts from its first byte."""
import socket
import threading

from berthd import Daemon, free_port
from support import cases, equal, guest, true

_state = {}


def daemon():
    """One for all, with short time-outs; counters go on through its reconfigurations."""
    if "daemon" not in _state:
        _state["daemon"], _state["port"] = Daemon(), free_port()
        _state["daemon"].is_shared = True
    return _state["daemon"]


def config(**http):
    return {
        "listeners": {f"127.0.0.1:{_state['port']}": {"pass": "routes"}},
        "routes": [{"match": {"uri": "/sleep"}, "action": {"pass": "applications/app"}},
                   {"match": {"uri": "/nowhere"}, "action": {"pass": "applications/$arg_x"}},
                   {"action": {"return": 200}}],
        "applications": {"app": {"type": "wasm-wasi-component", "component": guest("faults")}},
        "settings": {"http": http},
    }


def counters():
    s = daemon().get_value("/status")
    return {**s["connections"], "total": s["requests"]["total"], "running": s["applications"]["app"]["requests"]["active"]}


def settle(before, **want):
    """Waits until the counters grew as wanted and nothing is open; the sum always holds."""
    def done():
        now = counters()
        equal(now["accepted"], now["active"] + now["idle"] + now["closed"], "accepted = active + idle + closed")
        return (now["active"], now["idle"], now["running"]) == (0, 0, 0) and \
            {k: now[k] - before[k] for k in ("accepted", "closed", "total")} == want
    try:
        daemon().wait_until(done, f"the counters {want}", timeout=10)
    except AssertionError:
        now = counters()
        equal({k: now[k] - before[k] for k in ("accepted", "closed", "total")}, want, f"counters; now {now}")
        raise


def begin(**http):
    d = daemon()
    d.configure(config(**http))
    before = counters()
    return d, before


def connection():
    return daemon().connect(_state["port"])


GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def closed():
    connection().close()


def reset():
    connection().reset()


def reset_in_head():
    c = connection()
    c.send(b"GET / HTT")
    c.reset()


def two_then_reset():
    c = connection()
    for _ in range(2):
        c.send(GET)
        c.response()
    c.reset()


def pipelined():
    c = connection()
    c.send(GET * 3)
    for _ in range(3):
        c.response()
    c.close()


def pipelined_and_gone():
    c = connection()
    c.send(GET)
    c.response()
    c.send(GET + b"GET /")
    c.response()
    c.close()


def malformed():
    c = connection()
    c.send(b"nonsense\r\n\r\n")
    equal(c.response().status, 400, "status")
    c.read_to_end()
    c.close()


def half_closed():
    c = connection()
    c.send(GET)
    c.socket.shutdown(socket.SHUT_WR)
    equal(c.response().status, 200, "status")
    c.read_to_end()
    c.close()


def half_body():
    c = connection()
    c.send(b"POST /sleep?ms=30000 HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
    daemon().wait_until(lambda: counters()["active"] == 1, "the connection is active")
    c.reset()


def leaves_application():
    c = connection()
    c.send(b"GET /sleep?ms=30000 HTTP/1.1\r\nHost: a\r\n\r\n")
    daemon().wait_until(lambda: counters()["running"] == 1, "the request runs")
    equal(counters()["active"], 1, "active")
    c.reset()


def not_found():
    c = connection()
    c.send(b"GET /nowhere?x=y HTTP/1.1\r\nHost: a\r\n\r\n")
    equal(c.response().status, 404, "status")
    c.close()


def http_1_0():
    c = connection()
    c.send(b"GET / HTTP/1.0\r\n\r\n")
    c.response()
    c.read_to_end()
    c.close()


@cases([(f.__name__, f, connections, requests) for f, connections, requests in [
    (closed, 1, 0), (reset, 1, 0), (reset_in_head, 1, 1), (two_then_reset, 1, 2), (pipelined, 1, 3),
    (pipelined_and_gone, 1, 3), (malformed, 1, 1), (half_closed, 1, 1), (half_body, 1, 1), (leaves_application, 1, 1),
    (not_found, 1, 1), (http_1_0, 1, 1),
]])
def test_way(way, connections, requests):
    _, before = begin()
    way()
    settle(before, accepted=connections, closed=connections, total=requests)


@cases([("idle", {"idle_timeout": 1}, b"", 0), ("kept", {"idle_timeout": 1}, GET, 1),
        ("head", {"header_read_timeout": 1}, GET[:9], 1)])
def test_time_out(http, sent, requests):
    _, before = begin(**http)
    with connection() as c:
        c.send(sent)
        c.read_to_end()
    settle(before, accepted=1, closed=1, total=requests)


def test_idle_and_active():
    d, before = begin()
    with connection() as c:
        d.wait_until(lambda: counters()["idle"] == 1, "a new connection is idle")
        c.send(GET[:-2])
        d.wait_until(lambda: counters()["active"] == 1, "a head has begun")
        c.send(b"\r\n")
        c.response()
        d.wait_until(lambda: counters()["idle"] == 1, "a kept connection is idle")
    settle(before, accepted=1, closed=1, total=1)


def test_listener_goes():
    """With a kept connection and a running request: they count to their end."""
    d, before = begin()
    kept, running = connection(), connection()
    kept.send(GET)
    kept.response()
    running.send(b"GET /sleep?ms=800 HTTP/1.1\r\nHost: a\r\n\r\n")
    d.wait_until(lambda: counters()["running"] == 1, "the request runs")
    d.change("DELETE", f"/config/listeners/127.0.0.1:{_state['port']}")
    equal(running.response().status, 200, "status")
    for c in (kept, running):
        c.read_to_end()
        c.close()
    settle(before, accepted=2, closed=2, total=2)


def test_many_at_once():
    _, before = begin()

    def visit():
        for way in (closed, two_then_reset, malformed, pipelined, reset_in_head):
            way()

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    settle(before, accepted=40, closed=40, total=8 * 7)


def test_processes_of_an_application():
    d, _ = begin()
    with connection() as c:
        c.send(b"GET /sleep?ms=800 HTTP/1.1\r\nHost: a\r\n\r\n")
        d.wait_until(lambda: counters()["running"] == 1, "the request runs")
        equal(d.get_value("/status/applications/app"),
              {"processes": {"running": 1, "starting": 0, "idle": 0}, "requests": {"active": 1}}, "while it runs")
        c.response()
    d.wait_until(lambda: counters()["running"] == 0, "the request is over")
    equal(d.get_value("/status/applications/app/processes/idle"), 1, "idle")
    true(d.get_value("/status/modules/wasm-wasi-component/version"), "version")
