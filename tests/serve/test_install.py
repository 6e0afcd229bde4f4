"""What `make install` and packages put on a machine: the program under its three names, manual pages, completions and
the systemd unit, checked by the programs that will read them."""
import atexit
import json
import os
import re
import shutil
import subprocess

import support
from berthd import Daemon, free_port
from support import BERTH, ROOT, Skip, cases, contains, equal, matches, temporary_dir, true

_tree = _prefix = None


def build_directory():
    """The build that the program under test comes from."""
    return os.path.normpath(os.path.join(os.path.dirname(os.path.realpath(BERTH)), "..", ".."))


def tree():
    """An installation below a directory of its own, made once; the path of its prefix."""
    global _tree, _prefix
    if _tree is None:
        build = build_directory()
        if not os.path.exists(os.path.join(build, "build.ninja")):
            raise Skip("the program under test is not in its build directory")
        _tree = temporary_dir()
        support._temporary.remove(_tree)  # kept for the whole file
        atexit.register(shutil.rmtree, _tree, ignore_errors=True)
        p = subprocess.run(["meson", "install", "-C", build, "--no-rebuild", "--quiet"], capture_output=True, text=True,
                           env={**os.environ, "DESTDIR": _tree})
        equal(p.returncode, 0, f"exit status of meson install; {p.stdout}{p.stderr}")
        options = json.loads(subprocess.check_output(["meson", "introspect", "--buildoptions", build]))
        _prefix = next(o["value"] for o in options if o["name"] == "prefix")
    return _tree + _prefix


def installed(name):
    path = os.path.join(tree(), name)
    true(os.path.exists(path), f"{name} is installed")
    return path


def run(*command, **more):
    p = subprocess.run(command, capture_output=True, text=True, timeout=60, **more)
    return p.returncode, p.stdout, p.stderr


def need(program):
    if not shutil.which(program):
        raise Skip(f"{program} is not there")


@cases([
    ("berth", "bin/berth", "--version", r"^berth \d+\.\d+\.\d+\n$"),
    ("berthd", "sbin/berthd", "--version", r"^berth version: \d+\.\d+\.\d+\n$"),
    ("unitc", "bin/unitc", "--help", r"Usage: berth ctl "),
])
def test_names(name, argument, want):
    status, out, err = run(installed(name), argument)
    equal(status, 0, "exit status")
    matches(out + err, want, name)


def test_installed_daemon_serves():
    port = free_port()

    class Installed(Daemon):
        def command(self):
            return [installed("sbin/berthd"), *super().command()[1:]]
    d = Installed()
    status, out, err = run(installed("bin/unitc"), "--control", "unix:" + d.control, "--nolog", "PUT", "/config",
                           input='{"listeners": {"127.0.0.1:%d": {"pass": "routes"}}, '
                                 '"routes": [{"action": {"return": 204}}]}' % port)
    contains(out, "Reconfiguration done.", f"unitc; {err}")
    equal(status, 0, "exit status of unitc")
    equal(d.get(port).status, 204, "status")


def commands():
    out = run(BERTH, "--help")[1]
    return re.findall(r"^  (\w+) ", out[out.index("Commands:"):out.index("Example:")], re.M)


def pages():
    return {f"man1/berth-{c}.1" for c in commands() if c not in ("help", "version")} | {
        "man1/berth.1", "man8/berthd.8", "man1/unitc.1"}


def test_every_command_has_a_page():
    folder = os.path.join(tree(), "share/man")
    found = {os.path.relpath(os.path.join(root, n), folder) for root, _, names in os.walk(folder) for n in names}
    equal(found, pages(), "manual pages")


