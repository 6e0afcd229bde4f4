"""The start of a component runs once where it cannot come out differently: instances that live at the same time are made
of the first one's snapshot, and cannot be told from one that was started."""
import contextlib
import os
import time

from support import Server, cases, equal, guest, lacks, temporary_dir, true

AT_ONCE = 4


def answers_at_once(s, count=AT_ONCE):
    """Of instances that all wait for the end of their requests before one of them is answered."""
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(s.connect()) for _ in range(count)]
        for c in clients:
            c.send_request("POST", "/", [("Content-Length", "1")])
        time.sleep(0.3)
        for c in clients:
            c.send(b"x")
        return [c.response().text() for c in clients]


def cpu_ticks(s):
    """Hundredths of a second of processor time."""
    with open(f"/proc/{s.process.pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def server(start, *options, **more):
    return Server(guest("starts"), "--workers", "1", "--env", "START=" + start, *options, **more)


@cases([("number", "7", "7 0 1\n"), ("grown memory", "grow", "0 534773760 1\n"), ("nothing", "", "0 0 1\n"),
        ("a realloc that traps before the first request", "early", "0 0 1\n")])
def test_same(start, want):
    s = server(start)
    for _ in range(3):
        equal(answers_at_once(s), [want] * AT_ONCE, "answers")


@cases([("random",), ("clock",)])
def test_different(start):
    """What the start drew is each instance's own."""
    seen = answers_at_once(server(start))
    equal(len(set(seen)), AT_ONCE, f"different answers of {seen}")


def test_print():
    """What the start writes, each start writes."""
    s = server("print")
    answers_at_once(s)
    for number in range(1, AT_ONCE + 1):
        s.wait_log(rf"stdout \[{number}\] :: started")


def test_handles():
    """Of a stream that the start asked for each instance has one, of the request that it answers."""
    s = server("stdout")
    for first in (1, AT_ONCE + 1):
        equal(answers_at_once(s), ["0 0 1\n"] * AT_ONCE, "answers")
        for number in range(first, first + AT_ONCE):
            s.wait_log(rf"stdout \[{number}\] :: said")


def test_once():
    s = server("compute")
    before = cpu_ticks(s)
    equal(s.get("/").status, 200, "status")
    first = cpu_ticks(s) - before
    answers = answers_at_once(s)
    true(first >= 5, f"the start takes {first} ticks")
    rest = cpu_ticks(s) - before - first
    equal(len(set(answers)), 1, "different answers")
    true(rest < first / 2, f"{rest} ticks for {AT_ONCE} more instances, {first} for the first")


@cases([("rust-app",), ("c-app",), ("go-app",), ("js-app",), ("py-app",)])
def test_toolchains(name):
    """Instances made while others wait answer as the first one did."""
    s = Server(guest(name), "--workers", "1", "--env", "GREETING=hello")
    paths = ["/hello", "/env", "/inspect", "/nowhere"]
    first = [s.get(p).body for p in paths]
    with contextlib.ExitStack() as stack:
        waiting = [stack.enter_context(s.connect()) for _ in range(AT_ONCE)]
        for k, c in enumerate(waiting):
            c.send_request("POST", "/echo", [("Content-Length", "3")])
            time.sleep(0.2)
            equal([s.get(p).body for p in paths], first, f"answers beside {k + 1} that wait")
            equal(s.get("/print").status, 200, "standard streams")
        for c in waiting:
            c.send(b"abc")
            equal(c.response().body, b"abc", "the echo")


# --- Snapshots in the cache ---

def snapshots(directory):
    found = []
    for name in os.listdir(directory):
        with open(os.path.join(directory, name), "rb") as f:
            if f.read(16) == b"berth snapshot 1":
                found.append(os.path.join(directory, name))
    return found


def ask(start, directory, *options):
    """The answer of a server that begins and ends with it, and what its log says."""
    s = server(start, *options, cache=directory)
    answer = s.get("/").text()
    equal(s.stop(), 0, "exit status")
    return answer, s.log()


def test_kept():
    """A start that made much is kept for other processes, which begin with what it was."""
    directory = temporary_dir()
    want, _ = ask("grow", directory)
    equal(len(snapshots(directory)), 1, "files")
    for _ in range(2):
        answer, log = ask("grow", directory)
        equal(answer, want, "answer")
        lacks(log, "why=", "log")
    s = server("grow", cache=directory)
    equal(answers_at_once(s), [want] * AT_ONCE, "answers at once")
    equal(len(snapshots(directory)), 1, "files at last")


def test_kept_apart():
    """What a start may depend on has a snapshot of its own."""
    directory = temporary_dir()
    equal(ask("grow", directory)[0], "0 534773760 1\n", "answer")
    equal(ask("7", directory)[0], "7 0 1\n", "of another environment")
    equal(ask("grow", directory, "--max-memory", "64MiB")[0], "0 534773760 1\n", "with another limit")
    equal(ask("grow", directory, "--max-memory", "2MiB")[0], "0 0 1\n", "with one that the start feels")
    equal(ask("grow", directory)[0], "0 534773760 1\n", "as it was")


@cases([("random",), ("clock",), ("print",), ("stdout",), ("7",)])
def test_not_kept(start):
    """What varies, has handles, or is small."""
    directory = temporary_dir()
    ask(start, directory)
    equal(snapshots(directory), [], "files")


@cases([("a byte of a memory", 2000000), ("a byte of the head", 20), ("cut", None)])
def test_damaged(where):
    directory = temporary_dir()
    want, _ = ask("grow", directory)
    (path,) = snapshots(directory)
    with open(path, "r+b") as f:
        if where is None:
            f.truncate(os.path.getsize(path) // 2)
        else:
            f.seek(where)
            byte = f.read(1)[0]
            f.seek(where)
            f.write(bytes([byte ^ 1]))
    answer, log = ask("grow", directory)
    equal(answer, want, "answer")
    equal(log.count("why=damaged"), 1, "lines of the log: " + log)
    answer, log = ask("grow", directory)
    equal((answer, log.count("why=")), (want, 0), "after it was written again")


def test_two_processes():
    """That start at the same time and keep the same file."""
    directory = temporary_dir()
    servers = [server("grow", cache=directory) for _ in range(2)]
    answers = [s.get("/").text() for s in servers]
    equal(answers, ["0 534773760 1\n"] * 2, "answers")
    for s in servers:
        equal(s.stop(), 0, "exit status")
    equal(len(snapshots(directory)), 1, "files")
