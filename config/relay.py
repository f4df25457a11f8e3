"""The one process that is not sealed. It carries bytes between local sockets and one server, and understands none.

It is started by `config.opening` before the program seals itself, and only when a run asks for it with `--server`. It
runs as a file of its own (`python -I -S relay.py FD`), so nothing but the standard library can be loaded into it. Over
the local socket FD it is told once where it may connect to; after that it gets a local socket for each connection
wanted, answers one line on it (`ok`, or why not), and carries what comes from either side to the other until one of
them closes.

A document, a prompt or a token is never read here: HTTP and TLS are spoken by the sealed program, through this pipe.
"""

import contextlib
import json
import os
import resource
import socket
import sys
import threading

_PIECE = 1 << 16
_LONGEST_LINE = 4096
_LONGEST_WAIT = 86_400.0  # seconds; a socket does not take every number
_FORBIDDEN = (
    "socket.bind",
    "socket.sendto",
    "socket.sendmsg",
    "socket.gethostby",
    "socket.getnameinfo",
    "subprocess.",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.fork",
    "ctypes.",
)


class _Destination:
    """The only place this process connects to. A name is looked up for every connection anew."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self.host, self.port, self.seconds = host, port, seconds
        self.addresses: set[tuple[str, int]] = set()

    def connect(self) -> socket.socket:
        """Raises OSError: the last address's error when none answers."""
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        failure: OSError = OSError("no address")
        for family, kind, protocol, _, address in found:
            self.addresses.add((str(address[0]), int(address[1])))
            connection = socket.socket(family, kind, protocol)
            connection.settimeout(min(self.seconds, _LONGEST_WAIT))
            try:
                connection.connect(address)
            except OSError as error:
                connection.close()
                failure = error
            else:
                connection.settimeout(None)
                return connection
        raise failure

    def guard(self, event: str, arguments: tuple[object, ...]) -> None:
        """An audit hook: whatever is not the destination is refused, in this process of nothing but Python code."""
        if event == "socket.connect":
            address = arguments[1]
            allowed = isinstance(address, tuple) and (str(address[0]), int(address[1])) in self.addresses
        elif event == "socket.getaddrinfo":
            allowed = arguments[:2] == (self.host, self.port)
        else:
            allowed = not event.startswith(_FORBIDDEN)
        if not allowed:
            raise PermissionError(f"the relay connects to {self.host}:{self.port} only")


def main(descriptor: int) -> None:
    """Serve until the program that started this one ends."""
    core = 1 if resource.getrlimit(resource.RLIMIT_CORE)[1] else 0  # as in config.environment, which is out of reach
    resource.setrlimit(resource.RLIMIT_CORE, (core, core))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    control = socket.socket(fileno=descriptor)
    line = _read_line(control)
    if not line:
        return
    destination = _Destination(**json.loads(line))
    sys.addaudithook(destination.guard)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        for received in descriptors:
            local = socket.socket(fileno=received)
            threading.Thread(target=_serve, args=(local, destination), daemon=True).start()


def _read_line(connection: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n") and len(line) < _LONGEST_LINE:
        byte = connection.recv(1)
        if not byte:
            return b""
        line += byte
    return line


def _serve(local: socket.socket, destination: _Destination) -> None:
    with local:
        try:
            server = destination.connect()
        except OSError as error:
            with contextlib.suppress(OSError):
                local.sendall(f"{_word_for(error)}\n".encode())
            return
        with server, contextlib.suppress(OSError):
            local.sendall(b"ok\n")
            back = threading.Thread(target=_carry, args=(server, local), daemon=True)
            back.start()
            _carry(local, server)
            back.join()


def _word_for(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "unknown"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "late" if isinstance(error, TimeoutError) else "unreachable"


def _carry(source: socket.socket, target: socket.socket) -> None:
    """Until either side has closed; then both are."""
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            target.sendall(piece)
    for connection in (source, target):
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main(int(sys.argv[1]))
    os._exit(0)
