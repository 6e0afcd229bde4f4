"""Listeners of berthd: addresses in all forms, backlog, forwarded, client_ip."""
import os
import shutil
import socket
import subprocess

from berthd import free_port
from routing import ask, daemon, port, refused, serve, unix_connection
from support import Skip, cases, equal

TELL = [{"action": {"return": 200, "response_headers": {"X-Addr": "$remote_addr"}}}]
BY_SCHEME = [{"match": {"scheme": "https"}, "action": {"return": 201}}, {"action": {"return": 202}}]


def status_at(family, where):
    with socket.socket(family) as s:
        s.settimeout(10)
        s.connect(where)
        s.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        return int(s.recv(4096).split()[1])


@cases([
    ("IPv4", "127.0.0.1:{}", socket.AF_INET, "127.0.0.1"),
    ("all of IPv4", "*:{}", socket.AF_INET, "127.0.0.1"),
    ("IPv6", "[::1]:{}", socket.AF_INET6, "::1"),
    ("all of IPv6", "[::]:{}", socket.AF_INET6, "::1"),
])
def test_address(form, family, host):
    number = free_port()
    try:
        with socket.socket(family) as s:
            s.bind((host, 0))
    except OSError:
        raise Skip(f"this machine has no {host}")
    serve(TELL, **{"listeners": {form.format(number): {"pass": "routes"}}})
    equal(status_at(family, (host, number)), 200, "status")


def test_ipv6_leaves_ipv4_alone():
    number = free_port()
    try:
        serve(TELL, listeners={f"*:{number}": {"pass": "routes"}, f"[::]:{number}": {"pass": "routes"}})
    except AssertionError:
        if not os.path.exists("/proc/net/if_inet6"):
            raise Skip("this machine has no IPv6")
        raise
    equal(status_at(socket.AF_INET, ("127.0.0.1", number)), 200, "status")


def test_unix_path():
    path = daemon().path("l.sock")
    serve(TELL, listeners={f"unix:{path}": {"pass": "routes"}})
    equal(os.stat(path).st_mode & 0o777, 0o666, "mode")
    with unix_connection(path) as c:
        c.send_request("GET", "/")
        equal(c.response().field("x-addr"), "unix:", "remote_addr")
    serve(TELL)
    equal(os.path.exists(path), False, "the path goes with the listener")


def test_unix_abstract():
    name = f"berth-test-{os.getpid()}"
    serve(TELL, listeners={f"unix:@{name}": {"pass": "routes"}})
    with unix_connection("\0" + name) as c:
        c.send_request("GET", "/")
        equal(c.response().status, 200, "status")


@cases([(a, a) for a in (
    "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:x", ":80", "*", "localhost:80", "::1:80", "[::1]",
    "[::g]:80", "[127.0.0.1]:80", "256.0.0.1:80", "unix:", "unix:@", "unix:/" + "x" * 107, "")])
def test_bad_address(text):
    refused({"listeners": {text: {"pass": "routes"}}, "routes": []}, f'The listener address "{text}" is invalid.',
            "/listeners/" + text.replace("/", "~1"))


@cases([("least", -1), ("zero", 0), ("one", 1), ("most", 2147483647)])
def test_backlog(backlog):
    serve(TELL, {"backlog": backlog})
    equal(ask().status, 200, "status")


def backlog_of(port):
    """As the system has it."""
    if not shutil.which("ss"):
        raise Skip("there is no ss to see a backlog with")
    rows = subprocess.run(["ss", "-ltnH", f"sport = :{port}"], capture_output=True, text=True, check=True).stdout
    return [int(row.split()[2]) for row in rows.splitlines()]


def test_backlog_changes_on_a_living_listener():
    serve(TELL, {"backlog": 5})
    equal(backlog_of(port()), [5], "backlog")
    serve(TELL, {"backlog": 6})
    equal(backlog_of(port()), [6], "backlog")
    equal(ask().status, 200, "status")


