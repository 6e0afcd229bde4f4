"""TLS: certificates through the control API, how they are kept, and what clients of a listener with `tls` get."""
import base64
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import threading
import time
import urllib.parse

from berthd import Daemon, free_port
from certificates import bundle, credentials, openssl
from support import WAIT_SECONDS, Connection, cases, contains, equal, guest, matches, temporary_dir, true

_state = {}
UPLOADED = (200, {"success": "Certificate chain uploaded."})
DELETED = (200, {"success": "Certificate deleted."})
IN_USE = (400, {"error": "Certificate is used in the configuration."})
NO_CERTIFICATE = (404, {"error": "Certificate doesn't exist."})
BAD_NAME = (400, {"error": "Invalid certificate name."})
INVALID_METHOD = (405, {"error": "Invalid method."})
ROUTES = [{"match": {"scheme": "https"}, "action": {"return": 200}}, {"action": {"return": 202}}]
KEY_48 = base64.b64encode(bytes(range(48))).decode()
KEY_80 = base64.b64encode(bytes(range(100, 180))).decode()


# --- The server ---

def running():
    """One for all tests of this file, without listeners and certificates."""
    if "daemon" not in _state:
        _state["daemon"] = Daemon()
        _state["daemon"].is_shared = True
    d = _state["daemon"]
    d.configure({"listeners": {}})
    for name in d.get_value("/certificates"):
        equal(d.call("DELETE", "/certificates/" + urllib.parse.quote(name)), DELETED, name)
    return d


def listen(d, tls, **more):
    """Configures a listener with `tls`; its port."""
    port = free_port()
    d.configure({"listeners": {f"127.0.0.1:{port}": {"pass": "routes", "tls": tls}}, "routes": ROUTES, **more})
    return port


def upload(d, *names):
    for name in names:
        equal(d.call("PUT", "/certificates/" + name, text=bundle(name)), UPLOADED, name)


class TlsConnection(Connection):
    def __init__(self, port, name=None, version=None, alpn=None, session=None, context=None, timeout=WAIT_SECONDS):
        self.context = context or client_context(version, alpn)
        raw = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket = self.context.wrap_socket(raw, server_hostname=name, session=session)
        self.pending = b""

    def peer_name(self):
        der = self.socket.getpeercert(binary_form=True)
        text = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-subject", "-nameopt", "multiline"],
                              input=der, capture_output=True, check=True, timeout=WAIT_SECONDS).stdout.decode()
        return text.split("commonName")[1].split("=")[1].split("\n")[0].strip()

    def get(self, path="/"):
        self.send_request("GET", path)
        return self.response()


def client_context(version=None, alpn=None):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
    if version:
        c.minimum_version = c.maximum_version = version
    if alpn:
        c.set_alpn_protocols(alpn)
    return c


# --- The control API ---

def test_upload_and_describe():
    d = running()
    key, own = credentials("own.example", "own.example", "*.own.example")
    issuer = credentials("issuer.example")[1]
    equal(d.get_value("/certificates"), {}, "none")
    equal(d.call("PUT", "/certificates/a", text=own + key + issuer), UPLOADED, "upload")
    got = d.get_value("/certificates")
    equal(list(got), ["a"], "names")
    equal(list(got["a"]), ["key", "chain"], "members")
    equal(got["a"]["key"], "ECDH", "kind of the key")
    equal(len(got["a"]["chain"]), 2, "chain")
    subject = {"common_name": "own.example", "alt_names": ["own.example", "*.own.example"], "country": "DE",
               "state_or_province": "Hessen", "locality": "Fulda", "organization": "Org", "department": "Unit"}
    first = got["a"]["chain"][0]
    equal(list(first), ["subject", "issuer", "validity"], "members of a certificate")
    equal(list(first["subject"].items()), list(subject.items()), "subject, in order")
    equal(first["issuer"]["common_name"], "own.example", "issuer")
    for end in "since", "until":
        matches(first["validity"][end], r"^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} GMT$", end)
    equal(d.get_value("/certificates/a/chain/1/subject/common_name"), "issuer.example", "a part")
    equal(d.get_value("/")["certificates"], got, "at the root")
    equal(d.call("PUT", "/certificates/a", text=own + key), (400, {"error": "Certificate already exists."}), "again")
    equal(d.call("PUT", "/certificates/of%20an%20issuer", text=issuer), UPLOADED, "a name with blanks, no key")
    equal(d.get_value("/certificates/of%20an%20issuer/key"), None, "no key")


