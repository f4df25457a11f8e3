"""The installed command with a home of its own, and a few documents to put into it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

STRONGROOM = Path(sys.executable).with_name("strongroom")
SECONDS_A_COMMAND = 120

DOCUMENTS = {
    "leave-policy.md": """# Leave policy

## Vacation

Employees of Tidewater Ferries accrue 26 days of paid vacation per year. Up to 4 unused days may be carried over into
the next year.

## Sick leave

A medical certificate is required from the third day of illness.
""",
    "travel-policy.md": """# Travel policy

## Hotels

Hotel costs are reimbursed up to 130 euro per night at home and 170 euro abroad.
""",
    "minutes/board.txt": """Minutes of the board of Tidewater Ferries, 3 June 2025.

The board approved the purchase of the ferry Sandpiper for 38.2 million kroner.

Astrid Bergland was elected chair for two years.
""",
}


class Program:
    """`strongroom` with a home and a user's HOME of its own."""

    def __init__(self, scratch: Path) -> None:
        self.home, self.user = scratch / "home", scratch / "user"
        self.user.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("STRONGROOM_", "XDG_"))}
        self.environment = {**kept, "HOME": str(self.user), "TMPDIR": str(self.user)}

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [STRONGROOM, "--home", self.home, *arguments],
            **{
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "text": True,
                "env": self.environment,
                **options,
            },
        )

    def run(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        with self.start(*arguments, **options) as process:
            out, err = process.communicate(timeout=SECONDS_A_COMMAND)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def write_documents(folder: Path) -> Path:
    for name, text in DOCUMENTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
