"""A program that tries to get out, in every way we know of, and says what the kernel answered.

    python -m tests.config.planted open|sealed|earlier-thread|subprocess

As a child (`config.child`) it answers each request with what it found. It prints one JSON object: way → the name of the
error, or "opened". The calls go straight to the C library, past everything Python could refuse.

The calls for the internet families ask for a protocol that the family does not have. Without the seal the kernel's
network code is reached, complains about that (EPROTONOSUPPORT) and opens no internet socket, so that a trace of the
whole test suite shows not one; under the seal the call is refused before that (EACCES).
"""

import ctypes
import errno
import json
import mmap
import os
import platform
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from config.seal import seal
from config.serving import reply, serve

Outcomes = dict[str, str]

_UDP, _TCP = socket.IPPROTO_UDP, socket.IPPROTO_TCP
_libc = ctypes.CDLL(None, use_errno=True)


def try_every_way() -> Outcomes:
    return {way: _outcome(attempt) for way, attempt in _WAYS.items()}


def _outcome(attempt: Callable[[], int]) -> str:
    result = attempt()
    if result >= 0:
        os.close(result)
        return "opened"
    return errno.errorcode.get(ctypes.get_errno(), str(ctypes.get_errno()))


def _set_up_io_uring() -> int:
    return int(_libc.syscall(ctypes.c_long(425), ctypes.c_long(8), ctypes.create_string_buffer(256)))


def _take_from_other_process() -> int:
    """pidfd_getfd; of this very process, which needs no rights."""
    process = os.pidfd_open(os.getpid())
    try:
        return int(_libc.syscall(ctypes.c_long(438), ctypes.c_long(process), ctypes.c_long(2), ctypes.c_long(0)))
    finally:
        os.close(process)


def _connect_to_a_local_server() -> int:
    """To a name in the abstract namespace that this very process listens on."""
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("")
        server.listen()
        address = struct.pack("=H", socket.AF_UNIX) + server.getsockname()
        refused = int(_libc.connect(client.fileno(), address, len(address)))
        return refused or os.dup(client.fileno())


def _x32_socket() -> int:
    return int(_libc.syscall(ctypes.c_long(0x40000000 | 41), ctypes.c_long(2), ctypes.c_long(1), ctypes.c_long(_UDP)))


def _i386_socket() -> int:
    """socket(AF_INET, SOCK_STREAM, IPPROTO_UDP) as a 32-bit program calls it, in machine code."""
    code = (
        b"\x53"  # push rbx
        b"\xb8\x67\x01\x00\x00"  # mov eax, 359 (socket)
        b"\xbb\x02\x00\x00\x00"  # mov ebx, AF_INET
        b"\xb9\x01\x00\x00\x00"  # mov ecx, SOCK_STREAM
        b"\xba\x11\x00\x00\x00"  # mov edx, IPPROTO_UDP
        b"\xcd\x80"  # int 0x80
        b"\x5b\xc3"  # pop rbx; ret
    )
    memory = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    result = int(ctypes.CFUNCTYPE(ctypes.c_int)(address)())
    if result < 0:
        ctypes.set_errno(-result)
    return result


_WAYS: dict[str, Callable[[], int]] = {
    "ipv4": lambda: int(_libc.socket(socket.AF_INET, socket.SOCK_STREAM, _UDP)),
    "ipv4-datagram": lambda: int(_libc.socket(socket.AF_INET, socket.SOCK_DGRAM, _TCP)),
    "ipv6": lambda: int(_libc.socket(socket.AF_INET6, socket.SOCK_STREAM, _UDP)),
    "netlink": lambda: int(_libc.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)),
    "packet": lambda: int(_libc.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)),
    "vsock": lambda: int(_libc.socket(socket.AF_VSOCK, socket.SOCK_STREAM, 0)),
    "pair": lambda: int(_libc.socketpair(socket.AF_INET, socket.SOCK_STREAM, _UDP, (ctypes.c_int * 2)())),
    "local": _connect_to_a_local_server,
    "io_uring": _set_up_io_uring,
    "other-process": _take_from_other_process,
}
if platform.machine() == "x86_64":
    _WAYS["x32"] = _x32_socket
if Path("/proc/sys/abi/vsyscall32").exists():  # elsewhere 32-bit calls are not there at all, and end the process
    _WAYS["i386"] = _i386_socket


def _from_a_thread_started_earlier() -> Outcomes:
    is_sealed = threading.Event()
    outcomes: Outcomes = {}

    def try_when_sealed() -> None:
        is_sealed.wait()
        outcomes.update(try_every_way())

    thread = threading.Thread(target=try_when_sealed)
    thread.start()
    seal()
    is_sealed.set()
    thread.join()
    return outcomes


def _from_a_subprocess() -> Outcomes:
    seal()
    command = [sys.executable, "-m", "tests.config.planted", "open"]
    outcomes: Outcomes = json.loads(subprocess.check_output(command, text=True))
    return outcomes


def _after_seal() -> Outcomes:
    seal()
    return try_every_way()


def main() -> None:
    if len(sys.argv) == 1:
        for _ in serve():
            reply(try_every_way())
        return
    modes = {
        "open": try_every_way,
        "sealed": _after_seal,
        "earlier-thread": _from_a_thread_started_earlier,
        "subprocess": _from_a_subprocess,
    }
    print(json.dumps(modes[sys.argv[1]]()))  # noqa: T201


if __name__ == "__main__":
    main()