@cases([(f"{verb} {path}", verb, path, want) for verb, path, want in [
    ("GET", "/certificates/none", NO_CERTIFICATE),
    ("GET", "/certificates/a/none", (404, {"error": "Invalid path."})),
    ("GET", "/certificates/a/chain/7", (404, {"error": "Invalid path."})),
    ("DELETE", "/certificates/none", NO_CERTIFICATE),
    ("POST", "/certificates/b", INVALID_METHOD),
    ("PATCH", "/certificates", INVALID_METHOD),
    ("PUT", "/certificates", BAD_NAME),
    ("PUT", "/certificates/", BAD_NAME),
    ("PUT", "/certificates/a%2Fb", BAD_NAME),
    ("PUT", "/certificates/a/b", BAD_NAME),
    ("PUT", "/certificates/a%00b", BAD_NAME),
    ("PUT", "/certificates/..", BAD_NAME),
    ("PUT", "/certificates/.hidden", BAD_NAME),
    ("PUT", "/certificates/" + "x" * 241, BAD_NAME),
    ("DELETE", "/certificates/..%2Fconf.json", BAD_NAME),
]])
def test_certificate_calls_that_are_refused(verb, path, want):
    d = running()
    upload(d, "a")
    text = bundle("b") if verb in ("PUT", "POST") else None
    equal(d.call(verb, path, text=text), want, "answer")
    equal(list(d.get_value("/certificates")), ["a"], "certificates afterwards")


@cases([
    ("nothing", lambda: "", "no certificate"),
    ("words", lambda: "hello", "no certificate"),
    ("a key alone", lambda: credentials("a")[0], "no certificate"),
    ("a key that does not match", lambda: credentials("a")[1] + credentials("b")[0],
     "the private key does not belong to the first certificate"),
    ("the chain in the wrong order", lambda: credentials("a")[0] + credentials("b")[1] + credentials("a")[1],
     "It belongs to certificate 2"),
    ("cut off", lambda: bundle("a")[:-60], "PEM block 2 cannot be read"),
    ("an encrypted key", lambda: credentials("a")[1] + openssl("genpkey", "-algorithm", "ed25519", "-aes128", "-pass",
                                                               "pass:secret"), "the private key is encrypted"),
    ("too large", lambda: bundle("a") + "\n" * 2 ** 20, "larger than 1048576 bytes"),
])
def test_bundles_that_are_refused(make, want):
    d = running()
    status, answer = d.call("PUT", "/certificates/a", text=make())
    equal((status, answer["error"]), (400, "Invalid certificate."), "answer")
    contains(answer["detail"], want, "detail")
    equal(d.get_value("/certificates"), {}, "certificates afterwards")


def test_deletion_is_refused_while_in_use():
    d = running()
    upload(d, "a", "b", "c")
    listen(d, {"certificate": ["b", "a"]})
    equal(d.call("DELETE", "/certificates/a"), IN_USE, "in an array")
    equal(d.call("DELETE", "/certificates/c"), DELETED, "not named")
    listen(d, {"certificate": "b"})
    equal(d.call("DELETE", "/certificates/b"), IN_USE, "alone")
    equal(d.call("DELETE", "/certificates/a"), DELETED, "not named any more")


