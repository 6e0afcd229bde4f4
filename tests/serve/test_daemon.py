"""berthd as a process: start, signals, files, what survives what."""
import os
import re
import signal

from berthd import Daemon, free_port
from support import cases, contains, equal, matches, true


def listener(port, status=200):
    return {"listeners": {f"127.0.0.1:{port}": {"pass": "routes"}}, "routes": [{"action": {"return": status}}]}


def test_log_lines():
    d = Daemon()
    for line in d.log().splitlines():
        matches(line, r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[(notice|warn)\] \d+#\d+ ", "log line")
    contains(d.log(), "berth 0", "log")


def test_upgrade():
    port = free_port()
    d = Daemon(config=listener(port, 204))
    before = d.server_pid()
    d.kill(signal.SIGUSR2)
    d.wait_until(lambda: d.server_pid() not in (before, None), "another server process")
    d.wait_log(r"took over")
    equal(d.get(port).status, 204, "status")
    d.wait_until(lambda: not os.path.exists(f"/proc/{before}"), "the former server process ends")
    equal(d.get(port).status, 204, "status")
    equal(d.get_value("/config/routes/0/action/return"), 204, "value")
