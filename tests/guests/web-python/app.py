"""A handler of HTTP requests in Python."""

from componentize_py_types import Err, Ok
from wit_world import exports
from wit_world.imports.streams import StreamError_Closed
from wit_world.imports.types import (
    Fields,
    IncomingRequest,
    OutgoingBody,
    OutgoingResponse,
    ResponseOutparam,
)

count = 0


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        global count
        path = (request.path_with_query() or "").split("?")[0]
        match path:
            case "/hello":
                answer(response_out, 200, b"hello\n")
            case "/echo":
                answer(response_out, 200, body_of(request))
            case "/count":
                count += 1
                answer(response_out, 200, f"{count}\n".encode())
            case _:
                answer(response_out, 404, b"no such path\n")


def answer(response_out: ResponseOutparam, status: int, content: bytes) -> None:
    response = OutgoingResponse(Fields.from_list([("x-guest", b"web-python")]))
    response.set_status_code(status)
    body = response.body()
    ResponseOutparam.set(response_out, Ok(response))
    with body.write() as stream:
        for start in range(0, len(content), 4096):
            stream.blocking_write_and_flush(content[start : start + 4096])
    OutgoingBody.finish(body, None)


def body_of(request: IncomingRequest) -> bytes:
    pieces = []
    with request.consume() as body, body.stream() as stream:
        while True:
            try:
                pieces.append(stream.blocking_read(64 << 10))
            except Err as end:
                assert isinstance(end.value, StreamError_Closed), end
                return b"".join(pieces)
