"""The memory of processes: what was freed is given back to the system, and what they hold is looked up."""

import contextlib
import ctypes
import os
import sys
from pathlib import Path


def give_back_memory() -> None:
    """Hand the system what this process has freed (some ms). Where the C library cannot, nothing."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's own; musl keeps nothing back
        if trim is not None:
            trim(0)


def resident_mb(pid: int) -> float:
    """What a process holds in memory, shared pages included; 0 where the system does not say or it has ended."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return 0.0
