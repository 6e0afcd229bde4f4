// The test application in JavaScript; tests/guests/README.md lists its routes.
import { getEnvironment } from 'wasi:cli/environment@0.2.12';
import { getStderr } from 'wasi:cli/stderr@0.2.12';
import { getStdout } from 'wasi:cli/stdout@0.2.12';
import { now as monotonicNow } from 'wasi:clocks/monotonic-clock@0.2.12';
import { now as wallNow } from 'wasi:clocks/wall-clock@0.2.12';
import { Fields, IncomingBody, OutgoingBody, OutgoingResponse, ResponseOutparam } from 'wasi:http/types@0.2.12';
import { getRandomBytes } from 'wasi:random/random@0.2.12';

const bytes = (text) => new TextEncoder().encode(text);

// Begins a response; the body is what is left to write.
function begin(out, status, contentType) {
  const fields = new Fields();
  fields.append('content-type', contentType);
  const response = new OutgoingResponse(fields);
  response.setStatusCode(status);
  const body = response.body();
  ResponseOutparam.set(out, { tag: 'ok', val: response });
  return body;
}

function writeAll(stream, data) {
  for (let start = 0; start < data.length; start += 4096) {
    stream.blockingWriteAndFlush(data.subarray(start, start + 4096));
  }
}

function reply(out, status, contentType, data, trailers) {
  const body = begin(out, status, bytes(contentType));
  const stream = body.write();
  writeAll(stream, data);
  stream[Symbol.dispose]();
  OutgoingBody.finish(body, trailers);
}

// Sends the request's body back as it arrives.
function echo(request, out) {
  const [contentType] = request.headers().get('content-type');
  const body = begin(out, 200, contentType ?? bytes('application/octet-stream'));
  const incoming = request.consume();
  const input = incoming.stream();
  const output = body.write();
  for (;;) {
    try {
      writeAll(output, input.blockingRead(65536n));
    } catch (e) {
      if (e?.payload?.tag === 'closed') break;
      throw e;
    }
  }
  input[Symbol.dispose]();
  output[Symbol.dispose]();
  OutgoingBody.finish(body, undefined);
}

function inspect(request) {
  const method = request.method(), scheme = request.scheme();
  return JSON.stringify({
    method: method.tag === 'other' ? method.val : method.tag.toUpperCase(),
    path: request.pathWithQuery(),
    scheme: scheme?.tag === 'other' ? scheme.val : (scheme?.tag ?? 'http').toLowerCase(),
    authority: request.authority(),
    headers: request.headers().entries().map(([name, value]) => [name, new TextDecoder().decode(value)]),
  });
}

function print(out) {
  writeAll(getStdout(), bytes('a line on stdout\n'));
  writeAll(getStderr(), bytes('a line on stderr\n'));
  reply(out, 200, 'text/plain', bytes('printed\n'));
}

function trailers(out) {
  const fields = new Fields();
  fields.append('x-trailer', bytes('yes'));
  reply(out, 200, 'text/plain', bytes('a trailer follows\n'), fields);
}

const routes = {
  '/hello': (_, out) => reply(out, 200, 'text/plain', bytes('hello from JavaScript\n')),
  '/echo': echo,
  '/inspect': (request, out) => reply(out, 200, 'application/json', bytes(inspect(request))),
  '/print': (_, out) => print(out),
  '/trailers': (_, out) => trailers(out),
  '/env': (_, out) => reply(out, 200, 'text/plain', bytes(getEnvironment().map(([k, v]) => `${k}=${v}\n`).join(''))),
  '/clock': (_, out) => reply(out, 200, 'text/plain', bytes(`${wallNow().seconds} ${monotonicNow()}\n`)),
  '/random': (_, out) => reply(out, 200, 'application/octet-stream', getRandomBytes(16n)),
};

export const incomingHandler = {
  handle(request, out) {
    const path = (request.pathWithQuery() ?? '').split('?')[0];
    const route = routes[path] ?? ((_, o) => reply(o, 404, 'text/plain', bytes('not found\n')));
    route(request, out);
  },
};
