"""A folder becomes a library, seen from outside: events, summary, ledger."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.errors import EmbedderMismatch, LibraryError, StrongroomError
from config.locations import Locations
from ingest.events import Discovered, Embedded, FileDone
from ingest.library.library import Library
from ingest.pipeline import ingest
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import contents, found_texts, put
from tests.ingest.runs import SETTINGS, outcomes, run, summary


def test_a_folder_becomes_a_library(library: Library, folder: Path) -> None:
    events = run(library, folder)

    assert isinstance(events[0], Discovered)
    assert (events[0].files, events[0].unchanged) == (2, 0)
    assert outcomes(events) == {"lease.md": "added", "minutes.txt": "added"}
    assert [event.pending for event in events if isinstance(event, Embedded)][-1] == 0
    finished = summary(events)
    assert (finished.files, finished.added, finished.pages, finished.vectors_pending) == (2, 2, 2, 0)
    assert finished.chunks == sum(record.chunks for record in library.documents()) > 0
    assert finished.peak_rss_mb > 10
    assert found_texts(library, "dogs")
    assert library.search_vectors(HashEmbedder().embed_query("tug"), 1)
    assert library.check() == []


def test_small_files_come_first_and_large_ones_soon(library: Library, tmp_path: Path) -> None:
    for size in range(9):
        (tmp_path / f"{size}.txt").write_text(f"Note {size}." + " And so on." * size)

    done = [event.path.stem for event in run(library, tmp_path) if isinstance(event, FileDone)]

    assert done[:1] == ["0"]
    assert "".join(sorted(done[:4])) == "0123"
    assert done.index("8") < done.index("6")
    assert done.index("4") < done.index("6")


def test_a_second_run_changes_nothing(library: Library, folder: Path) -> None:
    run(library, folder)
    (folder / "copy.md").write_bytes((folder / "lease.md").read_bytes())
    (folder / "film.mkv").write_bytes(b"\x1aE\xdf\xa3\x00")
    run(library, folder)
    before = contents(library), library.documents(), library.database.value("SELECT total_changes()")

    events = run(library, folder)

    assert outcomes(events) == {
        "lease.md": "unchanged", "minutes.txt": "unchanged", "copy.md": "duplicate", "film.mkv": "unsupported"
    }  # fmt: skip
    assert (contents(library), library.documents(), library.database.value("SELECT total_changes()")) == before
    finished = summary(events)
    assert (finished.unchanged, finished.skipped, finished.added) == (3, 1, 0)


def test_what_an_older_version_has_read_is_read_again_and_keeps_its_vectors(library: Library, folder: Path) -> None:
    run(library, folder)
    (folder / "copy.md").write_bytes((folder / "lease.md").read_bytes())
    run(library, folder)
    library.database.rows("UPDATE documents SET reader = reader - 1, title = 'Old' WHERE path LIKE '%lease.md'")
    before = library.search_vectors(HashEmbedder().embed_query("dogs"), 5)

    events = run(library, folder)

    assert outcomes(events) == {"lease.md": "updated", "minutes.txt": "unchanged", "copy.md": "duplicate"}
    assert [record.title for record in library.documents() if record.document == "lease.md"] == ["Lease"]
    assert not [event for event in events if isinstance(event, Embedded) and event.done]
    assert library.search_vectors(HashEmbedder().embed_query("dogs"), 5) == before
    assert library.check() == []
    assert summary(run(library, folder)).updated == 0


def test_files_that_cannot_be_taken_in_are_told_apart(library: Library, folder: Path) -> None:
    (folder / "blank.txt").write_text("  \n")
    (folder / "film.mkv").write_bytes(b"\x1aE\xdf\xa3\x00")
    (folder / "cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type")
    (folder / "copy of cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type")

    events = run(library, folder)

    left_out = {
        event.path.name: event for event in events if isinstance(event, FileDone) and not event.status.is_success
    }
    assert {name: event.status.value for name, event in left_out.items()} == {
        "blank.txt": "empty",
        "film.mkv": "unsupported",
        "cut.pdf": "damaged",
        "copy of cut.pdf": "damaged",
    }
    assert all(event.reason.endswith(".") for event in left_out.values())
    finished = summary(events)
    assert (finished.files, finished.added, finished.skipped, finished.failed) == (6, 2, 2, 2)
    ledger = {record.document: (record.status, record.reason) for record in library.documents()}
    assert ledger["cut.pdf"] == (left_out["cut.pdf"].status, left_out["cut.pdf"].reason)

    again = run(library, folder)
    assert outcomes(again) == outcomes(events) | {"lease.md": "unchanged", "minutes.txt": "unchanged"}


def test_a_file_that_may_not_be_read_is_an_event(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = folder / "secret.txt"
    secret.write_text("Not for you.\n")
    real_open = Path.open

    def open_unless_secret(path: Path, *arguments: object, **named: object) -> object:
        if path == secret:
            raise PermissionError(13, "Permission denied")
        return real_open(path, *arguments, **named)  # type: ignore[call-overload]  # passed on as it came

    monkeypatch.setattr(Path, "open", open_unless_secret)  # root may read everything: the refusal is played
    events = run(library, folder)

    assert outcomes(events)["secret.txt"] == "failed"
    assert summary(events).failed == 1
    monkeypatch.undo()
    assert outcomes(run(library, folder))["secret.txt"] == "added"


def test_a_missing_path_is_refused_before_anything_is_done(library: Library, folder: Path) -> None:
    with pytest.raises(StrongroomError, match="There is no file or folder"):
        run(library, folder, folder / "nowhere")

    assert library.documents() == []


def test_an_empty_folder_is_no_error(library: Library, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert summary(run(library, tmp_path / "empty")).files == 0


def test_another_embedder_is_refused(library: Library, folder: Path) -> None:
    run(library, folder)
    before = contents(library)

    with pytest.raises(EmbedderMismatch):
        list(ingest([folder], library=library, embedder=HashEmbedder(dimension=32), settings=SETTINGS))

    assert contents(library) == before


@pytest.mark.slow
@pytest.mark.parametrize("after", range(6))
def test_it_can_be_left_at_any_event_and_run_again(library: Library, folder: Path, tmp_path: Path, after: int) -> None:
    for number in range(4):
        (folder / f"{number}.txt").write_text(f"Number {number} is on this page.\n")
    events = ingest([folder], library=library, embedder=HashEmbedder(), settings=SETTINGS)
    for _ in range(after + 1):
        next(events)
    events.close()  # type: ignore[attr-defined]  # it is a generator
    assert library.check() == []

    finished = summary(run(library, folder))

    assert (finished.added + finished.unchanged, finished.vectors_pending) == (6, 0)
    whole = Library.open(Locations(_home(tmp_path / "whole")))
    run(whole, folder)
    assert contents(library) == contents(whole)
    whole.close()


def _home(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.mark.slow
def test_a_full_disk_ends_the_run_and_the_next_goes_on(library: Library, folder: Path) -> None:
    run(library, folder)
    before = contents(library)
    (folder / "big.txt").write_text("\n\n".join(f"Paragraph {number} {'of words ' * 60}" for number in range(400)))
    pages = library.database.value("PRAGMA page_count")
    library.database.rows(f"PRAGMA max_page_count = {pages + 4}")

    with pytest.raises(LibraryError, match="The disk is full"):
        run(library, folder)

    assert contents(library) == before
    library.database.rows("PRAGMA max_page_count = 1000000")
    assert outcomes(run(library, folder))["big.txt"] == "added"
    assert library.check() == []


def test_while_another_holds_the_index_the_run_writes_to_sqlite_only(
    library: Library, folder: Path, locations: Locations
) -> None:
    holder = Library.open(locations)
    assert holder.hold_index()

    assert summary(run(library, folder)).vectors_pending == 0

    waiting = library.index_changes_waiting()
    assert waiting > 0
    assert holder.refresh_index() == waiting
    assert holder.index_count() == waiting
    holder.close()


def test_a_run_lets_go_of_the_index(library: Library, folder: Path, locations: Locations) -> None:
    run(library, folder)

    other = Library.open(locations)
    assert library.index_changes_waiting() == 0
    assert other.hold_index()
    other.refresh_index()
    assert other.check() == []
    assert other.index_count() == sum(record.chunks for record in other.documents())
    other.close()


RUN = """
import sys
from pathlib import Path
from config.locations import Locations
from config.sections import Settings
from ingest.events import Finished
from ingest.library.library import Library
from ingest.loaders.base import Recognition
from ingest.pipeline import ingest
from models.fakes import HashEmbedder
library = Library.open(Locations(Path(sys.argv[1])))
for event in ingest([Path(sys.argv[2])], library=library, embedder=HashEmbedder(), settings=Settings()):
    if isinstance(event, Finished):
        print(event.vectors_pending)