def test_certificates_survive():
    d = Daemon()
    upload(d, "b", "a")
    port = listen(d, {"certificate": "a"})
    directory = d.path("state/certs")
    equal(stat.S_IMODE(os.stat(directory).st_mode), 0o700, "the folder's mode")
    equal(sorted(os.listdir(directory)), ["a", "b"], "files")
    for name in "ab":
        equal(stat.S_IMODE(os.stat(os.path.join(directory, name)).st_mode), 0o600, "a file's mode")
        equal(open(os.path.join(directory, name)).read(), bundle(name), "a file")
    described = d.get_value("/certificates")
    equal(list(described), ["a", "b"], "in order")

    before = d.kill_server()
    d.wait_until(lambda: d.server_pid() not in (None, before) and d.answers(), "a new server process")
    equal(d.get_value("/certificates"), described, "after a crash of the server process")
    with TlsConnection(port) as c:
        equal(c.get().status, 200, "after a crash of the server process")
    equal(d.call("DELETE", "/certificates/b"), DELETED, "delete")
    equal(os.listdir(directory), ["a"], "files after a deletion")

    with open(os.path.join(directory, "broken"), "w") as f:
        f.write("-----BEGIN CERTIFICATE-----")
    d.stop()
    d.start()
    equal(list(d.get_value("/certificates")), ["a"], "after a restart")
    contains(d.log_since_mark(), "a stored certificate cannot be used", "log")
    with TlsConnection(port) as c:
        equal(c.get().status, 200, "after a restart")


# --- Options ---

@cases([
    ("no certificate", {}, 'Required parameter "certificate" is missing.'),
    ("an unknown one", {"certificate": "none"}, 'Certificate "none" is not found.'),
    ("an unknown one in an array", {"certificate": ["a", "none"]}, 'Certificate "none" is not found.'),
    ("an empty array", {"certificate": []}, 'The "certificate" array must contain at least one element.'),
    ("a number", {"certificate": 1},
     'The "certificate" value must be either a string or an array, but not an integer number.'),
    ("numbers", {"certificate": [1]}, 'The "certificate" array must contain only string values.'),
    ("without a key", {"certificate": "keyless"}, 'Certificate "keyless" has no private key.'),
    ("an unknown option", {"certificate": "a", "ciphers": "x"}, 'Unknown parameter "ciphers".'),
    ("a command of another kind", {"certificate": "a", "conf_commands": {"MinProtocol": 1}},
     'The "MinProtocol" value must be a string, but not an integer number.'),
    ("an unknown command", {"certificate": "a", "conf_commands": {"MinProtcol": "TLSv1.2"}},
     '"MinProtcol" is no configuration command of OpenSSL'),
    ("a command's bad value", {"certificate": "a", "conf_commands": {"CipherString": "none-such"}}, "no cipher match"),
    ("a negative cache", {"certificate": "a", "session": {"cache_size": -1}},
     'The "cache_size" number must not be negative.'),
    ("no time", {"certificate": "a", "session": {"timeout": 0}},
     'The "timeout" number must be equal to or greater than 1.'),
    ("tickets of another kind", {"certificate": "a", "session": {"tickets": 1}},
     'The "tickets" value must be either a boolean, a string, or an array, but not an integer number.'),
    ("no Base64", {"certificate": "a", "session": {"tickets": "!!"}},
     'Invalid Base64 format for the ticket key "!!".'),
    ("a short key", {"certificate": "a", "session": {"tickets": [KEY_48, "AAAA"]}},
     'Invalid length 3 of the ticket key "AAAA". Must be 48 or 80 bytes.'),
])
def test_options_that_are_refused(tls, want):
    d = running()
    upload(d, "a")
    equal(d.call("PUT", "/certificates/keyless", text=credentials("a")[1]), UPLOADED, "keyless")
    status, answer = d.call("PUT", "/config", {"listeners": {f"127.0.0.1:{free_port()}": {"pass": "routes", "tls": tls}},
                                               "routes": []})
    equal((status, answer["error"]), (400, "Invalid configuration."), "answer")
    contains(answer["detail"], want, "detail")


