"""What this machine can compute with, found without importing anything large."""

import importlib.util
import os
import platform
import re
import sys
import threading
import time
from pathlib import Path

LOWEST_PRIORITY = 19
"""The nicest a process can be (nice(2))."""

_GPU_LIBRARY = re.compile(r"(lib)?ggml-(cann|cuda|hip|metal|musa|opencl|sycl|vulkan)\b")


def available_cores() -> int:
    """Cores this process may run on, which a container or `taskset` can make fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def gentle_cores() -> int:
    """Cores for work in the background that nobody should notice: a quarter of those available."""
    return max(1, available_cores() // 4)


def on_battery(supplies: Path = Path("/sys/class/power_supply")) -> bool:
    """Whether this is a laptop whose battery is being used up, as far as the system says."""
    for status in supplies.glob("*/status"):
        try:
            if status.read_text().strip() == "Discharging" and _has_scope_of_machine(status.parent):
                return True
        except OSError:
            continue
    return False


def _has_scope_of_machine(supply: Path) -> bool:
    """The batteries of mice and keyboards say that they are those of a device."""
    scope = supply / "scope"
    return not scope.exists() or scope.read_text().strip() != "Device"


def lower_priority_of_thread() -> None:
    """Let everything else on the machine go before the calling thread. Where threads have no priority, nothing."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST_PRIORITY)


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


class OthersWork:
    """How many cores other processes use, since it was last asked. What runs at low priority does not count."""

    def __init__(self, statistics: Path = Path("/proc/stat")) -> None:
        self._statistics = statistics
        self._before = self._now()

    def cores(self) -> float:
        """0 where the system does not say."""
        before, self._before = self._before, self._now()
        everyone, ours, passed = (now - then for now, then in zip(self._before, before, strict=True))
        return max(0.0, everyone - ours) / passed if passed > 0 else 0.0

    def _now(self) -> tuple[float, float, float]:
        """Seconds of computing by all processes, by this one with those it has ended, and the time."""
        try:
            user, _, system = (int(field) for field in self._statistics.read_text().split()[1:4])
            everyone = (user + system) / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError):
            return 0.0, 0.0, time.monotonic()
        return everyone, sum(os.times()[:4]), time.monotonic()


def processor() -> str:
    """What the processor calls itself, as far as the system says."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    fields = [line.partition(":") for line in lines]
    named = {name.strip(): value.strip() for name, _, value in fields}
    return f"{named.get('model name', platform.machine())} (model {named.get('model', 'unknown')})"


def adds_bytes_exactly(description: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor adds products of bytes in 32 bits. On x86 that takes VNNI: without it they are added in
    pairs in 16 bits, which overflow. False for an x86 whose system does not say."""
    if platform.machine().lower() not in ("x86_64", "amd64", "i686", "i386"):
        return True
    try:
        lines = description.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "").split()
    return "avx512_vnni" in flags or "avx_vnni" in flags


def runs_on_gpu(libraries: Path | None = None) -> bool:
    """Whether there is a GPU and llama.cpp was built for one."""
    return has_gpu() and bool(llama_backends(libraries))


def llama_backends(libraries: Path | None = None) -> list[str]:
    """The kinds of GPU that llama.cpp was built for, such as `cuda`: for each a library lies beside it."""
    if libraries is None:
        spec = importlib.util.find_spec("llama_cpp")
        libraries = Path(spec.origin).parent / "lib" if spec and spec.origin else Path()
    found = (_GPU_LIBRARY.match(path.name) for path in libraries.glob("*ggml-*"))
    return sorted({match[2] for match in found if match})


def has_gpu() -> bool:
    """Whether there is a GPU that PyTorch may use, told by cheap signs: asking PyTorch takes seconds."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    return Path("/dev/nvidia0").exists() or Path("/dev/kfd").exists()
