"""Routes of berthd: every key of `match`, every form of pattern."""
import json

import routing
from routing import ask, daemon, refused, serve, unix_connection
from support import Connection, cases, equal


def matches_with(match, path="/", headers=(), method="GET"):
    """Whether a step with this match is taken."""
    serve([{"match": match, "action": {"return": 201}}, {"action": {"return": 202}}])
    return ask(path, headers, method).status == 201


@cases([
    ("exact", "/a", "/a", True), ("other", "/a", "/b", False), ("case", "/A", "/a", False),
    ("prefix", "/a*", "/a/b", True), ("prefix, nothing more", "/a*", "/a", True), ("prefix, too short", "/ab*", "/a", False),
    ("suffix", "*.php", "/x.php", True), ("suffix, more behind", "*.php", "/x.php5", False),
    ("inside", "*b*", "/abc", True), ("inside, absent", "*b*", "/acc", False),
    ("two stars", "/a*c*e", "/abcde", True), ("two stars, order", "/a*c*e", "/aecd", False),
    ("ends may not overlap", "/ab*ab", "/ab", False), ("pieces may not overlap", "/*ab*b", "/ab", False),
    ("back to a later place", "/*ab", "/aab", True), ("star alone", "*", "/anything", True),
    ("decoded on both sides", "/%61%20b", "/a%20b", True), ("encoded star is none", "/a%2A", "/ab", False),
    ("encoded star", "/a%2A", "/a*", True), ("encoded slash", "/a/b", "/a%2Fb", True),
    ("normalised", "/b", "/a/../b", True), ("no query", "/a", "/a?b", True),
    ("not", "!/a", "/b", True), ("not, hit", "!/a", "/a", False), ("not with star", "!/a*", "/ab", False),
    ("regex", "~^/a[0-9]+$", "/a12", True), ("regex, missed", "~^/a[0-9]+$", "/ab", False),
    ("regex is a search", "~b", "/abc", True), ("regex, not", "!~b", "/abc", False), ("regex, not, missed", "!~x", "/abc", True),
    ("empty", "", "/", False), ("not empty", "!", "/", True),
    ("one of several", ["/a", "/b"], "/b", True), ("none of several", ["/a", "/b"], "/c", False),
    ("none negated may hit", ["/a*", "!/ab"], "/ab", False), ("order makes no difference", ["!/ab", "/a*"], "/ac", True),
    ("only negated ones", ["!/a", "!/b"], "/c", True), ("only negated ones, hit", ["!/a", "!/b"], "/b", False),
    ("no pattern", [], "/x", True),
])
def test_uri(pattern, path, want):
    equal(matches_with({"uri": pattern}, path), want, f"{pattern!r} on {path}")


@cases([
    ("folded", "post", "POST", True), ("other", "GET", "POST", False), ("star", "P*", "PUT", True),
    ("case of the request", "GET", "get", False), ("any word", "purge", "PURGE", True),
])
def test_method(pattern, method, want):
    equal(matches_with({"method": pattern}, method=method), want, "matches")


