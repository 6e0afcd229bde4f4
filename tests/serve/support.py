"""What the black-box tests share: starting and stopping `berth serve`, raw HTTP/1.1 over sockets (so that malformed
requests can be sent), and comparisons that say what was wanted and what came."""
import atexit
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BERTH = os.environ.get("BERTH", os.path.join(ROOT, "build", "bin", "berth"))
GUESTS = os.environ.get("BERTH_GUESTS", os.path.join(ROOT, "build", "guests"))
# Compiled guests are shared by all test files and kept between runs.
CACHE = os.environ.get("BERTH_TEST_CACHE", os.path.join(ROOT, "build", "test-cache"))
START_SECONDS = 180  # a Python component compiles for a while the first time
WAIT_SECONDS = 20    # for anything else


class Skip(Exception):
    """The test cannot run here; the text says why."""


class Closed(Exception):
    """The server closed the connection before the response was whole. `got` is what came."""

    def __init__(self, what, got=b""):
        super().__init__(f"connection closed {what}; got {got[:200]!r}")
        self.got = got


def cases(table):
    """Runs the function once a row: (name, arguments…), or (name,) when the name is the argument."""
    def mark(function):
        function.cases = table
        return function
    return mark


def equal(got, want, what=""):
    if got != want:
        raise AssertionError(f"{what}: want {want!r}, got {got!r}")


def contains(text, part, what=""):
    if part not in text:
        raise AssertionError(f"{what}: want something with {part!r}, got {text!r}")


def lacks(text, part, what=""):
    if part in text:
        raise AssertionError(f"{what}: want nothing with {part!r}, got {text!r}")


def matches(text, pattern, what=""):
    found = re.search(pattern, text, re.S)
    if not found:
        raise AssertionError(f"{what}: want a match of {pattern!r}, got {text!r}")
    return found


def true(condition, what):
    if not condition:
        raise AssertionError(what)


def guest(name):
    """The path of a built guest."""
    path = os.path.join(GUESTS, name + ".wasm")
    if not os.path.exists(path):
        raise Skip(f"guest {name} is not built (tools/build-guests)")
    return path


def run_berth(*args, env=None, timeout=60, stdin=None):
    """Runs a command to its end; returns (exit status, stdout, stderr)."""
    if not os.path.exists(BERTH):
        raise Skip("berth is not built")
    p = subprocess.run([BERTH, *args], capture_output=True, text=True, timeout=timeout, errors="replace",
                       env={**os.environ, **(env or {})}, stdin=stdin or subprocess.DEVNULL)
    return p.returncode, p.stdout, p.stderr


class Server:
    """A `berth serve` on a free port. Its stderr is collected line by line."""

    def __init__(self, wasm, *options, env=None, wait=True, cache=CACHE):
        if not os.path.exists(BERTH):
            raise Skip("berth is not built")
        command = [BERTH, "serve", "--addr", "127.0.0.1:0"]
        command += ["--cache-dir", cache] if cache else []
        self.process = subprocess.Popen([*command, *options, wasm], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        env={**os.environ, **(env or {})})
        self.lines, self.lock, self.port = [], threading.Condition(), None
        self.mark = 0
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        _servers.append(self)
        if wait:
            line = self.wait_log(r"Serving HTTP on http://127\.0\.0\.1:(\d+)/", START_SECONDS)
            self.port = int(line[1])

    def _read(self):
        for line in self.process.stderr:
            with self.lock:
                self.lines.append(line.decode(errors="replace").rstrip("\n"))
                self.lock.notify_all()
        with self.lock:
            self.lines.append(None)
            self.lock.notify_all()

    def log(self):
        with self.lock:
            return "\n".join(line for line in self.lines if line is not None)

    def log_since_mark(self):
        with self.lock:
            return "\n".join(line for line in self.lines[self.mark:] if line is not None)

    def set_mark(self):
        with self.lock:
            self.mark = len(self.lines)

    def wait_log(self, pattern, timeout=WAIT_SECONDS):
        """Waits for a line since the mark that matches; returns the match."""
        end = time.time() + timeout
        with self.lock:
            at = self.mark
            while True:
                for line in self.lines[at:]:
                    if line is None:
                        raise AssertionError(f"server ended; want a log line like {pattern!r}, got:\n"
                                             + "\n".join(x for x in self.lines if x is not None))
                    found = re.search(pattern, line)
                    if found:
                        return found
                at = len(self.lines)
                left = end - time.time()
                if left <= 0 or not (self.lock.wait(left) or time.time() < end):
                    raise AssertionError(f"want a log line like {pattern!r} within {timeout} s, got:\n"
                                         + "\n".join(x for x in self.lines[self.mark:] if x is not None))

    def status_kb(self, key):
        """A figure of /proc/PID/status in kB: VmRSS, VmHWM, …"""
        with open(f"/proc/{self.process.pid}/status") as f:
            return int(re.search(key + r":\s+(\d+) kB", f.read())[1])

    def connect(self, timeout=WAIT_SECONDS):
        return Connection(self.port, timeout)

    def kill(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=WAIT_SECONDS):
        status = self.process.wait(timeout)
        self.reader.join(5)
        return status

    def stop(self, number=signal.SIGTERM, timeout=WAIT_SECONDS):
        if self.process.poll() is None:
            self.kill(number)
        try:
            return self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.wait()
            raise AssertionError(f"the server did not end within {timeout} s of signal {number}")
        finally:
            if self in _servers:
                _servers.remove(self)
                _ended.append(self)

    def alive(self):
        """The server still answers others: the check at the end of every test of bad input."""
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.log()}")
        response = self.get("/hello")
        equal(response.status, 200, "status of /hello afterwards")

    def request(self, method, path, headers=(), body=None, timeout=WAIT_SECONDS):
        """One request on a connection of its own."""
        with self.connect(timeout) as c:
            c.send_request(method, path, headers, body)
            return c.response(method)

    def get(self, path, headers=(), timeout=WAIT_SECONDS):
        return self.request("GET", path, headers, timeout=timeout)

    def post(self, path, body, headers=(), timeout=WAIT_SECONDS):
        return self.request("POST", path, headers, body, timeout=timeout)


