"""`strongroom ingest`: events, summary, exit codes, what a person reads; and staying with --watch."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.cli import ingest as ingest_command
from assistant.cli.ingest import read_passwords
from assistant.cli.ingest_report import summary
from config.errors import UsageError
from ingest.events import Finished
from tests.cli.conftest import Run

SUMMARY_FIELDS = {
    "event", "files", "added", "updated", "unchanged", "removed", "skipped", "failed", "pages", "chunks", "seconds",
    "pages_per_second", "peak_rss_mb", "vectors_pending", "duplicates",
}  # fmt: skip


def test_a_line_per_file_and_the_summary_last(run: Run, folder: Path) -> None:
    result = run("ingest", str(folder), "--json")
    assert result.code == 0
    *files, last = result.json_lines
    assert {Path(event["path"]).name for event in files} == {"leave-policy.md", "travel-policy.md", "board.txt"}
    assert all(set(event) == {"event", "path", "status", "pages", "chunks", "ms", "reason"} for event in files)
    assert {event["status"] for event in files} == {"added"}
    assert set(last) >= SUMMARY_FIELDS
    assert (last["event"], last["files"], last["added"], last["vectors_pending"]) == ("summary", 3, 3, 0)


def test_what_does_not_get_in_has_a_reason_and_the_exit_code_is_3(run: Run, folder: Path) -> None:
    (folder / "broken.pdf").write_text("this is no PDF")
    (folder / "nothing.md").write_text("")
    result = run("ingest", str(folder), "--json")
    assert result.code == 3
    left_out = {Path(e["path"]).name: e for e in result.json_lines[:-1] if e["status"] != "added"}
    assert {name: event["status"] for name, event in left_out.items()} == {
        "broken.pdf": "damaged",
        "nothing.md": "empty",
    }
    assert all(event["reason"].endswith(".") for event in left_out.values())
    again = run("ingest", str(folder), "--json")
    assert again.code == 3
    assert (again.json_lines[-1]["added"], again.json_lines[-1]["unchanged"]) == (0, 3)


def test_a_person_reads_a_summary_and_what_is_missing_by_reason(run: Run, folder: Path) -> None:
    (folder / "broken.pdf").write_text("this is no PDF")
    result = run("ingest", str(folder))
    assert result.code == 3
    assert result.err == "The first ingest may have to prepare the embedder, which takes some 15 s.\n"
    lines = result.out.splitlines()
    assert lines[0].startswith("4 files: 3 added, 1 not taken in. 3 pages, ")
    assert "Not taken in (1 file):" in lines
    assert "  damaged (1)" in lines
    assert lines[-1].startswith(f"    {folder / 'broken.pdf'}  ")


def test_a_person_reads_what_is_to_be_said_about_what_got_in(run: Run, folder: Path) -> None:
    with zipfile.ZipFile(folder / "letters.zip", "w") as archive:
        archive.writestr("note.txt", "A note in an archive.")
        archive.writestr("film.mkv", b"\x1aE\xdf\xa3\x00")
    result = run("ingest", str(folder))
    assert result.code == 0
    lines = result.out.splitlines()
    assert "Taken in, with a remark (1 file):" in lines
    assert lines[-1].startswith(f"    {folder / 'letters.zip'}  ")
    assert "film.mkv" in lines[-1]
    assert "film.mkv" in run("documents", "show", "letters.zip").out
    assert "film.mkv" not in run("documents", "list").out, "which has the title in its place"


def test_quiet_says_nothing_when_all_is_well(run: Run, folder: Path) -> None:
    result = run("--quiet", "ingest", str(folder))
    assert (result.code, result.out, result.err) == (0, "", "")


def test_a_missing_path_is_an_error_and_leaves_the_library_as_it_was(run: Run, library: Path) -> None:
    result = run("ingest", str(library / "nowhere"), "--json")
    assert result.code == 1
    assert result.out == ""
    assert str(library / "nowhere") in result.err
    assert len(run("documents", "list", "--json").json["documents"]) == 3


def test_an_empty_folder_is_done_at_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "void").mkdir()
    result = run("ingest", str(tmp_path / "void"), "--json")
    assert result.code == 0
    assert result.json["files"] == 0


def test_prune_forgets_what_is_gone_and_without_it_nothing_is_forgotten(run: Run, library: Path) -> None:
    (library / "travel-policy.md").unlink()
    assert run("ingest", str(library), "--json").json_lines[-1]["removed"] == 0
    result = run("ingest", str(library), "--prune", "--json")
    assert result.json_lines[-1]["removed"] == 1
    assert not run("search", "hotel costs", "--mode", "lexical", "--json").json["hits"]


def test_an_interrupted_ingest_exits_130_and_can_be_run_again(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ingest_command, "print_json", interrupt)
        result = run("--quiet", "ingest", str(folder), "--json")
    assert (result.code, result.err) == (130, "Interrupted.\n")
    assert run("ingest", str(folder)).code == 0
    assert len(run("documents", "list", "--json").json["documents"]) == 3


def test_an_ingest_that_is_broken_off_ends_before_its_library_is_closed(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []
    close = Assistant.close

    def at_work(*_: object) -> Iterator[None]:
        try:
            yield
        finally:
            ended.append("ingest")

    def break_off(events: Iterator[object], *_: object) -> None:
        next(events)
        raise KeyboardInterrupt

    def close_and_tell(assistant: Assistant) -> None:
        ended.append("assistant")
        close(assistant)

    monkeypatch.setattr(Assistant, "ingest", at_work)
    monkeypatch.setattr(Assistant, "close", close_and_tell)
    monkeypatch.setattr(ingest_command, "print_json", break_off)
    assert run("ingest", str(folder), "--json").code == 130
    assert ended == ["ingest", "assistant"]


def test_a_name_that_begins_with_a_tilde_ends_no_run(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `strongroom ingest *` gets it while a document is open in Word."""
    (folder / "~$letter.docx").write_bytes(b"\x05owner")
    (folder / "~old").mkdir()
    (folder / "~old" / "note.md").write_text("# Note\n\nThe canteen reopens in May.\n")
    monkeypatch.chdir(folder)
    result = run("ingest", "leave-policy.md", "~$letter.docx", "~old", "--json")
    assert result.code == 3
    added = {Path(line["path"]).name for line in result.json_lines[:-1] if line["status"] == "added"}
    assert added == {"leave-policy.md", "note.md"}


