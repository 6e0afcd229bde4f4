"""Applications of the configuration: every option of a component, what is refused and why, restart."""
import os
import shutil

from routing import ask, daemon, port, refused, serve
from support import cases, contains, equal, guest, lacks, matches, temporary_dir, true

ROUTES = [{"action": {"pass": "applications/app"}}]


def component(name="c-app", **options):
    return {"type": "wasm-wasi-component", "component": guest(name), **options}


def serve_app(app):
    serve(ROUTES, applications={"app": app})


# --- What a component gets ---

def test_environment():
    """What is configured, and nothing of the daemon's own."""
    serve_app(component(environment={"ONE": "1", "EMPTY": "", "TEXT": "a=b \u00e4"}))
    equal(sorted(ask("/env").text().splitlines()), ["EMPTY=", "ONE=1", "TEXT=a=b \u00e4"], "environment")
    serve_app(component())
    equal(ask("/env").text(), "", "without")


def test_args():
    serve_app(component(args=["app", "--level", "two words", ""]))
    equal(ask("/args").text(), "app\n--level\ntwo words\n\n", "arguments")
    serve_app(component())
    equal(ask("/args").text(), "", "without")


def test_output_goes_to_the_log():
    serve_app(component())
    daemon().set_mark()
    equal(ask("/print").status, 200, "status")
    daemon().wait_log(r"stdout \[\d+\] ::")


def test_timeout():
    serve_app(component("faults", limits={"timeout": 1}))
    r = ask("/sleep?ms=30000")
    equal(r.status, 503, "status")
    daemon().wait_log(r"request failed.*the limit|request failed.*time")


def test_no_timeout():
    """0 is no limit, not the default and not nothing at all."""
    serve_app(component("faults", limits={"timeout": 0}))
    equal(ask("/sleep?ms=1200").status, 200, "status")


def test_memory():
    """All memories of the instance together."""
    serve_app(component("faults", limits={"memory": 64 << 20}))
    daemon().set_mark()
    equal(ask("/alloc").status, 500, "status")
    daemon().wait_log(r"out of memory: the guest holds \d+ of 64 MiB allowed")
    equal(ask("/hello").status, 200, "the next request")


@cases([
    ("processes", {"processes": 4}), ("processes object", {"processes": {"max": 4, "spare": 2, "idle_timeout": 20}}),
    ("requests", {"limits": {"requests": 1}}), ("shm", {"limits": {"shm": 1048576}}),
    ("no directories", {"access": {"filesystem": []}}), ("access", {"access": {}}),
])
def test_accepted_without_effect(options):
    serve_app(component(**options))
    for _ in range(3):
        equal(ask("/hello").status, 200, "status")


# --- What is refused ---

NO_PROCESS = "a component has no process of its own; each request runs in a fresh instance that sees nothing of the host " \
             "but what is configured."
OUTPUT = "what a component prints goes to the server's log, each line with the number of its request."


@cases([
    ("environment no object", {"environment": []}, 'The "environment" value must be an object, but not an array.', "/environment"),
    ("environment no string", {"environment": {"A": 1}}, 'The "A" value must be a string, but not an integer number.',
     "/environment/A"),
    ("environment without name", {"environment": {"": "x"}}, "The environment name must not be empty.", "/environment/"),
    ("environment with =", {"environment": {"A=B": "x"}}, 'The environment name "A=B" must not contain "=" character.',
     "/environment/A=B"),
    ("args no array", {"args": "x"}, 'The "args" value must be an array, but not a string.', "/args"),
    ("args of numbers", {"args": ["x", 1]}, 'The "args" array must contain only string values.', "/args/1"),
    ("timeout below", {"limits": {"timeout": -1}}, 'The "timeout" number must not be negative.', "/limits/timeout"),
    ("memory below", {"limits": {"memory": 0}}, 'The "memory" number must be equal to or greater than 1.', "/limits/memory"),
    ("processes below", {"processes": 0}, 'The "processes" number must be equal to or greater than 1.', "/processes"),
    ("spare above max", {"processes": {"max": 1, "spare": 2}}, 'The "spare" number must be less than or equal to "max".',
     "/processes"),
    ("filesystem", {"access": {"filesystem": ["/tmp"]}},
     'The "access.filesystem" option is not supported: components have no files yet.', "/access/filesystem"),
    ("filesystem of numbers", {"access": {"filesystem": [1]}}, 'The "filesystem" array must contain only string values.',
     "/access/filesystem/0"),
    ("user", {"user": "x"}, f'The "user" option is not supported: {NO_PROCESS}', "/user"),
    ("group", {"group": "x"}, f'The "group" option is not supported: {NO_PROCESS}', "/group"),
    ("working_directory", {"working_directory": "/"}, f'The "working_directory" option is not supported: {NO_PROCESS}',
     "/working_directory"),
    ("isolation", {"isolation": {}}, f'The "isolation" option is not supported: {NO_PROCESS}', "/isolation"),
    ("stdout", {"stdout": "/x"}, f'The "stdout" option is not supported: {OUTPUT}', "/stdout"),
    ("stderr", {"stderr": "/x"}, f'The "stderr" option is not supported: {OUTPUT}', "/stderr"),
    ("option of another type", {"module": "x"}, 'Unknown parameter "module".', "/module"),
])
def test_bad_option(options, detail, pointer):
    refused({"applications": {"app": component(**options)}}, detail, "/applications/app" + pointer)