class Response:
    def __init__(self, version, status, reason, fields):
        self.version, self.status, self.reason, self.fields = version, status, reason, fields
        self.body, self.trailers = b"", []

    def field(self, name):
        """The value of a field that stands there at most once; None when absent."""
        values = [v for n, v in self.fields if n.lower() == name.lower()]
        true(len(values) < 2, f"field {name} came {len(values)} times")
        return values[0] if values else None

    def text(self):
        return self.body.decode(errors="replace")


class Connection:
    """A raw connection; `response` parses strictly and raises Closed when the response is cut."""

    def __init__(self, port, timeout=WAIT_SECONDS):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def reset(self):
        """Closes with RST, as a client that crashed."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_request(self, method, path, headers=(), body=None):
        lines = [f"{method} {path} HTTP/1.1", "Host: test.example"] + [f"{n}: {v}" for n, v in headers]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join(lines + ["", ""]).encode("latin-1") + (body or b""))

    def fill(self):
        """Reads some; False at the end."""
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.pending += data
        return bool(data)

    def read_until(self, mark, what):
        while mark not in self.pending:
            if not self.fill():
                raise Closed(what, self.pending)
        head, self.pending = self.pending.split(mark, 1)
        return head

    def read_exactly(self, count, what):
        parts, have = [self.pending[:count]], min(count, len(self.pending))
        self.pending = self.pending[count:]
        while have < count:
            if not self.fill():
                raise Closed(what, b"".join(parts))
            part, self.pending = self.pending[:count - have], self.pending[count - have:]
            parts.append(part)
            have += len(part)
        return b"".join(parts)

    def read_to_end(self):
        while self.fill():
            pass
        data, self.pending = self.pending, b""
        return data

    def is_closed(self):
        """True when the server closes without sending more."""
        return not self.pending and not self.fill()

    def head(self):
        lines = self.read_until(b"\r\n\r\n", "before the end of the head").decode("latin-1").split("\r\n")
        found = re.fullmatch(r"(HTTP/1\.[01]) (\d{3}) ([^\r\n]*)", lines[0])
        true(found, f"bad status line {lines[0]!r}")
        fields = []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            true(colon and re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name), f"bad field line {line!r}")
            fields.append((name, value.strip(" \t")))
        return Response(found[1], int(found[2]), found[3], fields)

    def chunk(self):
        """One chunk's data; b"" for the last one."""
        size = self.read_until(b"\r\n", "in a chunk size")
        true(re.fullmatch(rb"[0-9a-fA-F]+", size), f"bad chunk size {size!r}")
        if int(size, 16) == 0:
            return b""
        data = self.read_exactly(int(size, 16), "in a chunk")
        equal(self.read_exactly(2, "behind a chunk"), b"\r\n", "end of a chunk")
        return data

    def response(self, method="GET"):
        """The next final response, whole; interim ones are skipped."""
        response = self.head()
        while response.status < 200:
            response = self.head()
        length, encoding = response.field("content-length"), response.field("transfer-encoding")
        true(not (length and encoding), "both Content-Length and Transfer-Encoding")
        if method == "HEAD" or response.status in (204, 304):
            return response
        if encoding:
            equal(encoding, "chunked", "Transfer-Encoding")
            parts = []
            while True:
                try:
                    part = self.chunk()
                except Closed as e:
                    raise Closed("inside a chunked body", b"".join(parts) + e.got)
                if not part:
                    break
                parts.append(part)
            response.body = b"".join(parts)
            while (line := self.read_until(b"\r\n", "in the trailers").decode("latin-1")):
                name, _, value = line.partition(":")
                response.trailers.append((name, value.strip()))
        elif length is not None:
            response.body = self.read_exactly(int(length), "inside the body")
        else:
            response.body = self.read_to_end()
        return response


_servers, _ended, _shared, _temporary = [], [], {}, []


def shared(name, *options, **more):
    """A server of a guest that the tests of a file share."""
    key = (name, options, tuple(sorted(more.items())))
    server = _shared.get(key)
    if server is None or server.process.poll() is not None:
        server = _shared[key] = Server(guest(name), *options, **more)
        server.is_shared = True
    return server


def temporary_dir():
    """A directory that is gone after the test."""
    path = tempfile.mkdtemp(prefix="berth-test-")
    _temporary.append(path)
    return path


def begin_test():
    for server in _servers:
        server.set_mark()


def logs_of_test():
    texts = [f"\n--- log of {s.process.args[-1]}\n" + "\n".join(s.log_since_mark().splitlines()[-15:])
             for s in _servers + _ended if s.log_since_mark()]
    return "".join(texts)


def _end(server):
    if hasattr(server, "end"):
        server.end()
    else:
        server.process.kill()
        server.process.wait()
    _servers.remove(server)


def end_test():
    for server in [s for s in _servers if not getattr(s, "is_shared", False)]:
        _end(server)
    _ended.clear()
    while _temporary:
        shutil.rmtree(_temporary.pop(), ignore_errors=True)


def end_file():
    """Shared servers must end well, too: a leak or an assertion at the end would show here."""
    for server in list(_servers):
        status = server.stop()
        if status != 0:
            raise AssertionError(f"{server.process.args} ended with {status}:\n{server.log()}")


atexit.register(lambda: [_end(s) for s in list(_servers)])
