"""What was freed goes back to the system, and what a process holds is known."""

import ctypes
import os
import sys

from config.memory import give_back_memory, resident_mb

BLOCK = 100_000
"""Bytes: small enough to come from the heap, which the C library keeps when it is freed."""


def test_freed_memory_is_given_back() -> None:
    blocks = [ctypes.create_string_buffer(b"x" * (BLOCK - 1)) for _ in range(1000)]
    kept = blocks[-1]  # at the top of the heap: it keeps what is below from going back by itself
    full = resident_mb(os.getpid())
    del blocks
    give_back_memory()
    assert resident_mb(os.getpid()) < full - 50
    assert kept.value.startswith(b"x")


def test_a_process_that_has_ended_holds_nothing() -> None:
    child = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {})
    os.waitpid(child, 0)
    assert resident_mb(child) == 0
