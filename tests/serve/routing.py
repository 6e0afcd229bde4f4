"""One `berthd` for all routing tests of a file, configured anew for each case."""
import json
import socket

from berthd import Daemon, free_port
from support import Connection, equal

_state = {}


def daemon():
    if "daemon" not in _state:
        _state["daemon"] = Daemon()
        _state["daemon"].is_shared = True
        _state["port"] = free_port()
    return _state["daemon"]


def port():
    daemon()
    return _state["port"]


def address():
    return f"127.0.0.1:{port()}"


def serve(routes, listener=None, **rest):
    """Puts these routes in force behind the listener of all cases; `rest`: other members of the configuration."""
    d = daemon()
    d.configure({"listeners": {address(): {"pass": "routes", **(listener or {})}}, "routes": routes, **rest})
    return d


def ask(path="/", headers=(), method="GET", body=None):
    """One request to it, on a connection of its own."""
    with Connection(port()) as c:
        c.send_request(method, path, headers, body)
        return c.response(method)


def unix_connection(path):
    """A raw connection to a unix listener; a path that begins with a NUL is an abstract name."""
    c = Connection.__new__(Connection)
    c.socket = socket.socket(socket.AF_UNIX)
    c.socket.settimeout(10)
    c.socket.connect(path)
    c.pending = b""
    return c


def refused(config, detail, pointer, status=400):
    """The configuration is refused with Unit's text, at this place, and the one before stays."""
    d = daemon()
    before = d.get_value("/config")
    got, answer = d.call("PUT", "/config", text=json.dumps(config))
    equal(got, status, f"status; {answer}")
    equal(answer.get("detail"), detail, "detail")
    if pointer is not None:
        equal(answer["location"]["pointer"], pointer, "pointer")
        equal(answer["location"]["line"], 1, "line")
    equal(d.get_value("/config"), before, "the configuration afterwards")
