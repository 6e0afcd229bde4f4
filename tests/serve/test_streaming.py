"""Large bodies: streamed both ways with bounded memory, and back-pressure from one side to the other."""
import os
import threading
import time

from support import Server, cases, equal, guest, shared, true

MB = 1_000_000
SANITIZED = bool(os.environ.get("BERTH_SANITIZED"))


class Sender(threading.Thread):
    """Sends a body beside the reader, as an echo needs."""

    def __init__(self, connection, size, chunked):
        super().__init__(daemon=True)
        self.connection, self.size, self.chunked, self.sent, self.error = connection, size, chunked, 0, None
        self.start()

    def run(self):
        block = bytes(range(250)) * 256
        try:
            while self.sent < self.size:
                part = block[:self.size - self.sent]
                self.connection.send(b"%x\r\n%s\r\n" % (len(part), part) if self.chunked else part)
                self.sent += len(part)
            if self.chunked:
                self.connection.send(b"0\r\n\r\n")
        except OSError as e:
            self.error = e


def read_body(connection, response):
    """Reads a large body without keeping it; returns its size after a look at its bytes."""
    size, first = 0, True
    chunked = response.field("transfer-encoding") == "chunked"
    left = None if chunked else int(response.field("content-length"))
    while chunked or left:
        part = connection.chunk() if chunked else connection.read_exactly(min(left, 65536), "in the body")
        if not part:
            break
        if first:
            equal(part[:4], bytes(range(4)), "first bytes")
            first = False
        size += len(part)
        left = left if chunked else left - len(part)
    if chunked:
        connection.read_until(b"\r\n", "behind the last chunk")
    return size


@cases([(f"{size} MB {'chunked' if chunked else 'with length'}", size, chunked)
        for size in (1, 16, 100) for chunked in (False, True)])
def test_echo(size, chunked):
    size *= MB // (10 if SANITIZED else 1)
    s = shared("rust-app", "--workers", "1", "--timeout", "300s")
    s.alive()
    with s.connect(120) as c:
        framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
        c.send(f"POST /echo HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n".encode())
        sender = Sender(c, size, chunked)
        response = c.head()
        equal(response.status, 200, "status")
        got = read_body(c, response)
        sender.join(10)
        equal(sender.error, None, "sending")
        equal(got, size, "bytes that came back")
    if not SANITIZED:
        peak = s.status_kb("VmHWM")
        true(peak < 300_000, f"the server's memory peaked at {peak} kB")


@cases([("1 MB", 1), ("16 MB", 16), ("100 MB", 100)])
def test_download(size):
    size *= MB
    s = shared("faults", "--workers", "1", "--timeout", "300s")
    s.alive()
    before = s.status_kb("VmHWM")
    with s.connect(120) as c:
        c.send_request("GET", f"/big?bytes={size}")
        response = c.head()
        equal(response.status, 200, "status")
        got = 0
        chunked = response.field("transfer-encoding") == "chunked"
        left = None if chunked else int(response.field("content-length"))
        while chunked or left:
            part = c.chunk() if chunked else c.read_exactly(min(left, 65536), "in the body")
            if not part:
                break
            got += len(part)
            left = left if chunked else left - len(part)
        equal(got, size, "bytes")
    grown = s.status_kb("VmHWM") - before
    true(grown < 32_000, f"the server's memory grew by {grown} kB")


def test_reader_that_pauses():
    """Nobody reads the echo: the server must stop reading the upload instead of keeping it."""
    s = Server(guest("rust-app"), "--workers", "1", "--timeout", "60s")
    s.alive()
    before = s.status_kb("VmHWM")
    with s.connect(60) as c:
        size = 50 * MB
        c.send(f"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n".encode())
        sender = Sender(c, size, False)
        time.sleep(2)
        true(sender.sent < size, "the whole upload was taken though nobody read the echo")
        grown = s.status_kb("VmHWM") - before
        true(grown < 24_000, f"the server's memory grew by {grown} kB")
        s.alive()
        equal(read_body(c, c.head()), size, "bytes, once reading goes on")


def test_first_bytes_come_before_the_last_are_sent():
    s = shared("rust-app")
    with s.connect(10) as c:
        c.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        response = c.head()
        equal(response.status, 200, "status")
        equal(c.chunk(), b"hello", "first chunk")
        c.send(b"5\r\nworld\r\n0\r\n\r\n")
        equal(c.chunk(), b"world", "second chunk")
        equal(c.chunk(), b"", "last chunk")


def test_many_at_once():
    s = Server(guest("rust-app"), "--workers", "2")
    body = os.urandom(200_000)
    failures = []

    def client():
        for _ in range(3):
            response = s.post("/echo", body, timeout=60)
            if response.status != 200 or response.body != body:
                failures.append(response.status)

    threads = [threading.Thread(target=client) for _ in range(24)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    equal(failures, [], "failed echoes")
