import errno
import json
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.child import Child, ChildDied, Limits

pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[2]
TALKER = "tests.config.talker"
SECONDS = 20  # far more than anything here takes


@pytest.fixture(autouse=True)
def _children_find_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def talker() -> Iterator[Child]:
    with Child(TALKER, "one", "two words") as child:
        yield child


def test_a_request_is_answered(talker: Child) -> None:
    request = {"do": "echo", "text": "“Größe” \u2028 \ud800", "number": 1.5, "list": [None, True]}

    talker.send(request)

    assert talker.receive(SECONDS) == {"echo": request, "arguments": ["one", "two words"]}


def test_large_messages_come_whole(talker: Child) -> None:
    text = "0123456789" * 300_000

    talker.send({"do": "echo", "text": text})

    assert talker.receive(SECONDS)["echo"]["text"] == text


def test_messages_wait_in_order(talker: Child) -> None:
    for number in range(100):
        talker.send({"do": "echo", "number": number})

    assert [talker.receive(SECONDS)["echo"]["number"] for _ in range(100)] == list(range(100))


def test_what_native_code_prints_goes_to_stderr_and_it_has_nothing_to_read(tmp_path: Path) -> None:
    with (tmp_path / "stderr").open("wb") as file, Child(TALKER, stderr=file) as child:
        child.send({"do": "print_noise"})
        assert child.receive(SECONDS) == {"read": ""}

    assert (tmp_path / "stderr").read_text().splitlines() == ["noise from Python", "noise from native code"]


def test_a_child_can_be_stopped_in_the_middle_of_streaming(talker: Child) -> None:
    talker.send({"do": "count"})
    assert talker.receive(SECONDS) == {"count": 1}

    talker.send({"do": "stop"})

    while "stopped" not in (message := talker.receive(SECONDS)):
        assert message["count"] > 1
    talker.send({"do": "echo"})
    assert "echo" in talker.receive(SECONDS)


def test_a_timeout_of_years_is_none(talker: Child) -> None:
    talker.send({"do": "echo"}, timeout=1e12)
    assert "echo" in talker.receive(1e12)


def test_a_timeout_loses_nothing(talker: Child) -> None:
    with pytest.raises(TimeoutError):
        talker.receive(0.05)

    talker.send({"do": "echo"})
    assert "echo" in talker.receive(SECONDS)


def test_a_child_that_reads_no_more_holds_nobody_up() -> None:
    child = Child(TALKER)
    child.send({"do": "doze"})
    child.receive(SECONDS)

    with pytest.raises(TimeoutError):
        child.send({"do": "echo", "text": "0123456789" * 100_000}, timeout=0.2)
    child.kill()


@pytest.mark.parametrize(
    ("deed", "returncode", "cause"),
    [
        ("leave", 7, "exit code 7"),
        ("be_killed", -signal.SIGKILL, "signal SIGKILL"),
        ("crash", -signal.SIGSEGV, "signal SIGSEGV"),
    ],
)
def test_a_child_that_dies_is_an_error_with_its_cause(talker: Child, deed: str, returncode: int, cause: str) -> None:
    talker.send({"do": deed})

    with pytest.raises(ChildDied, match=cause) as caught:
        talker.receive(SECONDS)
    assert caught.value.returncode == returncode

    with pytest.raises(ChildDied):
        talker.send({"do": "echo"})
    with pytest.raises(ChildDied):
        talker.receive(SECONDS)


def test_a_module_that_is_not_there_is_a_child_that_died() -> None:
    with Child("tests.config.nothing") as child, pytest.raises(ChildDied, match="exit code 1"):
        child.receive(SECONDS)


@pytest.mark.parametrize("text", ["no JSON\n", "[1]\n", '"text"\n', "\xff\n", "[" * 100_000 + "\n"])
def test_a_child_that_breaks_the_protocol_is_ended(talker: Child, text: str) -> None:
    talker.send({"do": "send_raw", "text": text})

    with pytest.raises(ChildDied, match="other than a JSON object"):
        talker.receive(SECONDS)
    assert has_ended(talker.pid)


def test_a_child_that_sends_without_end_is_ended() -> None:
    with Child(TALKER, message_mb=1) as child:
        child.send({"do": "send_raw", "text": "x" * 1000, "times": 3000})

        with pytest.raises(ChildDied, match="more than 1 MB"):
            child.receive(SECONDS)


