"""The control API of berthd: paths, verbs, statuses, texts and the form of its answers; edits; bad input."""
import json
import socket
import threading

from berthd import Daemon, free_port
from support import cases, contains, equal, guest, matches, true

_state = {}
START = {
    "listeners": {},
    "routes": {
        "main": [{"match": {"uri": "/a"}, "action": {"return": 201}}, {"action": {"return": 202}}],
        "a/b %": [],
        "": [],
    },
    "settings": {"http": {"header_read_timeout": 10}},
}
NO_VALUE = {"error": "Value doesn't exist."}
NOT_ALLOWED = {"error": "Method isn't allowed."}
INVALID_METHOD = {"error": "Invalid method."}
DONE = {"success": "Reconfiguration done."}


def running():
    """One for all tests of this file."""
    if "daemon" not in _state:
        _state["daemon"] = Daemon()
        _state["daemon"].is_shared = True
    return _state["daemon"]


def daemon(config=None):
    """The same, configured."""
    d = running()
    d.configure(config or START)
    return d


def unchanged(d, config=None):
    equal(d.get_value("/config"), config or START, "the configuration afterwards")


# --- Reading ---

@cases([
    ("whole", "/config", START),
    ("slash at the end", "/config/", START),
    ("query", "/config?x=/y", START),
    ("object", "/config/settings", START["settings"]),
    ("number", "/config/settings/http/header_read_timeout", 10),
    ("element", "/config/routes/main/1", {"action": {"return": 202}}),
    ("in an element", "/config/routes/main/0/match/uri", "/a"),
    ("encoded slash, space and percent sign", "/config/routes/a%2Fb%20%25", []),
    ("encoded letters", "/%63onfig/%73ettings/http", {"header_read_timeout": 10}),
    ("slash at the end of an element", "/config/routes/main/0/action/", {"return": 201}),
])
def test_get(path, want):
    equal(daemon().call("GET", path), (200, want), path)


@cases([
    ("member", "/config/nope"),
    ("below a scalar", "/config/settings/http/header_read_timeout/x"),
    ("past the end", "/config/routes/main/2"),
    ("no index", "/config/routes/main/x"),
    ("negative index", "/config/routes/main/-1"),
    ("index with a sign", "/config/routes/main/+1"),
    ("index too large", "/config/routes/main/4294967296"),
    ("undecoded name", "/config/routes/a/b"),
    ("case of a name", "/config/Routes"),
    ("unknown top", "/nope"),
    ("two slashes", "/config//settings"),
    ("js_modules", "/js_modules"),
    ("control alone", "/control"),
    ("control of nothing", "/control/applications/nope/restart"),
    ("control without verb", "/control/applications"),
])
def test_get_of_nothing(path):
    equal(daemon().call("GET", path), (404, NO_VALUE), path)


@cases([
    ("scalar", b'10\r\n', "/config/settings/http/header_read_timeout"),
    ("empty", b'[]\r\n', "/config/routes/a%2Fb%20%25"),
    ("string", b'"/a"\r\n', "/config/routes/main/0/match/uri"),
    ("nested", b'[\r\n\t{\r\n\t\t"match": {\r\n\t\t\t"uri": "/a"\r\n\t\t},\r\n\r\n\t\t"action": {\r\n\t\t\t"return": 201\r\n'
               b'\t\t}\r\n\t},\r\n\t{\r\n\t\t"action": {\r\n\t\t\t"return": 202\r\n\t\t}\r\n\t}\r\n]\r\n',
     "/config/routes/main"),
])
def test_form_of_values(want, path):
    equal(daemon().raw("GET", path)[2], want, path)


def test_numbers_and_strings_stay_as_written():
    text = '{"settings": {"http": {"idle_timeout": 1e1, "send_timeout": 20.0}}, ' \
           '"routes": [{"match": {"uri": "/\\u00e4\\t\\"\\u0001\\/"}, "action": {"return": 200}}]}'
    d = running()
    d.change("PUT", "/config", text=text)
    equal(d.raw("GET", "/config/settings/http")[2], b'{\r\n\t"idle_timeout": 1e1,\r\n\t"send_timeout": 20.0\r\n}\r\n', "numbers")
    equal(d.raw("GET", "/config/routes/0/match/uri")[2], '"/ä\\t\\"\\u0001/"\r\n'.encode(), "string")


