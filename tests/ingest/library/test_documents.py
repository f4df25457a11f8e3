import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from config.errors import EmbedderMismatch, UsageError
from config.locations import Locations
from ingest.library.embedded import SLICE
from ingest.library.library import Library
from ingest.types import READER_VERSION, FileStatus, FoundFile
from models.fakes import HashEmbedder
from tests.ingest.library.shelf import contents, embed_all, file_of, found_texts, make_chunks, make_document, put


def test_a_document_can_be_read_back_page_by_page(library: Library) -> None:
    assert put(library, "/papers/lease.pdf", "Rent is due monthly.", "Dogs are allowed.", title="Lease") == "added"

    [record] = library.documents()
    assert (record.document, record.path, record.title) == ("lease.pdf", "/papers/lease.pdf", "Lease")
    assert (record.status, record.pages, record.chunks) == (FileStatus.ADDED, 2, 2)
    assert library.page_text("/papers/lease.pdf", 2) == "Dogs are allowed."
    assert library.page_text("/papers/lease.pdf", 3) == ""
    assert library.page_texts("/papers/lease.pdf", 1, 2) == ["Rent is due monthly.", "Dogs are allowed."]
    [hit] = library.search_text("dogs", 5)
    [stored] = library.chunks([hit.chunk_id]).values()
    assert (stored.document, stored.title, stored.page_label) == ("lease.pdf", "Lease", "p2")
    assert stored.chunk.indexed_text == "Lease\nDogs are allowed."


def test_a_changed_document_takes_the_place_of_the_old_one(library: Library, embedder: HashEmbedder) -> None:
    put(library, "/a.txt", "The old zebra.")
    embed_all(library, embedder)

    assert put(library, "/a.txt", "The new walrus.") == FileStatus.UPDATED

    assert found_texts(library, "zebra") == []
    assert found_texts(library, "walrus") == ["The new walrus."]
    assert library.search_vectors(embedder.embed_query("zebra"), 5) == []
    assert library.pending_count() == 1
    assert library.check() == []


def test_a_document_that_fails_halfway_leaves_the_library_as_it_was(library: Library) -> None:
    put(library, "/a.txt", "The first version.")
    before = contents(library)
    document = make_document("/a.txt", "The second version.", "Another page.")
    first, second = make_chunks(library, document)
    clashing = [first, type(second)(**{**_fields(second), "chunk_id": first.chunk_id})]

    with pytest.raises(sqlite3.IntegrityError):
        library.replace_document(file_of(document), document, clashing)

    assert contents(library) == before
    assert library.check() == []


def _fields(chunk: object) -> dict[str, object]:
    return {name: getattr(chunk, name) for name in chunk.__slots__}  # type: ignore[attr-defined]  # a slots dataclass


def test_a_moved_document_keeps_its_vectors(library: Library, embedder: HashEmbedder) -> None:
    put(library, "/old/a.txt", "A harbour crane.")
    embed_all(library, embedder)

    library.move_document("/old/a.txt", "/new/b.txt")

    [record] = library.documents()
    assert (record.path, record.document) == ("/new/b.txt", "b.txt")
    assert library.pending_count() == 0
    assert library.search_vectors(embedder.embed_query("crane"), 1, ["/new/b.txt"])


def test_two_that_see_the_same_rename_move_it_once(library: Library) -> None:
    put(library, "/old/a.txt", "A harbour crane.")

    library.move_document("/old/a.txt", "/new/b.txt")
    library.move_document("/old/a.txt", "/new/b.txt")

    assert [record.path for record in library.documents()] == ["/new/b.txt"]
    assert found_texts(library, "crane") == ["A harbour crane."]


def test_the_same_content_by_another_path_is_a_duplicate(library: Library) -> None:
    put(library, "/a.txt", "One text.")

    assert put(library, "/b.txt", "One text.") == FileStatus.DUPLICATE
    assert put(library, "/a.txt", "One text.") == FileStatus.UNCHANGED

    assert [(record.path, record.status) for record in library.documents()] == [
        ("/a.txt", "added"),
        ("/b.txt", "duplicate"),
    ]
    assert library.documents()[1].reason == "Same content as /a.txt."
    assert len(found_texts(library, "text")) == 1


