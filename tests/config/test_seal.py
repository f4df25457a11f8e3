"""What the kernel refuses under the seal, each next to the same program without it: so these tests can fail."""

import asyncio
import errno
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.child import Child
from config.seal import seal, seal_report
from tests.launcher import Launcher

ROOT = Path(__file__).parents[2]
CLOSED = {"io_uring": "ENOSYS", "x32": "ENOSYS", "i386": "ENOSYS"}
"""Ways that are answered with "no such call"; every other one with EACCES."""
REACHED_THE_NETWORK = {"opened", "EPROTONOSUPPORT"}


def run_planted(unsealed: Launcher, mode: str) -> dict[str, str]:
    done = unsealed.run([sys.executable, "-m", "tests.config.planted", mode], environment={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    outcomes: dict[str, str] = json.loads(done.stdout)
    return outcomes


def run_unsealed(unsealed: Launcher, code: str) -> list[str]:
    done = unsealed.run([sys.executable, "-c", code], environment={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def assert_all_refused(outcomes: dict[str, str]) -> None:
    assert outcomes == {way: CLOSED.get(way, "EACCES") for way in outcomes}


def test_without_the_seal_the_ways_out_are_open(unsealed: Launcher) -> None:
    outcomes = run_planted(unsealed, "open")

    for way in ("ipv4", "ipv4-datagram", "ipv6", "netlink", "pair", "local", "other-process"):
        assert outcomes[way] in REACHED_THE_NETWORK, (way, outcomes)
    assert "EACCES" not in outcomes.values(), outcomes


@pytest.mark.parametrize("mode", ["sealed", "earlier-thread", "subprocess"])
def test_every_way_out_is_refused(unsealed: Launcher, mode: str) -> None:
    outcomes = run_planted(unsealed, mode)

    assert outcomes.keys() == run_planted(unsealed, "open").keys()
    assert_all_refused(outcomes)


def test_a_child_seals_itself_even_when_its_parent_is_not_sealed(unsealed: Launcher) -> None:
    code = """
import json
from config.child import Child
from config.seal import seal_report
with Child("tests.config.planted") as child:
    child.send({})
    print(json.dumps(child.receive(30)))
print(seal_report().level)
"""
    outcomes, parent_level = run_unsealed(unsealed, code)

    assert_all_refused(json.loads(outcomes))
    assert parent_level == "none"


def test_a_child_of_this_process_is_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    with Child("tests.config.planted") as child:
        child.send({})
        outcomes = child.receive(30)

    assert_all_refused(outcomes)


def test_the_report_tells_what_is_in_force_before_and_after(unsealed: Launcher) -> None:
    code = """
from config.seal import seal, seal_report
for report in (seal_report(), seal(), seal(), seal_report()):
    print(report.level, report.mechanism)
"""
    assert run_unsealed(unsealed, code) == ["none none", "kernel seccomp", "kernel seccomp", "kernel seccomp"]


def test_a_seal_inherited_from_the_parent_is_recognised() -> None:
    code = "from config.seal import seal_report; print(seal_report().level)"

    level = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)

    assert level == "kernel\n"


@pytest.mark.parametrize(
    ("before", "way"),
    [
        ("module._IO_URING_SETUP = 9999", "io_uring"),
        (
            "module._ARCHITECTURES = {name: replace(each, connect=9999) for name, each in known.items()}",
            "local sockets",
        ),
    ],
    ids=["io_uring", "connect"],
)
def test_an_inherited_filter_that_leaves_a_way_open_is_not_taken_for_the_seal(
    unsealed: Launcher, before: str, way: str
) -> None:
    code = f"""
from dataclasses import replace
import config.seal as module
number, known = module._IO_URING_SETUP, module._ARCHITECTURES
{before}
module._install_filter()
module._IO_URING_SETUP, module._ARCHITECTURES = number, known
print(module.seal_report().level, *module.find_open_ways())
print(module.seal().level)
"""
    assert run_unsealed(unsealed, code) == [f"none {way}", "kernel"]


def test_where_the_kernel_cannot_refuse_the_report_says_so_and_python_code_is_stopped(unsealed: Launcher) -> None:
    code = """
import ctypes, socket
import config.seal as module
module._ARCHITECTURES.clear()
report = module.seal()
print(report.level, report.mechanism, "native code is not" in report.detail)
try:
    socket.socket()
except PermissionError as error:
    print(error.strerror)
print(ctypes.CDLL(None, use_errno=True).socket(socket.AF_INET, socket.SOCK_STREAM, 17), ctypes.get_errno())
"""
    assert run_unsealed(unsealed, code) == [
        "python audit hook True",
        "Strongroom is sealed: it opens no network connection",
        f"-1 {errno.EPROTONOSUPPORT}",
    ]


def test_a_kernel_that_takes_no_filter_leaves_the_lesser_level(unsealed: Launcher) -> None:
    code = """
import config.seal as module
module._SECCOMP_SET_MODE_FILTER = 99
report = module.seal()
print(report.level, "seccomp: EINVAL" in report.detail)
"""
    assert run_unsealed(unsealed, code) == ["python True"]


def test_this_very_process_is_sealed() -> None:
    assert seal_report().level == "kernel"
    assert seal() == seal_report()


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
        lambda: socket.create_connection(("127.0.0.1", 9)),
        lambda: socket.getaddrinfo("localhost", 80),
        lambda: socket.gethostbyname("localhost"),
    ],
    ids=["ipv4", "ipv6", "connection", "look-up", "old look-up"],
)
def test_python_code_gets_a_clear_message(attempt) -> None:  # type: ignore[no-untyped-def]  # lambdas of many types
    with pytest.raises(PermissionError, match="Strongroom is sealed"):
        attempt()


async def test_what_needs_no_network_still_works() -> None:
    one, other = socket.socketpair()
    with one, other:
        one.sendall(b"local")
        assert other.recv(5) == b"local"

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(6 * 7)", stdout=subprocess.PIPE)
    output, _ = await process.communicate()
    assert output == b"42\n"


def test_a_local_server_cannot_be_connected_to(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        with pytest.raises(PermissionError, match="Strongroom is sealed"):
            client.connect(str(tmp_path / "s"))
