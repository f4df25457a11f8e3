"""What was freed goes back to the system."""

import ctypes
from pathlib import Path

from config.memory import give_back_memory

BLOCK = 100_000
"""Bytes: small enough to come from the heap, which the C library keeps when it is freed."""


def test_freed_memory_is_given_back() -> None:
    blocks = [ctypes.create_string_buffer(b"x" * (BLOCK - 1)) for _ in range(1000)]
    kept = blocks[-1]  # at the top of the heap: it keeps what is below from going back by itself
    full = resident_mb()
    del blocks
    give_back_memory()
    assert resident_mb() < full - 50
    assert kept.value.startswith(b"x")


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
