"""The access log of berthd: text and JSON, conditions, every variable, escaping, reopening."""
import json
import os
import re
import signal

import routing
from routing import ask, daemon, refused, serve
from support import Connection, cases, contains, equal, guest, matches, true

OK = [{"match": {"uri": "/missing"}, "action": {"return": 404}},
      {"match": {"uri": "/to"}, "action": {"return": 301, "location": "/there"}},
      {"match": {"uri": "/file"}, "action": {"share": "/etc/hostname"}},
      {"action": {"return": 200, "response_headers": {"X-Own": "v w"}}}]


def path():
    return daemon().path("access.log")


def log_with(log, routes=OK, **rest):
    """A fresh log of this format."""
    daemon().configure({})
    if os.path.exists(path()):
        os.unlink(path())
    serve(routes, access_log={"path": path(), **log} if isinstance(log, dict) else log, **rest)


def lines(count=1, name=None):
    """As many lines as the log should have by now, and no more."""
    name = name or path()

    def read():
        if not os.path.exists(name):
            return None
        with open(name, encoding="utf-8", errors="surrogateescape") as f:
            got = f.read()
        return got.split("\n")[:-1] if got.count("\n") >= count else None
    got = daemon().wait_until(read, f"{count} lines in {name}")
    equal(len(got), count, f"lines; {got}")
    return got


def test_default_format():
    log_with(path())
    ask("/missing?q", [("Referer", "http://r/"), ("User-Agent", "me/1")])
    matches(lines()[0], r'^127\.0\.0\.1 - - \[\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "GET /missing\?q HTTP/1\.1" '
            r'404 54 "http://r/" "me/1"$', "line")
    equal(os.stat(path()).st_mode & 0o777, 0o600, "mode")


def test_absent_values():
    log_with(path())
    ask("/")
    true(lines()[0].endswith('"GET / HTTP/1.1" 200 0 "-" "-"'), lines()[0])


@cases([
    ("method", "$method", "GET"),
    ("host", "$host", "a.b"),
    ("uri", "$uri", "/p q"),
    ("request_uri", "$request_uri", "/x/../p%20q?b=1&b=%32&c=+"),
    ("request_line", "$request_line", "GET /x/../p%20q?b=1&b=%32&c=+ HTTP/1.1"),
    ("remote_addr", "$remote_addr", "127.0.0.1"),
    ("status", "$status", "200"),
    ("dollar", "$dollar", "$"),
    ("argument, the last one", "$arg_b", "2"),
    ("argument, a plus sign", "[$arg_c]", "[ ]"),
    ("argument that is absent", "$arg_x", "-"),
    ("cookie, the first one", "$cookie_k", "v"),
    ("cookie, case-sensitive", "$cookie_K", "w"),
    ("cookie that is absent", "$cookie_none", "-"),
    ("header, any case", "$header_X_ONE", "1"),
    ("header, empty", "[$header_empty]", "[]"),
    ("header that is absent", "$header_x", "-"),
    ("response header", "$response_header_x_own", "v w"),
    ("response header, any case", "$response_header_X_OWN", "v w"),
    ("response header that is absent", "$response_header_location", "-"),
    ("content_length", "$response_header_content_length", "0"),
    ("connection", "$response_header_connection", "-"),
    ("transfer_encoding", "$response_header_transfer_encoding", "-"),
    ("server", "$response_header_server", "Berth"),
    ("braces", "${method}x", "GETx"),
    ("two", "$method$status", "GET200"),
    ("text alone", "text", "text"),
    ("empty", "", ""),
])
def test_variable(form, want):
    log_with({"format": form}, settings={"http": {"server_version": False}})
    with Connection(routing.port()) as c:
        c.send(b"GET /x/../p%20q?b=1&b=%32&c=+ HTTP/1.1\r\nHost: A.b.:80\r\nCookie: k=v; K=w; k=x\r\nX-One: 1\r\n"
               b"Empty:\r\n\r\n")
        equal(c.response().status, 200, "status")
    equal(lines(), [want], "line")


@cases([
    ("request_time", "$request_time", r"^\d+\.\d{3}$"),
    ("request_id", "$request_id", r"^[0-9a-f]{32}$"),
    ("request_id is one for a request", "$request_id $request_id", r"^([0-9a-f]{32}) \1$"),
    ("time_local", "$time_local", r"^\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}$"),
])
def test_variable_form(form, pattern):
    log_with({"format": form})
    ask()
    matches(lines()[0], pattern, "line")


