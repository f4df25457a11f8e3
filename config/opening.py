"""The way out that a run may ask for: to one server of the organisation's own, through a relay.

This process is sealed like any other. `start_relay` comes before the seal, and only when the command line says
`--server`; `open_to` tells the relay, once, where it may connect to; `connect` gives local sockets whose other end is
there.
docs/decisions/0013-a-server-in-the-house.md tells why it is made this way.
"""

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from config.errors import ConfigError, UsageError
from config.policy import require_server_allowed

FLAG = "--server"
_FLAGS_WITH_VALUE = ("--home", "--collection", "--config")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_LONGEST_ANSWER = 64


class Unreachable(Exception):
    """The relay could not connect; `reason` is its word: unknown, refused, late, unreachable or ended."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a server is. `base` is the path that its interface stands under, without a slash at its end."""

    host: str
    port: int
    encrypted: bool
    base: str

    @property
    def label(self) -> str:
        """`host:port`, as it is shown."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_this_machine(self) -> bool:
        return self.host in _THIS_MACHINE


def parse_destination(url: str) -> Destination:
    """Raises ConfigError when `url` is no plain http or https address."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
        extra = parts.query or parts.fragment or parts.username or parts.password
        usable = bool(parts.hostname) and not extra and url.isascii() and url.isprintable() and " " not in url
    except (ValueError, KeyError):
        usable = False
    if not usable:
        raise ConfigError(
            "The setting server.url names no server." if not url else f"The setting server.url cannot be {url!r}.",
            "Give it the form https://HOST:PORT/v1, without a user name or password.",
        )
    return Destination(str(parts.hostname), port, parts.scheme == "https", parts.path.rstrip("/"))


class _State:
    control: socket.socket | None = None
    destination: Destination | None = None


def asks_for_server(arguments: Sequence[str]) -> bool:
    """Whether `--server` stands among the global options, before the command."""
    rest = iter(arguments)
    for argument in rest:
        if argument == FLAG:
            return True
        if argument in _FLAGS_WITH_VALUE:
            next(rest, None)
        elif not argument.startswith("-"):
            break
    return False


def start_relay() -> None:
    """Start the relay. Must come before the seal, which everything started later inherits."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with theirs:
        subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("relay.py")), str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            env={},
            cwd="/",
            start_new_session=True,
        )
    _State.control = ours


def open_to(url: str, seconds: float) -> Destination:
    """Let the relay connect to the server at `url`, within `seconds`, and nowhere else from then on.

    Raises ConfigError for a bad address, PolicyError when the administrator does not allow it, and UsageError when the
    relay was not started or has been told already.
    """
    destination = parse_destination(url)
    require_server_allowed(destination.label)
    if _State.control is None or _State.destination is not None:
        raise UsageError(
            "There is no way out of this run to a server.",
            f"Put {FLAG} before the command, as in `strongroom {FLAG} ask`.",
        )
    told = {"host": destination.host, "port": destination.port, "seconds": seconds}
    with contextlib.suppress(OSError):  # it has ended: `connect` says so
        _State.control.sendall(json.dumps(told).encode() + b"\n")
    _State.destination = destination
    return destination


def opened_to() -> str:
    """`host:port` of the server that this run may reach, empty for none."""
    return _State.destination.label if _State.destination else ""


def connect() -> socket.socket:
    """A local socket whose other end is to become the server; `await_open` says when. Raises Unreachable."""
    if _State.control is None:
        raise Unreachable("ended")
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with theirs:
        try:
            socket.send_fds(_State.control, [b"c"], [theirs.fileno()])
        except OSError as error:
            ours.close()
            raise Unreachable("ended") from error
    return ours


def await_open(connection: socket.socket) -> None:
    """Wait for the relay's word on a socket that `connect` gave. Raises Unreachable."""
    answer = b""
    while not answer.endswith(b"\n") and len(answer) < _LONGEST_ANSWER:
        byte = connection.recv(1)
        if not byte:
            raise Unreachable("ended")
        answer += byte
    if answer != b"ok\n":
        raise Unreachable(answer.decode("ascii", "replace").strip())
