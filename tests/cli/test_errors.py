"""Every error becomes two sentences on standard error and its exit code; a traceback only with --verbose."""

from pathlib import Path

import pytest

import assistant.assistant
from assistant.cli.main import main
from config.errors import ConfigError, HomeError, LibraryError, ModelDied, ModelError, PolicyError, StrongroomError
from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (StrongroomError, 1),
        (HomeError, 1),
        (LibraryError, 1),
        (ModelDied, 1),
        (ConfigError, 2),
        (ModelError, 4),
        (PolicyError, 5),
    ],
)
def test_our_errors(kind: type[StrongroomError], code: int, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(kind("It is broken.", "Mend it."), monkeypatch)
    result = run("status", "--json")
    assert result.code == code
    assert result.out == ""
    assert result.err == "Error: It is broken.\nMend it.\n"


def test_an_error_of_the_system_names_the_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(OSError(28, "No space left on device", "/h/library.sqlite"), monkeypatch)
    result = run("status")
    assert result.code == 1
    assert "No space left on device (/h/library.sqlite)" in result.err
    assert "Traceback" not in result.err


def test_a_bug_is_told_without_its_message(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(ValueError("text of a document"), monkeypatch)
    result = run("status")
    assert result.code == 1
    assert result.err.startswith("Error: Something went wrong inside Strongroom (ValueError).\n")
    assert "text of a document" not in result.err
    assert "Traceback" not in result.err


def test_verbose_shows_the_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(StrongroomError("It is broken.", "Mend it."), monkeypatch)
    result = run("--verbose", "status")
    assert "Traceback" in result.err
    assert result.err.endswith("Error: It is broken.\nMend it.\n")


def test_an_interruption_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(KeyboardInterrupt(), monkeypatch)
    result = run("status")
    assert (result.code, result.out, result.err) == (130, "", "Interrupted.\n")


def test_markup_and_escapes_in_an_error_are_not_obeyed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(StrongroomError("The file [red]a[/red]\x1b[2J.pdf is odd.", "Rename it."), monkeypatch)
    assert run("status").err.startswith("Error: The file [red]a[/red][2J.pdf is odd.\n")


def test_a_traceback_carries_no_escapes_and_no_markup(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(ValueError("odd: [red]a[/red]\x1b[2J.pdf"), monkeypatch)
    result = run("--verbose", "status")
    assert "\nValueError: odd: [red]a[/red][2J.pdf\nError: " in result.err
    assert "\x1b" not in result.err


def test_a_name_in_an_error_writes_no_lines_of_its_own(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(
        StrongroomError("The file a\nError: all is lost.pdf is odd.", "Rename a\nError: all is lost.pdf."), monkeypatch
    )
    assert run("status").err.splitlines() == [
        "Error: The file a Error: all is lost.pdf is odd.",
        "Rename a Error: all is lost.pdf.",
    ]


def test_the_doctor_looks_at_the_rest_when_the_library_cannot_be_opened(run: Run, home: Path) -> None:
    home.mkdir(mode=0o700)
    (home / "library.sqlite").write_bytes(b"These are my notes. " * 100)
    result = run("doctor", "--json")
    checks = {check["name"]: check for check in result.json["checks"]}
    assert (result.code, result.json["ok"]) == (1, False)
    assert {"home", "disk", "hardware", "seal"} < set(checks)
    assert checks["home"]["ok"]
    assert "is damaged" in checks["library"]["detail"]
    assert checks["library"]["remedy"]


def test_a_home_that_is_a_file_is_an_error_with_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    home.write_text("")
    assert main(["--home", str(home), "config", "path"]) == 1
    assert "--home" in capsys.readouterr().err


def fails_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let opening the assistant fail."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(assistant.assistant, "open_assistant", fail)
