"""Starting `berthd` and talking to its control API, for the black-box tests of the production server."""
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import support
from support import BERTH, CACHE, WAIT_SECONDS, Connection, Skip, equal, true

BERTHD = os.environ.get("BERTHD") or os.path.join(
    os.path.dirname(BERTH), "berthd" if os.path.basename(os.path.dirname(BERTH)) == "bin" else "../server/berthd")


def free_port():
    """A TCP port that nobody listens on; the system does not give it out again soon."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def share_files(source, target):
    """Compiled code, so that no test compiles again what another one has."""
    for name in os.listdir(source) if os.path.isdir(source) else []:
        if name.endswith(".code") and not os.path.exists(os.path.join(target, name)):
            try:
                os.link(os.path.join(source, name), os.path.join(target, name))
            except OSError:
                pass  # another file system, or somebody was faster


class Daemon:
    """A `berthd` in a directory of its own, in the foreground, as the user who runs the tests.

    `flags` are added to the command line; `state`, a directory, is kept and used again; `config`, if given, is put
    in force. Compiled guests are shared with the other tests."""

    def __init__(self, *flags, state=None, config=None, wait=True, env=None):
        if not os.path.exists(BERTHD):
            raise Skip("berthd is not built")
        self.directory = state or tempfile.mkdtemp(prefix="berth-test-")
        self.keep = state is not None
        self.flags, self.env = flags, env
        self.control = self.path("control.sock")
        self.log_at = 0
        os.makedirs(CACHE, exist_ok=True)
        os.makedirs(self.path("state/cache"), mode=0o700, exist_ok=True)
        share_files(CACHE, self.path("state/cache"))
        self.process = None
        self.start(wait)
        support._servers.append(self)
        if config is not None:
            self.configure(config)

    def path(self, name):
        return os.path.join(self.directory, name)

    def command(self):
        return [BERTHD, "--no-daemon", "--control", "unix:" + self.control, "--pid", self.path("pid"),
                "--log", self.path("log"), "--statedir", self.path("state"),
                "--user", pwd.getpwuid(os.geteuid()).pw_name, *self.flags]

    def start(self, wait=True):
        self.set_mark()
        self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, env={**os.environ, **(self.env or {})})
        if wait:
            self.wait_until(lambda: self.answers(), "the control API answers")

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"berthd ended with {self.process.returncode}: "
                                 f"{self.process.stderr.read().decode()}\n{self.log()}")
        try:
            return self.raw("GET", "/config")[0] == 200
        except (OSError, ValueError, support.Closed):
            return False

    def wait_until(self, condition, what, timeout=WAIT_SECONDS):
        """Polls; returns what the condition returned."""
        end = time.time() + timeout
        while time.time() < end:
            got = condition()
            if got:
                return got
            time.sleep(0.01)
        raise AssertionError(f"not within {timeout} s: {what}\n{self.log()}")

    def kill_server(self, number=signal.SIGKILL):
        """Ends the server process, and returns its id once it is dead: until then it may still take a connection, which
        fails with it."""
        pid = self.server_pid()
        os.kill(pid, number)

        def dead():
            try:
                with open(f"/proc/{pid}/stat") as f:
                    return f.read().rsplit(")", 1)[1].split()[0] == "Z"
            except (FileNotFoundError, ProcessLookupError):
                return True
        self.wait_until(dead, f"the end of process {pid}")
        return pid

    # --- The log ---

    def log(self):
        try:
            with open(self.path("log"), encoding="utf-8", errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def set_mark(self):
        self.log_at = len(self.log())

    def log_since_mark(self):
        return self.log()[self.log_at:]

    def wait_log(self, pattern, timeout=WAIT_SECONDS):
        return self.wait_until(lambda: re.search(pattern, self.log_since_mark(), re.M), f"a log line like {pattern!r}",
                               timeout)

    # --- The control API ---

    def control_connection(self):
        """A raw connection to the control socket."""
        c = Connection.__new__(Connection)
        c.socket = socket.socket(socket.AF_UNIX)
        c.socket.settimeout(WAIT_SECONDS)
        c.socket.connect(self.control)
        c.pending = b""
        return c

    def raw(self, method, path, body=None, headers=()):
        """(status, fields, body bytes) of a call."""
        with self.control_connection() as c:
            c.send_request(method, path, headers, body)
            r = c.response(method)
            return r.status, r.fields, r.body

    def call(self, method, path, value=None, text=None):
        """(status, parsed answer). `value` is sent as JSON, `text` as it is."""
        body = text.encode() if isinstance(text, str) else text
        if value is not None:
            body = json.dumps(value).encode()
        status, _, answer = self.raw(method, path, body)
        return status, json.loads(answer)

    def get_value(self, path):
        status, value = self.call("GET", path)
        equal(status, 200, f"status of GET {path}")
        return value

    def change(self, method, path, value=None, text=None):
        """A change that must succeed."""
        answer = self.call(method, path, value, text)
        equal(answer, (200, {"success": "Reconfiguration done."}), f"{method} {path}")

    def configure(self, config, path="/config"):
        self.change("PUT", path, config)

    # --- The server ---

    def connect(self, port, timeout=WAIT_SECONDS):
        return Connection(port, timeout)

    def request(self, port, method, path, headers=(), body=None):
        with self.connect(port) as c:
            c.send_request(method, path, headers, body)
            return c.response(method)

    def get(self, port, path="/", headers=()):
        return self.request(port, "GET", path, headers)

    def children(self):
        """The server process and, during an upgrade, the former one. The kernel's list may miss some while a process
        starts or ends: it counts once it has been the same three times."""
        seen = []
        while len(seen) < 3 or len(set(seen[-3:])) > 1:
            try:
                with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as f:
                    seen.append(f.read())
            except FileNotFoundError:
                return []
            time.sleep(0.002)
        return [int(pid) for pid in seen[-1].split()]

    def server_pid(self):
        """Of the server process, the supervisor's child; None when there is none."""
        return next(iter(self.children()), None)

    def kill(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=WAIT_SECONDS):
        return self.process.wait(timeout)

    def stop(self, number=signal.SIGTERM, timeout=WAIT_SECONDS):
        """Ends it; returns the exit status. `start` may start it again."""
        if self.process.poll() is None:
            self.kill(number)
        try:
            status = self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill_hard()
            raise AssertionError(f"berthd did not end within {timeout} s of signal {number}\n{self.log()}")
        self.process.stderr.close()
        return status

    def kill_hard(self):
        """SIGKILL: the server process goes with its supervisor."""
        self.process.kill()
        self.process.wait()

    def end(self):
        if self.process.poll() is None:
            self.stop()
        share_files(self.path("state/cache"), CACHE)
        if not self.keep:
            shutil.rmtree(self.directory, ignore_errors=True)

    def alive(self):
        true(self.answers(), "the control API answers afterwards")
