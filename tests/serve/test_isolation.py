"""Nothing that a request does can be seen by a later one, though instances are used again: guests that leave traces, and
guests that look for them, on the same instances, in every order."""
import concurrent.futures

from support import Server, cases, equal, guest, shared, true

ENDINGS = ["/traces", "/trap", "/stack", "/exit", "/twice", "/unfinished", "/keep", "/hello", "/count", "/alloc"]


def look(s):
    return s.get("/look").text()


@cases([("recycled", "on"), ("built anew", "off")])
def test_traces(recycle):
    s = shared("faults", "--workers", "1", "--recycle=" + recycle, "--max-memory", "64MiB")
    first = look(s)
    for _ in range(100):
        equal(s.get("/traces").text(), "left\n", "the guest that leaves traces")
        equal(look(s), first, "what the next one sees")


@cases([(path,) for path in ENDINGS])
def test_after(path):
    s = shared("faults", "--workers", "1", "--recycle=on", "--max-memory", "64MiB")
    first = look(s)
    for _ in range(3):
        try:
            s.request("GET", path)
        except Exception:  # some of them cut the connection: that is tested elsewhere
            pass
        equal(look(s), first, "what is seen after " + path)


def test_many_at_once():
    """10 000 requests over several connections, a third of them leaving traces; every look must see the same."""
    s = shared("faults", "--workers", "2", "--recycle=on", "--max-memory", "64MiB")
    want = look(s)

    def run(client):
        seen = set()
        with s.connect() as c:
            for k in range(1250):
                c.send_request("GET", ("/traces", "/look", "/count")[(k * 7 + client) % 3])
                text = c.response().text().strip()
                if text != "left":
                    seen.add(text)
        return seen

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for seen in pool.map(run, range(8)):
            equal(seen, {want.strip(), "1"}, "what was seen")


@cases([("rust-app",), ("c-app",), ("go-app",), ("js-app",), ("py-app",)])
def test_toolchains(name):
    """The hundredth request is answered as the first one was, with others in between."""
    s = Server(guest(name), "--workers", "1", "--env", "GREETING=hello")
    paths = ["/hello", "/env", "/inspect", "/nowhere"]
    first = [s.get(p).body for p in paths]
    for k in range(25):
        s.post("/echo", bytes([k]) * (1000 * k))
        equal(s.get("/print").status, 200, "standard streams")
        true(s.get("/random").body, "want random bytes")
        equal([s.get(p).body for p in paths], first, "answers")
