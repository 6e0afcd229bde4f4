"""The command line: help, versions, hints, exit statuses, and the flags that `wasmtime serve` users bring along."""
from support import cases, contains, equal, guest, lacks, matches, run_berth, true


def test_overview():
    status, out, err = run_berth("--help")
    equal(status, 0, "exit status")
    for part in ("Usage: berth COMMAND", "serve", "inspect", "help", "version", "Example:"):
        contains(out, part, "overview")
    equal(err, "", "stderr")
    true(len(out.splitlines()) <= 24, f"want at most a screen, got {len(out.splitlines())} lines")


@cases([("serve",), ("inspect",), ("ctl",), ("check",), ("schema",)])
def test_help_of_command(name):
    status, out, err = run_berth(name, "--help")
    equal(status, 0, "exit status")
    equal(err, "", "stderr")
    contains(out, f"Usage: berth {name}", "help")
    contains(out, "Example:\n  berth " + name, "help")
    lines = out.splitlines()
    true(len(lines) <= 24, f"want at most a screen, got {len(lines)} lines")
    equal([line for line in lines if len(line) > 100], [], "lines wider than 100 columns")
    equal(run_berth("help", name), (0, out, ""), "berth help " + name)
    equal(run_berth(name, "-h")[1], out, "-h")


@cases([("--version",), ("-V",), ("version",)])
def test_version(word):
    status, out, _ = run_berth(word)
    equal(status, 0, "exit status")
    matches(out, r"^berth \d+\.\d+\.\d+\n$", "version")


WRONG_USAGE = [
    # name, arguments, texts on stderr
    ("nothing", [], ["Usage: berth"]),
    ("unknown command", ["serv", "x.wasm"], ["error: unknown command 'serv'", "help: did you mean 'berth serve'?"]),
    ("file as command", ["x.wasm"], ["error: unknown command 'x.wasm'", "berth serve x.wasm"]),
    ("no file", ["serve"], ["error: expected FILE.wasm, found nothing", "berth serve --help"]),
    ("two files", ["serve", "a.wasm", "b.wasm"], ["error: unexpected argument 'b.wasm'"]),
    ("unknown option", ["serve", "--adr", "x", "a.wasm"], ["error: unknown option --adr", "did you mean --addr?"]),
    ("option far from all", ["serve", "--zzzzzzzz", "a.wasm"], ["error: unknown option --zzzzzzzz", "berth serve --help"]),
    ("flag with value", ["serve", "--quiet=yes", "a.wasm"], ["error: option --quiet takes no value, found 'yes'"]),
    ("value missing", ["serve", "a.wasm", "--addr"], ["error: option --addr expects HOST:PORT, found nothing"]),
    ("no number", ["serve", "--workers", "many", "a.wasm"], ["option --workers expects a whole number, found 'many'"]),
    ("no workers", ["serve", "--workers", "0", "a.wasm"], ["option --workers expects a number from 1 to 1024"]),
    ("no time", ["serve", "--timeout", "soon", "a.wasm"], ["option --timeout expects a time such as"]),
    ("no size", ["serve", "--max-memory", "huge", "a.wasm"], ["option --max-memory expects a size such as 64MiB"]),
    ("memory too small", ["serve", "--max-memory", "1", "a.wasm"], ["option --max-memory expects at least 65536 bytes, found '1'"]),
    ("env without name", ["serve", "--env", "=x", "a.wasm"], ["option --env expects NAME=VALUE, found '=x'"]),
    ("env not set", ["serve", "--env", "BERTH_TEST_UNSET", "a.wasm"],
     ["variable BERTH_TEST_UNSET is not set", "help: give it a value: --env BERTH_TEST_UNSET=VALUE"]),
    ("--dir", ["serve", "--dir", ".", "a.wasm"], ["option --dir is not offered: access to files is not offered yet", "help: "]),
    ("--shutdown-addr", ["serve", "--shutdown-addr=127.0.0.1:1", "a.wasm"], ["option --shutdown-addr is not offered", "SIGTERM"]),
    ("-S unknown imports", ["serve", "-Wunknown-imports-trap", "a.wasm"], ["option -W unknown-imports-trap is not offered"]),
    ("-S inherit-env", ["serve", "-S", "cli,inherit-env", "a.wasm"], ["option -S inherit-env is not offered", "--env NAME"]),
    ("-S keyvalue", ["serve", "-Skeyvalue", "a.wasm"], ["option -S keyvalue is not offered", "wasi:keyvalue"]),
    ("-S p3", ["serve", "-Sp3", "a.wasm"], ["option -S p3 is not offered", "WASI 0.2"]),
    ("-W timeout without value", ["serve", "-W", "timeout", "a.wasm"], ["option -W timeout expects TIME after '='"]),
    ("-W timeout with nonsense", ["serve", "-W", "timeout=x", "a.wasm"], ["option -W timeout expects a time"]),
    ("-W fuel", ["serve", "-Wfuel=100", "a.wasm"], ["option -W fuel is not offered", "--timeout"]),
    ("inspect without file", ["inspect"], ["error: expected FILE.wasm, found nothing"]),
    ("inspect unknown option", ["inspect", "--jsn", "a.wasm"], ["did you mean --json?"]),
]


