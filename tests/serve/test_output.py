"""The log: what components print, a line a request, and quiet."""
import re

from support import Server, equal, guest, lacks, matches, shared, true


def test_guest_lines_carry_the_request():
    s = Server(guest("rust-app"), "--workers", "1", "--log-requests")
    numbers = []
    for _ in range(3):
        s.set_mark()
        equal(s.get("/print").status, 200, "status")
        number = s.wait_log(r"^stdout \[(\d+)\] :: ")[1]
        equal(s.wait_log(r"^stderr \[(\d+)\] :: ")[1], number, "number on stderr")
        line = s.wait_log(r"\[(\d+)\] GET /print 200 ")
        equal(line[1], number, "number on the request's line")
        numbers.append(int(number))
    equal(numbers, sorted(set(numbers)), "numbers rise")


def test_request_line():
    s = Server(guest("rust-app"), "--log-requests")
    s.get("/hello?a=b")
    s.wait_log(r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[\d+\] GET /hello\?a=b 200 \d+ bytes [\d.]+ (us|ms|s)$")
    s.post("/echo", b"12345")
    s.wait_log(r"\] POST /echo 200 5 bytes ")
    with s.connect() as c:
        c.send_request("HEAD", "/hello")
        c.response("HEAD")
    s.wait_log(r"\] HEAD /hello 200 0 bytes ")


def test_request_line_of_a_cut_response():
    s = Server(guest("faults"), "--log-requests")
    with s.connect() as c:
        c.send_request("GET", "/trap-after-headers")
        c.read_to_end()
    s.wait_log(r"\] GET /trap-after-headers (200 \d+ bytes .* \(cut\)|500 )")


def test_no_request_lines_when_not_on_a_terminal():
    s = Server(guest("rust-app"))
    s.get("/hello")
    s.alive()
    lacks(s.log(), "GET /hello", "log")


def test_quiet():
    s = Server(guest("rust-app"), "--addr", "127.0.0.1:0", "--quiet", "--log-requests", wait=False)
    # Nothing tells the port: look it up.
    s.port = port_of(s.process.pid)
    s.get("/hello")
    equal(s.log(), "", "log")
    s.get("/print")
    s.wait_log(r"^stdout \[\d+\] :: ")
    equal(s.stop(), 0, "exit status")
    lacks(s.log(), "stopping", "log")


def port_of(pid, seconds=60):
    """The port that a process listens on."""
    import os
    import time
    end = time.time() + seconds
    while time.time() < end:
        sockets = set()
        for fd in os.listdir(f"/proc/{pid}/fd"):
            try:
                sockets.add(os.readlink(f"/proc/{pid}/fd/{fd}"))
            except OSError:
                pass
        with open("/proc/net/tcp") as f:
            for line in f.readlines()[1:]:
                part = line.split()
                if part[3] == "0A" and f"socket:[{part[9]}]" in sockets:
                    return int(part[1].split(":")[1], 16)
        time.sleep(0.05)
    raise AssertionError("the server listens on no port")


def test_plain_output():
    s = Server(guest("rust-app"), "--no-logging-prefix")
    equal(s.get("/print").status, 200, "status")
    s.alive()
    lacks(s.log(), "stdout [", "log")


def test_failures_escape_foreign_text():
    s = shared("faults")
    with s.connect() as c:
        c.send(b"GET /trap?%1b[31m\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n")
        c.read_until(b"\r\n", "in the status line")
    s.wait_log(r"request failed|bad request|400") if "request failed" in s.log_since_mark() else None
    lacks(s.log(), "\033", "log")


def test_terminal():
    """On a terminal: a line a request without being asked, and colour for errors."""
    import os
    import pty
    import subprocess
    from support import BERTH, CACHE, Connection
    leader, follower = pty.openpty()
    p = subprocess.Popen([BERTH, "serve", "--addr", "127.0.0.1:0", "--cache-dir", CACHE, guest("rust-app")],
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=follower,
                         env={**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, "TERM": "xterm"})
    os.close(follower)
    text = b""
    try:
        while b"Serving HTTP on" not in text or b"\n" not in text.split(b"Serving HTTP on")[1]:
            text += os.read(leader, 4096)
        port = int(re.search(rb"Serving HTTP on http://[\d.]+:(\d+)/", text)[1])
        with Connection(port) as c:
            c.send_request("GET", "/hello")
            equal(c.response().status, 200, "status")
        text = b""
        while b"\n" not in text:
            text += os.read(leader, 4096)
        matches(text.decode(), r"\[\d+\] GET /hello 200 \d+ bytes", "line of the request")
    finally:
        p.terminate()
        equal(p.wait(10), 0, "exit status")
        os.close(leader)


def test_colour():
    import os
    import pty
    import subprocess
    from support import BERTH
    for no_color, want in ((None, True), ("1", False), ("", True)):
        leader, follower = pty.openpty()
        env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        env.update({"TERM": "xterm"}, **({"NO_COLOR": no_color} if no_color is not None else {}))
        p = subprocess.Popen([BERTH, "serve", "missing.wasm"], stderr=follower, stdout=subprocess.DEVNULL, env=env)
        p.wait(10)
        text = os.read(leader, 4096)
        os.close(leader)
        os.close(follower)
        true((b"\033[" in text) == want, f"NO_COLOR={no_color!r}: got {text!r}")
