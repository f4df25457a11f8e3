"""The seal: from start-up on, this process and every process it starts cannot open a network connection.

On Linux the kernel refuses: a seccomp filter on all threads (TSYNC) answers EACCES to `socket` and `socketpair` for
every address family but AF_UNIX, and to `connect` for every socket: behind a local one may stand a program that has a
network, such as the system's name resolver. It closes the ways around that: io_uring (which opens and connects sockets
without those calls), the 32-bit and x32 system calls, and taking an open socket out of another process (pidfd_getfd).
The filter cannot be taken off and is inherited by every program started later. Libraries see a network that is down.

Where the kernel cannot do this, a Python audit hook refuses. It stops Python code, not native code, and the report says
so. On Linux it stands before the kernel to give a clear message.

docs/decisions/0001-the-seal.md tells what else was tried; docs/privacy.md what the seal does not stop.
"""

import ctypes
import errno
import os
import socket
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from config.opening import opened_to

SealLevel = Literal["kernel", "python", "none"]


@dataclass(frozen=True, slots=True)
class SealReport:
    """What keeps connections from being opened. `mechanism` names it, `detail` is a sentence for people; `server` is
    the one place (host:port) that this run can reach through its relay, empty for none."""

    level: SealLevel
    mechanism: str
    detail: str
    server: str = ""


class _UnsealableError(Exception):
    """Why the kernel does not take the filter. Ends in the report, never at the caller of `seal`."""


class _State:
    """What this process has done so far; a fork inherits it together with the filter and the hook."""

    hook_installed = False
    filter_installed = False
    failure = ""


_lock = threading.Lock()


def seal() -> SealReport:
    """Seal this process, all its threads and every process started later; return what is then in force.

    Calling it again changes nothing. Never raises: a system that cannot be sealed by its kernel is reported as such.
    A filter inherited from another program is not relied upon: it may refuse sockets and leave other ways open.
    """
    with _lock:
        if not _State.hook_installed:
            sys.addaudithook(_refuse_connections)
            _State.hook_installed = True
        if not _State.filter_installed:
            try:
                _install_filter()
                _State.filter_installed = True
            except _UnsealableError as failure:
                _State.failure = str(failure)
    return seal_report()


def seal_report() -> SealReport:
    """What is in force now, found by trying, in this thread and in a new one. Opens nothing, sealed or not."""
    server = opened_to()
    but = f" Its relay, and nothing else, connects to {server}." if server else ""
    open_ways = find_open_ways() | _find_open_ways_in_new_thread()
    if not open_ways:
        return SealReport("kernel", "seccomp", f"The kernel refuses every connection of this program.{but}", server)
    if _State.hook_installed:
        reason = _State.failure or f"it still allows {', '.join(sorted(open_ways))}"
        return SealReport(
            "python",
            "audit hook",
            f"Python code is kept from connecting, native code is not: the kernel does not refuse ({reason}).{but}",
            server,
        )
    return SealReport("none", "none", "Nothing keeps this program from connecting.", server)


# The kernel's refusal -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Architecture:
    """Numbers of a processor's system calls, from Linux `unistd_64.h`, `asm-generic/unistd.h` and `audit.h`."""

    audit: int
    seccomp: int
    socket: int
    socketpair: int
    connect: int


_ARCHITECTURES = {
    "x86_64": _Architecture(audit=0xC000003E, seccomp=317, socket=41, socketpair=53, connect=42),
    "aarch64": _Architecture(audit=0xC00000B7, seccomp=277, socket=198, socketpair=199, connect=203),
}
_IO_URING_SETUP, _PIDFD_GETFD = 425, 438  # the same on both
_X32_BIT = 0x40000000

# linux/prctl.h and linux/seccomp.h
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_SET_MODE_FILTER = 1
_SECCOMP_FILTER_FLAG_TSYNC = 1
_ANSWER_ALLOW, _ANSWER_ERRNO = 0x7FFF0000, 0x00050000

# linux/bpf_common.h: load a word, jump if equal, jump if greater or equal, return
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _ANSWER = 0x20, 0x15, 0x35, 0x06
# Offsets in struct seccomp_data. An address family is an int: the low half of an argument, first in memory on both.
_CALL_NUMBER, _CALL_ARCHITECTURE, _CALL_FIRST_ARGUMENT = 0, 4, 16


