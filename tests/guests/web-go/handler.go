// A handler of HTTP requests, by the bindings that wit-bindgen makes for Go.
package export_wasi_http_incoming_handler

import (
	"strconv"

	. "wit_component/wasi_http_types"
	"wit_component/wasi_io_streams"

	types "go.bytecodealliance.org/pkg/wit/types"
)

var requests int

// Answers, and gives the body that is to be written.
func answer(status uint16, out *ResponseOutparam) *OutgoingBody {
	fields := MakeFields()
	fields.Append("x-guest", []byte("web-go")).Ok()
	response := MakeOutgoingResponse(fields)
	response.SetStatusCode(status).Ok()
	body := response.Body().Ok()
	ResponseOutparamSet(out, types.Ok[*OutgoingResponse, ErrorCode](response))
	return body
}

func write(stream *wasi_io_streams.OutputStream, bytes []byte) {
	// As much at a time as may be written and flushed at once.
	for len(bytes) > 0 {
		piece := bytes[:min(len(bytes), 4096)]
		stream.BlockingWriteAndFlush(piece).Ok()
		bytes = bytes[len(piece):]
	}
}

func finish(body *OutgoingBody) {
	OutgoingBodyFinish(body, types.None[*Fields]()).Ok()
}

func say(status uint16, words string, out *ResponseOutparam) {
	body := answer(status, out)
	stream := body.Write().Ok()
	write(stream, []byte(words))
	stream.Drop()
	finish(body)
}

func echo(request *IncomingRequest, out *ResponseOutparam) {
	taken := request.Consume().Ok()
	from := taken.Stream().Ok()
	body := answer(200, out)
	to := body.Write().Ok()
	for {
		piece := from.BlockingRead(65536)
		if piece.IsErr() {
			if piece.Err().Tag() != wasi_io_streams.StreamError_Closed {
				panic("the body broke off")
			}
			break
		}
		write(to, piece.Ok())
	}
	from.Drop()
	taken.Drop()
	to.Drop()
	finish(body)
}

func Handle(request *IncomingRequest, out *ResponseOutparam) {
	requests++
	path := request.PathWithQuery()
	switch path.SomeOr("") {
	case "/hello":
		say(200, "hello\n", out)
	case "/echo":
		echo(request, out)
	case "/count":
		say(200, strconv.Itoa(requests)+"\n", out)
	default:
		say(404, "", out)
	}
	request.Drop()
}
