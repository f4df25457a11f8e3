"""Does anything leave the machine? Commands run under strace, which sees every socket of every thread and child."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.program import SAMPLES, STRONGROOM, markdown_table, scratch_home

QUESTION = "How many days of paid annual leave does a full-time employee get each year?"
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("ingest", str(SAMPLES)),
    ("search", QUESTION),
    ("ask", QUESTION),
    ("status",),
    ("doctor",),
)

_INTERNET_SOCKET = re.compile(r"socket\(AF_INET6?,.*\)\s+= (-?\d+)")
_INTERNET_CONNECT = re.compile(r"connect\(\d+, \{sa_family=AF_INET6?,")


@dataclass(frozen=True, slots=True)
class Sockets:
    """Sockets of the families AF_INET and AF_INET6: `opened` got a descriptor, `refused` did not."""

    opened: int
    refused: int
    connects: int


def run() -> str:
    if shutil.which("strace") is None:
        return "## Egress\n\nNot measured: strace is not on this machine (Debian: `apt install strace`).\n"
    with scratch_home() as home:
        rows = [_row(command, _trace(command, Path(home))) for command in COMMANDS]
    header = ("Command", "internet sockets opened", "refused by the seal", "connects")
    return f"## Egress\n\nUnder `strace -f -e trace=socket,connect`.\n\n{markdown_table(header, rows)}\n"


def count_sockets(lines: Iterable[str]) -> Sockets:
    """Count internet sockets in the lines that strace wrote."""
    opened = refused = connects = 0
    for line in lines:
        if made := _INTERNET_SOCKET.search(line):
            opened, refused = (opened + 1, refused) if int(made[1]) >= 0 else (opened, refused + 1)
        elif _INTERNET_CONNECT.search(line):
            connects += 1
    return Sockets(opened, refused, connects)


def _trace(command: Sequence[str], home: Path) -> Sockets:
    with tempfile.NamedTemporaryFile("r", suffix=".strace", errors="replace") as trace:
        watched = ["strace", "-f", "-qq", "-e", "trace=socket,connect", "-o", trace.name]
        done = subprocess.run(
            [*watched, str(STRONGROOM), "--home", str(home), *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 1, 3):
            raise RuntimeError(f"`{' '.join(command)}` ended with {done.returncode}: {done.stderr.strip()[-500:]}")
        return count_sockets(trace)


def _row(command: Sequence[str], sockets: Sockets) -> list[str]:
    return [f"`{command[0]}`", str(sockets.opened), str(sockets.refused), str(sockets.connects)]


if __name__ == "__main__":
    print(run())
