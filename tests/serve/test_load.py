"""Files that cannot be served: each gives one message (what, where, what to do) and exit status 1."""
import os
import socket
import subprocess

from support import BERTH, ROOT, Server, cases, contains, equal, guest, matches, run_berth, temporary_dir, true


def write(name, data):
    path = os.path.join(temporary_dir(), name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def refused(path, *texts):
    """Both commands refuse it, within the time of a look at it; returns what serve says."""
    status, out, err = run_berth("serve", "--addr", "127.0.0.1:0", "--no-cache", path, timeout=30)
    equal((status, out), (1, ""), f"exit status and stdout; stderr: {err}")
    matches(err, r"^error: [^\n]+\n", "stderr")
    equal(err.count("error: "), 1, "number of errors")
    for text in texts:
        contains(err, text, "stderr")
    return err


COMPONENT = b"\0asm\x0d\0\1\0"

BAD_FILES = [
    ("empty", b"", ["--> ", "help: "]),
    ("text", b"#!/bin/sh\necho hello\n", ["--> "]),
    ("core module", b"\0asm\1\0\0\0", ["core module", "help: "]),
    ("only the magic", b"\0asm", ["--> "]),
    ("unknown version", b"\0asm\x99\0\1\0", ["byte 0x4"]),
    ("empty component", COMPONENT, ["wasi:http/incoming-handler"]),
    ("unknown section", COMPONENT + b"\x63\x01\x00", ["byte 0x8"]),
    ("2 GB section", COMPONENT + b"\x01\xff\xff\xff\xff\x07", ["byte 0x"]),
    ("4 GB section", COMPONENT + b"\x01\xff\xff\xff\xff\x0f", ["byte 0x"]),
    ("section size of six bytes", COMPONENT + b"\x01\x80\x80\x80\x80\x80\x01", ["byte 0x"]),
    ("2 G types", COMPONENT + b"\x07\x06\xff\xff\xff\xff\x07\x00", ["byte 0x"]),
    ("nothing but 0xff", COMPONENT + b"\xff" * 1000, ["byte 0x"]),
]


@cases(BAD_FILES)
def test_bad_file(data, texts):
    refused(write("bad.wasm", data), *texts)


def test_missing_file():
    refused(os.path.join(temporary_dir(), "missing.wasm"), "No such file or directory", "help: ")


def test_directory():
    refused(temporary_dir(), "is a directory", "help: ")


def test_unreadable():
    path = write("secret.wasm", COMPONENT)
    os.chmod(path, 0)
    if os.geteuid() == 0:  # root may read every file
        status, err = run_as(65534, "serve", "--no-cache", path)
    else:
        status, _, err = run_berth("serve", "--no-cache", path)
    equal(status, 1, "exit status")
    contains(err, f"open '{path}': Permission denied", "stderr")
    contains(err, "help: let this user read the file", "stderr")


def run_as(user, *args):
    """Another user may not reach the build directory: it gets the program by its open file."""
    fd = os.open(BERTH, os.O_RDONLY)
    try:
        p = subprocess.run([f"/proc/self/fd/{fd}", *args], pass_fds=[fd], user=user, group=user, extra_groups=[],
                           capture_output=True, text=True, timeout=30)
    finally:
        os.close(fd)
    return p.returncode, p.stderr


@cases([("hello-rust",), ("hello-c",), ("faults",)])
def test_truncated(name):
    with open(guest(name), "rb") as f:
        data = f.read()
    # Every early length, where the structure is densest, then ever larger steps, then the last bytes.
    lengths = sorted({*range(0, 24), *(len(data) * i // 23 for i in range(1, 23)), *range(len(data) - 8, len(data))})
    path = write("cut.wasm", b"")
    for length in lengths:
        with open(path, "wb") as f:
            f.write(data[:length])
        status, out, err = run_berth("inspect", path, timeout=30)
        if status == 0 and length > len(data) // 2:
            continue  # cut behind a whole section: a component still, if a smaller one
        true(status in (0, 1), f"exit status {status} at {length} bytes: {err}")
        if status == 1:
            matches(err, r"^error: .*\n  --> .*cut\.wasm", f"stderr at {length} bytes")
        status, out, err = run_berth("serve", "--addr", "127.0.0.1:0", "--no-cache", path, timeout=30)
        equal((status, out), (1, ""), f"serve at {length} bytes: {err}")


# Small components from tests/guests/wat: name, texts in the message; None: refused for its missing handler alone.
LOADER_GUESTS = [
    ("core-module", ["this is a core module, not a component", "byte 0x4", "help: make a component of it: wasm-tools component new"]),
    ("no-exports", ["does not export wasi:http/incoming-handler", "help: build it for the world wasi:http/proxy"]),
    ("unknown-interface", ["import 'acme:widgets/frobnicate@1.0.0': the host has no interface of this name", "byte 0x", "help: "]),
    ("missing-function", ["import 'wasi:cli/environment@0.2.0'", "'get-weather' does not exist", "byte 0x", "help: "]),
    ("wrong-type", ["import 'wasi:random/random@0.2.0'", "function 'get-random-u64': the result is string where the host offers u64", "byte 0x", "help: "]),
    # Everything about it is right but that it serves nothing.
    ("mixed-versions", ["does not export wasi:http/incoming-handler"]),
]


@cases([(name, name, texts) for name, texts in LOADER_GUESTS])
def test_guest_that_cannot_load(name, texts):
    refused(guest(name), *texts)


def test_every_guest_written_by_hand_is_used():
    folder = os.path.join(ROOT, "tests", "guests", "wat")
    names = {n[:-4] for n in os.listdir(folder) if n.endswith(".wat")}
    tests = ""
    for name in os.listdir(os.path.dirname(__file__)):
        if name.startswith("test_") and os.path.join(os.path.dirname(__file__), name) != __file__:
            with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as f:
                tests += f.read()
    elsewhere = {n for n in names if f'guest("{n}")' in tests}
    equal(names - {n for n, _ in LOADER_GUESTS} - elsewhere, set(), "guests that no test uses")


def test_port_in_use():
    path = guest("hello-rust")
    with socket.create_server(("127.0.0.1", 0)) as s:
        port = s.getsockname()[1]
        status, _, err = run_berth("serve", "--addr", f"127.0.0.1:{port}", path)
    equal(status, 1, "exit status")
    contains(err, f"127.0.0.1:{port}", "stderr")
    contains(err, "in use", "stderr")
    contains(err, "help: ", "stderr")


def test_port_is_looked_at_before_compiling():
    # A file that would not load: the address is asked for first.
    with socket.create_server(("127.0.0.1", 0)) as s:
        port = s.getsockname()[1]
        status, _, err = run_berth("serve", "--no-cache", "--addr", f"127.0.0.1:{port}", guest("no-exports"))
    equal(status, 1, "exit status")
    contains(err, "in use", "stderr")


def test_port_in_use_by_berth():
    # Workers share one listening socket; a second server must not get a share of it.
    first = Server(guest("hello-rust"))
    status, _, err = run_berth("serve", "--addr", f"127.0.0.1:{first.port}", guest("hello-rust"), timeout=30)
    equal(status, 1, "exit status")
    contains(err, "in use", "stderr")


@cases([
    ("no port", "127.0.0.1", ["HOST:PORT"]),
    ("no number", "127.0.0.1:http", ["http"]),
    ("port too large", "127.0.0.1:65536", ["65536"]),
    ("not ours", "192.0.2.1:8080", ["192.0.2.1:8080"]),
    ("IPv6 without port", "::1", ["has no port", "[::1]:8080"]),
    ("IPv6 without brackets", "::1:8080", ["stands in brackets, [::1]:8080"]),
])
def test_bad_address(addr, texts):
    status, _, err = run_berth("serve", "--addr", addr, guest("hello-rust"), timeout=30)
    true(status in (1, 2), f"exit status {status}")
    for text in texts:
        contains(err, text, "stderr")