# --- What clients get ---

@cases([("1.2", ssl.TLSVersion.TLSv1_2), ("1.3", ssl.TLSVersion.TLSv1_3)])
def test_requests(version):
    d = running()
    upload(d, "a")
    port = listen(d, {"certificate": "a"})
    with TlsConnection(port, version=version, alpn=["http/1.1"]) as c:
        equal(c.socket.selected_alpn_protocol(), "http/1.1", "protocol")
        for _ in range(3):
            equal(c.get().status, 200, "https, by match.scheme")
        c.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % i for i in range(50)))
        for _ in range(50):
            equal(c.response().status, 200, "pipelined")
        c.send_request("GET", "/", [("Connection", "close")])
        equal(c.response().status, 200, "the last")
        true(c.is_closed(), "ended by a close_notify")


def test_scheme_of_an_application():
    d = running()
    upload(d, "a")
    port = free_port()
    d.configure({"listeners": {f"127.0.0.1:{port}": {"pass": "applications/a", "tls": {"certificate": "a"}}},
                 "applications": {"a": {"type": "wasm-wasi-component", "component": guest("rust-app")}}})
    with TlsConnection(port) as c:
        equal(json.loads(c.get("/inspect").body)["scheme"], "https", "scheme")


def test_scheme_without_tls():
    d = running()
    port = free_port()
    d.configure({"listeners": {f"127.0.0.1:{port}": {"pass": "routes"}}, "routes": ROUTES})
    equal(d.get(port).status, 202, "http")


def test_large_bodies():
    d = running()
    upload(d, "a")
    data = os.urandom(3 * 2 ** 20 + 17)
    directory = temporary_dir()
    with open(os.path.join(directory, "file"), "wb") as f:
        f.write(data)
    port = free_port()
    d.configure({"listeners": {f"127.0.0.1:{port}": {"pass": "routes", "tls": {"certificate": "a"}}},
                 "routes": [{"match": {"method": "POST"}, "action": {"return": 201}},
                            {"action": {"share": directory + "$uri"}}]})
    with TlsConnection(port) as c:
        for _ in range(2):
            got = c.get("/file")
            true(got.status == 200 and got.body == data, "a file")
        c.send_request("POST", "/", body=data)
        equal(c.response().status, 201, "a large request")


@cases([
    ("no name", None, "one"), ("an unknown name", "none.example", "one"), ("common name", "two", "two"),
    ("alternative name", "alt.example", "two"), ("other case", "ALT.Example", "two"),
    ("wildcard", "www.wild.example", "three"), ("two labels for a star", "a.b.wild.example", "one"),
    ("no label for a star", "wild.example", "one"),
])
def test_server_names(name, want):
    d = running()
    equal(d.call("PUT", "/certificates/1", text=bundle("one")), UPLOADED, "one")
    equal(d.call("PUT", "/certificates/2", text=bundle("two", "alt.example")), UPLOADED, "two")
    equal(d.call("PUT", "/certificates/3", text=bundle("three", "*.wild.example")), UPLOADED, "three")
    port = listen(d, {"certificate": ["1", "2", "3"]})
    with TlsConnection(port, name) as c:
        equal(c.peer_name(), want, "certificate")
        equal(c.get().status, 200, "request")


def test_conf_commands():
    d = running()
    upload(d, "a")
    port = listen(d, {"certificate": "a", "conf_commands": {"MinProtocol": "TLSv1.3"}})
    with TlsConnection(port) as c:
        equal(c.socket.version(), "TLSv1.3", "version")
    try:
        TlsConnection(port, version=ssl.TLSVersion.TLSv1_2).close()
    except (ssl.SSLError, ConnectionError):
        return
    raise AssertionError("TLS 1.2 was taken")