def test_fields_of_the_answer():
    status, fields, body = daemon().raw("GET", "/config/settings")
    equal([n for n, _ in fields], ["Server", "Date", "Content-Type", "Content-Length", "Connection"], "order")
    values = dict(fields)
    matches(values["Server"], r"^Berth/\d+\.\d+\.\d+$", "Server")
    matches(values["Date"], r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$", "Date")
    equal(values["Content-Type"], "application/json", "Content-Type")
    equal(values["Content-Length"], str(len(body)), "Content-Length")
    equal(values["Connection"], "close", "Connection")


def test_root():
    d = daemon()
    value = d.get_value("/")
    equal([k for k in value if k != "certificates"], ["config", "status"], "members")
    equal(value["config"], START, "config")


@cases([(verb + " " + path, verb, path, want) for verb, path, want in [
    ("HEAD", "/config", None), ("PATCH", "/config", NOT_ALLOWED), ("OPTIONS", "/config/routes", NOT_ALLOWED),
    ("PUT", "/", INVALID_METHOD), ("POST", "/", INVALID_METHOD), ("DELETE", "/", INVALID_METHOD),
    ("PUT", "/status", INVALID_METHOD), ("DELETE", "/status/requests", INVALID_METHOD), ("HEAD", "/status", None),
    ("POST", "/config", NOT_ALLOWED), ("POST", "/config/routes", NOT_ALLOWED), ("POST", "/config/settings/http", NOT_ALLOWED),
]])
def test_verbs_that_are_not_allowed(verb, path, want):
    d = daemon()
    status, fields, body = d.raw(verb, path, b"{}" if verb in ("PUT", "POST") else None)
    equal(status, 405, "status")
    if want is None:
        equal(body, b"", "body of HEAD")
    else:
        equal(json.loads(body), want, "body")
    unchanged(d)


# --- Changing ---

def changed(path, value):
    """START with the value at a path, None: removed."""
    config = json.loads(json.dumps(START))
    at = config
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    elif isinstance(at, list) and path[-1] == len(at):
        at.append(value)
    else:
        at[path[-1]] = value
    return config


STEP = {"action": {"return": 204}}


@cases([
    ("replace a scalar", "PUT", "/config/routes/main/1/action/return", 299, changed(["routes", "main", 1, "action", "return"], 299)),
    ("replace an object", "PUT", "/config/settings", {}, changed(["settings"], {})),
    ("new member", "PUT", "/config/routes/new", [STEP], changed(["routes", "new"], [STEP])),
    ("new member with an encoded name", "PUT", "/config/routes/x%2Fy", [], changed(["routes", "x/y"], [])),
    ("new top member", "PUT", "/config/applications", {}, changed(["applications"], {})),
    ("replace an element", "PUT", "/config/routes/main/0", STEP, changed(["routes", "main", 0], STEP)),
    ("append by index", "PUT", "/config/routes/main/2", STEP, changed(["routes", "main", 2], STEP)),
    ("append", "POST", "/config/routes/main", STEP, changed(["routes", "main", 2], STEP)),
    ("append, slash at the end", "POST", "/config/routes/main/", STEP, changed(["routes", "main", 2], STEP)),
    ("remove a member", "DELETE", "/config/settings/http/header_read_timeout", None,
     changed(["settings", "http", "header_read_timeout"], None)),
    ("remove the first element", "DELETE", "/config/routes/main/0", None, changed(["routes", "main", 0], None)),
    ("remove the last element", "DELETE", "/config/routes/main/1", None, changed(["routes", "main", 1], None)),
    ("remove everything", "DELETE", "/config", None, {}),
    ("replace everything", "PUT", "/config", {"routes": []}, {"routes": []}),
])
def test_change(verb, path, value, want):
    d = daemon()
    equal(d.call(verb, path, value), (200, DONE), f"{verb} {path}")
    equal(d.get_value("/config"), want, "the configuration")
    with open(d.path("state/conf.json")) as f:
        text = f.read()
    equal(json.loads(text), want, "what is stored")
    equal(text, json.dumps(want, separators=(",", ":"), ensure_ascii=False), "stored compactly, in order")


@cases([
    ("missing on the way", "PUT", "/config/nope/x", 1, 404, NO_VALUE),
    ("below a scalar", "PUT", "/config/settings/http/header_read_timeout/x", 1, 404, NO_VALUE),
    ("index past the end", "PUT", "/config/routes/main/3", STEP, 404, NO_VALUE),
    ("index that is none", "PUT", "/config/routes/main/x", STEP, 404, NO_VALUE),
    ("append to nothing", "POST", "/config/routes/nope", STEP, 404, NO_VALUE),
    ("append to an object", "POST", "/config/settings", STEP, 405, NOT_ALLOWED),
    ("append to a scalar", "POST", "/config/settings/http/header_read_timeout", STEP, 405, NOT_ALLOWED),
    ("remove nothing", "DELETE", "/config/nope", None, 404, NO_VALUE),
    ("remove below nothing", "DELETE", "/config/nope/x", None, 404, NO_VALUE),
    ("remove past the end", "DELETE", "/config/routes/main/2", None, 404, NO_VALUE),
    ("unknown top", "PUT", "/nope", {}, 404, NO_VALUE),
])
def test_change_that_has_no_place(verb, path, value, status, want):
    d = daemon()
    equal(d.call(verb, path, value), (status, want), f"{verb} {path}")
    unchanged(d)


def test_order_of_members_is_kept():
    d = daemon()
    d.change("PUT", "/config/routes/main", [])
    d.change("PUT", "/config/routes/zzz", [])
    d.change("PUT", "/config/routes/aaa", [])
    d.change("DELETE", "/config/routes/a%2Fb%20%25")
    equal(list(d.get_value("/config/routes")), ["main", "", "zzz", "aaa"], "members")


# --- Refusing ---

@cases([
    ("unknown member", "PUT", "/config", '{"listner": {}}', 'Unknown parameter "listner".', "/listner", (1, None)),
    ("wrong type, third line", "PUT", "/config", '{\n"settings": {},\n  "routes": "x"\n}',
     'The "routes" value must be either an array or an object, but not a string.', "/routes", (3, 13)),
    ("deep", "PUT", "/config", '{"routes": [{"action": {"return": 1000}}]}',
     'The "return" value is out of allowed HTTP status code range 0-999.', "/routes/0/action/return", (1, 35)),
    ("in an edit", "PUT", "/config/routes/main/0/action", '\n {"return": -1}',
     'The "return" value is out of allowed HTTP status code range 0-999.', "/routes/main/0/action/return", (2, 13)),
    ("top is no object", "PUT", "/config", '"x"', "The configuration must be an object, but not a string.", "", (1, 1)),
    ("pass to nothing", "PUT", "/config/listeners", '{"*:8080": {"pass": "applications/x"}}',
     'Request "pass" points to invalid location "applications/x".', "/listeners/*:8080/pass", (1, 21)),
    ("name with slash in a pointer", "PUT", "/config/routes/a%2Fb%20%25", "1", None, "/routes/a~1b %", (1, 1)),
])
def test_invalid_configuration(verb, path, text, detail, pointer, place):
    d = daemon()
    status, answer = d.call(verb, path, text=text)
    equal(status, 400, f"status; {answer}")
    equal(answer["error"], "Invalid configuration.", "error")
    equal(list(answer)[:3], ["error", "detail", "location"], "order of members")
    if detail:
        equal(answer["detail"], detail, "detail")
    equal(answer["location"]["pointer"], pointer, "pointer")
    line, column = place
    equal(answer["location"]["line"], line, "line")
    if column:
        equal(answer["location"]["column"], column, "column")
    unchanged(d)


def test_old_part_becomes_invalid():
    """The place is one that the body does not have: a pointer alone."""
    d = daemon({"listeners": {f"127.0.0.1:{free_port()}": {"pass": "routes"}}, "routes": []})
    before = d.get_value("/config")
    status, answer = d.call("DELETE", "/config/routes")
    equal(status, 400, "status")
    equal(answer["detail"], 'Request "pass" points to invalid location "routes".', "detail")
    matches(answer["location"]["pointer"], r"^/listeners/127\.0\.0\.1:\d+/pass$", "pointer")
    equal(list(answer["location"]), ["pointer"], "location")
    unchanged(d, before)


@cases([
    ("empty", b"", "An empty JSON payload isn't allowed.  It must be either a literal (null, true, or false), a number, "
     'a string (in double quotes ""), an array (with brackets []), or an object (with braces {}).', (0, 1, 1)),
    ("rest", b"{} x", "Unexpected character after the end of a valid JSON value.", (3, 1, 4)),
    ("no end", b'{"a": {}', "Unexpected end of JSON payload.  There's an object without a closing brace (}).", (8, 1, 9)),
    ("no name", b"{\n 1: 2}", 'A double quote (") is expected here.  There must be a valid JSON object member starts with '
     "a name, which is a string enclosed in double quotes.", (3, 2, 2)),
    ("twice", b'{"a": 1, "a": 2}', "Duplicate object member.  All JSON object members must have unique names.", (9, 1, 10)),
    ("no colon", b'{"a" 1}', "A colon (:) is expected here.  There must be a colon after a JSON member name.", (5, 1, 6)),
    ("characters, not bytes", '{"ä": ö}'.encode(), None, (7, 1, 7)),
    ("no UTF-8", b'{"\xff": x}', None, (1, 1, 2)),
])
def test_invalid_json(body, detail, place):
    d = daemon()
    status, answer = d.call("PUT", "/config", text=body)
    equal((status, answer["error"]), (400, "Invalid JSON."), "answer")
    if detail:
        equal(answer["detail"], detail, "detail")
    got = answer["location"]
    equal((got["offset"], got.get("line"), got.get("column")), place, "location")
    unchanged(d)


@cases([
    ("badly encoded", "/config/%zz"), ("half encoded", "/config/%4"), ("segment too long", "/config/" + "x" * 257),
    ("too deep", "/config" + "/x" * 200),
])
def test_bad_paths(path):
    d = daemon()
    for verb, body in (("GET", None), ("PUT", b"{}")):
        status, _, answer = d.raw(verb, path, body)
        equal((status, json.loads(answer)["error"]), (400, "Invalid path."), verb)
    unchanged(d)


def test_every_prefix_of_a_configuration():
    text = json.dumps(START, ensure_ascii=False).encode()
    d = daemon()
    for end in range(len(text)):
        status, answer = d.call("PUT", "/config", text=text[:end])
        equal((status, answer["error"]), (400, "Invalid JSON."), f"the first {end} bytes")
    unchanged(d)


def test_every_byte_of_a_configuration_spoilt():
    text = json.dumps({"routes": [{"match": {"uri": ["/a", "!/b*"]}, "action": {"return": 200}}]}).encode()
    d = daemon()
    for at in range(len(text)):
        for byte in b"\0{\"":
            d.configure(START)
            spoilt = text[:at] + bytes([byte]) + text[at + 1:]
            status, answer = d.call("PUT", "/config", text=spoilt)
            if status == 200:
                continue  # it is another configuration
            true(status == 400 and answer["error"] in ("Invalid JSON.", "Invalid configuration."),
                 f"byte {at} as {byte}: {status} {answer}")
            unchanged(d)


def test_port_in_use():
    d = daemon()
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        address = f"127.0.0.1:{s.getsockname()[1]}"
        status, answer = d.call("PUT", "/config/listeners", {address: {"pass": "routes/main"}})
        equal((status, answer["error"]), (500, "Failed to apply new configuration."), "answer")
        contains(answer["detail"], address, "detail")
        unchanged(d)
    d.change("PUT", "/config/listeners", {address: {"pass": "routes/main"}})


@cases([
    ("all addresses", "*:{}"),
    ("another spelling", "127.0.0.1:0{}"),
])
def test_listeners_that_overlap(form):
    """What is in the way is a listener of ours, not another program."""
    number = free_port()
    first, second = f"127.0.0.1:{number}", form.format(number)
    d = daemon({"listeners": {first: {"pass": "routes"}}, "routes": []})
    before = d.get_value("/config")
    status, answer = d.call("PUT", "/config/listeners", {second: {"pass": "routes"}})
    equal((status, answer["detail"]), (500, f"address {second} overlaps the listener {first} of this server"), "answer")
    contains(answer["suggestion"], "remove", "suggestion")
    unchanged(d, before)
    d.change("PUT", "/config/listeners", {})
    d.change("PUT", "/config/listeners", {second: {"pass": "routes"}})


def test_listener_on_the_path_of_a_file():
    d = daemon()
    path = d.path("notes.txt")
    with open(path, "w") as f:
        f.write("keep me")
    status, answer = d.call("PUT", "/config/listeners", {f"unix:{path}": {"pass": "routes/main"}})
    equal((status, answer["detail"]), (500, f"unix:{path} is there already, and is no socket"), "answer")
    with open(path) as f:
        equal(f.read(), "keep me", "the file")


def test_broken_component_is_refused():
    d = daemon()
    app = {"type": "wasm-wasi-component", "component": guest("core-module")}
    status, answer = d.call("PUT", "/config/applications", {"app": app})
    equal((status, answer["error"]), (400, "Invalid configuration."), "answer")
    contains(answer["detail"], 'application "app": component ', "detail")
    equal(answer["location"]["pointer"], "/applications/app/component", "pointer")
    unchanged(d)


# --- Applications ---

def test_restart():
    app = {"type": "wasm-wasi-component", "component": guest("hello-rust")}
    port = free_port()
    d = daemon({"listeners": {f"127.0.0.1:{port}": {"pass": "applications/a%2Fb"}}, "applications": {"a/b": app}})
    equal(d.call("GET", "/control/applications/a%2Fb/restart"), (200, {"success": "Ok"}), "restart")
    equal(d.get(port).status, 200, "afterwards")
    for verb in ("PUT", "POST", "DELETE"):
        equal(d.call(verb, "/control/applications/a%2Fb/restart", {}), (405, NOT_ALLOWED), verb)


def test_status():
    app = {"type": "wasm-wasi-component", "component": guest("hello-rust")}
    port = free_port()
    d = daemon({"listeners": {f"127.0.0.1:{port}": {"pass": "applications/app"}}, "applications": {"app": app}})
    before = d.get_value("/status")
    equal(list(before), ["modules", "connections", "requests", "applications"], "members")
    equal(list(before["connections"]), ["accepted", "active", "idle", "closed"], "connections")
    equal(list(before["modules"]), ["wasm-wasi-component"], "modules")
    equal(sorted(before["modules"]["wasm-wasi-component"]), ["lib", "version"], "a module")
    equal(before["applications"], {"app": {"processes": {"running": 1, "starting": 0, "idle": 1}, "requests": {"active": 0}}},
          "applications")
    for _ in range(3):
        equal(d.get(port).status, 200, "status")
    with d.connect(port) as c:
        c.send_request("GET", "/")
        c.response()
        equal(d.get_value("/status/connections/idle"), before["connections"]["idle"] + 1, "idle")
        equal(d.get_value("/status/requests/total"), before["requests"]["total"] + 4, "total")
        equal(d.get_value("/status/connections")["accepted"], before["connections"]["accepted"] + 4, "accepted")
    equal(d.call("GET", "/status/nope"), (404, {"error": "Invalid path."}), "nothing")


# --- Bodies ---

def test_chunked_body():
    d = daemon()
    with d.control_connection() as c:
        c.send(b"PUT /config/routes/main HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n1\r\n]\r\n0\r\n\r\n")
        equal(c.response().status, 200, "status")
    equal(d.get_value("/config/routes/main"), [], "value")


def test_expect_is_answered():
    d = daemon()
    with d.control_connection() as c:
        c.send(b"PUT /config/routes/main HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        equal(c.head().status, 100, "interim answer")
        c.send(b"[]")
        equal(c.response().status, 200, "status")


def test_one_request_a_connection():
    d = daemon()
    with d.control_connection() as c:
        c.send(b"GET /config HTTP/1.1\r\nHost: a\r\n\r\n" * 2)
        equal(c.response().status, 200, "status")
        true(c.is_closed(), "want the connection closed behind the first answer")


def test_malformed_requests():
    d = daemon()
    for text in (b"\r\n\r\n\r\n", b"nonsense\r\n\r\n", b"GET /config\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                 b"PUT /config HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"\x16\x03\x01\x02\0" * 20,
                 b"GET /" + b"x" * 100000 + b" HTTP/1.1\r\n\r\n"):
        with d.control_connection() as c:
            try:
                c.send(text)
                c.socket.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass
            c.read_to_end()
    unchanged(d)


def test_body_of_100_megabytes():
    """Refused early, by a sentence that a client can read although it is still sending."""
    d = daemon()
    with d.control_connection() as c:
        c.send(b"PUT /config HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n")
        part = b" " * 65536
        try:
            for _ in range(1600):
                c.send(part)
        except (BrokenPipeError, ConnectionResetError):
            pass
        r = c.response()
        equal(r.status, 413, "status")
        equal(json.loads(r.body)["detail"], "The body of a request may have at most 16777216 bytes.", "detail")
    with d.control_connection() as c:
        c.send(b"PUT /config HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            for _ in range(1600):
                c.send(b"10000\r\n" + part + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        equal(c.response().status, 413, "status of a chunked one")
    unchanged(d)


def test_large_configuration():
    config = {"routes": [{"match": {"uri": f"/{'x' * 100}{i}"}, "action": {"return": 200}} for i in range(30000)]}
    d = running()
    d.configure(config)
    true(d.get_value("/config") == config, "want the same 5 MB back")


def test_slow_clients_hold_up_nobody():
    d = daemon()
    slow = []
    for i in range(50):
        c = d.control_connection()
        c.send(b"PUT /config HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{" if i % 2 else b"GET /conf")
        slow.append(c)
    d.change("PUT", "/config/routes/main", [])
    for c in slow:
        c.reset()
    equal(d.get_value("/config/routes/main"), [], "value")


def test_clients_that_leave():
    """In the middle of their body, or before the answer: the server stays, and a change is whole or not at all."""
    d = daemon()
    for i in range(20):
        c = d.control_connection()
        body = json.dumps({"routes": [{"action": {"return": 200 + i}}]}).encode()
        c.send(b"PUT /config HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:len(body) - i % 2])
        c.socket.close()
    value = d.get_value("/config")
    true(value == START or value["routes"][0]["action"]["return"] % 2 == 0, f"want one of those sent whole, got {value}")
    d.configure(START)


# --- Several at once ---

def test_concurrent_edits_are_serialised():
    d = daemon({"routes": []})
    errors = []

    def work(n):
        for i in range(20):
            status, answer = d.call("POST", "/config/routes", {"match": {"uri": f"/{n}/{i}"}, "action": {"return": 200}})
            if status != 200:
                errors.append(answer)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    equal(errors, [], "errors")
    got = [r["match"]["uri"] for r in d.get_value("/config/routes")]
    equal(sorted(got), sorted(f"/{n}/{i}" for n in range(8) for i in range(20)), "no edit is lost")
    for n in range(8):
        own = [u for u in got if u.startswith(f"/{n}/")]
        equal(own, [f"/{n}/{i}" for i in range(20)], "each client's edits keep their order")


def test_reading_while_a_change_runs():
    """A component takes its time to compile; what only reads does not wait for it."""
    d = daemon()
    done = threading.Event()
    result = []

    def change():
        app = {"type": "wasm-wasi-component", "component": guest("rust-app"), "limits": {"timeout": 7}}
        result.append(d.call("PUT", "/config/applications", {"app": app}))
        done.set()
    thread = threading.Thread(target=change)
    thread.start()
    reads = 0
    while not done.is_set() or not reads:
        equal(d.call("GET", "/config/settings")[0], 200, "status")
        reads += 1
    thread.join()
    equal(result, [(200, DONE)], "the change")
