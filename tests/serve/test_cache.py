"""Compiled code is kept, and trusted only when it is ours and whole."""
import os
import re
import time

from support import Server, Skip, cases, contains, equal, guest, lacks, temporary_dir, true


def files(directory):
    return sorted(os.path.join(directory, n) for n in os.listdir(directory) if n.endswith(".code"))


def start(directory, name="hello-rust"):
    """Starts, asks once and stops; returns the log."""
    s = Server(guest(name), cache=directory)
    equal(s.get("/").status, 200, "status")
    equal(s.stop(), 0, "exit status")
    return s.log()


def cached():
    directory = os.path.join(temporary_dir(), "cache")
    start(directory)
    true(files(directory), "want files in the cache")
    return directory


def stamps(directory):
    return {f: (os.stat(f).st_ino, os.stat(f).st_size) for f in files(directory)}


def test_second_start_compiles_nothing():
    directory = cached()
    before = stamps(directory)
    log = start(directory)
    equal(stamps(directory), before, "files of the cache")
    lacks(log, "warning", "log")


def test_scan_is_kept():
    """What a scan of the modules found is not looked for again; damaged, it is."""
    directory = cached()
    small = [f for f in files(directory) if os.stat(f).st_size < 128]
    equal(len(small), 1, "files of a byte and the trailer")
    with open(small[0], "rb") as f:
        want = f.read()
    cut(small[0], 1)
    contains(start(directory), "damaged", "log")
    with open(small[0], "rb") as f:
        equal(f.read(), want, "written again")
    lacks(start(directory), "warning", "log of the next start")


def test_private():
    directory = cached()
    equal(os.stat(directory).st_mode & 0o777, 0o700, "mode of the directory")
    equal({os.stat(f).st_mode & 0o777 for f in files(directory)}, {0o600}, "modes of the files")
    equal([n for n in os.listdir(directory) if not n.endswith(".code")], [], "other files")


def test_use_is_noted():
    directory = cached()
    for f in files(directory):
        os.utime(f, (1, 1))
    start(directory)
    true(all(time.time() - os.stat(f).st_mtime < 60 for f in files(directory)), "want the time of the last use")


def cut(path, keep):
    with open(path, "rb+") as f:
        f.truncate(keep)


@cases([("to nothing", lambda size: 0), ("to one byte", lambda size: 1), ("in the middle", lambda size: size // 2),
        ("by one byte", lambda size: size - 1)])
def test_truncated_file_is_recovered(keep):
    directory = cached()
    before = stamps(directory)
    for f in files(directory):
        cut(f, keep(os.stat(f).st_size))
    log = start(directory)
    contains(log, "cached code is not used", "log")
    contains(log, "damaged", "log")
    equal({f: size for f, (_, size) in stamps(directory).items()}, {f: size for f, (_, size) in before.items()}, "files afterwards")
    lacks(start(directory), "warning", "log of the next start")


def test_changed_file_is_recovered():
    # One bit of machine code: it must not run.
    directory = cached()
    for f in files(directory):
        with open(f, "rb+") as code:
            code.seek(os.stat(f).st_size // 3)
            byte = code.read(1)[0]
            code.seek(-1, os.SEEK_CUR)
            code.write(bytes([byte ^ 4]))
    contains(start(directory), "damaged", "log")
    lacks(start(directory), "warning", "log of the next start")


def test_file_of_others_is_not_used():
    directory = cached()
    for f in files(directory):
        os.chmod(f, 0o666)
    log = start(directory)
    contains(log, "writable by others", "log")
    equal({os.stat(f).st_mode & 0o777 for f in files(directory)}, {0o600}, "modes afterwards")


def test_file_owner():
    if os.geteuid() != 0:
        raise Skip("only root can give files away")
    directory = cached()
    for f in files(directory):
        os.chown(f, 12345, 12345)
    contains(start(directory), "owned by another user", "log")
    equal({os.stat(f).st_uid for f in files(directory)}, {0}, "owners afterwards")


def test_directory_writable_by_others():
    directory = temporary_dir()
    os.chmod(directory, 0o777)
    contains(start(directory), "is writable by other users", "log")
    equal(os.listdir(directory), [], "files")


def test_directory_is_a_link():
    real, link = temporary_dir(), os.path.join(temporary_dir(), "link")
    os.symlink(real, link)
    contains(start(link), "is a symbolic link", "log")
    equal(os.listdir(real), [], "files")


def test_directory_owner():
    if os.geteuid() != 0:
        raise Skip("only root can give directories away")
    directory = temporary_dir()
    os.chown(directory, 12345, 12345)
    contains(start(directory), "is owned by another user", "log")
    equal(os.listdir(directory), [], "files")


def test_directory_cannot_be_made():
    path = os.path.join(temporary_dir(), "file")
    open(path, "w").close()
    contains(start(os.path.join(path, "below")), "compiled code is not cached", "log")


def test_no_cache():
    home = temporary_dir()
    s = Server(guest("hello-rust"), "--no-cache", cache=None, env={"XDG_CACHE_HOME": home})
    equal(s.get("/").status, 200, "status")
    equal(os.listdir(home), [], "files")


@cases([("XDG_CACHE_HOME", "XDG_CACHE_HOME", "berth"), ("HOME", "HOME", ".cache/berth")])
def test_default_directory(variable, below):
    home = temporary_dir()
    env = {"XDG_CACHE_HOME": "", variable: home}
    s = Server(guest("hello-rust"), cache=None, env=env)
    equal(s.get("/").status, 200, "status")
    true(files(os.path.join(home, below)), "want files in the cache")


def test_components_apart():
    directory = cached()
    before = set(files(directory))
    start(directory, "hello-c")
    after = set(files(directory))
    true(before < after, f"want more files than {len(before)}, got {len(after)}")
    true(all(re.fullmatch(r"[0-9a-f]{64}\.code", os.path.basename(f)) for f in after), "names")
