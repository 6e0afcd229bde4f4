"""A load that notices every request that gets no whole answer."""
import collections
import socket
import threading
import time

from support import Connection


class Load:
    """`kept` clients that keep their connection for as long as they may, `fresh` ones with a connection a request.
    Use it as a context; afterwards `statuses` counts answers, `failures` lists what had none."""

    def __init__(self, port, path="/", kept=4, fresh=2):
        self.port, self.path = port, path
        self.statuses, self.failures = collections.Counter(), []
        self.bodies = collections.Counter()
        self.lock, self.ending = threading.Lock(), False
        self.threads = [threading.Thread(target=self._run, args=(keep,)) for keep in [True] * kept + [False] * fresh]

    def __enter__(self):
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *_):
        self.ending = True
        for t in self.threads:
            t.join()

    def total(self):
        with self.lock:
            return sum(self.statuses.values()) + len(self.failures)

    def wait_for(self, more, timeout=20):
        """Until so many more requests are over."""
        end, want = time.time() + timeout, self.total() + more
        while self.total() < want:
            if time.time() > end:
                raise AssertionError(f"not {more} requests within {timeout} s: {self.statuses} {self.failures[:3]}")
            time.sleep(0.005)

    def _run(self, keep):
        connection = None
        while not self.ending:
            what = "connecting"
            try:
                fresh = connection is None
                connection = connection or Connection(self.port)
                what = "on a fresh connection" if fresh else "on a kept connection"
                connection.send_request("GET", self.path)
                response = connection.response()
                with self.lock:
                    self.statuses[response.status] += 1
                    self.bodies[response.body] += 1
                closes = (response.field("connection") or "").lower() == "close"
            except Exception as e:  # whatever it is, there was no whole answer
                with self.lock:
                    self.failures.append(f"{what}: {type(e).__name__}: {e}")
                closes = True
                time.sleep(0.001)
            if (closes or not keep) and connection:
                connection.close()
                connection = None
        if connection:
            connection.close()
