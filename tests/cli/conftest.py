"""The command line in this process, on the shipped fakes: milliseconds a command, no worker process for a model."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import assistant.assistant
from assistant.cli.main import main
from config.log import stop_log
from models.fakes import HashEmbedder, ScriptedModel

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


@dataclass(frozen=True, slots=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on standard output; anything else there is an error."""
        return json.loads(self.out)

    @property
    def json_lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def llm() -> ScriptedModel:
    return ScriptedModel(["Employees accrue 26 days of paid vacation per year [1]."])


@pytest.fixture
def run(
    home: Path, llm: ScriptedModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """`run("search", "hotel")`: exit code and both streams of `strongroom --home HOME search hotel`."""
    real = assistant.assistant.open_assistant

    def open_on_fakes(*arguments: Any, **options: Any) -> Any:
        return real(*arguments, **{"embedder": HashEmbedder(), "llm": llm, **options})

    monkeypatch.setattr(assistant.assistant, "open_assistant", open_on_fakes)
    # Commands change these for their whole process; put them back after the test.
    for name in ("TMPDIR", "SQLITE_TMPDIR", "XDG_CACHE_HOME", "HF_HOME", "NO_COLOR"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.setenv("NO_COLOR", "1")

    def run_main(*arguments: str) -> Result:
        code = main(["--home", str(home), *arguments])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    yield run_main
    stop_log()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three good documents in a folder tree."""
    folder = tmp_path / "documents"
    for name, text in DOCUMENTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def library(run: Run, folder: Path) -> Path:
    """The same folder, ingested."""
    assert run("--quiet", "ingest", str(folder)).code == 0
    return folder
