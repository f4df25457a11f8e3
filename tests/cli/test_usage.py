"""Wrong usage: exit code 2, one sentence what is wrong, one where to look; and what opens without a command."""

import sys
from pathlib import Path

import pytest

from assistant.cli.main import main
from assistant.status import program_version


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


def test_an_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(["serch", "x"], capsys) == [
        "Error: No such command 'serch'. Did you mean 'search'?",
        "See `strongroom --help`.",
    ]


def test_an_unknown_option_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    lines = refused(["search", "x", "--mdoe", "dense"], capsys)
    assert "--mode" in lines[0]
    assert lines[1] == "See `strongroom search --help`."


def test_a_global_option_behind_the_command_is_told_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(["documents", "list", "--quiet"], capsys) == [
        "Error: --quiet stands before the command.",
        "Write `strongroom --quiet …` and the command after it.",
    ]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["search"], "'QUERY'"),
        (["ask"], "'QUESTION'"),
        (["ask", "x", "--style", "sonnet"], "'answer', 'quote'"),
        (["search", "x", "--mode", "magic"], "'hybrid', 'dense', 'lexical'"),
        (["search", "x", "-k", "0"], "greater than or equal to 1"),
        (["search", "x", "-k", "many"], "'-k'"),
        (["documents"], "Missing command"),
        (["documents", "forget"], "'GLOB'"),
        (["config", "set", "retrieval.top_k"], "'VALUE'"),
        (["models", "pull", "x"], "No such command"),
        (["ingest"], "'PATH'"),
        (["--home"], "'--home'"),
    ],
)
def test_the_first_line_says_what_is_wrong(arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = refused(arguments, capsys)
    assert len(lines) == 2
    assert lines[0].startswith("Error: ")
    assert word in lines[0]
    assert lines[1].startswith("See `strongroom")


@pytest.mark.parametrize(
    "arguments",
    [["--home", "", "status"], ["--config", "", "config", "show"], ["ingest", ""]],
    ids=lambda words: words[0],
)
def test_an_empty_path_is_not_the_current_directory(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--home "$UNSET"` would close the folder one stands in to others, and fill it."""
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    lines = refused(arguments, capsys)
    assert lines[0].startswith("Error: Invalid value for ")
    assert lines[0].endswith(": the path is empty.")
    assert lines[1].startswith("See `strongroom")
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert list(tmp_path.iterdir()) == []


def test_words_of_the_user_cannot_reach_the_terminal_as_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["\x1b]0;title\x07\x9b2J[bold]x[/bold]"]) == 2
    message = capsys.readouterr().err
    assert not {"\x1b", "\x07", "\x9b"} & set(message)
    assert "[bold]x[/bold]" in message


def test_without_a_command_and_a_terminal_the_help_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = refused([], capsys)
    assert lines[0].startswith("Usage: strongroom")


def test_an_interface_that_nobody_would_see_is_not_opened(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is drawn on standard error: `strongroom 2>errors` would wait for keys on an empty screen."""
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main([]) == 2
    assert capsys.readouterr().out.startswith("Usage: strongroom")


@pytest.mark.parametrize("arguments", [["--help"], ["search", "--help"], ["documents", "forget", "--help"]])
def test_help_goes_to_standard_output(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith("Usage: strongroom")


def test_the_version_is_printed_without_making_a_home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    for command in ([], ["status"]):
        assert main(["--home", str(home), "--version", *command]) == 0
        assert capsys.readouterr().out == f"strongroom {program_version()}\n"
    assert not home.exists()
