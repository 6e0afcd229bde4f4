"""Static files of berthd: share with all of its options, conditional requests, ranges, large files."""
import hashlib
import os
import re
import socket
import threading

import routing
from routing import ask, daemon, refused, serve
from support import Closed, Connection, Skip, cases, equal, true

_tree = {}


def tree():
    """The files of these tests."""
    if not _tree:
        _tree["at"] = at = daemon().path("www")
        for name, data in (("a.txt", b"0123456789"), ("index.html", b"root index"), ("empty.txt", b""), ("dir/index.html", b"dir index"),
                           ("dir/other.htm", b"other"), ("a b.txt", b"space"), ("x%y.txt", b"percent"), ("noext", b"plain"),
                           ("ü.txt", b"umlaut"), ("sub/deep/f.txt", b"deep"), ("b.css", b"css")):
            path = os.path.join(at, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(data)
        os.utime(at + "/a.txt", (784111777, 784111777))
        with open(daemon().path("outside.txt"), "wb") as f:
            f.write(b"secret")
        os.symlink(daemon().path("outside.txt"), at + "/out")
        os.symlink("a.txt", at + "/in")
        os.symlink("/a.txt", at + "/absolute")
        os.symlink("loop", at + "/loop")
        os.symlink("dir", at + "/linked")
        os.makedirs(at + "/noindex")
        os.mkfifo(at + "/fifo")
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(at + "/socket")
    return _tree["at"]


def share(options=None, form="{}$uri", **rest):
    serve([{"action": {"share": form.format(tree()), **(options or {})}}], **rest)


# --- What is served ---

@cases([
    ("file", "/a.txt", 200, b"0123456789"), ("index", "/", 200, b"root index"), ("index of a directory", "/dir/", 200, b"dir index"),
    ("empty file", "/empty.txt", 200, b""), ("space", "/a%20b.txt", 200, b"space"), ("percent", "/x%25y.txt", 200, b"percent"),
    ("UTF-8", "/%C3%BC.txt", 200, b"umlaut"), ("query", "/a.txt?x=/..", 200, b"0123456789"), ("dots", "/dir/../a.txt", 200, b"0123456789"),
    ("absent", "/none", 404, None), ("slash after a file", "/a.txt/", 404, None), ("below a file", "/a.txt/b", 404, None),
    ("no index", "/noindex/", 404, None), ("pipe", "/fifo", 404, None), ("socket", "/socket", 404, None),
    ("name too long", "/" + "n" * 300, 404, None), ("above the root", "/../outside.txt", 400, None), ("NUL", "/a.txt%00", 400, None),
    ("endless link", "/loop", 403, None), ("link", "/in", 200, b"0123456789"), ("link that leads out", "/out", 200, b"secret"),
    ("linked directory", "/linked/", 200, b"dir index"), ("no extension", "/noext", 200, b"plain"),
])
def test_path(path, status, body):
    share()
    r = ask(path)
    equal(r.status, status, "status")
    if body is not None:
        equal(r.body, body, "body")


def test_no_permission():
    if os.geteuid() == 0:
        raise Skip("root may read every file")
    path = tree() + "/secret.txt"
    with open(path, "w", encoding="ascii") as f:
        f.write("x")
    os.chmod(path, 0)
    share()
    equal(ask("/secret.txt").status, 403, "status")


def test_fields():
    share()
    r = ask("/a.txt")
    equal([n for n, _ in r.fields], ["Last-Modified", "ETag", "Content-Type", "Accept-Ranges", "Server", "Date", "Content-Length"], "order")
    equal((r.field("last-modified"), r.field("etag"), r.field("content-type"), r.field("content-length")),
          ("Sun, 06 Nov 1994 08:49:37 GMT", '"2ebc98a1-a"', "text/plain", "10"), "fields")
    equal(ask("/noext").field("content-type"), None, "Content-Type of an unknown one")


def test_head():
    share()
    with Connection(routing.port()) as c:
        c.send(b"HEAD /a.txt HTTP/1.1\r\nHost: a\r\n\r\nHEAD /none HTTP/1.1\r\nHost: a\r\n\r\nGET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n")
        r = c.response("HEAD")
        equal((r.status, r.field("content-length")), (200, "10"), "head")
        equal(c.response("HEAD").status, 404, "head of nothing")
        equal(c.response().body, b"0123456789", "body of the next")


@cases([(m, m) for m in ("POST", "PUT", "DELETE", "OPTIONS", "PURGE")])
def test_method(method):
    share()
    r = ask("/a.txt", method=method)
    equal((r.status, r.field("allow")), (405, "GET, HEAD"), "status and Allow")


@cases([("plain", "/dir", "/dir/"), ("query", "/dir?a=b", "/dir/?a=b"), ("encoded", "/sub/../d%69r", "/dir/"), ("link", "/linked", "/linked/")])
def test_directory_without_slash(path, want):
    share()
    r = ask(path)
    equal((r.status, r.field("location"), r.field("content-length")), (301, want, "0"), "answer")


# --- Options ---

def test_index():
    share({"index": "other.htm"})
    equal(ask("/dir/").body, b"other", "body")
    share({"index": ""})
    equal(ask("/dir/").status, 404, "status of an empty name")


@cases([("first", ["{}/a.txt", "{}/b.css"], b"0123456789"), ("second", ["{}/none", "{}/b.css"], b"css"),
        ("directory first", ["{}$uri/none", "{}$uri"], b"root index")])
def test_several(paths, want):
    serve([{"action": {"share": [p.format(tree()) for p in paths]}}])
    equal(ask("/").body, want, "body")


def test_none_of_several():
    serve([{"action": {"share": [tree() + "/none", tree() + "/loop"]}}])
    equal(ask("/").status, 403, "the last one's status")


@cases([("host", "{}/$host", "/x", 404), ("argument", "{}/$arg_f", "/?f=a.txt", 200), ("argument that is absent", "{}$arg_f", "/", 404),
        ("header", "{}/$header_x_file", "/", 200), ("constant", "{}/a.txt", "/anything", 200)])
def test_variables(form, path, want):
    share(form=form)
    if "$arg_f" in form and want == 404:  # the directory itself
        equal(ask(path).status, 301, "status")
    else:
        equal(ask(path, [("X-File", "a.txt")]).status, want, "status")


@cases([
    ("allowed", "text/*", "/a.txt", 200), ("refused", "image/*", "/a.txt", 403), ("not", "!text/*", "/a.txt", 403),
    ("any case", "TEXT/PLAIN", "/a.txt", 200), ("several", ["text/css", "text/plain"], "/a.txt", 200),
    ("unknown, allowed", "", "/noext", 200), ("unknown, refused", "!", "/noext", 403), ("unknown and a pattern", ["", "text/*"], "/noext", 200),
    ("regex", "~^text/(css|plain)$", "/b.css", 200), ("index is not tested", "image/*", "/dir/", 200), ("nothing named", [], "/a.txt", 200),
])
def test_types(types, path, want):
    share({"types": types})
    equal(ask(path).status, want, "status")


@cases([
    ("absent", "/none", "GET", 299), ("refused type", "/a.txt", "GET", 299), ("method", "/b.css", "POST", 299),
    ("served", "/b.css", "GET", 200), ("pipe", "/fifo", "GET", 299), ("endless link", "/loop", "GET", 299),
])
def test_fallback(path, method, want):
    share({"types": ["text/css", ""], "fallback": {"return": 299}})
    equal(ask(path, method=method).status, want, "status")


def test_fallback_of_a_fallback():
    serve({"in": [{"action": {"share": tree() + "/no", "fallback": {"share": tree() + "/none$uri", "fallback": {"pass": "routes/other"}}}}],
           "other": [{"action": {"share": tree() + "/b.css"}}]}, {"pass": "routes/in"})
    equal(ask("/").body, b"css", "body")


def test_response_headers():
    share({"response_headers": {"Cache-Control": "max-age=$arg_age", "ETag": None}})
    r = ask("/a.txt?age=60")
    equal((r.field("cache-control"), r.field("etag")), ("max-age=60", None), "fields")


# --- Confinement ---

@cases([
    ("file", "/a.txt", 200), ("link within", "/in", 200), ("absolute link is below the root", "/absolute", 200),
    ("link that leads out", "/out", 404), ("index", "/", 200), ("directory", "/dir", 301), ("endless link", "/loop", 403),
])
def test_chroot(path, want):
    share({"chroot": tree()})
    equal(ask(path).status, want, "status")


@cases([
    ("slash at the end", "{}/", 200), ("below", "{}/dir", 403), ("beside", "{}x", 403), ("part of a name", "{}/a", 403), ("absent", "{}/none", 403),
    ("whole system", "/", 200), ("with variables", "{}/$arg_none", 200),
])
def test_chroot_and_path(root, want):
    share({"chroot": root.format(tree())})
    equal(ask("/a.txt").status, want, "status")


def test_nul_does_not_shorten_a_chroot():
    share({"chroot": tree() + "/$arg_d"})
    equal((ask("/a.txt?d=").status, ask("/a.txt?d=%00none").status), (200, 403), "statuses")
    share(form="{}/$arg_f")
    equal(ask("/?f=a.txt%00.css").status, 404, "status of a path")


@cases([
    ("file", {}, "/a.txt", 200), ("link", {}, "/in", 403), ("linked directory", {}, "/linked/index.html", 403), ("index", {}, "/dir/", 200),
    ("link within a chroot", {"chroot": True}, "/in", 403), ("file in a chroot", {"chroot": True}, "/a.txt", 200),
])
def test_follow_symlinks(options, path, want):
    share({"follow_symlinks": False, **({"chroot": tree()} if options else {})})
    equal(ask(path).status, want, "status")


@cases([("yes", True, 200), ("no", False, 403)])
def test_traverse_mounts(flag, want):
    serve([{"action": {"share": "/proc/self/status", "traverse_mounts": flag, "types": [""]}}])
    equal(ask("/").status, want, "status")


def test_traverse_mounts_within_one():
    same = os.stat("/").st_dev == os.stat("/etc").st_dev and os.stat("/etc").st_dev == os.stat("/etc/passwd").st_dev
    serve([{"action": {"share": "/etc/passwd" if same else "/proc/../", "traverse_mounts": False}}])
    equal(ask("/").status, 200 if same else 404, "status")


# --- Conditional requests: RFC 9110, 13 ---

ETAG, SINCE = '"2ebc98a1-a"', "Sun, 06 Nov 1994 08:49:37 GMT"
BEFORE, AFTER = "Sun, 06 Nov 1994 08:49:36 GMT", "Sun, 06 Nov 1994 08:49:38 GMT"


@cases([
    ("same tag", [("If-None-Match", ETAG)], 304), ("other tag", [("If-None-Match", '"x"')], 200),
    ("one of several", [("If-None-Match", f'"x", {ETAG}')], 304), ("weak", [("If-None-Match", "W/" + ETAG)], 304),
    ("any", [("If-None-Match", "*")], 304), ("not modified", [("If-Modified-Since", SINCE)], 304),
    ("modified", [("If-Modified-Since", BEFORE)], 200), ("later", [("If-Modified-Since", AFTER)], 304),
    ("date of RFC 850", [("If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT")], 304),
    ("date of asctime", [("If-Modified-Since", "Sun Nov  6 08:49:37 1994")], 304),
    ("no date", [("If-Modified-Since", "yesterday")], 200), ("tag goes first", [("If-None-Match", '"x"'), ("If-Modified-Since", SINCE)], 200),
    ("match", [("If-Match", ETAG)], 200), ("no match", [("If-Match", '"x"')], 412), ("weak does not match", [("If-Match", "W/" + ETAG)], 412),
    ("match any", [("If-Match", "*")], 200), ("unmodified", [("If-Unmodified-Since", SINCE)], 200),
    ("was modified", [("If-Unmodified-Since", BEFORE)], 412), ("match goes first", [("If-Match", ETAG), ("If-Unmodified-Since", BEFORE)], 200),
])
def test_condition(headers, want):
    share()
    r = ask("/a.txt", headers)
    equal(r.status, want, "status")
    if want == 304:
        equal((r.body, r.field("etag"), r.field("content-length")), (b"", ETAG, None), "body and fields")


# --- Ranges: RFC 9110, 14 ---

@cases([
    ("first bytes", "bytes=0-3", 206, b"0123", "bytes 0-3/10"), ("inside", "bytes=2-5", 206, b"2345", "bytes 2-5/10"),
    ("one byte", "bytes=0-0", 206, b"0", "bytes 0-0/10"), ("to the end", "bytes=7-", 206, b"789", "bytes 7-9/10"),
    ("last bytes", "bytes=-3", 206, b"789", "bytes 7-9/10"), ("more than there are", "bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
    ("past the end", "bytes=5-99", 206, b"56789", "bytes 5-9/10"), ("unit in any case", "Bytes=0-3", 206, b"0123", "bytes 0-3/10"),
    ("begins past the end", "bytes=10-", 416, b"", "bytes */10"), ("no last bytes", "bytes=-0", 416, b"", "bytes */10"),
    ("backwards", "bytes=5-2", 200, b"0123456789", None), ("no number", "bytes=a-b", 200, b"0123456789", None),
    ("other unit", "lines=0-1", 200, b"0123456789", None), ("several", "bytes=0-1,3-4", 200, b"0123456789", None),
    ("too large a number", "bytes=0-99999999999999999999", 200, b"0123456789", None), ("empty", "bytes=-", 200, b"0123456789", None),
])
def test_range(value, status, body, content_range):
    share()
    r = ask("/a.txt", [("Range", value)])
    equal((r.status, r.body, r.field("content-range")), (status, body, content_range), "answer")
    equal(r.field("content-length"), str(len(body)), "Content-Length")


@cases([("same tag", ETAG, 206), ("other tag", '"x"', 200), ("weak tag", "W/" + ETAG, 200), ("date", SINCE, 206), ("other date", AFTER, 200)])
def test_if_range(value, want):
    share()
    equal(ask("/a.txt", [("Range", "bytes=0-3"), ("If-Range", value)]).status, want, "status")


def test_range_of_a_head():
    share()
    r = ask("/a.txt", [("Range", "bytes=0-3")], "HEAD")
    equal((r.status, r.field("content-length")), (200, "10"), "status and length")


def test_range_of_an_empty_file():
    share()
    equal(ask("/empty.txt", [("Range", "bytes=0-")]).status, 416, "status")


def test_condition_goes_before_range():
    share()
    equal(ask("/a.txt", [("Range", "bytes=0-3"), ("If-None-Match", ETAG)]).status, 304, "status")


# --- Large files ---

def large(size):
    path = daemon().path(f"large-{size}")
    if not os.path.exists(path):
        block = os.urandom(1 << 20)
        with open(path, "wb") as f:
            for at in range(0, size, len(block)):
                f.write(block[:min(len(block), size - at)])
    return path


@cases([(str(n), n) for n in (16383, 16384, 16385, 65536, 1 << 20, (1 << 20) + 1, 20_000_001)])
def test_large(size):
    path = large(size)
    serve([{"action": {"share": path}}])
    with open(path, "rb") as f:
        want = f.read()
    with Connection(routing.port()) as c:
        for method in ("GET", "HEAD", "GET"):
            c.send(f"{method} / HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            r = c.response(method)
            true(r.body == (want if method == "GET" else b""), f"{method}: {len(r.body)} bytes of {size}, or others")
        c.send(b"GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=5000-15999\r\n\r\n")
        true(c.response().body == want[5000:16000], "the part asked for")


def test_several_at_once():
    path = large(20_000_001)
    serve([{"action": {"share": path}}])
    with open(path, "rb") as f:
        want = hashlib.sha256(f.read()).digest()
    wrong = []

    def client():
        if hashlib.sha256(ask().body).digest() != want:
            wrong.append(1)
    threads = [threading.Thread(target=client) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    equal(wrong, [], "bodies that differ")


def memory_kb():
    with open(f"/proc/{daemon().server_pid()}/status", encoding="ascii") as f:
        return int(re.search(r"RssAnon:\s+(\d+)", f.read()).group(1))


def test_slow_clients_hold_no_memory():
    path = large(20_000_001)
    serve([{"action": {"share": path}}])
    before = memory_kb()
    slow = [Connection(routing.port()) for _ in range(50)]
    for c in slow:
        c.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        c.head()
    true(memory_kb() - before < 50_000, f"{memory_kb() - before} kB for 50 clients that read nothing")
    for c in slow:
        c.reset()


def test_file_that_becomes_shorter():
    """The client sees a cut, not a complete answer."""
    path = daemon().path("shrinks")
    with open(path, "wb") as f:
        f.truncate(64 << 20)
    serve([{"action": {"share": path}}])
    with Connection(routing.port()) as c:
        c.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        r = c.head()
        equal(r.field("content-length"), str(64 << 20), "Content-Length")
        os.truncate(path, 1 << 20)
        try:
            got = len(c.read_to_end())
        except (ConnectionResetError, Closed):
            got = 0
        true(got < 64 << 20, "fewer bytes than announced")
    equal(ask().body, bytes(1 << 20), "the next answer")


def test_descriptors_are_closed():
    share()
    fds = f"/proc/{daemon().server_pid()}/fd"
    for path in ("/a.txt", "/dir", "/none", "/fifo", "/loop", "/dir/"):
        ask(path)
        ask(path, [("If-None-Match", "*")])
        ask(path, method="HEAD")
    at = os.path.realpath(tree())
    daemon().wait_until(lambda: not [f for f in os.listdir(fds) if link(f"{fds}/{f}").startswith(at)], "no file of the share is open")


def link(path):
    try:
        return os.readlink(path)
    except OSError:
        return ""


# --- Errors of the configuration ---

@cases([
    ("empty array", {"share": []}, 'The "share" array must contain at least one element.', "share"),
    ("kind of elements", {"share": ["/x", 1]}, 'The "share" array must contain only string values.', "share/1"),
    ("kind", {"share": 1}, 'The "share" value must be either a string or an array, but not an integer number.', "share"),
    ("variable", {"share": "/$x"}, 'Unknown variable "x" in the "share" value.', "share"),
    ("variable of an element", {"share": ["/a", "/$x"]}, 'Unknown variable "x" in the "share" value.', "share/1"),
    ("variable of a root", {"share": "/", "chroot": "$x"}, 'Unknown variable "x" in the "chroot" value.', "chroot"),
    ("types", {"share": "/", "types": "a**"}, 'The "match" pattern must not contain double "*" markers.', "types"),
    ("flag", {"share": "/", "follow_symlinks": "no"}, 'The "follow_symlinks" value must be a boolean, but not a string.', "follow_symlinks"),
    ("fallback", {"share": "/", "fallback": {}}, 'The "action" object must have either "pass", "return", "share", or "proxy" option set.',
     "fallback"),
    ("option of another action", {"share": "/", "location": "/"}, 'Unknown parameter "location".', "location"),
])
def test_bad_share(action, detail, place):
    refused({"routes": [{"action": action}]}, detail, f"/routes/0/action/{place}")