@cases([
    ("port is no part", "a.b", "a.b:8080", True), ("dot at the end", "a.b", "a.b.", True), ("case", "A.b", "a.B", True),
    ("wildcard", "*.a.b", "x.a.b", True), ("wildcard, none", "*.a.b", "a.b", False), ("IPv6", "[::1]", "[::1]:80", True),
    ("empty", "", "", True), ("regex, any case", "~^WWW", "www.a", True),
])
def test_host(pattern, host, want):
    serve([{"match": {"host": pattern}, "action": {"return": 201}}, {"action": {"return": 202}}])
    with Connection(routing.port()) as c:
        c.send(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        equal(c.response().status == 201, want, "matches")


def test_host_that_is_absent():
    serve([{"match": {"host": ""}, "action": {"return": 201}}, {"action": {"return": 202}}])
    with Connection(routing.port()) as c:
        c.send(b"GET / HTTP/1.0\r\n\r\n")
        equal(c.response().status, 201, "status")


@cases([("..", ".."), ("...", "..."), ("inside", "a..b"), ("slash", "a/b")])
def test_host_is_no_path(host):
    """Where $host stands in a path of files, it must not lead out of it."""
    serve([{"action": {"return": 200}}])
    with Connection(routing.port()) as c:
        c.send(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        equal(c.response().status, 400, "status")


@cases([
    ("exact", "a=1&b=2", "/?a=1&b=2", True), ("star", "a=1*", "/?a=1&b=2", True), ("absent", "", "/", True),
    ("present", "!", "/?x", True), ("decoded", "a=b c", "/?a=b%20c", True), ("plus", "a=b c", "/?a=b+c", True),
    ("plus in the pattern", "a=b+c", "/?a=b%20c", True), ("encoded plus", "a=b%2Bc", "/?a=b%2bc", True),
])
def test_query(pattern, path, want):
    equal(matches_with({"query": pattern}, path), want, "matches")


@cases([
    ("one", {"a": "1"}, "/?a=1", True), ("other value", {"a": "1"}, "/?a=2", False), ("absent", {"a": "*"}, "/", False),
    ("absent, negated", {"a": "!1"}, "/", False), ("case", {"A": "1"}, "/?a=1", False),
    ("all", {"a": "1", "b": "2"}, "/?b=2&a=1", True), ("not all", {"a": "1", "b": "2"}, "/?a=1", False),
    ("every occurrence", {"a": "1*"}, "/?a=1&a=12", True), ("not every occurrence", {"a": "1"}, "/?a=1&a=2", False),
    ("empty value", {"a": ""}, "/?a=", True), ("no value", {"a": ""}, "/?a", True),
    ("decoded name", {"a b": "c d"}, "/?a%20b=c+d", True), ("encoded name", {"a+b": "c%20d"}, "/?a%20b=c+d", True),
    ("patterns", {"a": ["1", "2"]}, "/?a=2", True), ("one object of two", [{"a": "1"}, {"b": "2"}], "/?b=2", True),
    ("none of two", [{"a": "1"}, {"b": "2"}], "/?c=2", False), ("empty object", {}, "/", True), ("empty array", [], "/", True),
    ("array with an empty object", [{"a": "1"}, {}], "/", True),
])
def test_arguments(pattern, path, want):
    equal(matches_with({"arguments": pattern}, path), want, "matches")


@cases([
    ("any case", {"x-NAME": "VAL*"}, [("X-Name", "value")], True), ("absent", {"X": "!a"}, [], False),
    ("every occurrence", {"X": "a*"}, [("X", "a"), ("x", "ab")], True),
    ("not every occurrence", {"X": "a"}, [("X", "a"), ("X", "b")], False),
    ("regex", {"User-Agent": "~mozilla"}, [("User-Agent", "Mozilla/5")], True),
    ("not empty", {"X": "!"}, [("X", "")], False), ("array", [{"X": "a"}, {"Y": "b"}], [("Y", "b")], True),
])
def test_headers(pattern, headers, want):
    equal(matches_with({"headers": pattern}, headers=headers), want, "matches")


@cases([
    ("one", {"a": "1"}, "a=1", True), ("of several", {"b": "2"}, "a=1; b=2", True), ("case", {"A": "1"}, "a=1", False),
    ("case of the value", {"a": "X"}, "a=x", False), ("not decoded", {"a": "%20"}, "a=%20", True),
    ("equal sign in it", {"a": "b=c"}, "a=b=c", True), ("absent", {"a": "!x"}, "b=1", False),
])
def test_cookies(pattern, cookie, want):
    equal(matches_with({"cookies": pattern}, headers=[("Cookie", cookie)]), want, "matches")


def test_cookies_of_several_fields():
    equal(matches_with({"cookies": {"a": "1", "b": "2"}}, headers=[("Cookie", "a=1"), ("Cookie", "b=2")]), True, "matches")


@cases([
    ("exact", "127.0.0.1", True), ("other", "127.0.0.2", False), ("not", "!127.0.0.2", True), ("not, hit", "!127.0.0.1", False),
    ("network", "127.0.0.0/8", True), ("other network", "10.0.0.0/8", False), ("whole", "0.0.0.0/0", True),
    ("network, odd bits", "127.0.0.0/31", True), ("range", "127.0.0.0-127.0.0.5", True), ("range, above", "127.0.0.2-127.0.0.5", False),
    ("any with ports", "*:1-65535", True), ("address with ports", "127.0.0.1:1-65535", True), ("port", "*:1", False),
    ("IPv6", "::1", False), ("IPv6 in brackets", "[::1]:1-65535", False), ("unix", "unix", False),
    ("several", ["10.0.0.0/8", "127.0.0.1"], True), ("several with not", ["127.0.0.0/8", "!127.0.0.1"], False),
    ("none", [], False),
])
def test_source(pattern, want):
    equal(matches_with({"source": pattern}), want, "matches")


@cases([("port", lambda: f"*:{routing.port()}", True), ("all", lambda: f"127.0.0.1:{routing.port()}", True),
        ("other port", lambda: "*:1", False), ("not", lambda: f"!127.0.0.1:{routing.port()}", False)])
def test_destination(pattern, want):
    equal(matches_with({"destination": pattern()}), want, "matches")


def test_unix_source_and_destination():
    path = daemon().path("m.sock")
    steps = [{"match": {"source": "unix", "destination": "unix"}, "action": {"return": 201}}, {"action": {"return": 202}}]
    serve(steps, listeners={f"unix:{path}": {"pass": "routes"}})
    with unix_connection(path) as c:
        c.send_request("GET", "/")
        equal(c.response().status, 201, "status")


@cases([("http", "http", True), ("any case", "HTTP", True), ("https", "https", False)])
def test_scheme(scheme, want):
    equal(matches_with({"scheme": scheme}), want, "matches")


@cases([
    ("text", "yes", True), ("variable", "$arg_a", True), ("absent", "$arg_x", False), ("not absent", "!$arg_x", True),
    ("false", "$arg_f", False), ("0", "$arg_z", False), ("0.0 is true", "$arg_z.0", True), ("empty", "", False),
    ("exclamation mark alone", "!", True), ("mixed", "${arg_x}1", True), ("null", "null", False), ("undefined", "undefined", False),
])
def test_if(condition, want):
    equal(matches_with({"if": condition}, "/?a=1&f=false&z=0"), want, "matches")


def test_all_keys_must_hold():
    match = {"uri": "/a", "method": "GET", "host": "!x", "arguments": {"b": "1"}, "headers": {"X": "y"}, "if": "$arg_b"}
    equal(matches_with(match, "/a?b=1", [("X", "y")]), True, "all")
    equal(matches_with(match, "/a?b=1", []), False, "but for one")


def test_first_step_wins_and_none_is_404():
    serve([{"match": {"uri": "/a*"}, "action": {"return": 201}}, {"match": {"uri": "/ab"}, "action": {"return": 202}}])
    equal(ask("/ab").status, 201, "first")
    equal(ask("/").status, 404, "none")
    serve([])
    equal(ask("/").status, 404, "no steps")


def test_expensive_regex_does_not_hold_a_worker():
    equal(matches_with({"uri": "~^/(a+)+$"}, "/" + "a" * 60 + "!"), False, "matches")


ADDRESS = [
    ("short", "1", 'The "address" is too short.'), ("three numbers", "1.1.1", 'The "address" format is invalid.'),
    ("name", "localhost", 'The "address" format is invalid.'), ("range", "1.1.1.2-1.1.1.1", 'The "address" range is overlapping.'),
    ("bits", "1.1.1.1/33", 'The "address" has an invalid CIDR prefix.'), ("bits of IPv6", "::1/129", 'The "address" has an invalid CIDR prefix.'),
    ("port 0", "1.1.1.1:0", 'The "address" port an invalid port.'), ("port above", "1.1.1.1:65536", 'The "address" port an invalid port.'),
    ("ports", "1.1.1.1:2-1", 'The "address" range is overlapping.'), ("bracket", "[::1", 'The "address" format is invalid.'),
    ("star without port", "*", 'The "address" is too short.'),
]


@cases(ADDRESS)
def test_bad_address_pattern(pattern, detail):
    for key in ("source", "destination"):
        refused({"routes": [{"match": {key: pattern}, "action": {"return": 200}}]}, detail, f"/routes/0/match/{key}")


@cases([
    ("two stars", {"uri": "/a**"}, 'The "match" pattern must not contain double "*" markers.', "uri"),
    ("regex", {"uri": "~(a"}, "Invalid regular expression: missing closing parenthesis at offset 2", "uri"),
    ("encoding", {"uri": "/%4"}, 'The "match" pattern for "uri" is encoded but is invalid.', "uri"),
    ("scheme", {"scheme": "ftp"}, 'The "scheme" can either be "http" or "https".', "scheme"),
    ("kind of scheme", {"scheme": ["http"]}, 'The "scheme" value must be a string, but not an array.', "scheme"),
    ("kind", {"uri": 1}, 'The "uri" value must be either a string or an array, but not an integer number.', "uri"),
    ("kind of elements", {"uri": ["/", 1]}, 'The "uri" array must contain only string values.', "uri/1"),
    ("kind of a set", {"headers": "x"}, 'The "headers" value must be either an object or an array, but not a string.', None),
    ("kind of sets", {"headers": ["x"]}, 'The "headers" array must contain only object values.', "headers/0"),
    ("kind of a pair", {"headers": {"a": 1}}, 'The "a" value must be either a string or an array, but not an integer number.',
     "headers/a"),
    ("condition", {"if": "$x"}, 'Unknown variable "x" in the "if" value.', "if"),
    ("unknown key", {"url": "/"}, 'Unknown parameter "url".', "url"),
])
def test_bad_match(match, detail, place):
    config = {"routes": [{"match": match, "action": {"return": 200}}]}
    if place is None:  # the order of kinds is not told
        status, answer = daemon().call("PUT", "/config", text=json.dumps(config))
        equal(status, 400, f"status; {answer}")
        return
    refused(config, detail, f"/routes/0/match/{place}")
