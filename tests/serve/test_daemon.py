"""berthd as a process: command line, files, signals, what it restores, and what survives what."""
import grp
import json
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import time

from berthd import BERTHD, Daemon, free_port
from support import Closed, Skip, cases, contains, equal, guest, lacks, matches, temporary_dir, true


def returns(port, status=200):
    """A configuration with one listener."""
    return {"listeners": {f"127.0.0.1:{port}": {"pass": "routes"}}, "routes": [{"action": {"return": status}}]}


def run(*arguments, timeout=20):
    """(exit status, stdout, stderr) of berthd."""
    p = subprocess.run([BERTHD, *arguments], capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
    return p.returncode, p.stdout, p.stderr


def in_directory(path):
    """Flags that keep everything there."""
    return ["--control", f"unix:{path}/control.sock", "--pid", f"{path}/pid", "--log", f"{path}/log",
            "--statedir", f"{path}/state", "--user", pwd.getpwuid(os.geteuid()).pw_name]


def as_root():
    if os.geteuid() != 0:
        raise Skip("needs root")


# --- The command line ---

def test_version():
    status, out, err = run("--version")
    equal((status, out), (0, ""), "exit status, stdout")
    matches(err, r"^berth version: \d+\.\d+\.\d+\n", "stderr")


@cases([("--help",), ("-h",)])
def test_help(flag):
    status, out, err = run(flag)
    equal((status, err), (0, ""), "exit status, stderr")
    for name in ("control", "control-mode", "control-user", "control-group", "pid", "log", "modulesdir", "statedir",
                 "tmpdir", "user", "group", "no-daemon", "version", "help"):
        contains(out, f"  --{name}", "help")
    matches(out, r'--control ADDRESS\n.*\n +default: "unix:', "default on the line below")


@cases([
    ("unknown", ["--contrl", "x"], 'berthd: [alert] unknown option "--contrl", try "berthd -h" for available options\n'
                                   'berthd: did you mean "--control"?\n'),
    ("equals sign", ["--pid=x"], 'unknown option "--pid=x", try "berthd -h" for available options\n'),
    ("value missing", ["--pid"], 'option "--pid" requires filename\n'),
    ("mode", ["--control-mode", "rw"], 'option "--control-mode": "rw" is no octal mode such as 0600\n'),
    ("old name", ["--state", "x", "--nix"], 'option "--state" is deprecated; use "--statedir" instead\n'),
])
def test_wrong_usage(arguments, want):
    status, out, err = run(*arguments)
    true(status != 0, "want a failure")
    equal(out, "", "stdout")
    contains(err, want, "stderr")


@cases([
    ("control address", ["--control", "nix"], '"nix" is no address for the control API'),
    ("control address without port", ["--control", "127.0.0.1"], "is no address for the control API"),
    ("control path too long", ["--control", "unix:/" + "x" * 104], "the path is too long"),
    ("control path is a file", ["--control", "unix:/etc/passwd"], "a file that is no socket is in the way"),
    ("control user", ["--control-user", "nobody-here"], 'user "nobody-here" is not known'),
    ("control group", ["--control-group", "nobody-here"], 'group "nobody-here" is not known'),
    ("state directory is a file", ["--statedir", "/etc/passwd"], "'/etc/passwd"),
    ("log directory is a file", ["--log", "/etc/passwd/x"], "'/etc/passwd"),
    ("pid directory is a file", ["--pid", "/etc/passwd/x"], "'/etc/passwd"),
])
def test_cannot_start(arguments, want):
    """Told to whoever starts it, in the background, too; and nothing stays behind."""
    for more in ([], ["--no-daemon"]):
        path = temporary_dir()
        status, out, err = run(*in_directory(path), *arguments, *more)
        equal((status, out), (1, ""), "exit status, stdout")
        matches(err, r"^berthd: \[alert\] ", "stderr")
        contains(err, want, "stderr")
        equal([f for f in os.listdir(path) if f not in ("state", "log")], [], "files left behind")


def test_unknown_user():
    as_root()
    for flag, what in (("--user", "user"), ("--group", "group")):
        status, _, err = run(*in_directory(temporary_dir()), flag, "nobody-here")
        equal(status, 1, "exit status")
        contains(err, f'{what} "nobody-here" is not known', "stderr")


def test_background():
    path = temporary_dir()
    equal(run(*in_directory(path)), (0, "", ""), "what the starter sees")
    with open(path + "/pid") as f:
        text = f.read()
    matches(text, r"^\d+\n$", "pid file")
    pid = int(text)
    true(os.getsid(pid) != os.getsid(0), "another session than ours")
    equal([os.readlink(f"/proc/{pid}/fd/{n}") for n in (0, 1, 2)], ["/dev/null", "/dev/null", path + "/log"], "standard streams")
    os.kill(pid, signal.SIGTERM)
    deadline = time.time() + 20
    while os.path.exists(path + "/pid"):
        true(time.time() < deadline, "the end within 20 s")
        time.sleep(0.01)


# --- Files ---

def test_files():
    d = Daemon()
    d.configure({"routes": []})
    mode = lambda name: stat.S_IMODE(os.stat(d.path(name)).st_mode)
    equal(mode("control.sock"), 0o600, "mode of the control socket")
    equal(mode("log"), 0o600, "mode of the log")
    equal(mode("pid"), 0o644, "mode of the pid file")
    equal(mode("state/conf.json"), 0o600, "mode of the configuration")
    with open(d.path("pid")) as f:
        equal(f.read(), f"{d.process.pid}\n", "pid file")
    with open(d.path("state/conf.json")) as f:
        equal(f.read(), '{"routes":[]}', "configuration")
    with open(d.path("state/version")) as f:
        equal(f.read(), "13500\n", "version")
    equal(d.stop(), 0, "exit status")
    equal(sorted(os.listdir(d.directory)), ["log", "state"], "what stays")
    equal(sorted(os.listdir(d.path("state"))), ["cache", "conf.json", "lock", "version"], "the state")


@cases([("660", 0o660), ("0777", 0o777), ("0", 0)])
def test_control_mode(mode):
    text = oct(mode)[2:]
    d = Daemon("--control-mode", text, wait=os.geteuid() == 0 or bool(mode & 0o600))
    d.wait_until(lambda: os.path.exists(d.control), "the control socket")
    equal(stat.S_IMODE(os.stat(d.control).st_mode), mode, "mode")


def test_control_owner():
    as_root()
    d = Daemon("--control-user", "nobody", "--control-group", "daemon")
    st = os.stat(d.control)
    equal((pwd.getpwuid(st.st_uid).pw_name, grp.getgrgid(st.st_gid).gr_name), ("nobody", "daemon"), "owner")


def test_control_on_abstract_socket():
    name = f"@berth-test-{os.getpid()}"
    d = Daemon("--control", "unix:" + name, wait=False)
    d.control = "\0" + name[1:]
    d.wait_until(d.answers, "the API answers")


def test_dead_control_socket_is_replaced():
    path = temporary_dir()
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(path + "/control.sock")
    dead.listen()
    dead.close()
    d = Daemon(state=path)
    equal(d.get_value("/config/listeners"), {}, "value")


def test_missing_directories_are_made():
    path = temporary_dir()
    d = Daemon("--control", f"unix:{path}/a/b/c.sock", "--pid", f"{path}/c/d/pid", "--log", f"{path}/e/f/log",
               "--statedir", f"{path}/g/h", wait=False)
    d.control = path + "/a/b/c.sock"
    d.wait_until(lambda: os.path.exists(d.control) and d.answers(), "the API answers")
    equal(stat.S_IMODE(os.stat(path + "/a/b").st_mode), 0o755, "mode of the control socket's directory")
    equal(stat.S_IMODE(os.stat(path + "/g/h").st_mode), 0o700, "mode of the state directory")
    for name in ("c/d/pid", "e/f/log", "g/h/lock"):
        true(os.path.exists(os.path.join(path, name)), name)


def test_two_servers_on_one_state_directory():
    d = Daemon()
    status, _, err = run(*in_directory(d.directory), "--control", f"unix:{d.path('other.sock')}")
    equal(status, 1, "exit status")
    contains(err, f"the state directory '{d.path('state')}' is used by another server, process {d.process.pid}\n", "stderr")
    contains(err, "give this one another --statedir", "help")
    d.alive()
    equal(os.path.exists(d.path("pid")), True, "the pid file stays")


def test_two_servers_on_one_control_socket():
    d = Daemon()
    status, _, err = run(*in_directory(temporary_dir()), "--control", "unix:" + d.control)
    equal(status, 1, "exit status")
    contains(err, f"control socket '{d.control}': socket already in use", "stderr")
    d.alive()


# --- The log ---

def test_log():
    d = Daemon()
    lines = d.log().splitlines()
    for line in lines:
        matches(line, r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[(notice|warn)\] \d+#\d+ ", "line")
    matches(lines[0 if os.geteuid() == 0 else 1], rf"\[notice\] {d.process.pid}#{d.process.pid} berth \d+\.\d+\.\d+ started$", "start")
    if os.geteuid() != 0:
        contains(d.log(), "[warn]", "warning")


def test_log_reopening():
    d = Daemon(config=returns(free_port()))
    os.rename(d.path("log"), d.path("log.1"))
    d.set_mark()
    d.kill(signal.SIGUSR1)
    d.wait_log(r"\[notice\] .* signal 10 \(SIGUSR1\) received, log files rotation$")
    equal(stat.S_IMODE(os.stat(d.path("log")).st_mode), 0o600, "mode")
    pid = d.server_pid()
    d.wait_until(lambda: os.readlink(f"/proc/{pid}/fd/2") == d.path("log"), "the server process logs there, too")
    equal(os.readlink(f"/proc/{d.process.pid}/fd/2"), d.path("log"), "stderr of the supervisor")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        d.call("PUT", "/config/listeners", {f"127.0.0.1:{s.getsockname()[1]}": {"pass": "routes"}})
    contains(d.log(), "failed to apply new configuration", "new log")
    with open(d.path("log.1")) as f:
        lacks(f.read(), "failed to apply", "old log")


def test_log_to_stderr():
    """As service managers and containers connect it: it stays what it was, also when logs are opened again."""
    d = Daemon("--log", "/dev/stderr")
    d.kill(signal.SIGUSR1)
    d.alive()
    target = os.readlink(f"/proc/{d.process.pid}/fd/2")
    matches(target, r"^(pipe|socket):", "stderr of the supervisor")
    equal(os.readlink(f"/proc/{d.server_pid()}/fd/2"), target, "stderr of the server process")
    d.kill(signal.SIGTERM)
    matches(d.process.stderr.read().decode(), r"\[notice\] .* berth \S+ started\n", "stderr")


# --- Signals ---

@cases([("SIGTERM", signal.SIGTERM), ("SIGINT", signal.SIGINT), ("SIGQUIT", signal.SIGQUIT)])
def test_idle_server_ends(number):
    port = free_port()
    d = Daemon(config=returns(port))
    server = d.server_pid()
    start = time.time()
    equal(d.stop(number), 0, "exit status")
    true(time.time() - start < 5, f"took {time.time() - start:.1f} s")
    true(not os.path.exists(f"/proc/{server}"), "the server process has ended, too")
    contains(d.log(), "ended", "log")
    with socket.socket() as s:
        true(s.connect_ex(("127.0.0.1", port)) != 0, "want the port closed")


def test_hangup_is_ignored():
    d = Daemon()
    for pid in (d.process.pid, d.server_pid()):
        os.kill(pid, signal.SIGHUP)
    d.alive()


def faults(port):
    return {"listeners": {f"127.0.0.1:{port}": {"pass": "applications/app"}},
            "applications": {"app": {"type": "wasm-wasi-component", "component": guest("faults")}}}


def test_quit_finishes_running_requests():
    port = free_port()
    d = Daemon(config=faults(port))
    with d.connect(port) as c:
        c.send_request("GET", "/sleep?ms=1000")
        d.wait_until(lambda: d.get_value("/status/applications/app/requests/active") == 1, "the request runs")
        d.kill(signal.SIGQUIT)
        d.wait_until(lambda: refused(port), "no new connections")
        equal(c.response().status, 200, "status")
    equal(d.wait(), 0, "exit status")


def refused(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) != 0


@cases([("SIGTERM", signal.SIGTERM), ("SIGQUIT, then SIGTERM", signal.SIGQUIT)])
def test_term_cuts(first):
    port = free_port()
    d = Daemon(config=faults(port))
    with d.connect(port) as c:
        c.send_request("GET", "/sleep?ms=20000")
        d.wait_until(lambda: d.get_value("/status/applications/app/requests/active") == 1, "the request runs")
        start = time.time()
        d.kill(first)
        d.kill(signal.SIGTERM)
        try:
            c.response()
            raise AssertionError("want the connection cut")
        except Closed:
            pass
        equal(d.wait(), 0, "exit status")
        true(time.time() - start < 5, f"took {time.time() - start:.1f} s")


def test_term_while_a_component_is_compiled():
    """The end does not wait for the compiler, and nothing is stored."""
    d = Daemon()
    d.stop()
    shutil.rmtree(d.path("state/cache"))
    d.start()
    with d.control_connection() as c:
        app = {"type": "wasm-wasi-component", "component": guest("py-app")}
        c.send_request("PUT", "/config/applications", (), json.dumps({"app": app}).encode())
        d.wait_until(lambda: threads(d.server_pid()) > 5, "the compiler runs")
        start = time.time()
        equal(d.stop(), 0, "exit status")
        true(time.time() - start < 5, f"took {time.time() - start:.1f} s")
    d.start()
    equal(d.get_value("/config/applications"), {}, "applications")


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def test_frozen_server_process_is_killed():
    d = Daemon()
    os.kill(d.server_pid(), signal.SIGSTOP)
    start = time.time()
    equal(d.stop(timeout=30), 0, "exit status")
    true(4 < time.time() - start < 15, f"want it after 5 s, took {time.time() - start:.1f} s")


# --- State ---

def test_state_is_restored():
    port = free_port()
    d = Daemon(config=returns(port, 207))
    before = d.raw("GET", "/config")[2]
    equal(d.stop(), 0, "exit status")
    d.start()
    equal(d.raw("GET", "/config")[2], before, "configuration")
    equal(d.get(port).status, 207, "status")


@cases([
    ("no JSON", '{"listeners": {', "the previous configuration is invalid: Unexpected end of JSON payload."),
    ("invalid", '{"listners": {}}', 'the previous configuration is invalid: Unknown parameter "listners".'),
    ("component is gone", json.dumps({"applications": {"app": {"type": "wasm-wasi-component", "component": "/nowhere.wasm"}}}),
     "failed to apply previous configuration"),
    ("NUL bytes", "\0" * 100, "the previous configuration is invalid: "),
])
def test_stored_state_is_of_no_use(text, want):
    d = Daemon()
    d.stop()
    with open(d.path("state/conf.json"), "w") as f:
        f.write(text)
    d.start()
    matches(d.log_since_mark(), r"\[alert\] .*" + re.escape(want), "log")
    equal(d.get_value("/config"), {"listeners": {}, "routes": [], "applications": {}}, "the empty default")
    with open(d.path("state/conf.json")) as f:
        equal(f.read(), text, "the file, which somebody may want to mend")
    d.configure({"routes": []})
    with open(d.path("state/conf.json")) as f:
        equal(f.read(), '{"routes":[]}', "after a change")


def test_state_survives_kill_at_any_moment():
    """SIGKILL in the middle of changes: what is there afterwards is what was acknowledged last, or the one after it."""
    d = Daemon(config={"settings": {"http": {"idle_timeout": 1}}})
    value = 1
    for turn in range(15):
        deadline = time.time() + 0.002 * turn + 0.001
        try:
            while time.time() < deadline:
                d.change("PUT", "/config/settings/http/idle_timeout", value + 1)
                value += 1
            with d.control_connection() as c: # one more, in flight
                c.send_request("PUT", "/config/settings/http/idle_timeout", (), b"%d" % (value + 1))
                time.sleep(0.0003 * turn)
                d.kill_hard()
        except (OSError, Closed):
            pass
        d.process.stderr.close()
        d.start()
        got = d.get_value("/config/settings/http/idle_timeout")
        true(got in (value, value + 1), f"turn {turn}: want {value} or one more, got {got}")
        lacks(d.log_since_mark(), "[alert]", "log")
        value = got


# --- The server process ---

def test_server_process_is_started_again():
    port = free_port()
    d = Daemon(config=returns(port, 207))
    for number in (signal.SIGKILL, signal.SIGABRT, signal.SIGTERM):
        d.set_mark()
        before = d.kill_server(number)
        equal(d.get(port).status, 207, "a connection waits for the next server process")
        how = f"exited on signal {int(number)}" if number != signal.SIGTERM else "exited with code 0"
        d.wait_log(rf"\[alert\] .*server process {before} {how}$")
        true(d.server_pid() != before, "want another process")
    equal(d.get_value("/config/routes/0/action/return"), 207, "configuration")


def test_no_descriptor_is_left_behind():
    d = Daemon(config=returns(free_port()))
    supervisor_holds_only_its_own(d, 1)
    first = None
    for _ in range(5):
        before = d.server_pid()
        os.kill(before, signal.SIGKILL)
        d.wait_until(lambda: d.server_pid() not in (None, before) and d.answers(), "another server process")
        if first is None:
            time.sleep(0.2)  # connections of the calls above
            first = descriptors(d.server_pid())
        d.wait_until(lambda: descriptors(d.server_pid()) == first, "the same descriptors in the server process")
        supervisor_holds_only_its_own(d, 1)
    true(not any(d.directory in name for name in first if name not in (d.path("log"), d.path("state/lock"), d.path("state/cache"))),
         f"the server process holds no other file of ours: {first}")


def descriptors(pid):
    """What each descriptor is, without numbers, sorted."""
    names = []
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            names.append(re.sub(r":\[\d+\]", "", os.readlink(f"/proc/{pid}/fd/{fd}")))
        except FileNotFoundError:
            pass
    return sorted(names)


def descriptors_of_supervisor(d, listeners):
    """stdin, stdout, log, lock, signals; the control socket, the server process's questions, the listeners."""
    return sorted(["/dev/null", "/dev/null", d.path("log"), d.path("state/lock"), "anon_inode:[signalfd]"] +
                  ["socket"] * (2 + listeners))


def supervisor_holds_only_its_own(d, listeners):
    """Soon: the text of a configuration that was just stored comes in a descriptor of its own."""
    want = descriptors_of_supervisor(d, listeners)
    d.wait_until(lambda: descriptors(d.process.pid) == want, f"the supervisor's descriptors are {want}")


def test_descriptors_of_the_starter_are_closed():
    with open(os.devnull) as held:
        path = temporary_dir()
        p = subprocess.run([BERTHD, *in_directory(path)], pass_fds=[held.fileno()], timeout=20, stdin=subprocess.DEVNULL)
        equal(p.returncode, 0, "exit status")
        with open(path + "/pid") as f:
            pid = int(f.read())
        true(not os.path.exists(f"/proc/{pid}/fd/{held.fileno()}") or
             os.readlink(f"/proc/{pid}/fd/{held.fileno()}") != os.devnull, "want the starter's descriptor closed")
        os.kill(pid, signal.SIGTERM)
        while os.path.exists(path + "/pid"):
            time.sleep(0.01)


# --- Privileges ---

def test_server_process_has_no_privileges():
    as_root()
    d = Daemon("--user", "nobody", wait=False)
    if not os.access(d.directory, os.X_OK):
        raise Skip("the directory is not reachable")
    os.chmod(d.directory, 0o755)
    d.wait_until(d.answers, "the API answers")
    with open(f"/proc/{d.server_pid()}/status") as f:
        status = f.read()
    nobody = pwd.getpwnam("nobody")
    matches(status, rf"Uid:\t{nobody.pw_uid}\t{nobody.pw_uid}\t{nobody.pw_uid}\t", "user")
    matches(status, rf"Gid:\t{nobody.pw_gid}\t{nobody.pw_gid}\t", "group")
    matches(status, r"CapEff:\t0+\n", "capabilities")
    d.configure({"routes": []})
    lacks(d.log(), "unprivileged", "log")


def test_privileged_port():
    """The supervisor binds it, and keeps the privilege for itself."""
    as_root()
    port = next((p for p in range(700, 1000) if refused(p)), None)
    d = Daemon("--user", "nobody", config=returns(port))
    equal(d.get(port).status, 200, "status")


def test_unprivileged_start():
    as_root()
    path = temporary_dir()
    os.chmod(path, 0o777)
    copy = shutil.copy(BERTHD, path)
    nobody = pwd.getpwnam("nobody")

    def become_nobody():
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
    flags = in_directory(path)
    p = subprocess.run([copy, *flags], preexec_fn=become_nobody, timeout=20, capture_output=True, text=True)
    equal(p.returncode, 0, f"exit status; {p.stderr}")
    with open(path + "/log") as f:
        contains(f.read(), "[warn]", "log")
    with open(path + "/log") as f:
        contains(f.read(), "Berth is running unprivileged, then it cannot use arbitrary user and group.", "log")
    with open(path + "/pid") as f:
        os.kill(int(f.read()), signal.SIGTERM)
    while os.path.exists(path + "/pid"):
        time.sleep(0.01)


# --- systemd ---

def test_service_manager_is_told():
    path = temporary_dir() + "/notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(path)
        s.settimeout(20)
        d = Daemon(env={"NOTIFY_SOCKET": path}, wait=False)
        equal(s.recv(100), b"READY=1", "at the start")
        d.kill(signal.SIGUSR2)
        matches(s.recv(100).decode(), r"^RELOADING=1\nMONOTONIC_USEC=\d+$", "at an upgrade")
        equal(s.recv(100), b"READY=1", "after it")
        d.kill(signal.SIGTERM)
        equal(s.recv(100), b"STOPPING=1", "at the end")
        equal(d.wait(), 0, "exit status")