def test_man_renders_without_warnings():
    need("man")
    for page in sorted(pages()):
        status, out, err = run("man", "--warnings", "-l", installed("share/man/" + page),
                               env={**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8"})
        equal((status, err), (0, ""), page)
        matches(out, r"NAME\n +berth", page)


def test_mandoc_has_no_complaint():
    need("mandoc")
    for page in sorted(pages()):
        _, out, _ = run("mandoc", "-T", "lint", "-W", "warning", installed("share/man/" + page))
        # Generated pages have no date: the version tells which ones they are.
        equal([line for line in out.splitlines() if "missing date" not in line], [], page)


@cases([
    ("bash", "bash", "share/bash-completion/completions/berth"),
    ("bash, berthd", "bash", "share/bash-completion/completions/berthd"),
    ("zsh", "zsh", "share/zsh/site-functions/_berth"),
    ("fish", "fish", "share/fish/vendor_completions.d/unitc.fish"),
])
def test_completions_parse(shell, file):
    need(shell)
    equal(run(shell, "-n", installed(file)), (0, "", ""), f"{shell} -n")


@cases([
    ("commands", "berth se", "serve"),
    ("options", "berth serve --rec", "--recycle"),
    ("words", "berth serve --recycle o", "off on"),
    ("components", "berth serve ", "app.wasm dir"),
    ("files", "berthd --pid ", "app.wasm dir notes.txt"),
    ("directories", "berthd --statedir ", "dir"),
    ("unitc", "unitc --no", "--no-log --nolog"),
    ("help", "berth help insp", "inspect"),
])
def test_bash_completes(line, want):
    """As readline would call it."""
    folder = temporary_dir()
    os.mkdir(os.path.join(folder, "dir"))
    for name in ("app.wasm", "notes.txt"):
        open(os.path.join(folder, name), "w").close()
    script = ('source "$1"; compopt() { :; }; read -ra COMP_WORDS <<< "$2"; '
              '[[ $2 == *" " ]] && COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _berth; '
              'printf "%s\\n" "${COMPREPLY[@]}" | sort | paste -sd " "')
    status, out, err = run("bash", "-c", script, "bash", installed("share/bash-completion/completions/berth"), line,
                           cwd=folder, env={**os.environ, "LC_ALL": "C"})
    equal((out, err), (want + "\n", ""), "offered")


def test_fish_completes():
    need("fish")
    file = installed("share/fish/vendor_completions.d/berth.fish")
    out = run("fish", "--no-config", "-c", f"source {file}; complete -C 'berth serve --rec'",
              env={**os.environ, "HOME": temporary_dir()})[1]
    contains(out, "--recycle", "offered")


def test_systemd_unit():
    need("systemd-analyze")
    with open(installed("lib/systemd/system/berth.service")) as f:
        text = f.read()
    contains(text, f"ExecStart={_prefix}/sbin/berthd --no-daemon", "unit")
    # The checker wants to see the program, and systemd's own units, where they are named.
    path = os.path.join(temporary_dir(), "berth.service")
    text = re.sub(r"^Documentation=.*\n", "", text, flags=re.M)
    with open(path, "w") as f:
        f.write(text.replace(_prefix + "/sbin/berthd", installed("sbin/berthd")))
    status, out, err = run("systemd-analyze", "verify", "--man=no", path)
    lines = [line for line in (out + err).splitlines() if "berth" in line]
    equal(lines, [], f"complaints; exit status {status}")


def test_debian_package_names_what_the_build_needs():
    with open(os.path.join(ROOT, "tools/setup")) as f:
        needed = set(re.search(r'^build="([^"]*)"', f.read(), re.M)[1].split())
    with open(os.path.join(ROOT, "debian/control")) as f:
        named = set(re.findall(r"^ ([a-z0-9.+-]+)(?: [(<].*)?,$", f.read(), re.M))
    equal(needed - named, set(), "missing in Build-Depends of debian/control")


def test_debian_package_has_the_version():
    with open(os.path.join(ROOT, "debian/changelog")) as f:
        found = matches(f.read(), r"^berth \(([^)]*)\)")[1]
    equal(run(BERTH, "--version")[1].strip(), "berth " + found, "version in debian/changelog")