library.close()
"""


@pytest.mark.slow
def test_two_ingests_at_once_and_a_search_meanwhile(
    library: Library, folder: Path, tmp_path: Path, locations: Locations
) -> None:
    for number in range(30):
        (folder / f"{number}.txt").write_text(f"Number {number} is on this page.\n\n" + "Filler text. " * 200)
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", RUN, str(locations.home), str(folder)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    query = HashEmbedder().embed_query("number page")
    while any(process.poll() is None for process in runs):
        library.search_vectors(query, 5)
        library.search_text("number page", 5)
        assert len(library.documents()) <= 32
        time.sleep(0.05)

    assert [process.communicate()[0] for process in runs] == ["0\n", "0\n"]
    assert [process.returncode for process in runs] == [0, 0]
    whole = Library.open(Locations(_home(tmp_path / "whole")))
    run(whole, folder)
    assert contents(library) == contents(whole)
    assert library.check() == []
    whole.close()


def test_names_that_are_no_text_are_events(library: Library, folder: Path) -> None:
    os.close(os.open(os.fsencode(folder) + b"/caf\xe9.txt", os.O_CREAT | os.O_WRONLY))

    events = run(library, folder)

    assert "failed" in outcomes(events).values()
    assert summary(events).added == 2
    shutil.rmtree(folder)


def test_vectors_are_indexed_while_others_are_computed(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.pipeline.INDEX_STEP", 1)
    library.require_embedder(HashEmbedder().identity)
    for name in ("a", "b", "c"):
        put(library, f"/{name}.txt", f"A page of {name} that waits for its vector.")

    events = ingest([tmp_path], library=library, embedder=HashEmbedder(), settings=SETTINGS)
    indexed = [library.index_count() or 0 for event in events if isinstance(event, Embedded)]

    assert indexed[-1] > 0, "the index was filled before the last passages had their vectors"
    assert library.index_changes_waiting() == 0


def test_the_home_is_no_document(library: Library, locations: Locations) -> None:
    (locations.home / "note.txt").write_text("A note of the program's own.\n")
    (locations.home.parent / "letter.txt").write_text("A letter beside the home.\n")

    assert outcomes(run(library, locations.home.parent)) == {"letter.txt": "added"}


def test_a_file_that_another_process_forgets_meanwhile_does_not_end_the_run(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "film.mkv").write_bytes(b"\x1aE\xdf\xa3\x00")
    run(library, folder)
    monkeypatch.setattr(library, "documents", list)

    events = run(library, folder)

    [film] = [event for event in events if isinstance(event, FileDone) and event.path.name == "film.mkv"]
    assert film.reason.endswith("Run the ingest again.")
