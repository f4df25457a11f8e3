"""What a receipt of forgetting claims, and what it does not: text that is left, or may be, is told of."""

import json
from pathlib import Path
from typing import Any

import pytest

from config.errors import LibraryError
from config.locations import Locations
from ingest.library import forgetting, index
from ingest.library.library import Library
from ingest.library.types import Holder
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import PUBLIC, SECRET, embed_all, found_texts, index_files, put, secret_vectors, traces


def test_a_trace_in_any_file_under_the_home_is_found(filled: Library, locations: Locations) -> None:
    leak = locations.home / "logs" / "careless.log"
    leak.parent.mkdir()
    leak.write_text(f"somebody logged this: {SECRET}")

    receipt = filled.forget("secret.pdf")
    assert (receipt.verified_absent, receipt.found_in) == (False, (str(leak),))
    assert f"STILL THERE, in {leak}" in receipt.reason
    again = filled.forget("secret.pdf")  # when nobody knows any more what to search for
    assert (again.forgotten, again.verified_absent, again.found_in) == ((), False, (str(leak),))
    assert filled.forget("public.pdf").verified_absent, "that is about other text"
    [problem] = filled.check()
    assert (problem.name, "logs/careless.log" in problem.detail) == ("forgetting", True)
    assert not filled.forgetting_is_due(), "the file is not ours to delete"

    leak.unlink()
    assert filled.forgetting_is_due()
    receipt = filled.forget("secret.pdf")
    assert (receipt.verified_absent, receipt.found_in, receipt.reason) == (True, (), "")
    assert filled.check() == []


def test_text_that_the_library_file_keeps_elsewhere_is_not_verified_by_asking_twice(filled: Library) -> None:
    with filled.database.transaction() as connection:
        connection.execute("UPDATE documents SET title = ? WHERE path LIKE '%public%'", (SECRET,))

    receipt = filled.forget("secret.pdf")

    assert receipt.found_in == (str(filled.locations.library_file),)
    assert "delete" not in receipt.reason
    assert not filled.forget("secret.pdf").verified_absent
    [problem] = filled.check()
    assert "Delete" not in problem.remedy


