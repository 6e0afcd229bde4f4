"""Actions of berthd: pass, return, location, rewrite, response_headers; templates; what is told of the way."""
import re

import routing
from routing import ask, daemon, refused, serve
from support import Connection, cases, equal, guest, lacks, matches, true

PAGE = b"<!DOCTYPE html><title>Error %03d</title><p>Error %03d.\r\n"


def step(action, **match):
    return {"match": match, "action": action} if match else {"action": action}


# --- return ---

@cases([(str(s), s) for s in (200, 201, 204, 299, 301, 304, 399, 600, 999)])
def test_return(status):
    serve([step({"return": status})])
    r = ask()
    equal((r.status, r.body), (status, b""), "status and body")
    if status not in (204, 304):
        equal(r.field("content-length"), "0", "Content-Length")


@cases([(str(s), s) for s in (400, 404, 418, 451, 500, 503, 599)])
def test_return_of_an_error(status):
    serve([step({"return": status, "location": "/x", "response_headers": {"X": "1"}})])
    r = ask()
    equal((r.status, r.body), (status, PAGE % (status, status)), "status and body")
    equal((r.field("content-type"), r.field("location"), r.field("x")), ("text/html", None, None), "fields")


def test_small_status_has_three_digits():
    serve([step({"return": 7})])
    with Connection(routing.port()) as c:
        c.send(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        matches(c.read_to_end().decode(), r"^HTTP/1\.1 007 ", "status line")


@cases([
    ("plain", "/a/b?c=d#e", "/a/b?c=d#e"), ("whole", "https://h:8/p?q", "https://h:8/p?q"), ("space", "/a b", "/a%20b"),
    ("encoded already", "/a%20b", "/a%20b"), ("half encoded", "/a%20b c", "/a%2520b%20c"), ("percent", "/100%", "/100%25"),
    ("UTF-8", "/ä", "/%C3%A4"), ("host", "https://$host$uri", "https://h.test/x%20y"),
    ("target", "https://${host}${request_uri}", "https://h.test/x%20y?q=1"), ("line end", "/$arg_e", "/a%0D%0AX:1"),
    ("empty", "", ""),
])
def test_location(form, want):
    serve([step({"return": 301, "location": form})])
    with Connection(routing.port()) as c:
        target = "/x%20y?q=1" if "arg_e" not in form else "/?e=a%0d%0aX:1"
        c.send(f"GET {target} HTTP/1.1\r\nHost: H.test:80\r\n\r\n".encode())
        r = c.response()
        equal((r.status, r.field("location")), (301, want), "status and Location")


# --- pass ---

def test_pass_to_named_routes():
    serve({"a": [step({"pass": "routes/b"})], "b": [step({"return": 204})], "x/y z": [step({"return": 205})]},
          {"pass": "routes/a"})
    equal(ask().status, 204, "status")
    daemon().change("PUT", "/config/routes/a/0/action/pass", "routes/x%2Fy%20z")
    equal(ask().status, 205, "status with an encoded name")


@cases([("found", "/a", 201), ("other", "/b", 202), ("nothing", "/c", 404)])
def test_pass_with_variables(path, want):
    serve({"in": [step({"pass": "routes$uri"})], "a": [step({"return": 201})], "b": [step({"return": 202})]},
          {"pass": "routes/in"})
    equal(ask(path).status, want, "status")


def test_listener_passes_with_variables():
    serve({"a": [step({"return": 201})]}, {"pass": "routes/$arg_r"})
    equal((ask("/?r=a").status, ask("/?r=b").status, ask("/").status), (201, 404, 404), "statuses")


def test_endless_pass():
    serve({"a": [step({"pass": "routes/b"})], "b": [step({"pass": "routes/a"})]}, {"pass": "routes/a"})
    equal(ask().status, 500, "status")


@cases([
    ("application", "applications/x", "points to invalid location"), ("route", "routes/x", "points to invalid location"),
    ("no kind", "x", "points to invalid location"), ("empty", "", "points to invalid location"),
    ("encoding", "routes/%x", "is invalid"), ("segments", "applications/a/b/c", "is invalid"),
])
def test_bad_pass(target, what):
    text = f'Request "pass" points to invalid location "{target}".' if what.startswith("points") else \
        f'Request "pass" value "{target}" is invalid.'
    refused({"routes": {"a": [step({"pass": target})]}}, text, "/routes/a/0/action/pass")
    refused({"routes": {}, "listeners": {"*:1": {"pass": target}}}, text, "/listeners/*:1/pass")


# --- rewrite ---

TELL = {"return": 200, "response_headers": {"X-Uri": "$uri", "X-Target": "$request_uri", "X-Arg": "$arg_a"}}


@cases([
    ("plain", "/new", "/new"), ("variables", "/new$uri", "/new/old"), ("normalised", "/a/../b//c", "/b/c"),
    ("decoded", "/a%20b", "/a b"), ("query in it is ignored", "/new?a=2", "/new"),
])
def test_rewrite(form, want):
    serve([step({**TELL, "rewrite": form})])
    r = ask("/old?a=1")
    equal((r.field("x-uri"), r.field("x-target"), r.field("x-arg")), (want, "/old?a=1", "1"), "uri, target and argument")


@cases([("no slash", "new"), ("empty", ""), ("above the root", "/../x"), ("NUL", "/%00"), ("encoding", "/%x")])
def test_bad_rewrite(form):
    serve([step({**TELL, "rewrite": form})])
    equal(ask().status, 500, "status")


def test_rewritten_path_is_matched():
    serve({"a": [step({"pass": "routes/b", "rewrite": "/new"})], "b": [step({"return": 201}, uri="/new")]}, {"pass": "routes/a"})
    equal(ask("/old").status, 201, "status")


def test_application_sees_the_original_target():
    serve([step({"pass": "applications/a", "rewrite": "/new"})],
          applications={"a": {"type": "wasm-wasi-component", "component": guest("rust-app")}})
    equal(ask("/hello").status, 200, "status of the application's own path")


# --- response_headers ---

def test_fields_are_added_replaced_and_removed():
    serve([step({"return": 301, "location": "/a", "response_headers": {
        "Location": "/b", "X-New": "1 $method", "X-Empty": "", "Date": None, "X-None": None}})])
    r = ask()
    equal([r.field(n) for n in ("location", "x-new", "x-empty", "x-none")], ["/b", "1 GET", "", None], "fields")


def test_fields_of_an_application():
    app = {"a": {"type": "wasm-wasi-component", "component": guest("rust-app")}}
    serve([step({"pass": "applications/a", "response_headers": {"X-Own": "1", "Content-Type": "x/y"}})], applications=app)
    r = ask("/hello")
    equal((r.field("x-own"), r.field("content-type")), ("1", "x/y"), "fields")
    equal(sum(n.lower() == "content-type" for n, _ in r.fields), 1, "fields of that name")


@cases([("200", 200, "1"), ("399", 399, "1"), ("199", 199, None), ("600", 600, None), ("404", 404, None)])
def test_statuses_that_get_fields(status, want):
    serve([step({"return": status, "response_headers": {"X": "1"}})])
    with Connection(routing.port()) as c:
        c.send(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        got = re.search(r"^X: (.*)\r$", c.read_to_end().decode(), re.M)
        equal(got.group(1) if got else None, want, "field")


def test_last_chosen_step_counts():
    serve({"a": [step({"pass": "routes/b", "response_headers": {"X-A": "1"}})],
           "b": [step({"return": 200, "response_headers": {"X-B": "1"}})]}, {"pass": "routes/a"})
    r = ask()
    equal((r.field("x-a"), r.field("x-b")), (None, "1"), "fields")


@cases([("line end", "/?v=a%0d%0aX-Evil:1"), ("NUL", "/?v=%00"), ("line feed", "/?v=%0aX")])
def test_requests_cannot_add_fields(target):
    serve([step({"return": 200, "response_headers": {"X-Arg": "$arg_v"}})])
    r = ask(target)
    equal((r.status, r.field("x-arg"), r.field("x-evil")), (200, None, None), "status and fields")


def test_status_is_known():
    serve([step({"return": 234, "response_headers": {"X": "$status"}})])
    equal(ask().field("x"), "234", "field")


@cases([
    ("Content-Length", {"response_headers": {"content-length": "1"}}, 'The "content-length" response header value is not supported',
     "response_headers/content-length"),
    ("framing", {"response_headers": {"Transfer-Encoding": "chunked"}}, 'The "Transfer-Encoding" response header value is not '
     "supported", "response_headers/Transfer-Encoding"),
    ("name", {"response_headers": {"a b": "1"}}, 'The "a b" response header name is invalid.', "response_headers/a b"),
    ("value", {"response_headers": {"X": "a\r\nb"}}, 'The "X" response header value is invalid.', "response_headers/X"),
    ("kind", {"response_headers": {"X": 1}}, None, "response_headers/X"),
    ("variable", {"response_headers": {"X": "$nope"}}, 'Unknown variable "nope" in the "response_headers" value.', "response_headers/X"),
    ("status below", {"return": -1}, 'The "return" value is out of allowed HTTP status code range 0-999.', "return"),
    ("status above", {"return": 1000}, 'The "return" value is out of allowed HTTP status code range 0-999.', "return"),
    ("location", {"location": "$"}, 'Invalid variable at position 0 in the "location" value.', "location"),
    ("rewrite", {"rewrite": "/${a"}, 'Invalid variable at position 1 in the "rewrite" value.', "rewrite"),
    ("digit in a name", {"rewrite": "/$arg_1$2"}, 'Unknown variable "arg_" in the "rewrite" value.', "rewrite"),
    ("JavaScript", {"rewrite": "`/${uri}`"}, 'Unit is built without support of njs: "--njs" ./configure option is missing. '
     'in the "rewrite" value.', "rewrite"),
    ("option of another action", {"index": "x"}, 'Unknown parameter "index".', "index"),
])
def test_refused_option(options, detail, place):
    config = {"routes": [step({"return": 200, **options})]}
    if detail is None:
        equal(daemon().call("PUT", "/config", config)[0], 400, "status")
    else:
        refused(config, detail, f"/routes/0/action/{place}")


@cases([
    ("none", {}, "either"), ("two", {"return": 200, "pass": "routes"}, "just one of"),
])
def test_kinds_of_actions(action, what):
    option = "option" if what == "either" else "options"
    refused({"routes": [step(action)]}, f'The "action" object must have {what} "pass", "return", "share", or "proxy" '
            f"{option} set.", "/routes/0/action")


def test_step_without_action():
    refused({"routes": [{"match": {}}]}, 'Required parameter "action" is missing.', "/routes/0")


# --- The way ---

def test_log_route():
    serve({"a": [step({"return": 200}, uri="/no"), step({"pass": "routes/b", "rewrite": "/x"})],
           "b": [step({"share": "/nonexistent", "fallback": {"return": 200}})]}, {"pass": "routes/a"},
          settings={"http": {"log_route": True}})
    daemon().set_mark()
    equal(ask("/q?r").status, 200, "status")
    daemon().wait_log("taken")
    got = [re.sub(r"^\S+ \S+ \[(\w+)\] \S+ ", r"\1 ", line) for line in daemon().log_since_mark().splitlines()]
    equal(got, ['notice http request line "GET /q?r HTTP/1.1"', 'info "routes/a/0" discarded', 'notice "routes/a/1" selected',
                'notice URI rewritten to "/x"', 'notice "routes/b/0" selected', 'notice "fallback" taken'], "lines")


def test_log_route_of_unnamed_routes():
    serve([step({"return": 200})], settings={"http": {"log_route": True}})
    daemon().set_mark()
    ask()
    daemon().wait_log(r'"routes/0" selected')


def test_nothing_is_told_unasked():
    serve([step({"return": 200})])
    daemon().set_mark()
    ask()
    lacks(daemon().log_since_mark(), "selected", "log")
    true(ask().status == 200, "serves on")
