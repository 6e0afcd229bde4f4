"""The last part of NGINX Unit's tutorial: the example's script runs it, literally."""
import os
import re
import subprocess

from berthd import BERTHD, free_port
from support import BERTH, ROOT, contains, equal, guest, matches


def test_script():
    bin_dir = os.path.dirname(BERTH)
    if os.path.dirname(os.path.abspath(BERTHD)) != os.path.abspath(bin_dir):  # a build directory: not side by side
        bin_dir = link_programs()
    p = subprocess.run([os.path.join(ROOT, "examples/unit-tutorial/run"), guest("hello-rust")], text=True, timeout=120,
                       capture_output=True, env={**os.environ, "PORT": str(free_port()), "BIN": bin_dir})
    equal(p.returncode, 0, f"exit status; stderr: {p.stderr}")
    equal(p.stdout, '{\n\t"success": "Reconfiguration done."\n}\n'
                    "Hello, This is a Wasm Component using wasi/http:proxy!", "stdout")
    contains(p.stderr, "< HTTP/1.1 200 OK", "curl")
    for field in (r"content-type: plain/text", r"content-length: 54", r"Server: Berth/\d+\.\d+\.\d+",
                  r"Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"):
        matches(p.stderr, r"(?i)< " + field + r"\s*\n", "fields of the answer")


def link_programs():
    from support import temporary_dir
    path = temporary_dir()
    os.symlink(BERTH, os.path.join(path, "berth"))
    os.symlink(BERTHD, os.path.join(path, "berthd"))
    return path


def test_configuration_is_the_tutorials():
    """What the README shows is what the script uses."""
    with open(os.path.join(ROOT, "examples/unit-tutorial/config.json")) as f:
        text = f.read()
    for part in ('"*:8085"', '"pass": "applications/my-wasm-component"', '"type": "wasm-wasi-component"', '"component": '):
        contains(re.sub(r"\s+", " ", text), part, "config.json")
