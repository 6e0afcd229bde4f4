"""Requests to many components at once, in an order that chance gives but a seed repeats, each answer compared with the
one that the first request of a new process gets."""
import concurrent.futures
import random
import time

import support
from berthd import Daemon, free_port
from support import Closed, Connection, Server, guest

WAITING = "/leave-and-wait?what=127"  # ends with the client, or with the time


class Component:
    """A guest, how often it is asked (of all their weights), and the requests that it gets, each (method, path, body)
    or the path of a GET."""

    def __init__(self, name, weight, requests, file=None, limits=None):
        self.name, self.weight, self.limits = name, weight, limits
        self.file = guest(file or name)
        self.requests = [r if isinstance(r, tuple) else ("GET", r, None) for r in requests]

    def configuration(self):
        return {"type": "wasm-wasi-component", "component": self.file, "environment": {"GREETING": "hello"},
                **({"limits": self.limits} if self.limits else {})}


def answer(connection, component, request):
    """(status, body) of a request; without the body when the server answers for a guest that failed, ("cut", "") when
    the response did not come whole."""
    method, path, body = request
    try:
        connection.send_request(method, path, [("x-component", component)], body)
        response = connection.response(method)
        return response.status, response.text() if response.status < 500 else ""
    except Closed:
        return "cut", ""


def answer_of_new_process(component, request, *options):
    s = Server(component.file, "--workers", "1", "--env", "GREETING=hello", *options)
    try:
        with s.connect() as c:
            return answer(c, component.name, request)
    finally:
        s.stop()
        support._ended.remove(s)  # of dozens of servers, the log of one says nothing


def expected(components, *options):
    """{(component, request): answer} of instances that served nobody before."""
    pairs = [(c, r) for c in components for r in dict.fromkeys(c.requests)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda pair: answer_of_new_process(*pair, *options), pairs))
    return {(c.name, r): a for (c, r), a in zip(pairs, answers)}


def serve(components):
    """(daemon, port) of a `berthd` with all of them, told apart by a header field."""
    port = free_port()
    routes = [{"match": {"headers": {"x-component": c.name}}, "action": {"pass": "applications/" + c.name}}
              for c in components]
    return Daemon(config={"listeners": {f"127.0.0.1:{port}": {"pass": "routes"}}, "routes": routes,
                          "applications": {c.name: c.configuration() for c in components}}), port


class Client:
    """One connection, requests one after the other. What is not as it is wanted is a line in `differences`."""

    def __init__(self, number, port, want):
        self.number, self.port, self.want = number, port, want
        self.chance = random.Random(number)
        self.connection = Connection(port)
        self.sent, self.compared, self.differences = 0, 0, []

    def compare(self, component, request, want):
        self.sent += 1
        self.compared += 1
        got = answer(self.connection, component, request)
        if got[0] == "cut":
            self.reconnect()
        if got != want:
            self.differences.append(f"request {self.sent} of client {self.number}, {component} {request[1]}: "
                                    f"{first_difference(want, got)}")

    def cancel(self, component, path):
        """Goes away while the guest runs."""
        self.sent += 1
        self.connection.send_request("GET", path, [("x-component", component)])
        time.sleep(self.chance.choice([0, 0.001, 0.005]))
        self.connection.reset()
        self.reconnect()

    def reconnect(self):
        self.connection.close()
        self.connection = Connection(self.port)

    def run(self, components, count, canceled):
        weights = [c.weight for c in components]
        for _ in range(count):
            if self.chance.random() < 0.03:
                self.cancel(canceled, WAITING)
                continue
            c = self.chance.choices(components, weights)[0]
            request = self.chance.choice(c.requests)
            self.compare(c.name, request, self.want[c.name, request])


def first_difference(want, got):
    """Of two answers, the line of the bodies where they part."""
    if want[0] != got[0]:
        return f"want {want[0]!r}, got {got[0]!r}: {got[1][:200]!r}"
    wanted, seen = want[1].splitlines(), got[1].splitlines()
    at = next((k for k, pair in enumerate(zip(wanted, seen)) if pair[0] != pair[1]), min(len(wanted), len(seen)))
    return f"line {at}: want {''.join(wanted[at:at + 1])!r}, got {''.join(seen[at:at + 1])!r}"