def test_a_file_that_may_not_be_read_costs_itself_alone(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "travel-policy.md"
    access, opened = os.access, Path.open

    def refuse(path: Path, *arguments: Any, **options: Any) -> object:
        if path == closed:
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **options)

    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != str(closed) and access(path, mode))
    monkeypatch.setattr(Path, "open", refuse)
    result = run("ingest", str(closed), str(folder / "leave-policy.md"), "--json")
    assert result.code == 3
    assert {Path(line["path"]).name: line["status"] for line in result.json_lines[:-1]} == {
        "travel-policy.md": "failed",
        "leave-policy.md": "added",
    }


def test_watch_takes_in_what_changes(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_change(paths: list[Path], *, ignore: Path) -> object:
        yield
        (folder / "new.md").write_text("# News\n\nThe canteen reopens in May.\n")
        yield
        raise KeyboardInterrupt

    monkeypatch.setattr(ingest_command, "changes", one_change)
    result = run("ingest", str(folder), "--watch", "--json")
    assert result.code == 130
    assert [line["added"] for line in result.json_lines if line["event"] == "summary"] == [3, 1]


def test_a_single_file_cannot_be_watched(run: Run, folder: Path) -> None:
    result = run("ingest", str(folder / "leave-policy.md"), "--watch")
    assert result.code == 2
    assert result.err.endswith("is a file.\nName the folder it is in.\n")


def test_a_folder_to_watch_that_is_not_there_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    result = run("ingest", str(tmp_path / "none"), "--watch")
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith("none.\nCheck the path and its spelling.\n")


def test_passwords_are_read_a_line_each(tmp_path: Path) -> None:
    file = tmp_path / "passwords.txt"
    file.write_text("first one\n\n second \n")
    assert read_passwords(file) == ("first one", " second ")
    assert read_passwords(None) == ()


def test_a_password_file_that_cannot_be_read_is_wrong_usage(run: Run, folder: Path, tmp_path: Path) -> None:
    result = run("ingest", str(folder), "--password-file", str(tmp_path / "none.txt"))
    assert result.code == 2
    assert "none.txt" in result.err
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="no UTF-8 text"):
        read_passwords(binary)


def test_the_summary_reads_as_sentences() -> None:
    finished = Finished(1, 1, 0, 0, 0, 0, 0, 1200, 4000, 12.34, 97.2, 500.0, 7)
    assert summary(finished) == (
        "1 file: 1 added. 1,200 pages, 4,000 passages in 12.3 s (97 pages/s). 7 passages still wait for a vector."
    )
    slow = Finished(2, 1, 0, 1, 0, 0, 0, 1, 1, 5.1, 0.2, 500.0, 0)
    assert summary(slow) == "2 files: 1 added, 1 unchanged. 1 page, 1 passage in 5.1 s (0.2 pages/s)."
    assert summary(Finished(1, 0, 0, 1, 0, 0, 0, 0, 0, 0.1, 0.0, 500.0, 0)) == "1 file: 1 unchanged."
    copies = Finished(4, 1, 0, 3, 0, 0, 0, 0, 0, 0.1, 0.0, 500.0, 0, duplicates=2)
    assert summary(copies) == "4 files: 1 added, 1 unchanged, 2 the same as another."
