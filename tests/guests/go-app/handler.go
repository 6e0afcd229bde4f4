// The test application in Go; tests/guests/README.md lists its routes.
package export_wasi_http_incoming_handler

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	witTypes "go.bytecodealliance.org/pkg/wit/types"
	environment "wit_component/wasi_cli_environment"
	monotonic "wit_component/wasi_clocks_monotonic_clock"
	wall "wit_component/wasi_clocks_wall_clock"
	http "wit_component/wasi_http_types"
	streams "wit_component/wasi_io_streams"
	random "wit_component/wasi_random_random"
)

// The collector reads the clock when it begins, and may begin in any allocation, those of cabi_realloc among them, where
// a component must not call its imports: it runs where this application says.
func init() {
	debug.SetGCPercent(-1)
}

const collectEveryBytes = 8 << 20

func Handle(request *http.IncomingRequest, out *http.ResponseOutparam) {
	path := request.PathWithQuery().SomeOr("")
	route, _, _ := strings.Cut(path, "?")
	switch route {
	case "/hello":
		reply(out, 200, "text/plain", []byte("hello from Go\n"))
	case "/echo":
		echo(request, out)
	case "/inspect":
		reply(out, 200, "application/json", inspect(request, path))
	case "/print":
		// Through the adapter, which took its streams when the component started.
		fmt.Fprintln(os.Stdout, "a line on stdout")
		fmt.Fprintln(os.Stderr, "a line on stderr")
		reply(out, 200, "text/plain", []byte("printed\n"))
	case "/trailers":
		trailers(request, out)
	case "/env":
		var text strings.Builder
		for _, pair := range environment.GetEnvironment() {
			fmt.Fprintf(&text, "%s=%s\n", pair.F0, pair.F1)
		}
		reply(out, 200, "text/plain", []byte(text.String()))
	case "/clock":
		now := wall.Now()
		reply(out, 200, "text/plain", fmt.Appendf(nil, "%d.%09d %d\n", now.Seconds, now.Nanoseconds, monotonic.Now()))
	case "/random":
		reply(out, 200, "application/octet-stream", random.GetRandomBytes(16))
	default:
		reply(out, 404, "text/plain", []byte("not found\n"))
	}
}

// Begins a response; the body is what is left to write.
func begin(out *http.ResponseOutparam, status uint16, contentType []byte) *http.OutgoingBody {
	fields := http.MakeFields()
	fields.Append("content-type", contentType).Ok()
	response := http.MakeOutgoingResponse(fields)
	response.SetStatusCode(status).Ok()
	body := response.Body().Ok()
	http.ResponseOutparamSet(out, witTypes.Ok[*http.OutgoingResponse, http.ErrorCode](response))
	return body
}

// Writes all of it, however large, as the stream permits.
func writeAll(stream *streams.OutputStream, data []byte) {
	for len(data) > 0 {
		n := min(stream.CheckWrite().Ok(), uint64(len(data)))
		if n == 0 {
			ready := stream.Subscribe()
			ready.Block()
			ready.Drop()
			continue
		}
		stream.Write(data[:n]).Ok()
		data = data[n:]
	}
}

func finish(body *http.OutgoingBody, fields witTypes.Option[*http.Fields]) {
	http.OutgoingBodyFinish(body, fields).Ok()
}

func reply(out *http.ResponseOutparam, status uint16, contentType string, text []byte) {
	body := begin(out, status, []byte(contentType))
	stream := body.Write().Ok()
	writeAll(stream, text)
	stream.Drop()
	finish(body, witTypes.None[*http.Fields]())
}

// Sends the request's body back as it arrives.
func echo(request *http.IncomingRequest, out *http.ResponseOutparam) {
	headers := request.Headers()
	contentType := []byte("application/octet-stream")
	if values := headers.Get("content-type"); len(values) > 0 {
		contentType = values[0]
	}
	headers.Drop()
	body := begin(out, 200, contentType)
	incoming := request.Consume().Ok()
	input, output := incoming.Stream().Ok(), body.Write().Ok()
	allocated := 0
	for {
		part := input.BlockingRead(65536)
		if part.IsErr() {
			if part.Err().Tag() != streams.StreamErrorClosed {
				panic("reading the request failed")
			}
			break
		}
		writeAll(output, part.Ok())
		if allocated += len(part.Ok()); allocated > collectEveryBytes {
			runtime.GC()
			allocated = 0
		}
	}
	input.Drop()
	output.Drop()
	http.IncomingBodyFinish(incoming).Drop()
	finish(body, witTypes.None[*http.Fields]())
}

var methods = [...]string{"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}

func inspect(request *http.IncomingRequest, path string) []byte {
	method := request.Method()
	name := ""
	if int(method.Tag()) < len(methods) {
		name = methods[method.Tag()]
	} else {
		name = method.Other()
	}
	scheme := "http"
	if s := request.Scheme(); s.IsSome() && s.Some().Tag() == http.SchemeHttps {
		scheme = "https"
	}
	fields := request.Headers()
	headers := [][2]string{}
	for _, field := range fields.Entries() {
		headers = append(headers, [2]string{field.F0, string(field.F1)})
	}
	fields.Drop()
	text, err := json.Marshal(map[string]any{
		"method": name, "path": path, "scheme": scheme, "authority": request.Authority().SomeOr(""), "headers": headers,
	})
	if err != nil {
		panic(err)
	}
	return append(text, '\n')
}

// Reports the request's trailers and sends one of its own.
func trailers(request *http.IncomingRequest, out *http.ResponseOutparam) {
	incoming := request.Consume().Ok()
	input := incoming.Stream().Ok()
	for input.BlockingRead(65536).IsOk() {
	}
	input.Drop()
	future := http.IncomingBodyFinish(incoming)
	ready := future.Subscribe()
	ready.Block()
	ready.Drop()
	var text strings.Builder
	if fields := future.Get().Some().Ok().Ok(); fields.IsSome() {
		for _, field := range fields.Some().Entries() {
			fmt.Fprintf(&text, "%s: %s\n", field.F0, field.F1)
		}
	}
	body := begin(out, 200, []byte("text/plain"))
	stream := body.Write().Ok()
	writeAll(stream, []byte(text.String()))
	stream.Drop()
	fields := http.MakeFields()
	fields.Append("x-trailer", []byte("yes")).Ok()
	finish(body, witTypes.Some(fields))
}
