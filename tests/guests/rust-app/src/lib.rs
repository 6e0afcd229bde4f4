//! The test application in Rust; tests/guests/README.md lists its routes.
use wasi::exports::http::incoming_handler::Guest;
use wasi::http::types::{
    Fields, IncomingBody, IncomingRequest, Method, OutgoingBody, OutgoingResponse, ResponseOutparam, Scheme,
};
use wasi::io::streams::{OutputStream, StreamError};

wasi::http::proxy::export!(App);

struct App;

impl Guest for App {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let path = request.path_with_query().unwrap_or_default();
        match path.split('?').next().unwrap_or_default() {
            "/hello" => reply(out, 200, "text/plain", b"hello from Rust\n"),
            "/echo" => echo(request, out),
            "/inspect" => reply(out, 200, "application/json", inspect(&request, &path).as_bytes()),
            "/print" => print(out),
            "/trailers" => trailers(request, out),
            "/env" => reply(out, 200, "text/plain", environment().as_bytes()),
            "/clock" => reply(out, 200, "text/plain", clock().as_bytes()),
            "/random" => reply(out, 200, "application/octet-stream", &wasi::random::random::get_random_bytes(16)),
            _ => reply(out, 404, "text/plain", b"not found\n"),
        }
    }
}

/// Begins a response; the body is what is left to write.
fn begin(out: ResponseOutparam, status: u16, content_type: &[u8]) -> OutgoingBody {
    let fields = Fields::new();
    fields.append(&"content-type".to_string(), &content_type.to_vec()).unwrap();
    let response = OutgoingResponse::new(fields);
    response.set_status_code(status).unwrap();
    let body = response.body().unwrap();
    ResponseOutparam::set(out, Ok(response));
    body
}

/// Writes all of it, however large, as the stream permits.
fn write_all(stream: &OutputStream, mut data: &[u8]) {
    let ready = stream.subscribe();
    while !data.is_empty() {
        let n = (stream.check_write().unwrap() as usize).min(data.len());
        if n == 0 {
            ready.block();
            continue;
        }
        stream.write(&data[..n]).unwrap();
        data = &data[n..];
    }
}

fn reply(out: ResponseOutparam, status: u16, content_type: &str, text: &[u8]) {
    let body = begin(out, status, content_type.as_bytes());
    let stream = body.write().unwrap();
    write_all(&stream, text);
    drop(stream);
    OutgoingBody::finish(body, None).unwrap();
}

/// Sends the request's body back as it arrives.
fn echo(request: IncomingRequest, out: ResponseOutparam) {
    let content_type = request.headers().get(&"content-type".to_string());
    let body = begin(out, 200, content_type.first().map_or(b"application/octet-stream", |v| v));
    let incoming = request.consume().unwrap();
    let input = incoming.stream().unwrap();
    let output = body.write().unwrap();
    loop {
        match input.blocking_read(65536) {
            Ok(part) => write_all(&output, &part),
            Err(StreamError::Closed) => break,
            Err(e) => panic!("reading the request: {e:?}"),
        }
    }
    drop(input);
    drop(output);
    drop(IncomingBody::finish(incoming));
    OutgoingBody::finish(body, None).unwrap();
}

fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if (c as u32) < 0x20 => quoted += &format!("\\u{:04x}", c as u32),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

fn inspect(request: &IncomingRequest, path: &str) -> String {
    let method = match request.method() {
        Method::Other(name) => name,
        known => format!("{known:?}").trim_start_matches("Method::").to_uppercase(),
    };
    let scheme = match request.scheme() {
        Some(Scheme::Https) => "https".to_string(),
        Some(Scheme::Other(name)) => name,
        _ => "http".to_string(),
    };
    let headers: Vec<String> = request
        .headers()
        .entries()
        .iter()
        .map(|(name, value)| format!("[{},{}]", quote(name), quote(&String::from_utf8_lossy(value))))
        .collect();
    format!(
        "{{\"method\":{},\"path\":{},\"scheme\":{},\"authority\":{},\"headers\":[{}]}}\n",
        quote(&method),
        quote(path),
        quote(&scheme),
        quote(&request.authority().unwrap_or_default()),
        headers.join(",")
    )
}

fn print(out: ResponseOutparam) {
    write_all(&wasi::cli::stdout::get_stdout(), b"a line on stdout\n");
    write_all(&wasi::cli::stderr::get_stderr(), b"a line on stderr\n");
    reply(out, 200, "text/plain", b"printed\n");
}

/// Reports the request's trailers and sends one of its own.
fn trailers(request: IncomingRequest, out: ResponseOutparam) {
    let incoming = request.consume().unwrap();
    let input = incoming.stream().unwrap();
    while input.blocking_read(65536).is_ok() {}
    drop(input);
    let future = IncomingBody::finish(incoming);
    future.subscribe().block();
    let mut text = String::new();
    if let Some(Ok(Ok(Some(fields)))) = future.get() {
        for (name, value) in fields.entries() {
            text += &format!("{name}: {}\n", String::from_utf8_lossy(&value));
        }
    }
    let body = begin(out, 200, b"text/plain");
    let stream = body.write().unwrap();
    write_all(&stream, text.as_bytes());
    drop(stream);
    let fields = Fields::new();
    fields.append(&"x-trailer".to_string(), &b"yes".to_vec()).unwrap();
    OutgoingBody::finish(body, Some(fields)).unwrap();
}

fn environment() -> String {
    wasi::cli::environment::get_environment().iter().map(|(k, v)| format!("{k}={v}\n")).collect()
}

fn clock() -> String {
    let now = wasi::clocks::wall_clock::now();
    format!("{}.{:09} {}\n", now.seconds, now.nanoseconds, wasi::clocks::monotonic_clock::now())
}
