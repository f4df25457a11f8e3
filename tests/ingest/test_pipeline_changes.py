"""Files that change, move, double or go, and what --prune takes out."""

import os
import shutil
from collections.abc import Collection
from pathlib import Path

import pytest

from ingest.events import FileDone
from ingest.library.library import Library
from ingest.types import FileStatus, FoundFile
from tests.ingest.library.shelf import found_texts, put
from tests.ingest.runs import outcomes, run, summary

pytestmark = pytest.mark.slow


def test_changed_moved_and_removed_files_are_followed(library: Library, folder: Path) -> None:
    (folder / "gone.txt").write_text("A page that will go away.\n")
    run(library, folder)
    (folder / "lease.md").write_text("# Lease\n\nCats are allowed now.\n")
    (folder / "old" / "minutes.txt").rename(folder / "minutes-2025.txt")
    (folder / "gone.txt").unlink()

    events = run(library, folder)
    assert outcomes(events) == {"lease.md": "updated", "minutes-2025.txt": "moved"}
    assert found_texts(library, "dogs") == []
    assert found_texts(library, "page go away")

    events = run(library, folder, prune=True)
    assert outcomes(events) == {"lease.md": "unchanged", "minutes-2025.txt": "unchanged", "gone.txt": "removed"}
    assert summary(events).removed == 1
    assert found_texts(library, "page go away") == []
    assert library.check() == []


def test_prune_leaves_what_lies_elsewhere(library: Library, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "note.txt").write_text("A note from elsewhere.\n")
    run(library, folder, elsewhere)
    (elsewhere / "note.txt").unlink()

    run(library, folder, prune=True)

    assert found_texts(library, "elsewhere")


def test_a_duplicate_takes_the_place_of_an_original_that_changes(library: Library, folder: Path) -> None:
    (folder / "second copy.md").write_bytes((folder / "lease.md").read_bytes())
    assert outcomes(run(library, folder))["second copy.md"] == "duplicate"
    (folder / "lease.md").write_text("# Other\n\nQuite another text.\n")

    run(library, folder)

    assert found_texts(library, "dogs")
    assert found_texts(library, "quite another")
    assert {record.status.value for record in library.documents()} <= {"added", "updated"}
    assert library.check() == []
    assert set(outcomes(run(library, folder)).values()) == {"unchanged"}


def test_a_copy_under_a_name_that_can_be_read_is_read(library: Library, tmp_path: Path) -> None:
    table = "Gr\u00f6\u00dfe;Preis\n12;1,50\n".encode("cp1252")
    for name in ("sales.bak", "sales.csv", "sales2.csv", "sales.old"):
        (tmp_path / name).write_bytes(table)

    events = run(library, tmp_path)

    told = outcomes(events)
    assert (told.pop("sales.bak"), told.pop("sales.old")) == ("unsupported", "unsupported")
    assert sorted(told.values()) == ["added", "duplicate"]
    assert summary(events).files == len([event for event in events if isinstance(event, FileDone)]) == 4
    assert found_texts(library, "preis")
    assert library.check() == []
    again = outcomes(run(library, tmp_path))
    assert (again.pop("sales.bak"), again.pop("sales.old")) == ("unsupported", "unsupported")
    assert sorted(again.values()) == ["duplicate", "unchanged"]


def test_a_folder_that_is_empty_all_at_once_is_not_pruned(library: Library, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "note.txt").write_text("A note from elsewhere.\n")
    (elsewhere / "gone.txt").write_text("A note that goes.\n")
    run(library, folder, elsewhere)
    (elsewhere / "gone.txt").unlink()
    shutil.rmtree(folder)
    folder.mkdir()  # where a disk was mounted

    events = run(library, folder, elsewhere, prune=True)

    assert outcomes(events) == {"papers": "failed", "note.txt": "unchanged", "gone.txt": "removed"}
    [told] = [event for event in events if isinstance(event, FileDone) and event.path == folder]
    assert "2 documents" in told.reason
    assert f"strongroom documents forget '{folder}/*'" in told.reason
    assert (summary(events).failed, summary(events).files) == (1, 2)
    assert found_texts(library, "dogs")
    assert outcomes(run(library, folder)) == {}, "without --prune there is nothing to tell"


def test_the_only_file_of_a_folder_is_pruned(library: Library, tmp_path: Path) -> None:
    note = tmp_path / "notes" / "note.txt"
    note.parent.mkdir()
    note.write_text("The only note.\n")
    run(library, note.parent)
    note.unlink()

    assert outcomes(run(library, note.parent, prune=True)) == {"note.txt": "removed"}


def test_a_file_whose_name_is_no_text_is_told_of_at_every_run_and_never_pruned(
    library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "names"
    folder.mkdir()
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("x")

    for _ in range(3):
        assert outcomes(run(library, folder, prune=True)) == {"caf\ufffd.txt": "failed"}
        assert [record.document for record in library.documents()] == ["caf\ufffd.txt"]
    shutil.rmtree(folder)


def test_what_never_got_in_and_is_gone_leaves_the_ledger(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A download has its own name when it is done."""
    monkeypatch.setattr(library, "hold_index", lambda: False)  # opening it takes seconds
    folder = tmp_path / "downloads"
    folder.mkdir()
    put(library, str(folder / "lost.txt"), "A document whose file is gone.")
    library.record_outcome(FoundFile(folder / "copy.txt", "copy"), FileStatus.DUPLICATE, "Same content.")
    library.record_outcome(FoundFile(folder / "letter.crdownload", "half"), FileStatus.UNSUPPORTED, "A type that …")
    library.record_outcome(FoundFile(tmp_path / "elsewhere.bin", "else"), FileStatus.UNSUPPORTED, "A type that …")
    forgotten: list[Collection[str]] = []
    library.forget_hooks.append(forgotten.append)

    assert outcomes(run(library, folder)) == {}, "nobody misses it"

    assert {record.document for record in library.documents()} == {"lost.txt", "copy.txt", "elsewhere.bin"}
    assert forgotten == [], "the model would lose what it has read of the conversation"


def test_what_another_process_has_brought_in_is_not_dropped(library: Library, tmp_path: Path) -> None:
    put(library, str(tmp_path / "lease.txt"), "A page.")

    library.drop_outcomes([tmp_path / "lease.txt"])

    assert [record.status for record in library.documents()] == [FileStatus.ADDED]
