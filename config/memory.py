"""Memory that was freed, given back to the system: a process that has read one large file stays small afterwards."""

import ctypes
import sys


def give_back_memory() -> None:
    """Hand the system what this process has freed (some ms). Where the C library cannot, nothing."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's own; musl keeps nothing back
        if trim is not None:
            trim(0)