def test_a_file_that_cannot_be_read_is_told_of(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    secretive = filled.locations.home / "secretive.txt"
    secretive.write_text("nobody may read this")
    path_open = Path.open

    def open_others(path: Path, *arguments: Any) -> Any:
        if path == secretive:
            raise PermissionError(13, "Permission denied", str(path))
        return path_open(path, *arguments)

    monkeypatch.setattr(Path, "open", open_others)
    receipt = filled.forget("secret.pdf")

    assert (receipt.verified_absent, receipt.found_in) == (False, ())
    assert f"{secretive}, which cannot be read" in receipt.reason
    assert not filled.forget("secret.pdf").verified_absent


@pytest.mark.parametrize(
    "error", [LibraryError("The disk is full.", "Free some space."), OSError(5, "Input/output error")]
)
def test_what_fails_once_the_documents_are_gone_is_told_in_the_receipt(
    filled: Library, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    leak = filled.locations.home / "careless.txt"
    leak.write_text(SECRET)

    def fail(*_: object) -> bool:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(forgetting, "_compact", fail)
        receipt = filled.forget("secret.pdf")

    assert (receipt.forgotten, receipt.chunks, receipt.verified_absent) == (("/papers/secret.pdf",), 2, False)
    assert str(getattr(error, "message", None) or getattr(error, "strerror", None)) in receipt.reason
    assert receipt.found_in == (str(leak),)
    assert [record.document for record in filled.documents()] == ["public.pdf"]
    assert not filled.forget("secret.pdf").verified_absent, "the leak is remembered"
    leak.unlink()
    assert filled.forget("secret.pdf").verified_absent


def test_the_number_on_a_page_of_its_own_is_not_searched_for(filled: Library) -> None:
    """It stands in every file by chance, and in other documents."""
    put(filled, "/papers/plain.pdf", "A long sentence about marmalade that stands nowhere else at all.", "2")
    put(filled, "/papers/other.pdf", "Chapter 2 of 12.")

    receipt = filled.forget("plain.pdf")

    assert (receipt.verified_absent, receipt.held_by) == (True, ())


def test_short_lines_are_searched_for_together(filled: Library) -> None:
    lines = "\n".join(["marmalade 12", 'quince "jam" 7', "Zwetschgenmus 9", "plum butter 4"])
    put(filled, "/papers/prices.pdf", lines)
    leak = filled.locations.home / "careless.json"
    leak.write_text(json.dumps({"text": f"The prices:\n{lines}\nThat is all."}))

    assert filled.forget("prices.pdf").found_in == (str(leak),)


def test_text_too_short_to_be_told_from_other_text_is_removed_and_nothing_is_claimed(filled: Library) -> None:
    put(filled, "/papers/two.pdf", "2")

    receipt = filled.forget("two.pdf")

    assert (receipt.forgotten, receipt.verified_absent, receipt.found_in) == (("/papers/two.pdf",), False, ())
    assert "too short" in receipt.reason
    assert filled.check() == [], "nothing is left to be done"


def test_the_index_is_not_called_gone_while_some_of_it_is_left(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert filled.hold_index()
    filled.refresh_index()
    monkeypatch.setattr(index, "remove_folder", lambda _: None)

    receipt = filled.forget("secret.pdf")

    assert not receipt.verified_absent
    assert "vector index" in receipt.reason


def test_while_another_process_holds_the_index_nothing_is_claimed(filled: Library, locations: Locations) -> None:
    holder = Library.open(locations)
    assert holder.hold_index()
    holder.refresh_index()
    [vectors] = {tuple(secret_vectors(filled))}

    receipt = filled.forget("secret.pdf")
    assert not receipt.verified_absent
    assert "Another process has the vector index open" in receipt.reason
    assert "STILL THERE" not in receipt.reason
    assert traces(locations, b"zebracorn") == []
    assert filled.forgetting_is_due()

    holder.refresh_index()
    assert holder.index_count() == 1
    assert not any(vector in path.read_bytes() for vector in vectors for path in index_files(locations))
    holder.close()
    assert filled.forget("", exact=True).verified_absent
    assert not filled.forgetting_is_due()


def test_while_another_reads_an_old_state_nothing_is_claimed(filled: Library, locations: Locations) -> None:
    reader = Library.open(locations)
    filled.database.rows("PRAGMA busy_timeout = 100")
    with reader.database.snapshot() as connection:
        connection.execute("SELECT count(*) FROM pages").fetchall()
        receipt = filled.forget("secret.pdf")
        assert not receipt.verified_absent
        assert "is reading the library" in receipt.reason
        assert "delete" not in receipt.reason
        assert not filled.forget("secret.pdf").verified_absent, "nothing to search for, but the log is not empty"
    reader.close()

    assert filled.forget("secret.pdf").verified_absent
    assert traces(locations, b"zebracorn") == []


def test_what_another_collection_holds_as_well_is_not_called_absent(
    filled: Library, embedder: HashEmbedder, locations: Locations
) -> None:
    other = Library.open(locations, "other")
    other.require_embedder(embedder.identity)
    put(other, "/elsewhere/copy.pdf", SECRET, "And more on zebracorn matters of the quokkawatt kind, page two.")
    embed_all(other, embedder)

    receipt = filled.forget("secret.pdf")

    assert receipt.forgotten == ("/papers/secret.pdf",)
    assert traces(locations, b"zebracorn")
    assert not receipt.verified_absent
    assert receipt.held_by == (Holder("other", "/elsewhere/copy.pdf"),)
    assert filled.check() == []  # what was to be removed is removed
    receipt = other.forget("copy.pdf")
    assert (receipt.verified_absent, receipt.held_by) == (True, ())
    assert traces(locations, b"zebracorn") == []
    other.close()


def test_text_that_another_document_holds_as_well_does_not_spoil_the_receipt(
    filled: Library, embedder: HashEmbedder
) -> None:
    put(filled, "/papers/letter.pdf", PUBLIC, "A page of its own about marmalade and its making.")
    embed_all(filled, embedder)

    receipt = filled.forget("letter.pdf")
    assert receipt.verified_absent
    assert receipt.held_by == (Holder("default", "/papers/public.pdf"),)
    assert found_texts(filled, "opening hours") == [PUBLIC]
