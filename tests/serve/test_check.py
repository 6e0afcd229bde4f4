"""`berth check` and `berth schema`: configurations without a server."""
import json
import os
import subprocess
import tempfile

from support import BERTH, Skip, cases, contains, equal, lacks, run_berth, true

BROAD = {
    "settings": {"http": {"header_read_timeout": 10, "static": {"mime_types": {"text/x": [".x", ".y"]}}}},
    "listeners": {"*:8080": {"pass": "routes"}, "[::1]:81": {"pass": "applications/app"}},
    "routes": [
        {"match": {"uri": ["/a", "!/b"], "headers": [{"x": "y"}], "arguments": {"q": ["1", "2"]}},
         "action": {"share": "/www$uri", "index": "i.html", "fallback": {"return": 404}}},
        {"action": {"return": 301, "location": "/x", "response_headers": {"X": "y", "Server": None}}},
    ],
    "applications": {"app": {"type": "wasm-wasi-component", "component": "/app.wasm", "environment": {"A": "b"},
                             "limits": {"timeout": 5, "memory": 1048576}, "processes": {"max": 2, "spare": 1}}},
}


def check(text):
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "config.json")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        status, out, err = run_berth("check", path)
        return status, out.replace(directory + "/", ""), err.replace(directory + "/", "")


def test_valid():
    equal(check(json.dumps(BROAD)), (0, "config.json is a valid configuration\n", ""), "broad")
    equal(check("{} // nothing"), (0, "config.json is a valid configuration\n", ""), "empty")


@cases([
    ("no JSON", '{\n\t"routes": [}\n', """\
error: Invalid JSON. An array element or closing bracket (]) is expected here.
  --> config.json:2:13
   | \t"routes": [}
   | \t           ^
"""),
    ("unknown option", '{\n  "routes": [{"action": {"retrun": 200, "share": "/"}}]\n}', """\
error: Unknown parameter "retrun".
  --> config.json:2:26, /routes/0/action/retrun
   |   "routes": [{"action": {"retrun": 200, "share": "/"}}]
   |                          ^
"""),
    ("nearest name", '{"setings": {}}', """\
error: Unknown parameter "setings".
  --> config.json:1:2, /setings
   | {"setings": {}}
   |  ^
help: Did you mean "settings"?
"""),
    ("wrong kind", '{"listeners": {"*:80": {"pass": 1}}}', """\
error: The "pass" value must be a string, but not an integer number.
  --> config.json:1:33, /listeners/*:80/pass
   | {"listeners": {"*:80": {"pass": 1}}}
   |                                 ^
"""),
    ("target that is not there", '{"listeners": {"*:80": {"pass": "routes"}}}', """\
error: Request "pass" points to invalid location "routes".
  --> config.json:1:33, /listeners/*:80/pass
   | {"listeners": {"*:80": {"pass": "routes"}}}
   |                                 ^
"""),
    ("variable that is not closed", '{"listeners": {"*:80": {"pass": "routes/${host"}}}', """\
error: Invalid variable at position 7 in the "pass" value.
  --> config.json:1:33, /listeners/*:80/pass
   | {"listeners": {"*:80": {"pass": "routes/${host"}}}
   |                                 ^
help: Write $name or ${name}, with letters and "_" alone; "$dollar" writes a dollar sign.
"""),
    ("variable unlike any", '{"listeners": {"*:80": {"pass": "routes/$zzzzzzzz"}}}', """\
error: Unknown variable "zzzzzzzz" in the "pass" value.
  --> config.json:1:33, /listeners/*:80/pass
   | {"listeners": {"*:80": {"pass": "routes/$zzzzzzzz"}}}
   |                                 ^
help: No variable is called like that; "$dollar" writes a dollar sign.
"""),
    ("kind of application", '{"applications": {"a": {"type": "python"}}}', """\
error: The module to run "python" is not found among the available application modules.
  --> config.json:1:33, /applications/a
   | {"applications": {"a": {"type": "python"}}}
   |                                 ^
help: Types of applications that are supported: "wasm-wasi-component".
"""),
    ("no object", "[]", """\
error: The configuration must be an object, but not an array.
  --> config.json:1:1
   | []
   | ^
"""),
])
def test_invalid(text, want):
    status, out, err = check(text)
    equal((status, out), (1, ""), "status and stdout")
    if want.startswith("error: Invalid JSON"):
        err = want.splitlines(True)[0] + "".join(err.splitlines(True)[1:])  # the text is the JSON parser's
    elif "help:" not in want and "help:" in err:
        err = err[:err.index("help:")]
    equal(err, want, "stderr")


def test_stdin():
    p = subprocess.run([BERTH, "check", "-"], input=b'{"x": 1}', capture_output=True, timeout=60)
    equal(p.returncode, 1, "status")
    contains(p.stderr.decode(), "--> stdin:1:2, /x\n", "place")


def test_file_that_is_not_there():
    status, out, err = run_berth("check", "/nonexistent/config.json")
    equal((status, out), (1, ""), "status and stdout")
    contains(err, "open '/nonexistent/config.json': No such file or directory", "stderr")


def schema():
    status, out, err = run_berth("schema")
    equal((status, err), (0, ""), "status and stderr")
    lacks(out, "\r", "line ends")
    return json.loads(out)


def changed(path, value):
    """BROAD with another value at the path."""
    config = json.loads(json.dumps(BROAD))
    at = config
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return config


# What both know: the shape of a configuration.
SHAPES = [("broad", BROAD, True), ("empty", {}, True), ("named routes", {"routes": {"a": []}}, True)] + [
    (f"{'/'.join(map(str, path))} = {value!r}", changed(path, value), False)
    for path, value in [
        (["x"], 1), (["routes"], 1), (["routes", 0], []), (["routes", 0, "action"], {}),
        (["routes", 0, "action", "return"], 200), (["routes", 1, "action", "return"], 1000),
        (["routes", 0, "match", "uri"], [1]), (["routes", 0, "match", "headers"], ["x"]),
        (["routes", 0, "action", "fallback", "x"], 1), (["routes", 1, "action", "response_headers", "X"], 1),
        (["applications", "app", "type"], "nope"), (["applications", "app", "limits", "memory"], 0),
        (["applications", "app", "processes"], 0), (["applications", "app", "environment", "A"], None),
        (["listeners", "*:8080", "backlog"], -2), (["settings", "http", "nope"], 1),
        (["settings", "http", "header_read_timeout"], "10"),
    ]]


@cases(SHAPES)
def test_schema_agrees_with_check(config, valid):
    try:
        import jsonschema
    except ImportError:
        raise Skip("the Python package jsonschema is not installed (tools/setup test)")
    validator = jsonschema.Draft202012Validator(schema())
    equal(validator.is_valid(config), valid, "by the schema")
    equal(check(json.dumps(config))[0], 0 if valid else 1, "by berth check")


def test_schema_is_a_schema():
    try:
        import jsonschema
    except ImportError:
        raise Skip("the Python package jsonschema is not installed (tools/setup test)")
    jsonschema.Draft202012Validator.check_schema(schema())


def test_reference():
    status, out, err = run_berth("schema", "--markdown")
    equal((status, err), (0, ""), "status and stderr")
    for heading in ("## `/`", "## `/listeners/ADDRESS`", "## `/routes/N/action` with `share`"):
        contains(out, heading + "\n", "headings")
    links = {part.split(")")[0] for part in out.split("](#")[1:]}
    equal([link for link in sorted(links) if f'<a id="{link}">' not in out], [], "links to nowhere")
    true(len(links) > 10, "links")