def test_request_id_is_the_same_for_the_client():
    log_with({"format": "$request_id"}, [{"action": {"return": 200, "response_headers": {"X-Id": "$request_id"}}}])
    equal(ask().field("x-id"), lines()[0], "id")


@cases([
    ("nothing", "/", "0"), ("error page", "/missing", "54"), ("redirect", "/to", "0"),
    ("file", "/file", str(os.path.getsize("/etc/hostname"))),
])
def test_body_bytes(where, want):
    log_with({"format": "$body_bytes_sent"})
    ask(where)
    equal(lines(), [want], "line")


def test_component_with_chunks():
    """The framing counts; what the connection adds is known."""
    log_with({"format": "$status $body_bytes_sent $response_header_transfer_encoding $response_header_content_length"},
             [{"action": {"pass": "applications/a"}}],
             applications={"a": {"type": "wasm-wasi-component", "component": guest("rust-app")}})
    with Connection(routing.port()) as c:
        c.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
        equal(c.response().body, b"hello", "body")
    equal(lines(), ["200 15 chunked -"], "line")


def test_connection_close():
    log_with({"format": "$response_header_connection"})
    ask(headers=[("Connection", "close")])
    equal(lines(), ["close"], "line")


@cases([
    ("bad request line", b"GET\r\n\r\n", '"GET" 400'),
    ("bad version", b"GET / HTTP/3.0\r\n\r\n", '"GET / HTTP/3.0" 505'),
    ("bad field", b"GET /x HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", '"GET /x HTTP/1.1" 400'),
    ("bad path", b"GET /../x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", '"GET /../x HTTP/1.1" 400'),
    ("too large", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", '"POST / HTTP/1.1" 413'),
])
def test_refused_requests_are_logged(data, want):
    log_with({"format": '"$request_line" $status'})
    with Connection(routing.port()) as c:
        c.send(data)
        c.read_to_end()
    equal(lines(), [want], "line")


def test_slow_head_is_logged():
    log_with({"format": '"$request_line" $status'}, settings={"http": {"header_read_timeout": 1}})
    with Connection(routing.port()) as c:
        c.send(b"GET / HTTP/1.1\r\nHost")
        c.read_to_end()
    equal(lines(), ['"GET / HTTP/1.1" 408'], "line")


def test_text_is_escaped():
    """No request can forge a line or a column."""
    log_with({"format": '$uri "$header_user_agent"'})
    ask("/a%0a1.1.1.1%22%5c%7f", [("User-Agent", 'x" 200 "\\')])
    equal(lines(), [r'/a\x0A1.1.1.1\x22\x5C\x7F "x\x22 200 \x22\x5C"'], "line")


def test_json():
    log_with({"format": {"status": "$status", "uri": "$uri", "b": "[$arg_none] ${arg_e}", "text": "plain"}})
    ask('/a%22%5c%0a%09ä?e='.encode().decode("latin-1"))
    line = lines()[0]
    equal(line, '{"status":"200","uri":"/a\\"\\\\\\n\\tä","b":"[-] ","text":"plain"}', "line")
    equal(list(json.loads(line)), ["status", "uri", "b", "text"], "order of members")


def test_json_stays_utf8():
    log_with({"format": {"u": "$uri"}})
    ask("/a%ffb%c3%a4")
    equal(json.loads(lines()[0]), {"u": "/a\ufffdbä"}, "line")


def test_json_empty():
    log_with({"format": {}})
    ask()
    equal(lines(), ["{}"], "line")


@cases([
    ("true", "yes", 1), ("variable", "$arg_log", 1), ("false word", "false", 0), ("0", "0", 0), ("null", "null", 0),
    ("undefined", "undefined", 0), ("empty", "", 0), ("absent", "$arg_none", 0), ("not absent", "!$arg_none", 1),
    ("not there", "!$arg_log", 0), ("not empty", "!", 1), ("response", "$response_header_x_own", 1),
])
def test_condition(condition, count):
    log_with({"format": "$uri", "if": condition})
    ask("/first?log=1")
    serve(OK, access_log={"path": path(), "format": "$uri"})
    ask("/last")
    equal(lines(count + 1), ["/first", "/last"][1 - count:], "lines")


def test_every_request_of_a_connection():
    log_with({"format": "$uri"})
    with Connection(routing.port()) as c:
        c.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % i for i in range(300)))
        for _ in range(300):
            equal(c.response().status, 200, "status")
    equal(lines(300), [f"/{i}" for i in range(300)], "lines in order")