@pytest.mark.parametrize("change", ["remove", "replace", "outcome"])
def test_when_the_original_goes_its_duplicate_takes_its_place(
    library: Library, embedder: HashEmbedder, change: str
) -> None:
    put(library, "/a.txt", "Kept by the copy.")
    put(library, "/b.txt", "Kept by the copy.")
    embed_all(library, embedder)

    match change:
        case "remove":
            library.remove_document("/a.txt")
        case "replace":
            put(library, "/a.txt", "Something else.")
        case "outcome":
            library.record_outcome(FoundFile(Path("/a.txt"), "1"), FileStatus.DAMAGED, "It is damaged.")

    records = {record.path: record for record in library.documents()}
    assert records["/b.txt"].status == FileStatus.ADDED
    [hit] = library.search_vectors(embedder.embed_query("copy"), 1)
    assert library.chunks([hit.chunk_id])[hit.chunk_id].path == "/b.txt"
    assert library.check() == []


def test_a_file_that_was_changed_after_it_was_found_is_known_by_what_was_read_of_it(library: Library) -> None:
    document = make_document("/a.txt", "The new version.")
    library.replace_document(FoundFile(document.path, "ab", size=7), document, make_chunks(library, document))

    known = library.known_files()["/a.txt"]
    assert (known.sha256, known.size) == (document.sha256, 7)


def test_the_view_of_what_can_be_found_has_the_statuses_that_are_held(library: Library) -> None:
    for status in FileStatus:
        library.record_outcome(FoundFile(Path("/", status)), status, "")

    held = {path for (path,) in library.database.rows("SELECT path FROM held")}
    assert held == {f"/{status}" for status in FileStatus if status.is_held} == {"/added", "/updated"}


def test_a_file_that_did_not_get_in_has_its_row_in_the_ledger(library: Library) -> None:
    library.record_outcome(FoundFile(Path("/x.pdf"), "ab", size=7), FileStatus.LOCKED, "It needs a password.")

    [record] = library.documents()
    assert (record.status, record.reason, record.chunks) == (FileStatus.LOCKED, "It needs a password.", 0)
    assert library.known_files()["/x.pdf"].size == 7
    [counts] = library.collections()
    assert (counts.documents, counts.pages) == (0, 0)
    assert put(library, "/x.pdf", "Now unlocked.") == FileStatus.ADDED
    assert [record.status for record in library.documents()] == [FileStatus.ADDED]


def test_collections_share_a_file_and_nothing_else(
    locations: Locations, library: Library, embedder: HashEmbedder
) -> None:
    put(library, "/a.txt", "A whale.")
    other = Library.open(locations, "other one")
    other.require_embedder(embedder.identity)
    put(other, "/a.txt", "A whale.")
    put(other, "/b.txt", "A second whale.")
    embed_all(other, embedder)

    assert len(library.search_text("whale", 10)) == 1
    assert library.search_vectors(embedder.embed_query("whale"), 10) == []
    assert len(other.search_vectors(embedder.embed_query("whale"), 10)) == 2
    assert library.chunks([hit.chunk_id for hit in other.search_text("whale", 10)]) == {}
    assert library.term_statistics(["whale"]) == {"whale": 1}
    assert [(c.name, c.documents, c.vectors_pending) for c in other.collections()] == [
        ("default", 1, 1),
        ("other one", 2, 0),
    ]
    other.close()


@pytest.mark.parametrize("name", ["", "   ", "two\nlines", "\x1b[31m", "x" * 101])
def test_a_collection_needs_a_name_that_can_be_shown(locations: Locations, name: str) -> None:
    with pytest.raises(UsageError):
        Library.open(locations, name)


def test_a_library_refuses_a_second_embedder(library: Library) -> None:
    other = HashEmbedder(dimension=32)

    with pytest.raises(EmbedderMismatch, match="was built with the embedder hash"):
        library.require_embedder(other.identity)


@pytest.mark.parametrize(
    ("changes", "way_on"),
    [
        ({"name": "other"}, r"Add that one again with `strongroom models add DIR --as hash`"),
        ({"file_hash": "0" * 64}, r"Add that one again with `strongroom models add DIR --as hash`"),
        ({"precision": "fp32"}, r"It was made without the GPU of this run: start with CUDA_VISIBLE_DEVICES set empty"),
        ({"query_prefix": "query: "}, r"\. Ingest into another collection with --collection\."),
    ],
)
def test_a_second_embedder_is_refused_with_what_to_do_about_it(
    locations: Locations, changes: dict[str, str], way_on: str
) -> None:
    identity = replace(HashEmbedder().identity, precision="int8")
    library = Library.open(locations, "made on a processor")
    library.require_embedder(identity)

    with pytest.raises(EmbedderMismatch, match=way_on):
        library.require_embedder(replace(identity, **changes))
    library.close()


