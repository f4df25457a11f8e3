"""A server in the house that stands at the other end of a local socket, and behaves as well or badly as it is told."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Sequence

from config.opening import Destination
from config.sections import ServerSettings
from models.base import GenerationOptions, GenerationPiece, Message
from models.server.client import ServerModel

Behaviour = Callable[[socket.socket, "Request"], None]
LABEL = "llm.house.test:8443"
QUESTION = [Message("system", "Be brief."), Message("user", "How many days?")]


class Request:
    """A request as it came over the wire."""

    def __init__(self, head: str, body: bytes) -> None:
        self.head = head
        self.line = head.partition("\r\n")[0]
        self.fields = json.loads(body) if body else None


class House:
    """Give it to a ServerModel as `connect`. Every connection meets the next of `behaviours`, the last one for ever."""

    def __init__(self, *behaviours: Behaviour, word: str = "ok", context: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.left = threading.Event()
        """Set when a client has closed its end."""
        self._behaviours = behaviours
        self._word = word
        self._context = context
        self._threads: list[threading.Thread] = []

    def __call__(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX)
        behaviour = self._behaviours[min(self.connections, len(self._behaviours) - 1)] if self._behaviours else None
        self.connections += 1
        thread = threading.Thread(target=self._serve, args=(theirs, behaviour))
        self._threads.append(thread)
        thread.start()
        return ours

    def join(self) -> None:
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _serve(self, connection: socket.socket, behaviour: Behaviour | None) -> None:
        with connection:
            if self._word:
                connection.sendall(f"{self._word}\n".encode())
            if self._word != "ok" or behaviour is None:
                wait_until_closed(connection)
                self.left.set()
                return
            try:
                if self._context is not None:
                    connection = self._context.wrap_socket(connection, server_side=True)
                with connection:
                    request = read_request(connection)
                    self.requests.append(request)
                    behaviour(connection, request)
            except OSError:  # the client has gone, which is its right
                self.left.set()


def read_request(connection: socket.socket) -> Request:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("closed before a request came")
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    text = head.decode()
    lengths = [line.partition(":")[2] for line in text.split("\r\n") if line.lower().startswith("content-length:")]
    while len(body) < int(lengths[0] if lengths else 0):
        body += connection.recv(65536)
    return Request(text, body)


def wait_until_closed(connection: socket.socket) -> None:
    connection.settimeout(10)
    while connection.recv(65536):
        pass


# Behaviours -----------------------------------------------------------------------------------------------------------

STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def event(fields: object) -> bytes:
    return f"data: {json.dumps(fields)}\n\n".encode()


def delta(text: str, field: str = "content") -> bytes:
    return event({"choices": [{"index": 0, "delta": {field: text}, "finish_reason": None}]})


USAGE = event(
    {
        "choices": [],
        "usage": {"prompt_tokens": 40, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 30}},
    }
)
CUT = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]})
DONE = b"data: [DONE]\n\n"


def says(*words: str) -> Behaviour:
    """Answers as llama-server does: the role, the words, the reason to end, the usage, the mark of the end."""

    def behave(connection: socket.socket, request: Request) -> None:
        del request
        role = event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}}]})
        end = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        events = [role, *map(delta, words), end, USAGE, DONE]
        connection.sendall(STREAM_HEAD + b"".join(map(chunk, events)) + chunk(b""))

    return behave


def says_as_llama_cpp_python(*words: str) -> Behaviour:
    """Its server sends pings, ends lines with CR and LF, and tells no usage."""

    def behave(connection: socket.socket, request: Request) -> None:
        del request
        role = event(
            {"choices": [{"index": 0, "delta": {"role": "assistant"}, "logprobs": None, "finish_reason": None}]}
        )
        end = event({"choices": [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": "length"}]})
        events = [role, b": ping - 2026-11-28 08:30:00\r\n\r\n", *map(delta, words), end, DONE]
        stream = [each if each.startswith(b":") else each.replace(b"\n", b"\r\n") for each in events]
        connection.sendall(STREAM_HEAD + b"".join(map(chunk, stream)) + chunk(b""))

    return behave


def sends(*events: bytes, end: bool = True) -> Behaviour:
    """A stream of these events; without `end` it stays open until the client closes."""

    def behave(connection: socket.socket, request: Request) -> None:
        del request
        connection.sendall(STREAM_HEAD + b"".join(map(chunk, events)))
        if not end:
            wait_until_closed(connection)
            raise ConnectionError

    return behave


def answers(status: str, body: object = None, *headers: str) -> Behaviour:
    """A whole answer with this status line."""

    def behave(connection: socket.socket, request: Request) -> None:
        del request
        content = b"" if body is None else json.dumps(body).encode()
        head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", *headers])
        connection.sendall(f"{head}\r\n\r\n".encode() + content)

    return behave


def raw(data: bytes) -> Behaviour:
    def behave(connection: socket.socket, request: Request) -> None:
        del request
        connection.sendall(data)

    return behave


def model_at(house: House, destination: Destination | None = None, **settings: object) -> ServerModel:
    given = {"model": "house-70b", "retries": 0, **settings}
    where = destination or Destination("llm.house.test", 8443, encrypted=False, base="/v1")
    return ServerModel(where, ServerSettings.model_validate(given), house)


def text_of(pieces: Sequence[object]) -> str:
    return "".join(getattr(piece, "text", "") for piece in pieces)


def generate(model: ServerModel, ends: threading.Event | None = None, **options: object) -> list[GenerationPiece]:
    return list(model.generate(QUESTION, GenerationOptions(**options), ends))  # type: ignore[arg-type]
