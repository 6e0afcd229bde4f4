"""No request is dropped while the configuration changes or the program is replaced; when the server process is killed,
only those that it had in hand."""
import os
import shutil
import signal
import time

from berthd import BERTHD, Daemon, free_port
from load import Load
from support import cases, contains, equal, guest, lacks, matches, temporary_dir, true


def config(port, status=200, **more):
    return {"listeners": {f"127.0.0.1:{port}": {"pass": "routes"}}, "routes": [{"action": {"return": status}}], **more}


def component(name="hello-rust", **options):
    return {"type": "wasm-wasi-component", "component": guest(name), **options}


def app_config(port, app):
    return {"listeners": {f"127.0.0.1:{port}": {"pass": "applications/app"}}, "applications": {"app": app}}


def test_routes_change():
    port = free_port()
    d = Daemon(config=config(port, 200))
    with Load(port) as load:
        for i in range(60):
            d.change("PUT", "/config/routes/0/action/return", 200 + i % 3)
        load.wait_for(100)
    equal(load.failures, [], "failures")
    equal(sorted(load.statuses), [200, 201, 202], "answers")


def test_listeners_come_and_go():
    port, others = free_port(), [free_port() for _ in range(3)]
    d = Daemon(config=config(port))
    with Load(port) as load:
        for i in range(20):
            other = others[i % 3]
            d.change("PUT", f"/config/listeners/127.0.0.1:{other}", {"pass": "routes"})
            equal(d.get(other).status, 200, "the new listener")
            d.change("DELETE", f"/config/listeners/127.0.0.1:{other}")
    equal(load.failures, [], "failures")


def test_application_changes():
    port = free_port()
    d = Daemon(config=app_config(port, component()))
    with Load(port) as load:
        for i in range(10):
            d.change("PUT", "/config/applications/app", component(environment={"N": str(i)}))
            equal(d.call("GET", "/control/applications/app/restart"), (200, {"success": "Ok"}), "restart")
        load.wait_for(50)
    equal((load.failures, list(load.statuses)), ([], [200]), "failures, answers")


def test_removed_listener_finishes():
    """Its running requests and those on their way end as they began; then it is gone."""
    port = free_port()
    d = Daemon(config=app_config(port, component("faults")))
    with d.connect(port) as running, d.connect(port) as idle:
        idle.send_request("GET", "/hello")
        idle.response()
        running.send_request("GET", "/sleep?ms=700")
        d.wait_until(lambda: d.get_value("/status/applications/app/requests/active") == 1, "the request runs")
        d.configure({})
        idle.send_request("GET", "/hello")
        r = idle.response()
        equal((r.status, r.field("connection")), (200, "close"), "a request that was on its way")
        equal(running.response().status, 200, "the running one")
    d.wait_until(lambda: is_refused(port), "the port closed")


def is_refused(port):
    try:
        Daemon.connect(None, port).close()
        return False
    except ConnectionRefusedError:
        return True


def upgrade(d):
    before = d.server_pid()
    d.set_mark()
    d.kill(signal.SIGUSR2)
    d.wait_log(r"took over former=")
    d.wait_until(lambda: not os.path.exists(f"/proc/{before}"), "the former server process ends")


def test_upgrade():
    port = free_port()
    d = Daemon(config=config(port, 208))
    pid = d.process.pid
    with Load(port) as load:
        for _ in range(5):
            upgrade(d)
            equal(d.get_value("/config/routes/0/action/return"), 208, "the control API works on")
            load.wait_for(20)
    equal((load.failures, list(load.statuses)), ([], [208]), "failures, answers")
    equal(d.process.poll(), None, "the same process")
    with open(d.path("pid")) as f:
        equal(f.read(), f"{pid}\n", "pid file")
    lacks(d.log(), "[alert]", "log")
    equal(d.stop(), 0, "exit status")
    equal([os.path.exists(d.path(n)) for n in ("pid", "control.sock")], [False, False], "files are removed at the end")


def test_upgrade_of_a_component_server():
    port = free_port()
    d = Daemon(config=app_config(port, component()))
    with Load(port) as load:
        for _ in range(3):
            upgrade(d)
    equal((load.failures, list(load.statuses)), ([], [200]), "failures, answers")


def test_upgrade_while_a_request_runs():
    port = free_port()
    d = Daemon(config=app_config(port, component("faults")))
    with d.connect(port) as c:
        c.send_request("GET", "/sleep?ms=1500")
        d.wait_until(lambda: d.get_value("/status/applications/app/requests/active") == 1, "the request runs")
        before = d.server_pid()
        d.kill(signal.SIGUSR2)
        d.wait_log(r"took over former=")
        d.wait_until(lambda: d.get_value("/status/connections/accepted") == 0, "the new server process answers")
        true(os.path.exists(f"/proc/{before}"), "the former server process waits for its request")
        equal(d.get(port, "/hello").status, 200, "others are served meanwhile")
        d.kill(signal.SIGUSR2)
        d.wait_log(r"no upgrade: another one")
        equal(c.response().status, 200, "the request ends as if nothing had been")
    d.wait_until(lambda: not os.path.exists(f"/proc/{before}"), "the former server process ends")


