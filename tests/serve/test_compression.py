"""settings.http.compression: what is compressed, what is said about it, and that it streams."""
import atexit
import os
import shutil
import tempfile
import zlib

from routing import ask, daemon, port, refused, serve
from support import Connection, cases, equal, guest, true

TEXT = b"".join(b"line %d of a page that repeats itself\n" % i for i in range(2000))
ALL = [{"encoding": "gzip"}, {"encoding": "deflate"}, {"encoding": "br"}, {"encoding": "zstd"}]
_state = {}


def files():
    if "directory" not in _state:
        d = tempfile.mkdtemp(prefix="berth-test-")
        atexit.register(shutil.rmtree, d, ignore_errors=True)
        for name, content in (("page.html", TEXT), ("small.html", b"x" * 255), ("exact.html", b"x" * 256),
                              ("empty.html", b""), ("image.png", TEXT), ("large.txt", b"a" * 3_000_000),
                              ("none", TEXT)):
            with open(os.path.join(d, name), "wb") as f:
                f.write(content)
        _state["directory"] = d
    return _state["directory"]


def compress(compression, routes=None, **more):
    return serve(routes or [{"action": {"share": files() + "$uri"}}],
                 settings={"http": {"compression": compression}}, **more)


def standard():
    """One configuration for most cases, put in force where another one is."""
    if daemon().get_value("/config") != _state.get("standard"):
        compress({"compressors": ALL})
        _state["standard"] = daemon().get_value("/config")


def decoded(response):
    coding = response.field("content-encoding")
    if coding == "gzip":
        return zlib.decompress(response.body, 31)
    if coding == "deflate":
        return zlib.decompress(response.body)
    if coding is None:
        return response.body
    return None  # the unit tests decode the others


@cases([
    ("gzip", "gzip", "gzip"), ("deflate", "deflate", "deflate"), ("br", "br", "br"), ("zstd", "zstd", "zstd"),
    ("last of equals", "zstd, br, gzip", "gzip"), ("highest weight", "gzip;q=0.5, deflate;q=0.8, br;q=0.1", "deflate"),
    ("nothing", "", None), ("unknown", "lzma", None), ("identity preferred", "gzip;q=0.5, identity;q=1", None),
    ("star is identity", "gzip;q=0.5, *", None), ("excluded", "gzip;q=0", None), ("any case", "GZIP", "gzip"),
])
def test_choice(accepted, want):
    standard()
    r = ask("/page.html", [("Accept-Encoding", accepted)] if accepted else [])
    equal((r.status, r.field("content-encoding")), (200, want), "status and coding")
    equal(r.field("vary"), "Accept-Encoding", "Vary")
    etag = r.field("etag")
    if want:
        true(len(r.body) < len(TEXT) / 5, f"{len(r.body)} bytes of {len(TEXT)}")
        true(etag.startswith('W/"'), f"a weak ETag, got {etag}")
        equal((r.field("content-length"), r.field("accept-ranges")), (None, None), "length and ranges of the file")
        equal(r.field("transfer-encoding"), "chunked", "Transfer-Encoding")
    else:
        true(etag.startswith('"'), f"a strong ETag, got {etag}")
    if want not in ("br", "zstd"):
        true(decoded(r) == TEXT, "the body, decoded, is not the file")


@cases([
    ("small", "/small.html", []), ("empty", "/empty.html", []), ("a part", "/page.html", [("Range", "bytes=0-999")]),
    ("not found", "/nope", []), ("not modified", "/page.html", [("If-Modified-Since", "Fri, 01 Jan 2038 00:00:00 GMT")]),
])
def test_sent_as_it_is(path, fields):
    standard()
    r = ask(path, [("Accept-Encoding", "gzip"), *fields])
    equal(r.field("content-encoding"), None, "coding")


def test_head():
    """The same fields as of GET, but for the body's framing."""
    standard()
    r = ask("/page.html", [("Accept-Encoding", "gzip")], "HEAD")
    equal((r.status, r.field("content-encoding"), r.field("vary")), (200, "gzip", "Accept-Encoding"), "fields")
    equal((r.field("content-length"), r.body), (None, b""), "body")


def test_weak_etag_revalidates():
    standard()
    etag = ask("/page.html", [("Accept-Encoding", "gzip")]).field("etag")
    equal(ask("/page.html", [("Accept-Encoding", "gzip"), ("If-None-Match", etag)]).status, 304, "status")


@cases([("identity", "identity;q=0"), ("star", "*;q=0, gzip;q=0")])
def test_nothing_is_acceptable(accepted):
    standard()
    with Connection(port()) as c:
        c.send_request("GET", "/page.html", [("Accept-Encoding", accepted)])
        r = c.response()
        equal((r.status, r.body), (406, b""), "answer")
        c.send_request("GET", "/page.html")
        true(c.response().body == TEXT, "the next answer on the connection")


def test_http_1_0():
    standard()
    with Connection(port()) as c:
        c.send(b"GET /page.html HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n")
        r = c.response()
        equal(r.field("connection"), "close", "Connection")
        true(decoded(r) == TEXT, "the body until the end")


