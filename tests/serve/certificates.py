"""Keys and certificates for the tests of TLS, made once for a file of tests."""
import os
import subprocess

from support import WAIT_SECONDS, temporary_dir

_made = {}


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=WAIT_SECONDS).stdout.decode()


def credentials(name, *alt_names):
    """(key, certificate) as PEM."""
    if (name, alt_names) not in _made:
        directory = temporary_dir()
        key, certificate = os.path.join(directory, "key"), os.path.join(directory, "certificate")
        more = ["-addext", "subjectAltName=" + ",".join("DNS:" + a for a in alt_names)] if alt_names else []
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "300",
                "-subj", f"/C=DE/ST=Hessen/L=Fulda/O=Org/OU=Unit/CN={name}", "-keyout", key, "-out", certificate, *more)
        _made[name, alt_names] = tuple(open(path).read() for path in (key, certificate))
    return _made[name, alt_names]


def bundle(name, *alt_names):
    return "".join(credentials(name, *alt_names))
