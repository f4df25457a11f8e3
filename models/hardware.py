"""What this machine can compute with, found without importing anything large."""

import os
import platform
import sys
from pathlib import Path


def available_cores() -> int:
    """Cores this process may run on, which a container or `taskset` can make fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def physical_cores() -> int:
    """Available cores with the two threads of one core counted once: more llama.cpp threads than that gain nothing."""
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    siblings = set()
    for core in os.sched_getaffinity(0):
        try:
            siblings.add(Path(f"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list").read_text())
        except OSError:
            siblings.add(str(core))
    return len(siblings)


def has_gpu() -> bool:
    """Whether there is a GPU that PyTorch may use, told by cheap signs: asking PyTorch takes seconds."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    return Path("/dev/nvidia0").exists() or Path("/dev/kfd").exists()
