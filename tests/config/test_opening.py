"""The way out to one server: asked for in so many words, allowed by the policy, and to nowhere else."""

import json
import socket
from pathlib import Path

import pytest

from config import opening, policy
from config.errors import ConfigError, PolicyError, UsageError
from config.opening import Unreachable, asks_for_server, connect, open_to, opened_to, parse_destination
from config.seal import seal_report
from tests.launcher import Launcher

ROOT = Path(__file__).parents[2]

LISTENING = """
import os, socket
def listen():
    # In a process of its own: the seal refuses to accept connections, too.
    listener = socket.create_server(("127.0.0.1", 0))
    if os.fork():
        return listener.getsockname()[1]
    os.closerange(0, 3)
    listener.settimeout(20)
    try:
        while True:
            connection, _ = listener.accept()
            connection.sendall(connection.recv(5)[::-1])
            connection.close()
    finally:
        os._exit(0)
"""


def run_unsealed(unsealed: Launcher, code: str) -> list[str]:
    done = unsealed.run_python(f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{LISTENING}\n{code}")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_relay_that_has_ended_is_found_out_when_a_connection_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    monkeypatch.setattr(opening._State, "control", ours)
    monkeypatch.setattr(opening._State, "destination", None)
    assert open_to("https://llm.house.test/v1", 5).label == "llm.house.test:443"
    with ours, pytest.raises(Unreachable, match="ended"):
        connect()


def test_a_sealed_program_reaches_its_server_and_nothing_else(unsealed: Launcher) -> None:
    code = """
from config.opening import start_relay, open_to, connect, await_open, opened_to, Unreachable
from config.seal import seal
port, other = listen(), listen()
start_relay()
print(seal().level)
label = open_to(f"http://127.0.0.1:{port}/v1", 5).label
for _ in range(2):
    with connect() as connection:
        await_open(connection)
        connection.sendall(b"hello")
        print(connection.recv(5).decode())
print(opened_to() == label == f"127.0.0.1:{port}")
for way in (lambda: socket.create_connection(("127.0.0.1", port)), lambda: open_to(f"http://127.0.0.1:{other}", 5)):
    try:
        way()
    except Exception as error:
        print(type(error).__name__)
"""
    level, first, second, named, own_socket, again = run_unsealed(unsealed, code)
    assert level == seal_report().level
    assert (first, second, named) == ("olleh", "olleh", "True")
    assert (own_socket, again) == ("PermissionError", "UsageError")


def test_a_server_that_is_not_there_is_told(unsealed: Launcher) -> None:
    code = """
from config.opening import start_relay, open_to, connect, await_open, Unreachable
from config.seal import seal
with socket.create_server(("127.0.0.1", 0)) as listener:
    port = listener.getsockname()[1]
start_relay()
seal()
open_to(f"http://127.0.0.1:{port}/v1", 1e12)  # a patience of ages, which no socket takes as it is
with connect() as connection:
    try:
        await_open(connection)
    except Unreachable as error:
        print(error.reason)
"""
    assert run_unsealed(unsealed, code) == ["refused"]


def test_the_relay_refuses_everything_but_its_destination(unsealed: Launcher) -> None:
    code = """
import subprocess
from config.relay import _Destination
port, other = listen(), listen()
there = _Destination("127.0.0.1", port, 5.0)
sys.addaudithook(there.guard)
there.connect().close()
print("reached")
ways = {
    "port": lambda: socket.socket().connect(("127.0.0.1", other)),
    "name": lambda: socket.getaddrinfo("localhost", port),
    "datagram": lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)),
    "listen": lambda: socket.socket().bind(("127.0.0.1", 0)),
    "program": lambda: subprocess.run(["true"]),
}
for name, way in ways.items():
    try:
        way()
    except PermissionError:
        print(name, "refused")
"""
    reached, *refused = run_unsealed(unsealed, code)
    assert reached == "reached"
    assert refused == [f"{name} refused" for name in ("port", "name", "datagram", "listen", "program")]


def test_the_relay_loads_nothing_but_the_standard_library_and_ends_with_its_program(unsealed: Launcher) -> None:
    code = """
import os, subprocess
from config import opening
started = []
class Noted(subprocess.Popen):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        started.append((self, arguments[0], options["env"]))
subprocess.Popen = Noted
opening.start_relay()
(relay, command, environment), = started
print(command[1:3] == ["-I", "-S"], environment == {})
opening._State.control.close()
print(relay.wait(20))
"""
    assert run_unsealed(unsealed, code) == ["True True", "0"]


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["--server", "ask", "what?"], True),
        (["--home", "/h", "--server"], True),
        (["--home=/h", "--quiet", "--server", "ask"], True),
        (["ask", "--server"], False),
        (["--home", "--server", "ask"], False),
        (["ask", "what is --server?"], False),
        ([], False),
    ],
)
def test_only_the_global_option_asks_for_it(arguments: list[str], asked: bool) -> None:
    assert asks_for_server(arguments) is asked


def test_without_being_asked_there_is_no_way_out() -> None:
    with pytest.raises(UsageError, match="no way out"):
        open_to("https://llm.house.test/v1", 5)
    assert opened_to() == seal_report().server == ""


@pytest.mark.parametrize(
    ("url", "label", "base"),
    [
        ("https://llm.house.test/v1", "llm.house.test:443", "/v1"),
        ("http://10.0.0.7:8080", "10.0.0.7:8080", ""),
        ("https://[fd00::7]:8443/v1/", "[fd00::7]:8443", "/v1"),
    ],
)
def test_addresses(url: str, label: str, base: str) -> None:
    destination = parse_destination(url)
    assert (destination.label, destination.base) == (label, base)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "llm.house.test",
        "ftp://h/v1",
        "https://",
        "https://u:p@h/v1",
        "https://h/v1?key=1",
        "https://h:0x1/v1",
        "https://h/a b",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="server\\.url"):
        parse_destination(url)


@pytest.fixture
def policy_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(policy, "POLICY_FILE", tmp_path / "policy.toml")
    return tmp_path / "policy.toml"


@pytest.mark.parametrize("servers", [[], ["llm.house.test:8443"]])
def test_the_policy_beats_the_settings(policy_file: Path, servers: list[str]) -> None:
    policy_file.write_text(f"[network]\nservers = {json.dumps(servers)}\n")
    with pytest.raises(PolicyError, match="does not allow the server") as caught:
        open_to("https://llm.house.test/v1", 5)
    assert caught.value.exit_code == 5


@pytest.mark.parametrize("content", ["", "[network]\n", '[network]\nservers = ["llm.house.test:443"]\n'])
def test_a_policy_that_does_not_forbid_it(policy_file: Path, content: str) -> None:
    policy_file.write_text(content)
    policy.require_server_allowed("llm.house.test:443")


@pytest.mark.parametrize(
    "content", ["network = 5", "[network]\nservers = 'all'\n", "[network\n", "[network]\nservers = [1]\n"]
)
def test_a_policy_that_cannot_be_followed_forbids(policy_file: Path, content: str) -> None:
    policy_file.write_text(content)
    with pytest.raises(PolicyError, match="cannot be followed"):
        policy.require_server_allowed("llm.house.test:443")