@cases([(t, t) for t in ("python", "python 3.11", "php", "external", "wasm", "wasm-wasi")])
def test_other_types(kind):
    status, answer = daemon().call("PUT", "/config", {"applications": {"app": {"type": kind}}})
    equal(status, 400, "status")
    equal(answer["detail"], f'The module to run "{kind}" is not found among the available application modules.', "detail")
    equal(answer["suggestion"], 'Types of applications that are supported: "wasm-wasi-component".', "suggestion")


@cases([
    ("no type", {}, 'Application must have the "type" property set.'),
    ("type no string", {"type": 1}, 'Application must have the "type" property set.'),
    ("no component", {"type": "wasm-wasi-component"}, 'Required parameter "component" is missing.'),
])
def test_incomplete(app, detail):
    refused({"applications": {"app": app}}, detail, "/applications/app")


@cases([
    ("no file", "/nonexistent/app.wasm", r"^application \"app\": component \"/nonexistent/app.wasm\": .*No such file or directory"),
    ("directory", "/", r"^application \"app\": component \"/\": "),
    ("no component", "core-module", r"core-module.wasm\": .*core module"),
    ("no exports", "no-exports", r"no-exports.wasm\": .*wasi:http/incoming-handler"),
    ("missing import", "unknown-interface", r"unknown-interface.wasm\": "),
])
def test_broken_component(name, detail):
    """Compiled before the configuration is accepted: what is broken is known then, with its place."""
    d = daemon()
    before = d.get_value("/config")
    path = name if name.startswith("/") else guest(name)
    status, answer = d.call("PUT", "/config", {"applications": {"app": {**component(), "component": path}}})
    equal((status, answer["error"]), (400, "Invalid configuration."), "answer")
    matches(answer["detail"], detail, "detail")
    equal(answer["location"]["pointer"], "/applications/app/component", "pointer")
    equal(d.get_value("/config"), before, "the configuration afterwards")


def test_more_memory_than_the_limit():
    status, answer = daemon().call("PUT", "/config", {"applications": {"app": component(limits={"memory": 65536})}})
    equal(status, 400, "status")
    contains(answer["detail"], "more than the limit of 65536 bytes", "detail")


# --- Restart ---

def test_restart_reads_the_file_again():
    path = os.path.join(temporary_dir(), "app.wasm")
    shutil.copy(guest("c-app"), path)
    serve_app({**component(), "component": path})
    first = ask("/hello").text()
    shutil.copy(guest("rust-app"), path)
    equal(ask("/hello").text(), first, "before the restart")
    equal(daemon().call("GET", "/control/applications/app/restart"), (200, {"success": "Ok"}), "restart")
    second = ask("/hello").text()
    true(first != second, f"both answer {first!r}")
    with open(path, "wb") as f:
        f.write(b"\0asm is no component")
    status, answer = daemon().call("GET", "/control/applications/app/restart")
    equal((status, answer["error"]), (500, "Failed to restart app."), "restart of a broken file")
    contains(answer["detail"], 'application "app": component ', "detail")
    equal(ask("/hello").text(), second, "the one before goes on")
    equal(daemon().get_value("/config/applications/app/component"), path, "the configuration")


def test_same_text_keeps_the_application():
    """Only an application whose text changed is opened anew."""
    path = os.path.join(temporary_dir(), "app.wasm")
    shutil.copy(guest("c-app"), path)
    app = {**component(), "component": path}
    serve_app(app)
    os.remove(path)
    serve([*ROUTES, {"action": {"return": 404}}], applications={"app": app})
    equal(ask("/hello").status, 200, "status")
    lacks(daemon().log_since_mark() or "", "[alert]", "log")
