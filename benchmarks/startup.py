"""How long until there is something to see: the help, a search from cold, the interface's first full screen."""

import os
import select
import time
from pathlib import Path

from benchmarks.program import ROWS, SAMPLES, home_with, interface, markdown_table, median_of_five, strongroom

LAST_ROW = f"\x1b[{ROWS};1H".encode()
"""Textual paints a full screen line by line, each after a move to its start: this is the move to the last one."""
LIMIT_SECONDS = 30.0


def run() -> str:
    home = home_with(SAMPLES)
    rows = [
        ["`strongroom --help`", f"{median_of_five(lambda: _seconds(home, '--help')):.2f}", "0.3"],
        ["`strongroom search …`", f"{median_of_five(lambda: _seconds(home, 'search', 'annual leave')):.2f}", "1.5"],
        ["interface, first full screen", f"{median_of_five(lambda: first_paint(home)):.2f}", "1.0"],
    ]
    header = ("What", "seconds", "bar")
    return f"## Start-up\n\nMedians of five, a new process each time.\n\n{markdown_table(header, rows)}\n"


def _seconds(home: Path, *arguments: str) -> float:
    start = time.perf_counter()
    done = strongroom(*arguments, home=home)
    if done.returncode:
        raise RuntimeError(f"`{' '.join(arguments)}` ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return time.perf_counter() - start


def first_paint(home: Path) -> float:
    """Seconds from the start of the process until its terminal has received the last row of the first screen."""
    start = time.perf_counter()
    with interface(home) as terminal:
        seen = b""
        while LAST_ROW not in seen:
            left = start + LIMIT_SECONDS - time.perf_counter()
            if left <= 0 or not select.select([terminal], [], [], left)[0]:
                raise RuntimeError(f"The interface painted no full screen within {LIMIT_SECONDS:.0f} s.")
            seen += os.read(terminal, 65536)
        return time.perf_counter() - start


if __name__ == "__main__":
    print(run())
