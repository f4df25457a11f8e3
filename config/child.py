"""Start one of our own processes, sealed and limited, and speak JSON lines with it.

The parent holds a `Child`, which several threads may use; the module that runs in the child process calls
`config.serving.serve()` before it imports anything heavy. The child dies with its parent.
"""

import contextlib
import dataclasses
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, cast

from config.environment import silent_environment
from config.errors import StrongroomError

JsonObject = dict[str, Any]
_MEGABYTE = 1 << 20
_READ_SIZE = 1 << 18
_LONGEST_WAIT_MS = (1 << 31) - 1  # what poll takes: 24 days


@dataclass(frozen=True, slots=True)
class Limits:
    """What the kernel allows the child; None leaves it as it is. Core dumps are never kept.

    `memory_mb` is address space, libraries included. Above `cpu_seconds` (in all, not per request) the child is killed;
    `file_size_mb` is the largest file it may write; `nice` lowers its priority.
    """

    memory_mb: int | None = None
    cpu_seconds: int | None = None
    file_size_mb: int | None = None
    open_files: int | None = None
    nice: int = 0


class ChildDied(StrongroomError):
    """The child ended, or had to be ended because what it sent made no sense.

    `returncode` is its exit code, or minus the number of the signal that ended it; `sent_nonsense` says that it had to
    be ended.
    """

    def __init__(self, module: str, returncode: int, reason: str = "") -> None:
        cause = reason or _describe_returncode(returncode)
        super().__init__(f"The process {module} ended: {cause}.", "Try again; `strongroom doctor` looks for the cause.")
        self.returncode = returncode
        self.sent_nonsense = bool(reason)


def _describe_returncode(returncode: int) -> str:
    if returncode >= 0:
        return f"exit code {returncode}"
    with contextlib.suppress(ValueError):
        return f"signal {signal.Signals(-returncode).name}"
    return f"signal {-returncode}"


class Child:
    """A process of ours that runs `python -m module arguments…`, in a session of its own.

    `stderr` is where it writes messages: a file, a descriptor, or nowhere. A message from the child may take up to
    `message_mb`; one that takes more costs the child its life.
    """

    def __init__(
        self,
        module: str,
        *arguments: str,
        limits: Limits | None = None,
        stderr: int | IO[bytes] = subprocess.DEVNULL,
        message_mb: int = 256,
    ) -> None:
        self._module = module
        self._message_bytes = message_mb * _MEGABYTE
        self._received = bytearray()
        self._sending = threading.Lock()
        self._receiving = threading.Lock()
        # The child's end of the lifeline hangs up when this process ends in whatever way; see `config.serving`.
        lifeline, our_end = os.pipe()
        self._lifeline = os.fdopen(our_end, "wb", buffering=0)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                bufsize=0,
                env=silent_environment(),
                pass_fds=(lifeline,),
                start_new_session=True,
            )
        except BaseException:
            self._lifeline.close()
            raise
        finally:
            os.close(lifeline)
        self._requests = cast(IO[bytes], self._process.stdin)
        self._replies = cast(IO[bytes], self._process.stdout)
        with contextlib.suppress(ChildDied):  # the first receive says so
            self.send({"lifeline": lifeline, "limits": dataclasses.asdict(limits or Limits())})

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def send(self, message: Mapping[str, Any], timeout: float | None = None) -> None:
        """Send a request; one larger than a pipe holds (64 KB) waits for the child to read it, `timeout` seconds at
        most, None as long as it takes.

        Raises ChildDied, or TimeoutError: the child has half of a message then, and is to be killed.
        """
        line = memoryview(json.dumps(message).encode() + b"\n")
        deadline = _deadline(timeout)
        try:
            with self._sending:
                while line:
                    _wait_for(self._requests, select.POLLOUT, deadline)
                    line = line[self._requests.write(line[: select.PIPE_BUF]) :]  # so much never blocks
        except (BrokenPipeError, ValueError):  # ValueError: closed
            raise self._died() from None

    def receive(self, timeout: float | None = None) -> JsonObject:
        """The child's next message, in the order sent. Waits `timeout` seconds at most, None as long as it takes.

        Raises TimeoutError, or ChildDied. After a timeout the message can still be received, or the child killed.
        """
        with self._receiving:
            return self._parse(self._read_line(_deadline(timeout)))

    def _read_line(self, deadline: float | None) -> bytearray:
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            if searched > self._message_bytes:
                raise self._kill_for(f"it sent a message of more than {self._message_bytes // _MEGABYTE} MB")
            if self._replies.closed:
                raise self._died()
            _wait_for(self._replies, select.POLLIN, deadline)
            piece = self._replies.read(_READ_SIZE)
            if not piece:
                raise self._died()
            self._received += piece
        line = self._received[:end]
        del self._received[: end + 1]
        return line

    def _parse(self, line: bytearray) -> JsonObject:
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):  # RecursionError: nested without end
            message = None
        if not isinstance(message, dict):
            raise self._kill_for("it sent something other than a JSON object")
        return message

    def close(self, grace: float = 2.0) -> None:
        """Let the child finish what it was asked for, `grace` seconds at most, and end it."""
        if self._sending.acquire(timeout=grace):
            self._requests.close()
            self._sending.release()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace)
        self.kill()

    def kill(self) -> None:
        """End the child at once. A thread that waits in `receive` gets ChildDied."""
        self._end()
        with self._sending, self._receiving:
            self._release()

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _end(self) -> int:
        """Kill the child with everything it started, if it still runs; return its exit code."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        return self._process.wait()

    def _release(self) -> None:
        for pipe in (self._requests, self._replies, self._lifeline):
            pipe.close()

    def _died(self) -> ChildDied:
        """The error for a pipe that was closed: the child is ending, or past talking to."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        return ChildDied(self._module, self._end())

    def _kill_for(self, reason: str) -> ChildDied:
        return ChildDied(self._module, self._end(), reason)


def _deadline(timeout: float | None) -> float | None:
    return None if timeout is None else time.monotonic() + timeout


def _wait_for(pipe: IO[bytes], event: int, deadline: float | None) -> None:
    """Until the pipe can be read from or written to. Raises TimeoutError when that is not so by then."""
    poll = select.poll()
    poll.register(pipe, event)
    milliseconds = None if deadline is None else min(max(0.0, deadline - time.monotonic()) * 1000, _LONGEST_WAIT_MS)
    if not poll.poll(milliseconds):
        raise TimeoutError("The process has not answered in time.")