def test_changes_during_an_upgrade():
    """Each is applied or waits; none is lost."""
    port = free_port()
    d = Daemon(config=config(port, 200))
    for i in range(8):
        d.kill(signal.SIGUSR2)
        for n in range(10):
            d.change("PUT", "/config/routes/0/action/return", 200 + n)
        equal(d.get(port).status, 209, "the last change is in force")
        d.wait_until(lambda: d.log().count("took over") == i + 1, "the upgrade")
        equal(d.get_value("/config/routes/0/action/return"), 209, "and is not forgotten")
        d.wait_until(lambda: former_is_gone(d), "the former server process ends")


def former_is_gone(d):
    return len(d.children()) == 1


class Copied(Daemon):
    """Runs a copy of the program, which may be replaced."""

    def __init__(self, **more):
        self.program = os.path.join(temporary_dir(), "berthd")
        shutil.copy(BERTHD, self.program)
        super().__init__(**more)

    def command(self):
        return [self.program, *super().command()[1:]]

    def replace(self, text=None):
        """By another file, as a package manager does it."""
        if text is None:
            shutil.copy(BERTHD, self.program + ".new")
        else:
            with open(self.program + ".new", "wb") as f:
                f.write(text)
            os.chmod(self.program + ".new", 0o755)
        os.rename(self.program + ".new", self.program)


def test_upgrade_takes_the_new_file():
    port = free_port()
    d = Copied(config=config(port))
    d.replace()
    contains(os.readlink(f"/proc/{d.process.pid}/exe"), "(deleted)", "the old program")
    with Load(port) as load:
        upgrade(d)
    equal(load.failures, [], "failures")
    equal(os.readlink(f"/proc/{d.process.pid}/exe"), d.program, "the new program")
    equal(os.readlink(f"/proc/{d.server_pid()}/exe"), d.program, "and its server process")


@cases([
    ("no program", b"nonsense\n", r"no upgrade: the new program does not run"),
    ("fails", b"#!/bin/sh\nexit 3\n", r"no upgrade: the new program does not run .*--version' fails"),
])
def test_new_program_does_not_run(text, want):
    port = free_port()
    d = Copied(config=config(port))
    d.replace(text)
    server = d.server_pid()
    with Load(port) as load:
        d.kill(signal.SIGUSR2)
        d.wait_log(r"\[alert\] .*" + want)
        load.wait_for(20)
    equal(load.failures, [], "failures")
    equal(d.server_pid(), server, "the server process stays")
    d.change("PUT", "/config/routes", [])


def test_exec_fails_after_all():
    """The file is there when it is tried and gone when it counts: the old program goes on."""
    port = free_port()
    d = Copied(config=config(port))
    d.replace(b'#!/bin/sh\nmv "$0" "$0.gone"\nexit 0\n')
    with Load(port) as load:
        d.kill(signal.SIGUSR2)
        d.wait_log(r"\[alert\] .*the upgrade failed, the old program goes on why=.*No such file or directory")
        d.wait_until(lambda: former_is_gone(d), "another server process of the old program")
        load.wait_for(20)
    equal(load.failures, [], "failures")
    d.change("PUT", "/config/routes", [])


def test_server_process_is_killed():
    """New connections wait for the next one; what fails was in hand."""
    port = free_port()
    clients, kills = 6, 4
    d = Daemon(config=config(port))
    with Load(port, kept=clients - 2, fresh=2) as load:
        for _ in range(kills):
            load.wait_for(100)
            before = d.server_pid()
            os.kill(before, signal.SIGKILL)
            d.wait_until(lambda: d.server_pid() not in (before, None) and d.answers(), "another server process")
        load.wait_for(100)
    true(len(load.failures) <= clients * kills, f"{len(load.failures)} failures, want at most one a client and kill")
    equal([f for f in load.failures if "connecting" in f], [], "connections that were refused")
    equal(list(load.statuses), [200], "answers")


def test_unix_listener_survives():
    import socket
    d = Daemon()
    path = d.path("listener.sock")
    d.configure({"listeners": {"unix:" + path: {"pass": "routes"}}, "routes": [{"action": {"return": 200}}]})
    equal(os.stat(path).st_mode & 0o777, 0o666, "mode")

    def ask():
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(20)
            s.connect(path)
            s.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            matches(s.recv(1000).decode(), r"^HTTP/1.1 200 ", "answer")
    ask()
    d.kill_server()
    ask()
    upgrade(d)
    ask()
    d.configure({})
    true(not os.path.exists(path), "the path goes with the listener")
