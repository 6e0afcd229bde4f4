"""`berth ctl`, also as `unitc`: forms of its command line, methods, what it says and how it ends."""
import json
import os
import subprocess

from berthd import Daemon, free_port
from support import BERTH, cases, contains, equal, lacks, matches, temporary_dir, true

_state = {}


def running():
    """One for all tests of this file."""
    if "daemon" not in _state:
        _state["daemon"] = Daemon()
        _state["daemon"].is_shared = True
    return _state["daemon"]


def daemon():
    """The same, with two routes."""
    d = running()
    d.configure({"routes": [{"action": {"return": 200}}, {"action": {"return": 201}}]})
    return d


def ctl(*words, stdin=None, env=None, program=None, control=True):
    """(exit status, stdout, stderr)."""
    options = ["--control", "unix:" + running().control] if control else []
    command = [program] if program else [BERTH, "ctl"]
    p = subprocess.run([*command, *options, *words], text=True, capture_output=True, timeout=60,
                       **({"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}),
                       env={**os.environ, **(env or {})})
    return p.returncode, p.stdout, p.stderr


def write(name, text):
    path = os.path.join(temporary_dir(), name)
    with open(path, "w") as f:
        f.write(text)
    return path


def script(name, text):
    path = write(name, "#!/bin/sh\n" + text)
    os.chmod(path, 0o755)
    return path


DONE = '{\n\t"success": "Reconfiguration done."\n}\n'


@cases([
    ("GET by default", ["/config/routes/0/action"], '{\n\t"return": 200\n}\n'),
    ("GET in lower case", ["get", "/config/routes/1/action/return"], "201\n"),
    ("path first", ["/config/routes/1/action/return", "GET"], "201\n"),
    ("options anywhere", ["/config/routes/1/action/return", "-l", "GET"], "201\n"),
    ("quiet", ["-q", "/config"], ""),
    ("DELETE", ["DELETE", "/config/routes/1"], DONE),
])
def test_reading(words, want):
    daemon()
    equal(ctl(*words), (0, want, ""), " ".join(words))


def test_put_of_a_file():
    daemon()
    path = write("value.json", "299")
    equal(ctl(path, "/config/routes/0/action/return"), (0, DONE, ""), "PUT by default")
    equal(daemon_value("/config/routes/0/action/return"), 299, "value")


def daemon_value(path):
    return running().get_value(path)


def test_stdin():
    daemon()
    equal(ctl("/config/routes/0/action/return", stdin="298"), (0, DONE, ""), "PUT of stdin")
    equal(daemon_value("/config/routes/0/action/return"), 298, "value")
    equal(ctl("-", "/config/routes/0/action/return", stdin="297"), (0, DONE, ""), "PUT of -")
    equal(daemon_value("/config/routes/0/action/return"), 297, "value")
    equal(ctl("POST", "/config/routes", stdin='{"action": {"return": 296}}'), (0, DONE, ""), "POST of stdin")
    equal(daemon_value("/config/routes/2/action/return"), 296, "value")
    equal(ctl("/config/routes/0/action/return", stdin="")[1], "297\n", "an empty stdin is no body")


def test_several_files_are_one_body():
    first, second = write("a.json", '{"routes": [\n'), write("b.json", '{"action": {"return": 208}}]}\n')
    equal(ctl(first, second, "/config"), (0, DONE, ""), "PUT")
    equal(daemon_value("/config/routes/0/action/return"), 208, "value")


def test_error_names_file_line_and_caret():
    first, second = write("a.json", '{"routes": [\n'), write("b.json", '\t{"action":\n\t{"return": "x"}}]}\n')
    status, out, err = ctl(first, second, "/config")
    equal(status, 1, "exit status")
    equal(json.loads(out)["error"], "Invalid configuration.", "the API's answer on stdout")
    contains(err, "error: Invalid configuration. The \"return\" value must be an integer number, but not a string.\n", "stderr")
    contains(err, f"  --> {second}:2:13, /routes/0/action/return\n", "stderr")
    contains(err, '   | \t{"return": "x"}}]}\n   | \t           ^\n', "stderr")


def test_json_error():
    path = write("a.json", '{"routes": [}')
    status, out, err = ctl(path, "/config")
    equal((status, json.loads(out)["error"]), (1, "Invalid JSON."), "answer")
    contains(err, f"  --> {path}:1:13\n", "stderr")


def test_missing_value():
    equal(ctl("/config/nope"), (1, '{\n\t"error": "Value doesn\'t exist."\n}\n', "error: Value doesn't exist.\n"), "GET")


def test_insert():
    daemon()
    equal(ctl("insert", "/config/routes", stdin='{"action": {"return": 299}}'), (0, DONE, ""), "INSERT")
    equal([r["action"]["return"] for r in daemon_value("/config/routes")], [299, 200, 201], "routes")


@cases([
    ("no array", ["INSERT", "/config"], 3, "error: the value at /config is no array\n"),
    ("nothing there", ["INSERT", "/config/x"], 1, "error: Value doesn't exist.\n"),
])
def test_insert_refused(words, want, text):
    status, out, err = ctl(*words, stdin="1")
    equal((status, err), (want, text), "INSERT")


def test_insert_of_bad_json():
    status, _, err = ctl("INSERT", "/config/routes", stdin="{")
    equal(status, 1, "exit status")
    contains(err, "error: invalid JSON, line 1, column 2: ", "stderr")


def test_edit():
    daemon()
    equal(ctl("EDIT", "/config/routes", env={"EDITOR": "sed -i s/201/202/"}), (0, DONE, ""), "EDIT")
    equal([r["action"]["return"] for r in daemon_value("/config/routes")], [200, 202], "routes")


def test_edit_without_change():
    equal(ctl("EDIT", "/config", env={"EDITOR": "true"}), (0, "", "note: nothing was changed\n"), "EDIT")


def test_edit_that_fails():
    status, _, err = ctl("EDIT", "/config", env={"EDITOR": "false"})
    equal((status, err), (1, "error: the editor failed: nothing is changed\n"), "EDIT")


def test_edit_refused_keeps_the_text():
    daemon()
    status, out, err = ctl("EDIT", "/config/routes/0", env={"EDITOR": "sed -i s/200/1200/", "TMPDIR": temporary_dir()})
    equal(status, 1, "exit status")
    path = matches(err, r"kept in (\S+)", "stderr")[1]
    contains(err, f"  --> {path}:3:", "stderr")
    with open(path) as f:
        contains(f.read(), "1200", "the text")


@cases([
    ("no path", ["GET"], 2, ["expected a path such as /config", "berth ctl --help"]),
    ("nothing", [], 2, ["expected [METHOD] [FILE...] PATH, found nothing"]),
    ("neither", ["confg.json", "/config"], 2, ["'confg.json' is no file, no method and no path"]),
    ("PATCH", ["PATCH", "/config"], 2, ["method PATCH is not offered", "use GET, PUT, POST, DELETE, INSERT or EDIT"]),
    ("head", ["head", "/config"], 2, ["method head is not offered"]),
    ("YAML", ["-f", "yaml", "/config"], 2, ["option -f is not offered: values are JSON", "yq"]),
    ("http without path", ["http://127.0.0.1:1"], 2, ["has no path", "http://HOST:PORT/config"]),
    ("ssh without host", ["ssh://", "/config"], 2, ["'' names no host"]),
    ("ssh with an option", ["ssh://-oProxyCommand=x", "/config"], 2, ["names no host"]),
    ("ssh with a bad port", ["ssh://host:x", "/config"], 2, ["'x' is no port"]),
    ("EDIT far away", ["EDIT", "ssh://host", "/config"], 2, ["EDIT works on this machine's server only"]),
])
def test_wrong_usage(words, want, texts):
    status, out, err = ctl(*words, control=False)
    equal((status, out), (want, ""), "exit status, stdout")
    for text in texts:
        contains(err, text, "stderr")


def test_yaml_file():
    status, _, err = ctl(write("x.yaml", "a: 1"), "/config")
    equal(status, 2, "exit status")
    contains(err, "YAML is not offered", "stderr")


@cases([
    ("no socket", "unix:/nonexistent/socket", "No such file or directory"),
    ("nobody listens", "127.0.0.1:1", "Connection refused"),
])
def test_no_server(address, why):
    status, _, err = ctl("--control", address, "/config", control=False)
    equal(status, 2, "exit status")
    contains(err, "error: no connection to the control API at " + address, "stderr")
    contains(err, why, "stderr")
    contains(err, "help: is berthd running there?", "stderr")


def test_not_a_control_api():
    import socket
    import threading
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        def answer():
            c, _ = s.accept()
            c.recv(1000)
            c.sendall(b"220 mail.example ESMTP\r\n\r\n")
            c.close()
        thread = threading.Thread(target=answer)
        thread.start()
        status, _, err = ctl(f"http://127.0.0.1:{s.getsockname()[1]}/config", control=False)
        thread.join()
    equal(status, 4, "exit status")
    contains(err, "error: the answer is not HTTP/1.1: is this a control API?", "stderr")


def test_environment():
    for name in ("BERTH_CONTROL", "UNIT_CTRL"):
        env = {name: "unix:" + daemon().control}
        equal(ctl("/config/routes/0/action/return", env=env, control=False)[1], "200\n", name)


def test_tcp():
    port = free_port()
    d = Daemon("--control", f"127.0.0.1:{port}", wait=False)
    d.wait_until(lambda: ctl(f"http://127.0.0.1:{port}/config", control=False)[0] == 0, "the API on TCP")
    equal(ctl("GET", f"http://localhost:{port}/config/listeners", control=False)[1], "{}\n", "by name")
    equal(ctl("--control", f"127.0.0.1:{port}", "/config/routes", control=False)[1], "[]\n", "by address")


def test_paths_are_encoded():
    daemon().change("PUT", "/config/routes", {"a b": [], "ä/x": []})
    equal(ctl("/config/routes/a b")[1], "[]\n", "space")
    equal(ctl("/config/routes/ä%2Fx")[1], "[]\n", "UTF-8 and an encoded slash")


def test_log_is_shown():
    """Of a server that was found, what it logs during a change; the search sees only this one."""
    d = daemon()
    bin_dir = temporary_dir()
    port = free_port()
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", port))
        s.listen()
        listeners = json.dumps({f"127.0.0.1:{port}": {"pass": "routes"}})
        program = os.path.join(bin_dir, "unitc")
        os.symlink(BERTH, program)
        status, out, err = ctl("/config/listeners", stdin=listeners, program=program, control=False)
    if "servers run on this machine" in err:  # other tests' berthd: which one is not clear
        equal(status, 2, "exit status")
        contains(err, "help: name a control socket", "stderr")
        return
    equal(status, 1, "exit status")
    contains(out, "Failed to apply new configuration.", "stdout")
    matches(err, r"\[error\] .*failed to apply new configuration", "stderr")
    lacks(ctl("-L", "/config/listeners", stdin=listeners, program=program, control=False)[2], "[error]", "with -L")
    true(d.answers(), "the API answers")


def fake(name, there):
    """A program of that name that notes its arguments and runs the command locally."""
    directory = os.path.dirname(script(name, f'printf "%s\\n" "$@" > "$0.args"\n{there}'))
    return directory, os.path.join(directory, name + ".args")


def test_ssh():
    d = daemon()
    directory, args = fake("ssh", f'shift 4; eval "exec {BERTH} $*"')
    env = {"PATH": directory + ":" + os.environ["PATH"]}
    status, out, err = ctl("PUT", f"ssh://me@host:2222{d.control}", "/config/routes/0/action/return", stdin="277", env=env,
                           control=False)
    equal((status, out), (0, DONE), f"PUT; stderr: {err}")
    equal(daemon_value("/config/routes/0/action/return"), 277, "value")
    with open(args) as f:
        equal(f.read().split("\n")[:5], ["-p", "2222", "me@host", "berth", "ctl"], "arguments of ssh")


def test_docker():
    d = daemon()
    directory, args = fake("docker", f'shift 4; exec {BERTH} "$@"')
    env = {"PATH": directory + ":" + os.environ["PATH"]}
    status, out, err = ctl(f"docker://box{d.control}", "/config/routes/1/action/return", env=env, control=False)
    equal((status, out), (0, "201\n"), f"GET; stderr: {err}")
    with open(args) as f:
        equal(f.read().split("\n"), ["exec", "-i", "box", "berth", "ctl", "--control", "unix:" + d.control, "GET",
                                     "/config/routes/1/action/return", ""], "arguments of docker")
    status, _, err = ctl(f"docker://box{d.control}", "/config/nope", env=env, control=False)
    equal(status, 1, "exit status of the other side")


def test_no_ssh():
    status, _, err = ctl("ssh://host", "/config", env={"PATH": "/nonexistent"}, control=False)
    equal(status, 4, "exit status")
    contains(err, "error: start 'ssh': No such file or directory", "stderr")


def test_large_answer_and_body():
    routes = [{"match": {"uri": f"/{i}"}, "action": {"return": 200}} for i in range(20000)]
    equal(ctl("/config/routes", stdin=json.dumps(routes))[:2], (0, DONE), "PUT")
    true(json.loads(ctl("/config/routes")[1]) == routes, "want 20000 routes back")
