"""`strongroom documents`: the ledger, one entry, and forgetting down to the last byte."""

import unicodedata
from pathlib import Path

import pytest

from config.errors import LibraryError
from ingest.library import forgetting
from tests.cli.conftest import Run

RECORD_FIELDS = {"document", "path", "status", "reason", "pages", "chunks", "title", "ingested_at"}


def test_list_shows_what_did_not_get_in_too(run: Run, folder: Path) -> None:
    (folder / "broken.pdf").write_text("this is no PDF")
    run("ingest", str(folder))
    records = {record["document"]: record for record in run("documents", "list", "--json").json["documents"]}
    assert all(set(record) >= RECORD_FIELDS for record in records.values())
    assert records["broken.pdf"]["status"] == "damaged"
    assert records["broken.pdf"]["reason"]
    assert (records["leave-policy.md"]["status"], records["leave-policy.md"]["title"]) == ("added", "Leave policy")
    table = run("documents", "list").out.splitlines()
    assert table[0].split() == ["Document", "Status", "Pages", "Passages", "Title", "or", "reason"]
    assert len(table) == 5


def test_an_empty_library_says_what_to_do(run: Run) -> None:
    result = run("documents", "list")
    assert (result.code, result.out) == (0, "")
    assert "strongroom ingest" in result.err


def test_show_finds_by_name_and_by_path(run: Run, library: Path) -> None:
    by_name = run("documents", "show", "board.txt", "--json").json
    by_path = run("documents", "show", str(library / "minutes" / "board.txt"), "--json").json
    assert by_name == by_path
    assert by_name["chunks"] >= 1
    assert "board.txt" in run("documents", "show", "board.txt").out


def test_show_and_forget_take_a_path_as_the_shell_completes_it(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(library.parent)
    board = str(library / "minutes" / "board.txt")
    typed = f"{library.name}/minutes/board.txt"
    assert run("documents", "show", f"./{typed}", "--json").json["path"] == board
    assert run("documents", "forget", typed, "--json").json["forgotten"] == [board]


def test_show_finds_a_name_as_forget_does(run: Run, folder: Path) -> None:
    (folder / unicodedata.normalize("NFD", "Gebühren.md")).write_text("# Fees\n\nThe fee is 3 euro.\n")
    run("ingest", str(folder))
    for typed in ("Gebühren.md", "gebühren.MD", "geb*"):
        assert run("documents", "show", typed, "--json").json["title"] == "Fees", typed
    several = run("documents", "show", "*-policy.md")
    assert several.code == 2
    assert str(folder / "travel-policy.md") in several.err


def test_show_of_an_unknown_name_suggests_the_nearest(run: Run, library: Path) -> None:
    result = run("documents", "show", "bord.txt")
    assert result.code == 2
    assert "Did you mean board.txt?" in result.err


def test_show_of_an_ambiguous_name_lists_the_paths(run: Run, library: Path) -> None:
    (library / "board.txt").write_text("Another board altogether.\n")
    run("ingest", str(library))
    result = run("documents", "show", "board.txt")
    assert result.code == 2
    assert str(library / "board.txt") in result.err
    assert str(library / "minutes" / "board.txt") in result.err


def test_what_is_forgotten_is_gone_and_the_receipt_says_so(run: Run, library: Path, home: Path) -> None:
    run("ask", "Who was elected chair of the board?", "--style", "quote")
    receipt = run("documents", "forget", "board*", "--json").json
    assert receipt["forgotten"] == [str(library / "minutes" / "board.txt")]
    assert receipt["verified_absent"] is True
    assert receipt["chunks"] >= 1
    left = [path for path in home.rglob("*") if path.is_file() and b"Sandpiper" in path.read_bytes()]
    assert left == []
    assert not run("search", "Sandpiper", "--mode", "lexical", "--json").json["hits"]


def test_a_person_who_forgets_what_is_not_there_is_told(run: Run, library: Path) -> None:
    result = run("documents", "forget", "bord*")
    assert (result.code, result.out) == (0, "")
    assert "No document is called bord*" in result.err
    as_json = run("documents", "forget", "bord*", "--json")
    assert as_json.json["forgotten"] == []
    assert as_json.err == result.err


def test_a_person_is_told_what_another_collection_still_holds(run: Run, library: Path) -> None:
    run("--collection", "other", "ingest", str(library))
    result = run("documents", "forget", "BOARD*")
    assert result.code == 1
    assert "STILL THERE" in result.out
    assert f"Some of the same text is in {library / 'minutes' / 'board.txt'}, collection other." in result.out


def test_a_person_is_told_why_the_absence_is_not_verified(
    run: Run, library: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bool:
        raise LibraryError("The disk is full.", "Free some space.")

    monkeypatch.setattr(forgetting, "_compact", fail)
    result = run("--quiet", "documents", "forget", "BOARD*")
    assert result.code == 1
    assert f"Forgotten: {library / 'minutes' / 'board.txt'}" in result.out
    assert "their absence is NOT VERIFIED.\nThe disk is full. Free some space.\n" in result.out
    assert "STILL THERE" not in result.out

    again = run("--quiet", "documents", "forget", "BOARD*")
    assert (again.code, again.out) == (1, "")
    assert "is not done with: The disk is full. Free some space." in again.err
    assert run("documents", "forget", "BOARD*", "--json").json["reason"] == "The disk is full. Free some space."


def test_a_person_is_told_of_the_file_that_holds_some_of_it(run: Run, library: Path, home: Path) -> None:
    leak = home / "copy.txt"
    leak.write_text((library / "minutes" / "board.txt").read_text())
    receipt = run("documents", "forget", "BOARD*", "--json")
    assert (receipt.code, receipt.json["found_in"]) == (1, [str(leak)])
    assert f"STILL THERE, in {leak}" in receipt.json["reason"]


def test_a_person_reads_the_receipt(run: Run, library: Path) -> None:
    out = run("documents", "forget", "*.md").out
    assert f"Forgotten: {library / 'leave-policy.md'}" in out
    assert "no byte of their text is left under the home" in out


def test_a_name_with_escapes_is_harmless_in_the_list(run: Run, folder: Path) -> None:
    (folder / "a\x1b[2J[red]b.md").write_text("# A\n\nSomething.\n")
    assert run("ingest", str(folder)).code == 0
    out = run("documents", "list").out
    assert "\x1b" not in out
    assert "a[2J[red]b.md" in out


def test_a_name_with_a_line_break_forges_no_line(run: Run, folder: Path) -> None:
    (folder / "a\nForgotten: b.md").write_text("# A\n\nThe zeppelin has 12 cabins.\n")
    (folder / "c\nForgotten: d.xyz").write_bytes(b"\0\1")
    shown = [
        run("ingest", str(folder)),
        run("documents", "list"),
        run("documents", "show", "a\nForgotten: b.md"),
        run("search", "cabins of the zeppelin"),
        run("ask", "How many cabins has the zeppelin?", "--style", "quote"),
        run("documents", "forget", "a\n*"),
    ]
    for result in shown:
        lines = result.out.splitlines()
        assert any("Forgotten: " in line for line in lines)
        assert not any(line.lstrip().startswith(("Forgotten: b", "Forgotten: d")) for line in lines)