@cases([
    ("type", {"types": ["text/*"]}, "/page.html", "gzip"),
    ("no type", {"types": ["text/*"]}, "/image.png", None),
    ("negated", {"types": "!image/*"}, "/image.png", None),
    ("type unknown", {"types": "text/*"}, "/none", None),
    ("all types", {}, "/image.png", "gzip"),
    ("exactly min_length", {}, "/exact.html", "gzip"),
    ("min_length", {"min_length": 100}, "/small.html", "gzip"),
    ("larger min_length", {"min_length": 1000000}, "/page.html", None),
])
def test_options(options, path, want):
    one = {"encoding": "gzip", **({"min_length": options["min_length"]} if "min_length" in options else {})}
    compress({"compressors": one, **({"types": options["types"]} if "types" in options else {})})
    r = ask(path, [("Accept-Encoding", "gzip")])
    equal((r.status, r.field("content-encoding")), (200, want), "status and coding")
    equal(r.field("vary"), "Accept-Encoding" if want else None, "Vary")


def test_levels():
    sizes = []
    for level in (1, 9):
        compress({"compressors": {"encoding": "gzip", "level": level}})
        r = ask("/page.html", [("Accept-Encoding", "gzip")])
        true(decoded(r) == TEXT, "decoded")
        sizes.append(len(r.body))
    true(sizes[0] > sizes[1], f"level 1: {sizes[0]} bytes, level 9: {sizes[1]}")
    daemon().set_mark()
    compress({"compressors": {"encoding": "gzip", "level": 77}})
    daemon().wait_log(r"the compression level is out of range, the default is used.*77")
    true(decoded(ask("/page.html", [("Accept-Encoding", "gzip")])) == TEXT, "decoded")


@cases([
    ("no compressor", {"compressors": {"encoding": "lzma"}}, '"lzma" is not a supported compressor.', ""),
    ("encoding missing", {"compressors": [{}]}, 'Required parameter "encoding" is missing.', "/compressors/0"),
    ("level", {"compressors": {"encoding": "br", "level": "9"}},
     'The "level" value must be an integer number, but not a string.', "/compressors/level"),
    ("min_length", {"compressors": {"encoding": "br", "min_length": -1}}, 'The "min_length" number must not be negative.',
     "/compressors/min_length"),
    ("types", {"types": [1]}, 'The "types" array must contain only string values.', "/types/0"),
    ("unknown", {"level": 1}, 'Unknown parameter "level".', "/level"),
])
def test_bad_options(compression, detail, pointer):
    refused({"settings": {"http": {"compression": compression}}}, detail, "/settings/http/compression" + pointer)


def test_fields_of_the_action():
    """What the action says of the body is kept, and decides."""
    action = {"share": files() + "$uri", "response_headers": {"Content-Encoding": "x", "Vary": "Cookie"}}
    compress({"compressors": ALL}, [{"action": action}])
    r = ask("/page.html", [("Accept-Encoding", "gzip")])
    equal((r.field("content-encoding"), r.body == TEXT), ("x", True), "coded already")
    action["response_headers"] = {"Vary": "Cookie, accept-encoding"}
    compress({"compressors": ALL}, [{"action": action}])
    r = ask("/page.html", [("Accept-Encoding", "gzip")])
    equal((r.field("content-encoding"), r.field("vary")), ("gzip", "Cookie, accept-encoding"), "Vary")
    action["response_headers"] = {"Cache-Control": "no-transform"}
    compress({"compressors": ALL}, [{"action": action}])
    equal(ask("/page.html", [("Accept-Encoding", "gzip")]).field("content-encoding"), None, "no-transform")


def test_large_file_leaves_room_for_others():
    """Three megabytes that become three kilobytes, while the same worker answers somebody else."""
    standard()
    with Connection(port()) as slow:
        slow.send_request("GET", "/large.txt", [("Accept-Encoding", "gzip")])
        equal(ask("/small.html").status, 200, "another request meanwhile")
        true(zlib.decompress(slow.response().body, 31) == b"a" * 3_000_000, "the body")


def serve_app():
    serve([{"action": {"pass": "applications/app"}}], settings={"http": {"compression": {"compressors": ALL}}},
          applications={"app": {"type": "wasm-wasi-component", "component": guest("rust-app")}})


def test_application():
    serve_app()
    body = TEXT * 3
    for coding in ("gzip", "deflate"):
        r = ask("/echo", [("Accept-Encoding", coding)], "POST", body)
        equal((r.status, r.field("content-encoding"), r.field("vary")), (200, coding, "Accept-Encoding"), "head")
        true(decoded(r) == body, "the body")
    r = ask("/echo", [], "POST", body)
    equal((r.field("content-encoding"), r.body == body), (None, True), "without Accept-Encoding")


def test_application_streams():
    """Each piece comes out as it is written: an answer of unknown length is not held back."""
    serve_app()
    with Connection(port()) as c:
        c.send(b"POST /echo HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
        unzip = zlib.decompressobj(31)
        head = None
        for i in range(3):
            piece = b"piece %d\n" % i
            c.send(b"%x\r\n%s\r\n" % (len(piece), piece))
            head = head or c.head()
            got = b""
            while len(got) < len(piece):
                got += unzip.decompress(c.chunk())
            equal(got, piece, "what came back before the next piece")
        equal(head.field("content-encoding"), "gzip", "coding")
        c.send(b"0\r\n\r\n")
        while (last := c.chunk()):
            equal(unzip.decompress(last), b"", "nothing more")
        true(unzip.eof, "the end of the stream")


def test_client_that_leaves():
    """Coders of answers that nobody reads to the end serve the next ones."""
    standard()
    for _ in range(30):
        with Connection(port()) as c:
            c.send_request("GET", "/large.txt", [("Accept-Encoding", "zstd, br, gzip")])
            c.reset()
    r = ask("/page.html", [("Accept-Encoding", "gzip")])
    true(decoded(r) == TEXT, "decoded")