def test_no_common_protocol():
    d = running()
    upload(d, "a")
    port = listen(d, {"certificate": "a"})
    try:
        TlsConnection(port, alpn=["ftp"]).close()
    except (ssl.SSLError, ConnectionError):
        return
    raise AssertionError("a client that speaks something else was let in (RFC 7301, 3.2)")


# --- Sessions ---

def session_of(port, context):
    with TlsConnection(port, context=context) as c:
        equal(c.get().status, 200, "request")
        return c.socket.session


def resumes(port, context, session):
    with TlsConnection(port, context=context, session=session) as c:
        equal(c.get().status, 200, "request")
        return c.socket.session_reused


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@cases([
    ("by default", {}, False),
    ("cache", {"cache_size": 100}, True),
    ("tickets", {"tickets": True}, True),
    ("no tickets", {"tickets": False}, False),
    ("key of 48 bytes", {"tickets": KEY_48}, True),
    ("key of 80 bytes", {"tickets": KEY_80}, True),
    ("keys", {"tickets": [KEY_48, KEY_80]}, True),
    ("no keys", {"tickets": []}, False),
    ("tickets and cache", {"tickets": True, "cache_size": 100, "timeout": 10}, True),
])
def test_sessions(session, want):
    d = running()
    upload(d, "a")
    port = listen(d, {"certificate": "a", "session": session})
    for version in VERSIONS:
        context = client_context(version)
        kept = session_of(port, context)
        for _ in range(6):  # by whichever worker takes it
            equal(resumes(port, context, kept), want, f"resumed, {version.name}")
            if version == ssl.TLSVersion.TLSv1_3 and want:
                kept = session_of(port, context)  # a ticket is for one connection


def test_sessions_outlive_other_changes():
    d = running()
    upload(d, "a", "b")
    port = listen(d, {"certificate": "a", "session": {"cache_size": 100}})
    context = client_context(ssl.TLSVersion.TLSv1_2)
    kept = session_of(port, context)
    d.change("PUT", "/config/routes", [{"action": {"return": 204}}])
    with TlsConnection(port, context=context, session=kept) as c:
        equal(c.get().status, 204, "new routes")
        true(c.socket.session_reused, "after another change")
    d.change("PUT", f"/config/listeners/127.0.0.1:{port}/tls/certificate", "b")
    with TlsConnection(port, context=context, session=kept) as c:
        equal(c.peer_name(), "b", "certificate")
        true(not c.socket.session_reused, "after a change of the certificate")


def test_ticket_keys_rotate():
    d = running()
    upload(d, "a")
    for version in VERSIONS:
        context = client_context(version)
        port = listen(d, {"certificate": "a", "session": {"tickets": [KEY_48]}})
        tickets = f"/config/listeners/127.0.0.1:{port}/tls/session/tickets"
        kept = session_of(port, context)
        d.change("POST", tickets, KEY_80)
        true(resumes(port, context, kept), "the old key still decrypts")
        newer = session_of(port, context)
        d.change("DELETE", tickets + "/0")
        true(not resumes(port, context, kept), "the old key is gone")
        true(resumes(port, context, newer), "under the new key")


# --- Changes and trouble ---

def test_a_certificate_is_replaced():
    d = running()
    upload(d, "old", "new")
    port = listen(d, {"certificate": "old"})
    with TlsConnection(port) as before:
        equal(before.get().status, 200, "before")
        d.change("PUT", f"/config/listeners/127.0.0.1:{port}/tls/certificate", "new")
        equal(before.get().status, 200, "the open connection goes on")
        with TlsConnection(port) as after:
            equal(after.peer_name(), "new", "certificate")
            equal(after.get().status, 200, "after")
        equal(d.call("DELETE", "/certificates/old"), DELETED, "the old one may go")
        equal(before.get().status, 200, "the open connection still goes on")


