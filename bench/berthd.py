"""A berthd under test: started with a configuration, which its control socket takes."""
import contextlib
import http.client
import json
import socket
import sys
import tempfile
import time

import harness


@contextlib.contextmanager
def running(directory, config, port, verbose=False, certificate=None, workers=1, cpu=harness.SERVER_CPU):
    """A berthd with this configuration; `control` of what comes is its control socket. `certificate`: a bundle that is
    there as "bench"."""
    state = tempfile.mkdtemp(dir=directory)
    control = state + "/control.sock"
    command = [harness.BERTHD, "--no-daemon", "--control", "unix:" + control, "--pid", state + "/pid",
               "--log", state + "/log", "--statedir", state, "--user", "root", "--group", "root"]
    config.setdefault("settings", {})["listen_threads"] = workers
    with harness.running(command, cpu=cpu, verbose=verbose) as process:
        process.control = control
        if certificate:
            put(control, certificate, process, "/certificates/bench")
        put(control, config, process)
        harness.wait_for(port, process)
        yield process


class Control(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("control")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def put(control, value, process, path="/config"):
    """A text, or a value as JSON."""
    for _ in range(200):
        try:
            c = Control(control)
            c.request("PUT", path, value if isinstance(value, str) else json.dumps(value))
            r = c.getresponse()
            text = r.read().decode()
            if r.status == 503:
                raise OSError(text)
            if r.status != 200:
                sys.exit(f"error: {path} was refused: {text}")
            return
        except OSError:
            if process.poll() is not None:
                sys.exit(f"error: berthd ended with {process.returncode}")
            time.sleep(0.05)
    sys.exit("error: the control socket does not answer")