def test_reopened():
    log_with({"format": "$uri"})
    ask("/1")
    lines(1)
    os.rename(path(), path() + ".1")
    daemon().kill(signal.SIGUSR1)
    daemon().wait_until(lambda: os.path.exists(path()), "a new file")
    ask("/2")
    equal((lines(1, path() + ".1"), lines(1)), (["/1"], ["/2"]), "lines")
    os.unlink(path() + ".1")


def test_path_changes():
    log_with({"format": "$uri"})
    ask("/1")
    other = path() + ".other"
    serve(OK, access_log={"path": other, "format": "$uri"})
    ask("/2")
    serve(OK)
    ask("/3")
    equal((lines(1), lines(1, other)), (["/1"], ["/2"]), "lines")
    os.unlink(other)


def test_no_descriptor_is_left():
    log_with({"format": "$uri"})
    ask()
    descriptors = f"/proc/{daemon().server_pid()}/fd"
    links = lambda: [os.readlink(f"{descriptors}/{fd}") for fd in os.listdir(descriptors)]
    equal(links().count(path()), 1, "descriptors")
    serve(OK)
    daemon().wait_until(lambda: path() not in links(), "the file is closed")


def test_pipe_without_reader():
    fifo = daemon().path("fifo")
    os.mkfifo(fifo)
    status, answer = daemon().call("PUT", "/config", {"access_log": fifo})
    equal((status, answer["error"]), (500, "Failed to apply new configuration."), "answer")
    os.unlink(fifo)


def test_disk_full():
    """Lines are lost, requests are not."""
    serve(OK, access_log="/dev/full")
    daemon().set_mark()
    equal([ask().status for _ in range(3)], [200] * 3, "statuses")
    daemon().wait_log("the access log misses lines")
    serve(OK)


@cases([
    ("directory that is not there", "/nonexistent/access.log"), ("directory", "/"),
])
def test_cannot_be_opened(where):
    before = daemon().get_value("/config")
    status, answer = daemon().call("PUT", "/config", {"access_log": where})
    equal((status, answer["error"]), (500, "Failed to apply new configuration."), "answer")
    contains(answer["detail"], where, "detail")
    equal(daemon().get_value("/config"), before, "configuration")


@cases([
    ("kind", 1, 'The "access_log" value must be either a string or an object, but not an integer number.', ""),
    ("empty", "", 'The "access_log" string must not be empty.', ""),
    ("empty path", {"path": ""}, 'The "path" string must not be empty.', "/path"),
    ("kind of format", {"path": "/x", "format": 1}, 'The "format" value must be either a string or an object, but not '
     "an integer number.", "/format"),
    ("unknown variable", {"path": "/x", "format": "$no"}, 'Unknown variable "no" in the "format" value.', "/format"),
    ("unknown variable in JSON", {"path": "/x", "format": {"a": "$no"}}, 'Unknown variable "no" in the "format" value.',
     "/format/a"),
    ("kind of member", {"path": "/x", "format": {"a": 1}}, 'The "a" value must be a string, but not an integer number.',
     "/format/a"),
    ("bad variable", {"path": "/x", "format": "a$"}, 'Invalid variable at position 1 in the "format" value.', "/format"),
    ("condition", {"path": "/x", "if": "$no"}, 'Unknown variable "no" in the "if" value.', "/if"),
    ("JavaScript", {"path": "/x", "format": "`${uri}`"}, 'Unit is built without support of njs: "--njs" ./configure '
     'option is missing. in the "format" value.', "/format"),
    ("unknown member", {"paths": "/x"}, 'Unknown parameter "paths".', "/paths"),
])
def test_refused(log, detail, member):
    refused({"access_log": log}, detail, "/access_log" + member)


def test_goes_on_after_the_server_process_died():
    log_with({"format": "$uri"})
    ask("/1")
    lines(1)
    before = daemon().kill_server()
    daemon().wait_until(lambda: daemon().server_pid() not in (None, before) and daemon().answers(), "another server process")
    ask("/2")
    equal(lines(2), ["/1", "/2"], "lines")
