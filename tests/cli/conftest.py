"""The command line twice: `run` in this process on the shipped fakes, in milliseconds; `program` as installed, on the
starter models."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import assistant.assistant
from assistant.cli.main import main
from models.fakes import HashEmbedder, ScriptedModel
from tests.cli.program import Program, write_documents


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
def run(home: Path, llm: ScriptedModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("search", "hotel")`: exit code and both streams of `strongroom --home HOME search hotel`."""
    real = assistant.assistant.open_assistant

    def open_on_fakes(*arguments: Any, **options: Any) -> Any:
        return real(*arguments, **{"embedder": HashEmbedder(), "llm": llm, **options})

    monkeypatch.setattr(assistant.assistant, "open_assistant", open_on_fakes)
    monkeypatch.setenv("NO_COLOR", "1")

    def run_main(*arguments: str) -> Result:
        code = main(["--home", str(home), *arguments])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run_main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three good documents in a folder tree."""
    return write_documents(tmp_path / "documents")


@pytest.fixture
def library(run: Run, folder: Path) -> Path:
    """The same folder, ingested."""
    assert run("--quiet", "ingest", str(folder)).code == 0
    return folder


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A program whose library holds the three documents. Shared: tests read from it only."""
    scratch = tmp_path_factory.mktemp("filled")
    program = Program(scratch)
    done = program.run("ingest", str(write_documents(scratch / "documents")))
    assert done.returncode == 0, done.stderr
    return program


@pytest.fixture
def program(tmp_path: Path, filled: Program) -> Program:
    """A program with an empty library; the embedder need not be converted again."""
    program = Program(tmp_path)
    program.home.mkdir(mode=0o700)
    shutil.copytree(filled.home / "models", program.home / "models")
    return program
