"""The test application in Python; tests/guests/README.md lists its routes."""
import json

from componentize_py_types import Err, Ok
from wit_world import exports
from wit_world.imports import environment, monotonic_clock, random, stderr, stdout, types, wall_clock
from wit_world.imports.streams import StreamError_Closed
from wit_world.imports.types import (
    Fields, IncomingBody, Method_Other, OutgoingBody, OutgoingResponse, ResponseOutparam, Scheme_Https, Scheme_Other)


def begin(out, status, content_type):
    """Begins a response; the body is what is left to write."""
    fields = Fields()
    fields.append("content-type", content_type)
    response = OutgoingResponse(fields)
    response.set_status_code(status)
    body = response.body()
    ResponseOutparam.set(out, Ok(response))
    return body


def write_all(stream, data):
    for start in range(0, len(data), 4096):
        stream.blocking_write_and_flush(data[start:start + 4096])


def reply(out, status, content_type, data):
    body = begin(out, status, content_type.encode())
    with body.write() as stream:
        write_all(stream, data)
    OutgoingBody.finish(body, None)


def parts(stream):
    """The chunks of an input stream until its end."""
    while True:
        try:
            yield stream.blocking_read(65536)
        except Err as e:
            if isinstance(e.value, StreamError_Closed):
                return
            raise


def echo(request, out):
    """Sends the request's body back as it arrives."""
    content_type = request.headers().get("content-type")
    body = begin(out, 200, content_type[0] if content_type else b"application/octet-stream")
    incoming = request.consume()
    with body.write() as output, incoming.stream() as stream:
        for part in parts(stream):
            write_all(output, part)
    OutgoingBody.finish(body, None)


def inspect(request):
    method, scheme = request.method(), request.scheme()
    if isinstance(method, Method_Other):
        method = method.value
    else:
        method = type(method).__name__.removeprefix("Method_").upper()
    if isinstance(scheme, Scheme_Other):
        scheme = scheme.value
    else:
        scheme = "https" if isinstance(scheme, Scheme_Https) else "http"
    return json.dumps({
        "method": method,
        "path": request.path_with_query(),
        "scheme": scheme,
        "authority": request.authority(),
        "headers": [[name, value.decode("latin-1")] for name, value in request.headers().entries()],
    })


def trailers(out):
    body = begin(out, 200, b"text/plain")
    with body.write() as stream:
        write_all(stream, b"a trailer follows\n")
    fields = Fields()
    fields.append("x-trailer", b"yes")
    OutgoingBody.finish(body, fields)


def print_lines(out):
    with stdout.get_stdout() as stream:
        write_all(stream, b"a line on stdout\n")
    with stderr.get_stderr() as stream:
        write_all(stream, b"a line on stderr\n")
    reply(out, 200, "text/plain", b"printed\n")


def clock():
    now = wall_clock.now()
    return f"{now.seconds}.{now.nanoseconds:09} {monotonic_clock.now()}\n"


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request, response_out):
        path = (request.path_with_query() or "").split("?")[0]
        if path == "/hello":
            reply(response_out, 200, "text/plain", b"hello from Python\n")
        elif path == "/echo":
            echo(request, response_out)
        elif path == "/inspect":
            reply(response_out, 200, "application/json", inspect(request).encode())
        elif path == "/print":
            print_lines(response_out)
        elif path == "/trailers":
            trailers(response_out)
        elif path == "/env":
            text = "".join(f"{name}={value}\n" for name, value in environment.get_environment())
            reply(response_out, 200, "text/plain", text.encode())
        elif path == "/clock":
            reply(response_out, 200, "text/plain", clock().encode())
        elif path == "/random":
            reply(response_out, 200, "application/octet-stream", random.get_random_bytes(16))
        else:
            reply(response_out, 404, "text/plain", b"not found\n")
