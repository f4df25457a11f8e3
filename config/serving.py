"""In a process that `config.child` started: be limited and sealed, then answer the requests of the parent.

    for request in serve():
        reply({"pages": read(request["path"])})

Nothing that native code prints can break the protocol.
"""

import fcntl
import json
import os
import resource
import select
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import IO, Any

from config.child import JsonObject, Limits
from config.environment import forbid_core_dumps, silence_telemetry
from config.seal import seal

_MEGABYTE = 1 << 20

_replying = threading.Lock()
_replies: IO[bytes] | None = None


def serve() -> Iterator[JsonObject]:
    """Make this process a child and return the requests of its parent, as they come, until the parent closes.

    When it returns, telemetry is off, the limits are in force and the process is sealed; only then may anything heavy
    be imported. The iterator may be used from any one thread, `reply` from all.
    """
    global _replies
    requests, _replies = _take_protocol_streams()
    silence_telemetry()
    greeting = json.loads(requests.readline() or b"null")
    if greeting is None:
        raise SystemExit("the parent ended before it said anything")
    _die_with_parent(greeting["lifeline"])
    _apply(Limits(**greeting["limits"]))
    seal()
    return (json.loads(line) for line in requests)


def reply(message: Mapping[str, Any]) -> None:
    """Send `message` to the parent. The process must have called `serve`."""
    if _replies is None:
        raise RuntimeError("serve() comes before reply()")
    with _replying:
        _replies.write(json.dumps(message).encode() + b"\n")
        _replies.flush()


def _take_protocol_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the pipes of the protocol to ourselves: what native code prints goes to stderr, and it reads nothing."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, replies


def _die_with_parent(lifeline: int) -> None:
    """Have the kernel kill this process when the parent's end of the lifeline closes, in the middle of native code too.

    PR_SET_PDEATHSIG will not do: it kills when the *thread* that started the process ends, and ours are
    started from worker threads. Systems without F_SETSIG rely on the requests ending.
    """
    if sys.platform != "linux":
        return
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC)
    already_closed, _, _ = select.select([lifeline], [], [], 0)
    if already_closed:
        raise SystemExit("the parent has ended")


def _apply(limits: Limits) -> None:
    forbid_core_dumps()
    if limits.memory_mb is not None:
        _limit(resource.RLIMIT_AS, limits.memory_mb * _MEGABYTE)
    if limits.cpu_seconds is not None:
        _limit(resource.RLIMIT_CPU, limits.cpu_seconds)
    if limits.file_size_mb is not None:
        _limit(resource.RLIMIT_FSIZE, limits.file_size_mb * _MEGABYTE)
    if limits.open_files is not None:
        _limit(resource.RLIMIT_NOFILE, limits.open_files)
    os.nice(limits.nice)


def _limit(kind: int, value: int) -> None:
    """Set soft and hard limit, not above the hard limit already in force."""
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))
