"""Components that fail: the right status, one line on the log that says why, nothing of it to the client, and the server
goes on serving others, also meanwhile."""
import threading
import time

from support import Closed, Server, cases, contains, equal, guest, lacks, shared, true


def server():
    return shared("faults", "--workers", "1", "--timeout", "1s", "--max-memory", "64MiB")


BEFORE_HEAD = [
    # name, path, status, what the log says
    ("trap", "/trap", 500, r"`unreachable` executed .*do_trap"),
    ("stack overflow", "/stack", 500, r"(call stack is exhausted.*|memory access out of bounds), in recurse"),
    ("endless loop", "/loop", 503, r"time-out of 1000 ms"),
    ("endless wait", "/sleep?ms=60000", 503, r"time-out of 1000 ms"),
    ("endless allocation", "/alloc", 500, r"out of memory: the guest holds \d+ of 64 MiB allowed"),
    ("exit", "/exit", 500, r"the component exited with status 1"),
    ("no response", "/nothing", 500, r"the component returned without setting a response"),
    ("error-code", "/error", 500, r"the guest answered with the error configuration-error"),
    ("bad handle", "/handle", 500, r"unknown handle index 12345"),
    ("interim status as the response", "/status?code=101", 500, r"informational status 101"),
]


@cases(BEFORE_HEAD)
def test_before_the_head(path, status, why):
    s = server()
    others = []

    def ask_others():
        while not done.is_set():
            others.append(s.get("/hello").status)

    done = threading.Event()
    thread = threading.Thread(target=ask_others)
    thread.start()
    try:
        with s.connect() as c:
            c.send_request("GET", path)
            response = c.response()
            equal(response.status, status, "status")
            equal(response.field("content-type"), "text/plain; charset=utf-8", "Content-Type")
            true(response.body.startswith(b"The application"), f"body: {response.body!r}")
            lacks(response.text(), "wasm", "body")
            c.send_request("GET", "/hello")  # the connection is as good as before
            equal(c.response().status, 200, "status on the same connection")
    finally:
        done.set()
        thread.join()
    true(others and set(others) == {200}, f"others meanwhile: {set(others)} of {len(others)}")
    s.wait_log(r"error: request failed request=\d+ method=GET target=\"?" + path.split("?")[0] + ".* why=.*" + why)
    s.alive()


AFTER_HEAD = [
    ("trap", "/trap-after-headers", r"`unreachable` executed"),
    ("endless loop", "/loop-after-headers", r"time-out of 1000 ms"),
    ("body never finished", "/unfinished", r"dropped the response body without finishing it"),
    ("fewer bytes than announced", "/short", r"finished the response body after 3 of 10 bytes"),
    ("more bytes than announced", "/long", r"wrote more than the 3 bytes that content-length says"),
]


@cases(AFTER_HEAD)
def test_after_the_head(path, why):
    s = server()
    with s.connect() as c:
        c.send_request("GET", path)
        try:
            response = c.response()
        except Closed:
            pass
        else:
            # Nothing was sent yet when it failed: then a plain error is right.
            true(response.status in (500, 503), f"want a cut or an error, got a whole {response.status} with {response.body!r}")
    s.wait_log(r"error: request failed .* target=" + path + ".* why=.*" + why)
    s.alive()


def test_response_set_twice():
    # The first response was whole before the second attempt trapped.
    s = server()
    response = s.get("/twice")
    equal((response.status, response.body), (200, b"once\n"), "status and body")
    s.wait_log(r"error: request failed .* target=/twice .*response-outparam\.set")
    s.alive()


def test_work_after_a_whole_response():
    s = server()
    response = s.get("/late")
    equal((response.status, response.body), (200, b"in time\n"), "status and body")
    s.alive()
    lacks(s.log_since_mark(), "request failed", "log")


@cases([("bad-header", "/bad-header"), ("forbidden", "/forbidden")])
def test_fields_that_must_not_pass(path):
    # 200: the guest was told that none of them is possible.
    response = server().get(path)
    equal(response.status, 200, "status")
    for name, value in response.fields:
        lacks((name + value).lower(), "injected", "fields")
        lacks(value, "elsewhere", "fields")


@cases([(str(code), code, 200) for code in (0, 1, 99, 1000, 65535)] + [(str(code), code, code) for code in (205, 418, 599)])
def test_status(code, want):
    # A number that is no status is refused to the guest, whose response stays 200.
    equal(server().get(f"/status?code={code}").status, want, "status")


def test_stdin_is_empty():
    equal(server().get("/block-stdin").body, b"closed\n", "body")


def test_isolation():
    s = server()
    for _ in range(20):
        equal(s.get("/count").text().strip(), "1", "a counter of the guest")


def test_isolation_on_one_connection():
    with server().connect() as c:
        for _ in range(20):
            c.send_request("GET", "/count")
            equal(c.response().text().strip(), "1", "a counter of the guest")


def test_kept_handles_do_not_pile_up():
    s = server()
    for _ in range(50):
        equal(s.post("/keep", b"x" * 1000).status, 200, "status")
    s.alive()


def test_memory_after_faults():
    """Failed instances give back what they had."""
    s = Server(guest("faults"), "--workers", "1", "--max-memory", "64MiB", "--timeout", "5s")
    s.alive()
    for _ in range(3):
        equal(s.get("/alloc").status, 500, "status")
    before = s.status_kb("VmRSS")
    for path in ["/alloc", "/trap", "/exit", "/nothing"] * 10:
        equal(s.get(path).status, 500, "status of " + path)
    after = s.status_kb("VmRSS")
    true(after < before + 32 * 1024, f"resident memory grew from {before} to {after} kB")


def test_two_loops_do_not_stop_the_worker():
    """Guests that compute without end share the worker with others."""
    s = Server(guest("faults"), "--workers", "1", "--timeout", "3s")
    loops = [s.connect() for _ in range(3)]
    for c in loops:
        c.send_request("GET", "/loop")
    start = time.time()
    for _ in range(5):
        equal(s.get("/hello").status, 200, "status")
    true(time.time() - start < 2.5, f"five requests took {time.time() - start:.1f} s beside endless loops")
    equal([c.response().status for c in loops], [503] * 3, "statuses of the loops")


def test_one_log_line_a_failure():
    s = server()
    equal(s.get("/trap").status, 500, "status")
    s.wait_log("request failed")
    s.alive()
    equal(s.log_since_mark().count("request failed"), 1, "lines about the failure")
    contains(s.log_since_mark(), "target=/trap", "log")
