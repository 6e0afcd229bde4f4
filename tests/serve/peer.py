"""An HTTP server under a test's control, for what stands behind a proxy: it may misbehave in every way."""
import os
import socket
import threading

from support import WAIT_SECONDS, temporary_dir


class Peer:
    """Calls `serve(stream)` for each connection in a thread of its own and closes it then; keeps what came in.

    `stream` has `request()`, `send(data)`, `rest()`, `reset()` and the raw `socket`."""

    def __init__(self, serve, unix=False, backlog=64, family=socket.AF_INET):
        self.serve, self.requests, self.connections = serve, [], 0
        self.changed = threading.Condition()
        if unix:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(os.path.join(temporary_dir(), "peer.sock"))
            self.address = "unix:" + self.listener.getsockname()
        else:
            self.listener = socket.socket(family)
            self.listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
            host = "[::1]" if family == socket.AF_INET6 else "127.0.0.1"
            self.address = f"{host}:{self.listener.getsockname()[1]}"
        self.listener.listen(backlog)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return "http://" + self.address

    def _accept(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            with self.changed:
                self.connections += 1
                number = self.connections
                self.changed.notify_all()
            threading.Thread(target=self._run, args=(Stream(self, s, number),), daemon=True).start()

    def _run(self, stream):
        try:
            self.serve(stream)
        except OSError:
            pass  # the proxy has left, which the test sees from the other side
        stream.socket.close()

    def close(self):
        self.listener.close()

    def wait(self, condition, what):
        with self.changed:
            if not self.changed.wait_for(condition, WAIT_SECONDS):
                raise AssertionError(f"not within {WAIT_SECONDS} s: {what}")

    def note(self, key, value):
        with self.changed:
            setattr(self, key, value)
            self.changed.notify_all()


class Request:
    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        self.line = lines[0]
        self.fields = [tuple(line.split(": ", 1)) for line in lines[1:]]
        self.body = b""

    def all(self, name):
        return [v for n, v in self.fields if n.lower() == name.lower()]


class Stream:
    def __init__(self, peer, s, number):
        self.peer, self.socket, self.number, self.pending = peer, s, number, b""
        s.settimeout(WAIT_SECONDS)

    def until(self, mark):
        while mark not in self.pending:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError
            self.pending += data
        part, self.pending = self.pending.split(mark, 1)
        return part

    def exactly(self, count):
        while len(self.pending) < count:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError
            self.pending += data
        part, self.pending = self.pending[:count], self.pending[count:]
        return part

    def head(self):
        r = Request(self.until(b"\r\n\r\n"))
        with self.peer.changed:
            self.peer.requests.append(r)
            self.peer.changed.notify_all()
        return r

    def request(self):
        """The next request with its body."""
        r = self.head()
        if r.all("content-length"):
            r.body = self.exactly(int(r.all("content-length")[0]))
        if r.all("transfer-encoding"):
            while size := int(self.until(b"\r\n"), 16):
                r.body += self.exactly(size)
                self.exactly(2)
            self.exactly(2)
        return r

    def send(self, data):
        self.socket.sendall(data)

    def is_closed(self):
        """Waits for the other side's end."""
        try:
            return self.socket.recv(65536) == b""
        except ConnectionError:
            return True

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.socket.close()


def answer(body=b"hello", status="200 OK", fields=()):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"] + [f"{n}: {v}" for n, v in fields]
    return "\r\n".join(lines + ["", ""]).encode("latin-1") + body


def answering(data):
    """Gives the same answer to every request."""
    def serve(stream):
        while True:
            stream.request()
            stream.send(data)
    return serve


def saying(data):
    """Reads one request, says this and closes."""
    def serve(stream):
        stream.request()
        stream.send(data)
    return serve
