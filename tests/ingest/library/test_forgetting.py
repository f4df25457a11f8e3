from pathlib import Path

import numpy as np
import pytest

from config.locations import Locations
from ingest.library.library import Library
from ingest.library.types import Holder
from ingest.types import FileStatus
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import embed_all, found_texts, put

SECRET = "The zebracorn protocol requires seventeen quokkawatts at midnight, says Xanthippe."
PUBLIC = "The public notice about opening hours of the harbour office."


@pytest.fixture
def filled(library: Library, embedder: HashEmbedder) -> Library:
    put(library, "/papers/secret.pdf", SECRET, "And more on zebracorn matters of the quokkawatt kind, page two.")
    put(library, "/papers/public.pdf", PUBLIC)
    embed_all(library, embedder)
    library.search_vectors(embedder.embed_query("zebracorn"), 5)  # leaves the scan's matrix on disk
    return library


def traces(locations: Locations, *needles: bytes) -> list[Path]:
    files = [path for path in locations.home.rglob("*") if path.is_file()]
    return [path for path in files if any(needle in path.read_bytes().lower() for needle in needles)]


def index_files(locations: Locations) -> list[Path]:
    return [path for path in locations.index_directory.rglob("*") if path.is_file()]


def secret_vectors(library: Library) -> list[bytes]:
    rows = library.database.rows(
        "SELECT c.vector FROM chunks c JOIN documents d ON d.id = c.document WHERE d.path LIKE '%secret%'"
    )
    halves = [np.frombuffer(blob, dtype="<f2") for (blob,) in rows]
    return [half.tobytes() for half in halves] + [half.astype("<f4").tobytes() for half in halves]


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


def test_files_with_the_same_content_are_forgotten_together(filled: Library, locations: Locations) -> None:
    put(filled, "/elsewhere/copy.pdf", SECRET, "And more on zebracorn matters of the quokkawatt kind, page two.")
    assert filled.documents()[0].status == FileStatus.DUPLICATE

    receipt = filled.forget("copy.pdf")

    assert receipt.forgotten == ("/elsewhere/copy.pdf", "/papers/secret.pdf")
    assert traces(locations, b"zebracorn") == []


def test_what_did_not_get_in_can_be_forgotten_too(filled: Library, locations: Locations) -> None:
    filled.record_outcome("/papers/locked-zebracorn.pdf", sha256="ab", status=FileStatus.LOCKED, reason="Locked.")
    filled.record_outcome("/papers/locked.pdf", sha256="cd", status=FileStatus.LOCKED, reason="Locked.")

    assert filled.forget("locked-*").forgotten == ("/papers/locked-zebracorn.pdf",)
    assert "/papers/locked.pdf" in filled.known_files()


def test_text_that_another_document_holds_as_well_does_not_spoil_the_receipt(
    filled: Library, embedder: HashEmbedder
) -> None:
    put(filled, "/papers/letter.pdf", PUBLIC, "A page of its own about marmalade and its making.")
    embed_all(filled, embedder)

    receipt = filled.forget("letter.pdf")
    assert receipt.verified_absent
    assert receipt.held_by == (Holder("default", "/papers/public.pdf"),)
    assert found_texts(filled, "opening hours") == [PUBLIC]


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


def test_a_trace_in_any_file_under_the_home_is_found(filled: Library, locations: Locations) -> None:
    leak = locations.home / "logs" / "careless.log"
    leak.parent.mkdir()
    leak.write_text(f"somebody logged this: {SECRET}")

    assert not filled.forget("secret.pdf").verified_absent
    assert [problem.name for problem in filled.check()] == ["forgetting"]

    leak.unlink()
    assert filled.forget("secret.pdf").verified_absent
    assert filled.check() == []


def test_while_another_process_holds_the_index_nothing_is_claimed(filled: Library, locations: Locations) -> None:
    holder = Library.open(locations)
    assert holder.hold_index()
    holder.refresh_index()
    [vectors] = {tuple(secret_vectors(filled))}

    receipt = filled.forget("secret.pdf")
    assert not receipt.verified_absent
    assert traces(locations, b"zebracorn") == []

    holder.refresh_index()
    assert holder.index_count() == 1
    assert not any(vector in path.read_bytes() for vector in vectors for path in index_files(locations))
    holder.close()
    assert filled.forget("secret.pdf").verified_absent


def test_while_another_reads_an_old_state_nothing_is_claimed(filled: Library, locations: Locations) -> None:
    reader = Library.open(locations)
    filled.database.rows("PRAGMA busy_timeout = 100")
    with reader.database.snapshot() as connection:
        connection.execute("SELECT count(*) FROM pages").fetchall()
        assert not filled.forget("secret.pdf").verified_absent
        assert not filled.forget(
            "secret.pdf"
        ).verified_absent  # nothing is left to search for, but the log is not empty
    reader.close()

    assert filled.forget("secret.pdf").verified_absent
    assert traces(locations, b"zebracorn") == []


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
