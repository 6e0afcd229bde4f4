"""Starting and ending: the first line, signals, requests that run meanwhile."""
import os
import re
import signal
import socket
import time

from support import Closed, Server, cases, contains, equal, guest, matches, temporary_dir, true


@cases([("SIGTERM", signal.SIGTERM), ("SIGINT", signal.SIGINT)])
def test_idle_server_ends_at_once(number):
    s = Server(guest("faults"))
    s.alive()
    start = time.time()
    equal(s.stop(number), 0, "exit status")
    true(time.time() - start < 3, f"took {time.time() - start:.1f} s")


def test_first_line():
    s = Server(guest("hello-rust"))
    matches(s.log(), r"^Serving HTTP on http://127\.0\.0\.1:\d+/$", "log")
    equal(s.stop(), 0, "exit status")


def test_idle_connections_are_closed():
    s = Server(guest("faults"))
    with s.connect() as idle, s.connect() as used:
        used.send_request("GET", "/hello")
        used.response()
        start = time.time()
        s.kill(signal.SIGTERM)
        true(idle.is_closed() and used.is_closed(), "want both closed")
        equal(s.wait(), 0, "exit status")
        true(time.time() - start < 3, f"took {time.time() - start:.1f} s")


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except ConnectionResetError:  # taken by the kernel in the moment the port was closed
        return True
    except ConnectionRefusedError:
        return False


def late_requests():
    """Two connections' answers to requests sent after the stop; None where this machine was too slow to send them in time."""
    s = Server(guest("faults"), "--workers", "1")  # one worker: the connection made first was taken first
    with s.connect() as fresh, s.connect() as used:
        used.send_request("GET", "/hello")
        used.response()
        start = time.monotonic()
        s.kill(signal.SIGTERM)
        while listens(s.port):  # the log tells what was asked; the closed port, that the worker knows of it
            time.sleep(0.01)
        for c in (used, fresh):
            c.send_request("GET", "/hello")
        if time.monotonic() - start > 0.3:
            return None
        answers = [c.response() for c in (used, fresh)]
        true(used.is_closed() and fresh.is_closed(), "want the connections closed behind their answers")
        equal(s.wait(), 0, "exit status")
        return answers


def test_request_that_was_on_its_way_is_answered():
    """A client may use its idle connection until it has seen it closed, or half a second went by."""
    answers = next(filter(None, (late_requests() for _ in range(10))), None)
    true(answers, "not once in 10 times did two requests go out within 0.3 s")
    for r in answers:
        equal((r.status, r.field("connection")), (200, "close"), "status and Connection")


@cases([("SIGTERM", signal.SIGTERM), ("SIGINT", signal.SIGINT)])
def test_running_request_is_finished(number):
    s = Server(guest("faults"))
    with s.connect() as c:
        c.send_request("GET", "/sleep?ms=1500")
        time.sleep(0.3)
        s.kill(number)
        time.sleep(0.3)
        true(not listens(s.port), "a new connection was accepted")
        equal(c.response().status, 200, "status")
        true(c.is_closed(), "want the connection closed behind it")
    equal(s.wait(), 0, "exit status")


@cases([("SIGINT", signal.SIGINT, 130), ("SIGTERM", signal.SIGTERM, 0)])
def test_second_signal_cuts(number, status):
    s = Server(guest("faults"))
    with s.connect() as c:
        c.send_request("GET", "/sleep?ms=20000")
        time.sleep(0.3)
        s.kill(number)
        time.sleep(0.3)
        start = time.time()
        s.kill(number)
        try:
            c.response()
            raise AssertionError("want the connection cut")
        except Closed:
            pass
        equal(s.wait(), status, "exit status")
        true(time.time() - start < 3, f"took {time.time() - start:.1f} s")
    contains(s.log(), "stopped before all requests were finished", "log")


def test_grace_is_bounded():
    s = Server(guest("faults"), "--timeout", "60s")
    with s.connect() as c:
        c.send_request("GET", "/sleep?ms=50000")
        time.sleep(0.3)
        start = time.time()
        s.kill(signal.SIGTERM)
        equal(s.wait(20), 0, "exit status")
        true(8 < time.time() - start < 14, f"want the end after 10 s, got {time.time() - start:.1f} s")


def test_loop_does_not_hold_the_end():
    s = Server(guest("faults"), "--timeout", "60s")
    with s.connect() as c:
        c.send_request("GET", "/loop")
        time.sleep(0.3)
        s.kill(signal.SIGTERM)
        time.sleep(0.3)
        s.kill(signal.SIGTERM)
        equal(s.wait(5), 0, "exit status")


def test_port_is_free_afterwards():
    s = Server(guest("hello-rust"))
    port = s.port
    with s.connect() as c:
        c.send_request("GET", "/")
        c.response()
        equal(s.stop(), 0, "exit status")
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


def test_broken_log_pipe():
    """The reader of the log goes away: the server goes on."""
    import subprocess
    from support import BERTH, CACHE, Connection
    p = subprocess.Popen([BERTH, "serve", "--addr", "127.0.0.1:0", "--cache-dir", CACHE, guest("faults")],
                         stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        port = int(matches(p.stderr.readline().decode(), r":(\d+)/", "first line")[1])
        p.stderr.close()
        for path, status in (("/trap", 500), ("/hello", 200), ("/trap", 500), ("/hello", 200)):
            with Connection(port) as c:
                c.send_request("GET", path)
                equal(c.response().status, status, "status of " + path)
        p.send_signal(signal.SIGTERM)
        equal(p.wait(10), 0, "exit status")
    finally:
        if p.poll() is None:
            os.kill(p.pid, signal.SIGKILL)
            p.wait()


def test_addr_without_port_zero():
    s = Server(guest("hello-rust"))
    port = s.port
    equal(s.stop(), 0, "exit status")
    again = Server(guest("hello-rust"), "--addr", f"127.0.0.1:{port}")
    equal(again.port, port, "port")


def test_unix_socket():
    path = os.path.join(temporary_dir(), "berth.sock")
    s = Server(guest("hello-rust"), "--addr", "unix:" + path, wait=False)
    s.wait_log("^Serving HTTP on unix:" + re.escape(path) + "$")
    with socket.socket(socket.AF_UNIX) as c:
        c.connect(path)
        c.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        true(c.recv(100).startswith(b"HTTP/1.1 200"), "status")


def test_ipv6():
    s = Server(guest("hello-rust"), "--addr", "[::1]:0", wait=False)
    port = int(s.wait_log(r"Serving HTTP on http://\[::1\]:(\d+)/")[1])
    with socket.create_connection(("::1", port), 5) as c:
        c.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        true(c.recv(100).startswith(b"HTTP/1.1 200"), "status")
