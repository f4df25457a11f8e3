"""What the system says about its power, read from files like those of Linux."""

import os
import threading
from pathlib import Path

import pytest

from models.hardware import LOWEST_PRIORITY, adds_bytes_exactly, gentle_cores, lower_priority_of_thread, on_battery


def supply(folder: Path, name: str, **files: str) -> None:
    (folder / name).mkdir()
    for file, text in files.items():
        (folder / name / file).write_text(f"{text}\n")


@pytest.mark.parametrize(("status", "expected"), [("Discharging", True), ("Charging", False), ("Full", False)])
def test_a_laptop_is_on_battery_while_it_is_used_up(tmp_path: Path, status: str, expected: bool) -> None:
    supply(tmp_path, "AC", type="Mains", online="1")
    supply(tmp_path, "BAT0", type="Battery", status=status)
    assert on_battery(tmp_path) is expected


def test_the_battery_of_a_mouse_and_no_battery_do_not_count(tmp_path: Path) -> None:
    supply(tmp_path, "mouse", type="Battery", scope="Device", status="Discharging")
    assert not on_battery(tmp_path)
    assert not on_battery(tmp_path / "none")


def test_gentle_work_takes_few_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for cores in (1, 2, 16):
        monkeypatch.setattr("models.hardware.available_cores", lambda cores=cores: cores)
        found.append(gentle_cores())
    assert found == [1, 1, 4]


def test_only_the_thread_that_asks_gets_the_lowest_priority() -> None:
    found = []

    def work() -> None:
        lower_priority_of_thread()
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [LOWEST_PRIORITY]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before


@pytest.mark.parametrize(
    ("flags", "exact"),
    [("fpu avx2 fma", False), ("avx2 avx512f avx512bw", False), ("avx2 avx_vnni", True), ("avx512_vnni avx2", True)],
)
def test_an_x86_adds_bytes_exactly_with_vnni(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str, exact: bool
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    file = tmp_path / "cpuinfo"
    file.write_text(f"processor\t: 0\nflags\t\t: {flags}\nvmx flags\t: vnmi\n")
    assert adds_bytes_exactly(file) is exact
    assert not adds_bytes_exactly(tmp_path / "none")


def test_other_processors_add_bytes_exactly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert adds_bytes_exactly(tmp_path / "none")
