"""One request to the server over one connection: HTTP by the standard library, watched from outside.

Nothing the server does can hold the program: a watch ends the connection when the reader wants to stop and when nothing
has come in time; lines have a longest length; a redirect is an answer like any other, and never followed.
"""

import contextlib
import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

from config.opening import Destination, Unreachable, await_open

Connect = Callable[[], socket.socket]
"""Begins a connection to the server, by way of the relay (`config.opening.connect`). Raises Unreachable."""

LONGEST_LINE = 1 << 20
LONGEST_BODY = 1 << 20
_LOOKS_EVERY = 0.03
"""Seconds: with it a stop takes effect well within 200 ms."""


class Stopped(Exception):
    """The reader wants no more."""


class Late(Exception):
    """Nothing came in time."""


class CutOff(Exception):
    """The connection ended before the answer did."""


class Refused(Exception):
    """The server answered with an HTTP status that is not success; `detail` is what it said, in a line."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail


class NotUnderstood(Exception):
    """What came is not of the form that was asked for. The message says what is wrong with it."""


class Untrusted(Exception):
    """The server's certificate does not hold. The message says why."""


@dataclass(frozen=True, slots=True)
class Door:
    """How the server is reached, within `connect_seconds`: `context` is for TLS, None for none; `headers` go with
    every request."""

    destination: Destination
    connect: Connect
    context: ssl.SSLContext | None
    headers: Mapping[str, str]
    connect_seconds: float


class _Connection(http.client.HTTPConnection):
    """HTTP over a socket that is open already; it never opens one."""

    auto_open = 0

    def __init__(self, destination: Destination, opened: socket.socket) -> None:
        super().__init__(destination.host, destination.port)
        self.sock = opened


class _Watch:
    """Shuts `connection` down, whatever is being waited for on it, when `stop` is set or `seconds` have passed since
    the last sign of life."""

    def __init__(self, connection: socket.socket, stop: Event, seconds: float) -> None:
        self.late = False
        self._stop = stop
        self._ended = Event()
        self._socket = connection
        self.expect(seconds)
        self._thread = threading.Thread(target=self._look, name="server-watch", daemon=True)
        self._thread.start()

    def expect(self, seconds: float) -> None:
        """The next sign of life is to come within `seconds`."""
        self._deadline = time.monotonic() + seconds

    def over(self, connection: socket.socket) -> None:
        self._socket = connection

    def end(self) -> None:
        """Afterwards the socket may be closed: its number is another's soon."""
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(_LOOKS_EVERY):
            self.late = self.late or time.monotonic() > self._deadline  # what comes after the shutdown comes too late
            if self.late or self._stop.is_set():
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # past TLS, which another thread is in


class Call:
    """A request that was sent, and what comes back. Use it as a context: leaving it closes the connection, which
    is how an OpenAI-compatible server is told to stop.

    Raises Unreachable, Untrusted, Refused, Stopped, Late, CutOff and NotUnderstood, from `__enter__` on.
    """

    def __init__(
        self, door: Door, method: str, path: str, body: Mapping[str, Any] | None, *, stop: Event, seconds: float
    ) -> None:
        self._door = door
        self._request = (method, door.destination.base + path, None if body is None else json.dumps(body).encode())
        self._stop = stop
        self._seconds = seconds

    def __enter__(self) -> "Call":
        self._socket = self._door.connect()
        self._watch = _Watch(self._socket, self._stop, self._door.connect_seconds)
        try:
            with self._explained():
                self._await_open()
                self._watch.expect(self._seconds)
                self._encrypt()
                self._send()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._watch.end()
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        self._socket.close()
        if hasattr(self, "_response"):
            self._response.close()

    def json(self) -> Any:
        """The whole body."""
        with self._explained():
            body = self._response.read(LONGEST_BODY + 1)
        if self._stop.is_set():
            raise Stopped
        if self._watch.late:
            raise Late
        if len(body) > LONGEST_BODY:
            raise NotUnderstood("its answer is longer than 1 MB")
        return _parse(body)

    def events(self, silence: float) -> Iterator[dict[str, Any]]:
        """The JSON objects of a stream of server-sent events, up to `[DONE]`; at most `silence` seconds apart.

        Only `data` counts. A line of nothing but a comment keeps a connection open, and is no sign of life.
        """
        while True:
            with self._explained():
                line = self._response.readline(LONGEST_LINE + 1)
            if self._stop.is_set():
                raise Stopped
            if not line.endswith(b"\n"):
                raise self._unfinished(line)
            if not line.startswith(b"data:"):
                continue
            data = line.removeprefix(b"data:").strip()
            if data == b"[DONE]":
                return
            self._watch.expect(silence)
            event = _parse(data)
            if not isinstance(event, dict):
                raise NotUnderstood("an event of its stream is no JSON object")
            yield event

    def _await_open(self) -> None:
        try:
            await_open(self._socket)
        except (Unreachable, OSError) as error:
            if self._stop.is_set():
                raise Stopped from error
            if self._watch.late:
                raise Unreachable("late") from error
            raise

    def _encrypt(self) -> None:
        if self._door.context is not None:
            # Not at once: the watch must be able to end a handshake that hangs.
            self._socket = self._door.context.wrap_socket(
                self._socket, server_hostname=self._door.destination.host, do_handshake_on_connect=False
            )
        self._watch.over(self._socket)
        if isinstance(self._socket, ssl.SSLSocket):
            self._socket.do_handshake()

    def _send(self) -> None:
        method, path, body = self._request
        connection = _Connection(self._door.destination, self._socket)
        kind = {} if body is None else {"Content-Type": "application/json"}
        connection.request(method, path, body, {**self._door.headers, **kind, "Connection": "close"})
        self._response = connection.getresponse()
        if self._response.status != http.client.OK:
            raise Refused(self._response.status, _detail(self._response.read(LONGEST_LINE)))

    def _unfinished(self, line: bytes) -> Exception:
        if self._watch.late:
            return Late()
        if len(line) > LONGEST_LINE:
            return NotUnderstood("a line of its stream is longer than 1 MB")
        return CutOff()

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Errors of the network as what they mean here."""
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise Untrusted(error.verify_message) from error
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            # The last two are what http.client makes of a head that is none, and of a socket that is shut under it.
            if self._stop.is_set():
                raise Stopped from error
            if self._watch.late:
                raise Late from error
            if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
                raise Untrusted(error.reason or "TLS failed") from error
            ended = isinstance(error, OSError | http.client.RemoteDisconnected | http.client.IncompleteRead)
            raise (CutOff() if ended else NotUnderstood("it does not speak HTTP")) from error


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood("what it sends is not JSON") from error


def _detail(body: bytes) -> str:
    """What the server says is wrong, if it says it in the usual form, or in that of older vLLM."""
    try:
        fields = json.loads(body)
        error = fields.get("error", fields)
    except (ValueError, AttributeError, RecursionError):
        return ""
    message = error.get("message") if isinstance(error, dict) else error
    return message if isinstance(message, str) else ""