def _filter_program(architecture: _Architecture) -> bytes:
    """The filter as an array of `struct sock_filter`: code, instructions to skip if true, if false, constant."""
    instructions = [
        (_LOAD, 0, 0, _CALL_ARCHITECTURE),
        (_IF_EQUAL, 0, 9, architecture.audit),  # else "no such call"
        (_LOAD, 0, 0, _CALL_NUMBER),
        (_IF_AT_LEAST, 7, 0, _X32_BIT),  # "no such call"
        (_IF_EQUAL, 6, 0, _IO_URING_SETUP),  # "no such call"
        (_IF_EQUAL, 6, 0, _PIDFD_GETFD),  # refuse
        (_IF_EQUAL, 5, 0, architecture.connect),  # refuse
        (_IF_EQUAL, 1, 0, architecture.socket),  # look at the family
        (_IF_EQUAL, 0, 4, architecture.socketpair),  # look at the family, else allow
        (_LOAD, 0, 0, _CALL_FIRST_ARGUMENT),
        (_IF_EQUAL, 2, 1, socket.AF_UNIX),  # allow, else refuse
        (_ANSWER, 0, 0, _ANSWER_ERRNO | errno.ENOSYS),
        (_ANSWER, 0, 0, _ANSWER_ERRNO | errno.EACCES),
        (_ANSWER, 0, 0, _ANSWER_ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)


class _FilterProgram(ctypes.Structure):
    """struct sock_fprog"""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _install_filter() -> None:
    """Put the filter on every thread of this process. Raises _UnsealableError when the kernel does not take it."""
    architecture = _this_architecture()
    if architecture is None:
        raise _UnsealableError(f"not known how on {os.uname().sysname} {os.uname().machine}")
    libc = ctypes.CDLL(None, use_errno=True)
    # Without it an unprivileged process may not install a filter: a program started later could gain rights under it.
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise _UnsealableError(f"prctl: {_last_error()}")
    instructions = _filter_program(architecture)
    program = _FilterProgram(len(instructions) // struct.calcsize("HBBI"), instructions)
    outcome = libc.syscall(
        ctypes.c_long(architecture.seccomp),
        ctypes.c_ulong(_SECCOMP_SET_MODE_FILTER),
        ctypes.c_ulong(_SECCOMP_FILTER_FLAG_TSYNC),
        ctypes.byref(program),
    )
    if outcome < 0:
        raise _UnsealableError(f"seccomp: {_last_error()}")
    if outcome > 0:
        raise _UnsealableError(f"seccomp: thread {outcome} has a filter of its own")


def _this_architecture() -> _Architecture | None:
    # A 32-bit Python on a 64-bit kernel uses other numbers than the machine's name says.
    is_64_bit = sys.maxsize > 2**32
    return _ARCHITECTURES.get(os.uname().machine) if sys.platform == "linux" and is_64_bit else None


def _last_error() -> str:
    number = ctypes.get_errno()
    return errno.errorcode.get(number, str(number))


_IMPOSSIBLE_TYPE = 15  # no socket has this type, so even an unsealed kernel opens none
_REFUSALS = frozenset({errno.EACCES, errno.EPERM})


def find_open_ways() -> frozenset[str]:
    """The ways to a connection that the kernel leaves open to this thread, each tried without opening anything.

    An open way is told by its error: the kernel complains about the impossible arguments instead of refusing. The
    internet families are tried with `socketpair`, which the filter treats as `socket`, so that a system call trace of a
    sealed program shows no attempt to open an internet socket; `connect` is tried with no socket at all.
    """
    if _this_architecture() is None:
        return frozenset({"every connection"})
    libc = ctypes.CDLL(None, use_errno=True)
    pair = (ctypes.c_int * 2)()
    errors = {
        "sockets": _error_of(libc.socket, socket.AF_NETLINK, _IMPOSSIBLE_TYPE, 0),
        "IPv4": _error_of(libc.socketpair, socket.AF_INET, _IMPOSSIBLE_TYPE, 0, pair),
        "IPv6": _error_of(libc.socketpair, socket.AF_INET6, _IMPOSSIBLE_TYPE, 0, pair),
        "local sockets": _error_of(libc.connect, -1, None, 0),
        "io_uring": _error_of(libc.syscall, ctypes.c_long(_IO_URING_SETUP), ctypes.c_long(0), None),
    }
    closed = {way for way, error in errors.items() if error in _REFUSALS}
    if errors["io_uring"] == errno.ENOSYS:  # what the filter answers, and a kernel without io_uring
        closed.add("io_uring")
    return frozenset(errors) - closed


def _error_of(function: Callable[..., int], *arguments: object) -> int:
    ctypes.set_errno(0)
    function(*arguments)
    return ctypes.get_errno()


def _find_open_ways_in_new_thread() -> frozenset[str]:
    found: list[frozenset[str]] = []
    thread = threading.Thread(target=lambda: found.append(find_open_ways()), name="seal-test")
    thread.start()
    thread.join()
    return found[0]


# Python's refusal -----------------------------------------------------------------------------------------------------

_LOOK_UPS = frozenset(
    {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"},
)
_USES = frozenset({"socket.bind", "socket.sendmsg", "socket.sendto"})
_LOCAL_FAMILIES = frozenset({socket.AF_UNIX, -1})  # -1: the socket is made from an open file


def _refuse_connections(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook (sys.addaudithook): raises PermissionError, which libraries treat as a network that is down."""
    if not event.startswith("socket."):
        return
    if event == "socket.__new__":
        is_local = arguments[1] in _LOCAL_FAMILIES
    elif event in _USES:
        is_local = getattr(arguments[0], "family", None) in _LOCAL_FAMILIES
    else:
        is_local = event != "socket.connect" and event not in _LOOK_UPS
    if not is_local:
        raise PermissionError(errno.EACCES, "Strongroom is sealed: it opens no network connection")
