"""A child that does what its requests say, the things a child should not do included."""

import ctypes
import os
import re
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config import serving
from config.serving import reply, serve


def echo(request: dict[str, Any]) -> None:
    reply({"echo": request, "arguments": sys.argv[1:]})


def print_noise(_: dict[str, Any]) -> None:
    """As native code does, past Python's buffers, and as Python code does."""
    print("noise from Python", flush=True)  # noqa: T201
    os.write(1, b"noise from native code\n")
    reply({"read": os.read(0, 10).decode()})


def describe(_: dict[str, Any]) -> None:
    kinds = (
        resource.RLIMIT_AS,
        resource.RLIMIT_CPU,
        resource.RLIMIT_FSIZE,
        resource.RLIMIT_NOFILE,
        resource.RLIMIT_CORE,
    )
    reply(
        {
            "limits": [resource.getrlimit(kind)[0] for kind in kinds],
            "nice": os.nice(0),
            "session": os.getsid(0) == os.getpid(),
            "telemetry": os.environ.get("ORT_DISABLE_TELEMETRY"),
            "open_files": sorted(int(path.name) for path in Path("/proc/self/fd").iterdir()),
        }
    )


def allocate(request: dict[str, Any]) -> None:
    try:
        reply({"bytes": len(bytes(request["megabytes"] << 20))})
    except MemoryError:
        reply({"bytes": None})


def write(request: dict[str, Any]) -> None:
    try:
        reply({"written": Path(request["path"]).write_bytes(bytes(request["megabytes"] << 20))})
    except OSError as error:
        reply({"error": error.errno})


def spin(_: dict[str, Any]) -> None:
    """Stay in native code that never lets another thread run."""
    reply({"spinning": True})
    re.match(r"(a+)+$", "a" * 60 + "b")


def doze(_: dict[str, Any]) -> None:
    """Read no more requests."""
    reply({"dozing": True})
    time.sleep(600)


def crash(_: dict[str, Any]) -> None:
    ctypes.string_at(0)


def leave(_: dict[str, Any]) -> None:
    os._exit(7)


def be_killed(_: dict[str, Any]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def send_raw(request: dict[str, Any]) -> None:
    assert serving._replies is not None
    serving._replies.write((request["text"] * request.get("times", 1)).encode())
    serving._replies.flush()


def count(requests: Iterator[dict[str, Any]]) -> None:
    """Count in one thread while another waits for the word to stop."""
    stop = threading.Event()

    def count_on() -> None:
        number = 0
        while not stop.wait(0.001):
            number += 1
            reply({"count": number})
        reply({"stopped": True})

    thread = threading.Thread(target=count_on)
    thread.start()
    assert next(requests) == {"do": "stop"}
    stop.set()
    thread.join()


def main() -> None:
    requests = serve()
    for request in requests:
        if request["do"] == "count":
            count(requests)
        else:
            globals()[request["do"]](request)


if __name__ == "__main__":
    main()