def test_limits_are_in_force_in_the_child(tmp_path: Path) -> None:
    limits = Limits(memory_mb=1500, cpu_seconds=50, file_size_mb=1, open_files=64, nice=3)

    with Child(TALKER, limits=limits) as child:
        child.send({"do": "describe"})
        description = child.receive(SECONDS)
        child.send({"do": "allocate", "megabytes": 2000})
        allocated = child.receive(SECONDS)
        child.send({"do": "write", "path": str(tmp_path / "file"), "megabytes": 2})
        written = child.receive(SECONDS)

    core_dumps = 1 if resource.getrlimit(resource.RLIMIT_CORE)[1] else 0
    assert description["limits"] == [1500 << 20, 50, 1 << 20, 64, core_dumps]
    assert description["nice"] == os.nice(0) + 3
    assert allocated == {"bytes": None}
    assert written == {"error": errno.EFBIG}


def test_a_child_that_uses_up_its_processor_time_is_ended() -> None:
    with Child(TALKER, limits=Limits(cpu_seconds=1)) as child:
        child.send({"do": "spin"})
        child.receive(SECONDS)

        with pytest.raises(ChildDied, match=r"SIG(XCPU|KILL)"):
            child.receive(SECONDS)


def test_a_child_has_its_own_session_no_inherited_files_and_silent_libraries(talker: Child) -> None:
    with Path("/dev/null").open("rb") as inherited:
        os.set_inheritable(inherited.fileno(), True)
        with Child(TALKER) as child:
            child.send({"do": "describe"})
            description = child.receive(SECONDS)

    assert description["session"] is True
    assert description["telemetry"] == "1"
    # 0 to 2, both pipes of the protocol, the lifeline, and the one that lists them
    assert len(description["open_files"]) == 7


def test_killing_wakes_the_thread_that_waits(talker: Child) -> None:
    talker.send({"do": "spin"})
    talker.receive(SECONDS)
    caught: list[BaseException] = []

    def wait() -> None:
        try:
            talker.receive()
        except ChildDied as error:
            caught.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    talker.kill()
    thread.join(SECONDS)

    assert [type(error) for error in caught] == [ChildDied]
    assert has_ended(talker.pid)


def test_closing_lets_the_child_finish_and_ends_one_that_does_not() -> None:
    gentle, stubborn = Child(TALKER), Child(TALKER)
    stubborn.send({"do": "spin"})
    stubborn.receive(SECONDS)

    gentle.close()
    started = time.monotonic()
    stubborn.close(grace=0.2)

    assert time.monotonic() - started < 5
    with pytest.raises(ChildDied, match="exit code 0"):
        gentle.receive(SECONDS)
    with pytest.raises(ChildDied, match="SIGKILL"):
        stubborn.receive(SECONDS)
    stubborn.close()  # again: nothing happens


def test_nothing_is_left_open() -> None:
    before = sorted(Path("/proc/self/fd").iterdir())

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            with Child(TALKER) as child:
                child.send({"do": "echo"})
                child.receive(SECONDS)

    assert sorted(Path("/proc/self/fd").iterdir()) == before


def test_a_child_outlives_the_thread_that_started_it() -> None:
    children: list[Child] = []
    thread = threading.Thread(target=lambda: children.append(Child(TALKER)))
    thread.start()
    thread.join()

    with children[0] as child:
        child.send({"do": "echo"})
        assert "echo" in child.receive(SECONDS)


def test_a_child_dies_with_its_parent_even_in_the_middle_of_native_code() -> None:
    code = f"""
import json, os, signal
from config.child import Child
child = Child("{TALKER}")
child.send({{"do": "spin"}})
child.receive({SECONDS})
print(child.pid, flush=True)
os.read(0, 1)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()

    ended, _, _ = select.select([child], [], [], SECONDS)
    os.close(child)
    assert ended


def test_an_impatient_limit_is_cut_to_what_the_system_allows() -> None:
    code = f"""
import json, resource
from config.child import Child, Limits
resource.setrlimit(resource.RLIMIT_NOFILE, (50, 50))
with Child("{TALKER}", limits=Limits(open_files=1000)) as child:
    child.send({{"do": "describe"}})
    print(child.receive({SECONDS})["limits"][3])
"""
    assert json.loads(subprocess.check_output([sys.executable, "-c", code])) == 50


def has_ended(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()