@cases(WRONG_USAGE)
def test_wrong_usage(arguments, texts):
    status, out, err = run_berth(*arguments)
    equal(status, 2, "exit status")
    equal(out, "", "stdout")
    for text in texts:
        contains(err, text, "stderr")


NOTED = [
    # name, arguments, text on stderr or None: accepted silently
    ("-Scli", ["-Scli"], None),
    ("-S cli,http=y", ["-S", "cli,http=y"], None),
    ("-Scommon", ["-Scommon"], None),
    ("-W timeout", ["-Wtimeout=5s"], None),
    ("-W max-memory-size", ["-W", "max-memory-size=67108864"], None),
    ("not wanted either", ["-Sinherit-env=n,nn=no", "-W", "component-model-async=false"], None),
    ("-S inherit-network", ["-Sinherit-network"], "note: -S inherit-network has no effect: components have no network"),
    ("-O opt-level", ["-O", "opt-level=2"], "note: -O opt-level has no effect"),
    ("-C cache", ["-C", "cache=n"], "note: -C cache has no effect"),
    ("-D debug-info", ["-D", "debug-info"], "note: -D debug-info has no effect"),
    ("reuse", ["--max-instance-reuse-count", "5"], "note: --max-instance-reuse-count has no effect: every request gets a fresh instance"),
    ("idle", ["--idle-instance-timeout=2s"], "note: --idle-instance-timeout has no effect"),
]


@cases(NOTED)
def test_flags_of_wasmtime(arguments, note):
    # The file is missing: options are read first, and nothing is served.
    status, _, err = run_berth("serve", *arguments, "missing.wasm")
    equal(status, 1, "exit status")
    contains(err, "error: open 'missing.wasm': No such file or directory", "stderr")
    if note:
        contains(err, note, "stderr")
    else:
        lacks(err, "note:", "stderr")


def test_no_colour_when_not_a_terminal():
    lacks(run_berth("serve", "missing.wasm")[2], "\033", "stderr")


def test_inspect_text():
    status, out, err = run_berth("inspect", guest("hello-rust"))
    equal((status, err), (0, ""), "exit status and stderr")
    for part in ("export wasi:http/incoming-handler@0.2", "import wasi:http/types@0.2", "core module", "functions"):
        contains(out, part, "inspect")


def test_inspect_json():
    import json
    status, out, err = run_berth("inspect", "--json", guest("hello-rust"))
    equal((status, err), (0, ""), "exit status and stderr")
    data = json.loads(out)
    true(any(e["name"].startswith("wasi:http/incoming-handler@0.2") for e in data["exports"]), f"exports: {data['exports']}")
    true(any(i["name"].startswith("wasi:http/types@0.2") for i in data["imports"]), f"imports: {data['imports']}")
    true(data["core_modules"] and all(m["bytes"] > 8 for m in data["core_modules"]), f"modules: {data['core_modules']}")
    true(data["bytes"] > sum(m["bytes"] for m in data["core_modules"]), "the whole is larger than its modules")