@cases([
    ("backlog below", {"backlog": -2}, 'The "backlog" number must be equal to or greater than -1.', "backlog"),
    ("backlog above", {"backlog": 2147483648}, 'The "backlog" number must not exceed 2147483647.', "backlog"),
    ("backlog no integer", {"backlog": 1.5}, 'The "backlog" value must be an integer number, but not a fractional number.',
     "backlog"),
    ("unknown", {"backlogs": 1}, 'Unknown parameter "backlogs".', "backlogs"),
    ("application that is none", {"application": "x"},
     'Listening socket is assigned for a non existing application "x".', "application"),
    ("forwarded without source", {"forwarded": {"client_ip": "X"}}, 'Required parameter "source" is missing.', "forwarded"),
    ("forwarded without use", {"forwarded": {"source": "1.1.1.1"}},
     'The "forwarded" object must have either "client_ip" or "protocol" option set.', "forwarded"),
    ("forwarded source", {"forwarded": {"source": "1.1.1", "client_ip": "X"}}, 'The "address" format is invalid.',
     "forwarded/source"),
    ("forwarded source in an array", {"forwarded": {"source": ["1.1.1.1", 2], "client_ip": "X"}},
     'The "source" array must contain only string values.', "forwarded/source/1"),
    ("recursive", {"forwarded": {"source": "1.1.1.1", "client_ip": "X", "recursive": 1}},
     'The "recursive" value must be a boolean, but not an integer number.', "forwarded/recursive"),
    ("client_ip without header", {"client_ip": {"source": "1.1.1.1"}}, 'Required parameter "header" is missing.', "client_ip"),
])
def test_bad_option(options, detail, member):
    where = "127.0.0.1:80"
    refused({"listeners": {where: {"pass": "routes", **options}}, "routes": []}, detail, f"/listeners/{where}/{member}")


LOCAL = "127.0.0.1"
XFF = "X-Forwarded-For"


@cases([
    ("not asked for", None, [(XFF, "1.1.1.1")], LOCAL),
    ("rightmost", {}, [(XFF, "1.1.1.1, 2.2.2.2")], "2.2.2.2"),
    ("spaces alone", {}, [(XFF, "1.1.1.1 2.2.2.2 ")], "2.2.2.2"),
    ("with port", {}, [(XFF, "2.2.2.2:80")], "2.2.2.2"),
    ("IPv6", {}, [(XFF, "2001:db8::1")], "2001:db8::1"),
    ("IPv6 with port", {}, [(XFF, "[2001:db8::1]:99")], "2001:db8::1"),
    ("any case of the name", {}, [("x-FORWARDED-for", "3.3.3.3")], "3.3.3.3"),
    ("last field first", {}, [(XFF, "1.1.1.1"), (XFF, "2.2.2.2")], "2.2.2.2"),
    ("no address", {}, [(XFF, "unknown")], LOCAL),
    ("no field", {}, [], LOCAL),
    ("empty field", {}, [(XFF, "")], LOCAL),
    ("peer that is not believed", {"source": "10.0.0.0/8"}, [(XFF, "1.1.1.1")], LOCAL),
    ("no source at all", {"source": []}, [(XFF, "1.1.1.1")], LOCAL),
    ("recursive skips proxies", {"recursive": True}, [(XFF, "1.1.1.1, 9.9.9.9, 10.1.1.1, 10.2.2.2")], "9.9.9.9"),
    ("recursive over fields", {"recursive": True}, [(XFF, "9.9.9.9"), (XFF, "10.1.1.1")], "9.9.9.9"),
    ("recursive, all are proxies", {"recursive": True}, [(XFF, "10.0.0.3, 10.0.0.2")], "10.0.0.3"),
    ("recursive stops at nonsense", {"recursive": True}, [(XFF, "9.9.9.9, x, 10.0.0.2")], "10.0.0.2"),
])
def test_client_ip(options, headers, want):
    source = {"source": [LOCAL, "10.0.0.0/8"]}
    new = {} if options is None else {"forwarded": {**source, "client_ip": XFF, **options}}
    old = {} if options is None else {"client_ip": {**source, "header": XFF, **options}}
    for listener in (new, old):
        serve(TELL, listener)
        equal(ask(headers=headers).field("x-addr"), want, f"remote_addr with {list(listener)}")


def test_client_ip_is_what_routes_match():
    serve([{"match": {"source": "9.9.9.0/24"}, "action": {"return": 201}}, {"action": {"return": 202}}],
          {"forwarded": {"source": LOCAL, "client_ip": XFF}})
    equal(ask(headers=[(XFF, "9.9.9.9")]).status, 201, "status")
    equal(ask().status, 202, "status without the field")


@cases([
    ("https", LOCAL, [("X-Proto", "https")], 201),
    ("on", LOCAL, [("X-Proto", "on")], 201),
    ("any case", LOCAL, [("X-Proto", "HTTPS")], 201),
    ("http", LOCAL, [("X-Proto", "http")], 202),
    ("other", LOCAL, [("X-Proto", "ftp")], 202),
    ("no field", LOCAL, [], 202),
    ("peer that is not believed", "!127.0.0.1", [("X-Proto", "https")], 202),
])
def test_protocol(source, headers, want):
    serve(BY_SCHEME, {"forwarded": {"source": source, "protocol": "X-Proto"}})
    equal(ask(headers=headers).status, want, "status")


def test_listener_without_pass():
    status, answer = daemon().call("PUT", "/config", {"listeners": {"127.0.0.1:1": {}}})
    equal((status, answer["error"]), (500, "Failed to apply new configuration."), "answer")