def test_a_library_made_on_a_gpu_says_so_where_there_is_none(library: Library, embedder: HashEmbedder) -> None:
    with pytest.raises(EmbedderMismatch, match="It was made on a GPU: go on where there is one"):
        library.require_embedder(replace(embedder.identity, precision="int8"))


def test_a_library_refuses_vectors_of_another_dimension(library: Library) -> None:
    put(library, "/a.txt", "A text.")
    [pending] = library.pending_slice()

    with pytest.raises(EmbedderMismatch, match="shape"):
        library.store_vectors([pending], HashEmbedder(dimension=32).embed_documents(["A text."]))

    assert library.pending_count() == 1


def test_slices_are_the_same_from_either_end(library: Library, embedder: HashEmbedder) -> None:
    put(library, "/long.txt", *(f"Page {number}." for number in range(SLICE + 3)))
    put(library, "/short.txt", "One page.")

    first, last = library.pending_slice(), library.pending_slice(from_end=True)
    assert [len(first), len(last)] == [SLICE, 1]
    library.store_vectors(first, embedder.embed_documents(["x"] * SLICE))
    library.store_vectors(last, embedder.embed_documents(["x"]))

    assert library.pending_slice() == library.pending_slice(from_end=True)
    assert len(library.pending_slice()) == 3


def test_vectors_for_chunks_that_are_gone_by_now_are_passed_over(library: Library, embedder: HashEmbedder) -> None:
    put(library, "/a.txt", "Soon gone.")
    [pending] = library.pending_slice()
    library.remove_document("/a.txt")

    library.store_vectors([pending], embedder.embed_documents(["Soon gone."]))

    assert library.chunk_vectors([pending.chunk_id]) == {}
    assert library.index_changes_waiting() == 0


def test_vectors_of_an_old_text_are_not_put_on_a_new_one(library: Library, embedder: HashEmbedder) -> None:
    document = make_document("/a.txt", "Read in the old way.")
    library.replace_document(file_of(document), document, make_chunks(library, document), is_complete=False)
    old = library.pending_slice()
    reread = replace(document, pages=(replace(document.pages[0], text="Read in a new way."),))
    library.replace_document(file_of(reread), reread, make_chunks(library, reread))
    [new] = library.pending_slice()
    assert new.chunk_id == old[0].chunk_id, "the same file gives the same ids"

    library.store_vectors(old, embedder.embed_documents([old[0].indexed_text]))

    assert library.pending_slice() == [new]


@pytest.mark.parametrize("status", [FileStatus.FAILED, FileStatus.TIMEOUT])
def test_a_document_outlives_a_reading_of_its_new_content_that_went_wrong(library: Library, status: FileStatus) -> None:
    put(library, "/a.txt", "A harbour crane.")

    told = library.record_outcome(FoundFile(Path("/a.txt"), "ab", size=5), status, "It went wrong.")

    assert told == "It went wrong. What was read of it before stays in the library."
    [record] = library.documents()
    assert (record.status, record.reason, record.chunks) == (FileStatus.ADDED, told, 1)
    assert found_texts(library, "crane") == ["A harbour crane."]
    assert library.known_files()["/a.txt"].sha256 == record.sha256 != "ab"
    assert put(library, "/a.txt", "A harbour light.") == FileStatus.UPDATED
    assert library.documents()[0].reason == ""


def test_a_document_outlives_a_reading_of_the_same_content_and_one_of_another_that_is_none_does_not(
    library: Library,
) -> None:
    put(library, "/a.txt", "A harbour crane.")
    library.database.rows("UPDATE documents SET reader = reader - 1")
    digest = library.documents()[0].sha256

    library.record_outcome(FoundFile(Path("/a.txt"), digest), FileStatus.LOCKED, "It needs a password.")
    assert found_texts(library, "crane")
    assert library.known_files()["/a.txt"].reader == READER_VERSION, "it is not read again for the same reason"

    library.record_outcome(FoundFile(Path("/a.txt"), "ab"), FileStatus.LOCKED, "It needs a password.")
    assert not found_texts(library, "crane")
    assert library.documents()[0].status is FileStatus.LOCKED
