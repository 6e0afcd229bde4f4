"""Nothing that a request does can be seen by a later one, though instances are used again: guests that leave traces, and
guests that look for them, on the same instances, in every order. What is seen is compared with what the first request
of a new process sees."""
import concurrent.futures
import os

from interleaved import WAITING, Client, Component, expected, serve
from support import Closed, Server, cases, equal, guest, shared, true

ENDINGS = ["/traces", "/trap", "/stack", "/exit", "/twice", "/unfinished", "/keep", "/hello", "/count", "/alloc"]
# What `leave` of tests/guests/traces/state.wat takes: a bit a kind.
KINDS = [("nothing", 0), ("memories", 1), ("globals", 2), ("tables", 4), ("growth", 8), ("growth of tables", 16),
         ("handles", 32), ("segments", 64), ("everything", 127)]


def look(s):
    return s.get("/look").text()


@cases([("recycled", "on"), ("built anew", "off")])
def test_traces(recycle):
    s = shared("faults", "--workers", "1", "--recycle=" + recycle, "--max-memory", "64MiB")
    first = look(s)
    for _ in range(100):
        equal(s.get("/traces").text(), "left\n", "the guest that leaves traces")
        equal(look(s), first, "what the next one sees")


@cases(KINDS)
def test_kind(what):
    """Each kind of trace alone. In the pause marks of pages are taken back (docs/internals/recycling.md)."""
    s = Server(guest("traces"), "--workers", "1")
    first = look(s)
    for pause in (130, 1):
        for _ in range(5):
            equal(s.get(f"/leave?what={what}").text(), "left\n", "the guest that leaves traces")
            equal(look(s), first, "what the next one sees")
        for _ in range(pause):
            equal(look(s), first, "what a later one sees")


@cases([("a trap", 128), ("a trap after everything", 255), ("past the end of a memory", 512),
        ("past the end of another one", 1024)])
def test_trap(what):
    """Also where a memory was when it had grown."""
    s = Server(guest("traces"), "--workers", "1")
    first = look(s)
    for _ in range(10):
        equal(s.get("/leave?what=8").text(), "left\n", "a memory grows")
        equal(s.get(f"/leave?what={what}").status, 500, "the guest that traps")
        equal(look(s), first, "what the next one sees")
        try:
            s.get("/leave-open?what=127")
            true(False, "a response that was cut came whole")
        except Closed:
            pass
        equal(look(s), first, "what is seen after a response that was cut")


def test_dropped_segments():
    """They cannot be put back: such a component is built anew."""
    s = Server(guest("traces-segments"), "--workers", "1")
    first = look(s)
    for _ in range(10):
        equal(s.get("/leave").text(), "left\n", "the guest that drops segments")
        equal(look(s), first, "what the next one sees")


def test_start():
    """Objects of the host that the start got and changed are there in every request, as the start left them."""
    s = Server(guest("start"), "--workers", "1")
    for _ in range(10):
        equal(s.get("/").text(), "one\ntwo\n", "fields of the start")


@cases([(path,) for path in ENDINGS])
def test_after(path):
    s = shared("faults", "--workers", "1", "--recycle=on", "--max-memory", "64MiB")
    first = look(s)
    for _ in range(3):
        try:
            s.request("GET", path)
        except Exception:  # some of them cut the connection: that is tested elsewhere
            pass
        equal(look(s), first, "what is seen after " + path)


@cases([("rust-app",), ("c-app",), ("go-app",), ("js-app",), ("py-app",)])
def test_toolchains(name):
    """The hundredth request is answered as the first one was, with others in between."""
    s = Server(guest(name), "--workers", "1", "--env", "GREETING=hello")
    paths = ["/hello", "/env", "/inspect", "/nowhere"]
    first = [s.get(p).body for p in paths]
    for k in range(25):
        s.post("/echo", bytes([k]) * (1000 * k))
        equal(s.get("/print").status, 200, "standard streams")
        true(s.get("/random").body, "want random bytes")
        equal([s.get(p).body for p in paths], first, "answers")


def test_request_that_is_over():
    """A guest that still runs when its answer is out sees its own request, not the next one on the connection."""
    s = Server(guest("traces"), "--workers", "1")
    with s.connect() as c:
        c.send_request("GET", "/answer-first?mine", [("x-mine", "mine")])
        equal(c.response().text(), "answered\n", "answer")
        for _ in range(20):
            c.send_request("GET", "/nowhere?other", [("x-other", "other"), ("x-more", "other" * 100)])
            equal(c.response().status, 404, "status of the next one")
        s.wait_log(r"stdout \[1\] :: /answer-first\?mine mine$")


# --- All of it at once ---

CLIENTS = 8
REQUESTS = 120 if os.environ.get("BERTH_SANITIZED") else 1400  # of each
TOOLCHAINS = ["rust-app", "c-app", "go-app", "js-app", "py-app"]
OF_TOOLCHAINS = ["/hello", "/env", "/inspect", "/nowhere", "/print", ("POST", "/echo", b"x" * 5000)]
LEAVING = [f"/leave?what={what}" for _, what in [*KINDS, ("", 128), ("", 255), ("", 512)]] + ["/leave-open?what=127"]


def components():
    """Those whose memory is small look at all of it often; all others at least answer the same."""
    return [
        Component("traces", 50, ["/look"] * len(LEAVING) + LEAVING),
        Component("traces-segments", 5, ["/look", "/leave", "/leave?what=128"]),
        Component("start", 5, ["/"]),
        Component("faults", 10, ["/count"] * 6 + ["/traces", "/look", "/trap", "/exit", "/unfinished"]),
        Component("composed", 5, ["/hello", ("DELETE", "/hello", None), ("POST", "/echo", b"y" * 5000)]),
        *[Component(name, 5, OF_TOOLCHAINS) for name in TOOLCHAINS],
    ]


def run_client(client, all_of_them, number):
    """With two time-outs on its way: a guest that waits, and one that computes."""
    for path in (WAITING, "/leave?what=383"):
        client.run(all_of_them, REQUESTS // 2, "traces")
        client.compare("hasty", ("GET", path, None), (503, ""))
    client.connection.close()
    return client


def test_interleaved():
    """Thousands of requests to all components in one server: some trap, some run out of time, some clients go away."""
    all_of_them = components()
    want = expected(all_of_them)
    # Not of those that see their allocator, which is not primed there, nor of those that take minutes to compile again.
    plain = [c for c in all_of_them if c.name in ("rust-app", "c-app", "go-app", "start", "composed")]
    for key, anew in expected(plain, "--recycle=off").items():
        equal(want[key], anew, f"answer to {key} with recycling, and without")
    daemon, port = serve([*all_of_them, Component("hasty", 0, [], file="traces", limits={"timeout": 1})])
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        clients = list(pool.map(lambda k: run_client(Client(k, port, want), all_of_them, k), range(CLIENTS)))
    differences = [d for c in clients for d in c.differences]
    true(not differences, f"{len(differences)} of {sum(c.compared for c in clients)} answers differ from a new "
                          "process's:\n" + "\n".join(differences[:20]))
    daemon.alive()