def test_certificates_are_replaced_under_load():
    """New connections and open ones alike, while the certificate changes to and fro."""
    d = running()
    upload(d, "old", "new")
    port = listen(d, {"certificate": "old", "session": {"cache_size": 100, "tickets": True}})
    ended, failures, done = threading.Event(), [], []

    def client():
        context = client_context()
        try:
            with TlsConnection(port, context=context) as kept:
                while not ended.is_set():
                    with TlsConnection(port, context=context) as c:
                        equal((c.get().status, kept.get().status), (200, 200), "statuses")
                    done.append(1)
        except Exception as e:  # whatever it is, it is the failure
            failures.append(repr(e))
    clients = [threading.Thread(target=client) for _ in range(4)]
    for c in clients:
        c.start()
    for i in range(20):
        d.change("PUT", f"/config/listeners/127.0.0.1:{port}/tls/certificate", ("new", "old")[i % 2])
        at = len(done)
        d.wait_until(lambda: len(done) > at or failures, "a request under the new certificate")
    ended.set()
    for c in clients:
        c.join()
    equal(failures, [], "failures")


def test_tls_comes_and_goes():
    d = running()
    upload(d, "a")
    port = listen(d, {"certificate": "a"})
    place = f"/config/listeners/127.0.0.1:{port}/tls"
    d.change("DELETE", place)
    equal(d.get(port).status, 202, "without")
    d.change("PUT", place, {"certificate": "a"})
    with TlsConnection(port) as c:
        equal(c.get().status, 200, "with")


def test_plain_http_on_a_tls_port():
    d = running()
    upload(d, "a")
    port = listen(d, {"certificate": "a"})
    with Connection(port) as c:
        c.send_request("GET", "/")
        r = c.response()
        equal((r.status, r.reason), (400, "The plain HTTP request was sent to HTTPS port"), "status line")
        equal(r.body, b"<!DOCTYPE html><title>Error 497</title><p>Error 497.\r\n", "page")
        equal(r.field("connection"), "close", "Connection")
        true(c.is_closed(), "closed")


@cases([
    ("leaves at once", b""), ("words", b"hello, is anybody there?\r\n\r\n"), ("a record that is too long", b"\x16\x03\x01\xff\xff" + b"x" * 100),
    ("half a record", b"\x16\x03\x01\x02\x00\x01"), ("an alert", b"\x15\x03\x01\x00\x02\x02\x28"),
])
def test_broken_handshakes(sent):
    d = running()
    upload(d, "a")
    port = listen(d, {"certificate": "a"})
    with Connection(port) as c:
        c.send(sent)
        c.socket.shutdown(socket.SHUT_WR)
        c.read_to_end()
    with TlsConnection(port) as c:
        equal(c.get().status, 200, "others")


def test_stalled_handshakes():
    d = running()
    upload(d, "a")
    port = listen(d, {"certificate": "a"}, settings={"http": {"header_read_timeout": 1}})
    closed = d.get_value("/status/connections/closed")
    stalled = [Connection(port) for _ in range(200)]
    for i, c in enumerate(stalled):
        c.send(b"\x16\x03\x01\x02\x00\x01"[:i % 7])
    with TlsConnection(port) as c:
        equal(c.get().status, 200, "others are served")
    start = time.monotonic()
    for c in stalled:
        true(c.is_closed(), "closed by the server")
        c.close()
    true(time.monotonic() - start < WAIT_SECONDS, "soon")
    d.wait_until(lambda: d.get_value("/status/connections/closed") >= closed + 200, "counted as closed")


def test_quits_with_open_connections():
    """A connection that is idle after its handshake does not hold up the end."""
    d = Daemon()
    upload(d, "a")
    port = listen(d, {"certificate": "a"})
    with TlsConnection(port) as idle, Connection(port) as silent:
        equal(idle.get().status, 200, "request")
        equal(d.stop(signal.SIGQUIT), 0, "exit status")
        silent.read_to_end()
