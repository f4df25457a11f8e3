from pathlib import Path

import pytest

from config.locations import Locations
from ingest.library.library import Library
from ingest.types import FileStatus, FoundFile
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import (
    PUBLIC,
    SECRET,
    found_texts,
    index_files,
    others_see_its_locks,
    put,
    secret_vectors,
    traces,
)


def test_after_forgetting_no_file_holds_a_word_or_a_vector_of_it(
    filled: Library, embedder: HashEmbedder, locations: Locations
) -> None:
    filled.hold_index()
    filled.refresh_index()
    vectors = secret_vectors(filled)
    raw = [path.read_bytes() for path in locations.home.rglob("*") if path.is_file()]
    assert any(vector in content for vector in vectors for content in raw)
    assert traces(locations, b"zebracorn")

    receipt = filled.forget("secret.*")

    assert receipt.forgotten == ("/papers/secret.pdf",)
    assert (receipt.chunks, receipt.vectors, receipt.verified_absent) == (2, 2, True)
    assert receipt.bytes_reclaimed > 0
    assert traces(locations, b"zebracorn", b"quokkawatt", b"xanthippe", b"secret.pdf") == []
    raw = [path.read_bytes() for path in locations.home.rglob("*") if path.is_file()]
    assert not any(vector in content for vector in vectors for content in raw)
    assert filled.refresh_index() == 1
    assert filled.index_count() == 1
    assert not any(vector in path.read_bytes() for vector in vectors for path in index_files(locations))
    assert found_texts(filled, "harbour zebracorn") == [PUBLIC]
    assert len(filled.search_vectors(embedder.embed_query("zebracorn"), 5)) == 1
    assert filled.check() == []


def test_searching_the_library_for_what_is_forgotten_gives_up_no_lock_on_it(filled: Library) -> None:
    assert filled.forget("secret.pdf").verified_absent

    put(filled, "/after.txt", "Written afterwards.")
    assert others_see_its_locks(filled)


def test_the_full_text_index_keeps_no_word_either(filled: Library) -> None:
    filled.forget("secret.pdf")

    filled.database.rows("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'chunks_text', 'row')")
    words = {word for (word,) in filled.database.rows("SELECT term FROM temp.words")}
    assert "harbour" in words
    assert not {word for word in words if word.startswith(("zebracorn", "quokka", "xanth", "protocol"))}


@pytest.mark.parametrize(
    "glob", ["secret.pdf", "*secret*", "/papers/secret.pdf", "/papers/s*", "SECRET*", "Secret.pdf"]
)
def test_a_glob_matches_the_name_or_the_path_in_any_case(filled: Library, glob: str) -> None:
    assert filled.forget(glob).forgotten == ("/papers/secret.pdf",)
    assert [record.document for record in filled.documents()] == ["public.pdf"]


def test_a_glob_that_matches_nothing_changes_nothing(filled: Library) -> None:
    assert filled.forget("*.docx").forgotten == ()

    assert len(filled.documents()) == 2
    assert filled.check() == []


def test_what_is_called_like_a_glob_is_that_file_only(filled: Library) -> None:
    put(filled, "/papers/report [1].pdf", "The report in brackets.")
    put(filled, "/papers/report 1.pdf", "The report without brackets.")
    put(filled, "/papers/Report [1].PDF", "The report in capitals.")

    assert filled.forget("report [1].pdf").forgotten == ("/papers/report [1].pdf",)
    assert filled.forget("report [1].pdf").forgotten == ("/papers/Report [1].PDF",)
    assert filled.forget("report [1].pdf").forgotten == ("/papers/report 1.pdf",)


def test_a_path_that_is_gone_already_names_no_other_document(filled: Library) -> None:
    put(filled, "/papers/x[1].pdf", "The one in brackets.")
    put(filled, "/papers/x1.pdf", "The one without brackets.")

    assert filled.forget("/papers/x[1].pdf", exact=True).forgotten == ("/papers/x[1].pdf",)
    assert filled.forget("/papers/x[1].pdf", exact=True).forgotten == ()
    assert "/papers/x1.pdf" in filled.known_files()


def test_files_with_the_same_content_are_forgotten_together(filled: Library, locations: Locations) -> None:
    put(filled, "/elsewhere/copy.pdf", SECRET, "And more on zebracorn matters of the quokkawatt kind, page two.")
    assert filled.documents()[0].status == FileStatus.DUPLICATE

    receipt = filled.forget("copy.pdf")

    assert receipt.forgotten == ("/elsewhere/copy.pdf", "/papers/secret.pdf")
    assert traces(locations, b"zebracorn") == []


def test_what_did_not_get_in_can_be_forgotten_too(filled: Library, locations: Locations) -> None:
    filled.record_outcome(FoundFile(Path("/papers/locked-zebracorn.pdf"), "ab"), FileStatus.LOCKED, "Locked.")
    filled.record_outcome(FoundFile(Path("/papers/locked.pdf"), "cd"), FileStatus.LOCKED, "Locked.")

    assert filled.forget("locked-*").forgotten == ("/papers/locked-zebracorn.pdf",)
    assert "/papers/locked.pdf" in filled.known_files()


def test_hooks_take_part_in_the_transaction(filled: Library) -> None:
    class RefusedError(Exception):
        pass

    seen: list[object] = []

    def refuse(paths: object) -> None:
        seen.append(paths)
        raise RefusedError

    filled.forget_hooks.append(refuse)
    with pytest.raises(RefusedError):
        filled.forget("secret.pdf")

    assert seen == [["/papers/secret.pdf"]]
    assert len(filled.documents()) == 2


def test_what_was_taken_out_goes_from_conversations_with_it_and_from_the_disk_with_the_next_forgetting(
    filled: Library, embedder: HashEmbedder, locations: Locations
) -> None:
    told: list[tuple[list[str], int]] = []
    filled.forget_hooks.append(lambda paths: told.append((list(paths), filled.database.connection.in_transaction)))
    holder = Library.open(locations)
    holder.hold_index()
    holder.refresh_index()
    holder.release_index()

    filled.remove_document("/papers/secret.pdf")
    assert told == [(["/papers/secret.pdf"], True)], "in the transaction of the removal"
    assert holder.hold_index()
    holder.refresh_index()
    before = {path for path in locations.index_directory.iterdir() if path.is_dir()}

    assert filled.forget("secret.pdf").forgotten == ()  # cannot clear the index, which another holds
    holder.refresh_index()
    holder.close()

    assert before
    assert not before & set(locations.index_directory.iterdir()), "its holder has built it again"
    assert filled.forget("secret.pdf").verified_absent
    assert traces(locations, b"zebracorn", b"quokkawatt", b"xanthippe") == []
    assert filled.forget("secret.pdf").verified_absent


def test_a_removal_that_breaks_off_leaves_document_and_quotes(filled: Library) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("killed")

    filled.forget_hooks.append(fail)

    with pytest.raises(RuntimeError):
        filled.remove_document("/papers/secret.pdf")

    assert found_texts(filled, "zebracorn")
