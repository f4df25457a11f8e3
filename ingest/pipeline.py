"""A folder becomes a library: discover → read → chunk → store → embed → index.

Each document is stored in one transaction as soon as it is read, and can be found by its words from then on; vectors
follow, a slice at a time. So a run that is killed at any moment has lost nothing, and the next one goes on from there.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from config.errors import DocumentError, StrongroomError, place_of
from config.sections import Settings
from ingest.chunker import chunk_document
from ingest.discovery import Plan, discover
from ingest.embedding import BackgroundEmbedding
from ingest.events import Discovered, Embedded, FileDone, IngestEvent
from ingest.library.library import Library
from ingest.library.recognised import RecognisedPages
from ingest.library.types import PASSING, KnownFile
from ingest.loaders.recognition import is_installed
from ingest.own_files import OwnFiles
from ingest.reading import ReaderPool, ReadResult
from ingest.settling import copies_to_read, settle_duplicates, settle_what_needs_no_reading, why_spared
from ingest.tally import Tally
from ingest.types import Document, FileStatus, FoundFile
from models.base import Embedder
from models.hardware import on_battery

SMALL_FILES_FIRST = 4

MEGABYTE = 1024 * 1024

INDEX_STEP = 1000
"""Vectors that wait before Chroma is given them while others are still computed."""

PAGES_BETWEEN_CLEANINGS = 50
"""Pages stored after which memory is given back, which takes a millisecond."""

COUNTING_SHARE = 50
"""Counting what is pending may take one part in so many of the time."""


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """`prune` takes out documents whose files are gone from the paths, but not all of a folder that is empty now, which
    may be a disk that is not connected. `passwords` are tried on locked files. Without `retry` a file that did not get
    in is read again only when it has changed."""

    prune: bool = False
    passwords: tuple[str, ...] = ()
    retry: bool = True


def ingest(
    paths: Sequence[Path],
    *,
    library: Library,
    embedder: Embedder | Callable[[], Embedder],
    settings: Settings,
    options: IngestOptions = IngestOptions(),
) -> Iterator[IngestEvent]:
    """Bring the library up to date with the files under `paths`, yielding what happens to each.

    `embedder` may be what loads it: that takes a while, in which the readers start. One bad file never ends the run.
    The generator may be closed at any event. Raises StrongroomError for a path that does not exist, EmbedderMismatch,
    ModelError when embedding fails, and LibraryError, for example on a full disk: what was stored until then stays.
    """
    tally = Tally()
    known = library.known_files()
    retry = _to_be_tried_again(settings, options)
    read_again = library.unread_paths() if options.retry and settings.ingest.ocr == "always" and is_installed() else ()
    # What was recognised once would come out without its text now.
    keep = () if _recognises(settings) else library.recognised_paths(known)
    plan = yield from discover(
        paths,
        known,
        retry=retry,
        read_again=read_again,
        keep=keep,
        own=OwnFiles.of(library.locations),
        most_bytes=settings.ingest.max_file_mb * MEGABYTE,
    )
    if options.prune:
        spared = [(root, why_spared(root, documents)) for root, documents in plan.emptied]
        plan = replace(plan, unreadable=(*plan.unreadable, *spared))
    recognised = RecognisedPages(library.database)
    with ReaderPool(settings.ingest, options.passwords, recognised) as pool:
        pool.start(len(plan.to_read))
        loaded = embedder if isinstance(embedder, Embedder) else embedder()
        library.require_embedder(loaded.identity)
        yield Discovered(_file_count(plan), len(plan.unchanged), sum(file.size for file in plan.to_read))
        yield from _carry_out(plan, known, pool, library, loaded, settings, options, tally)
    recognised.clear()
    yield tally.finished(_file_count(plan), library.pending_count())


def _to_be_tried_again(settings: Settings, options: IngestOptions) -> set[FileStatus]:
    """Outcomes of files that have not changed, which may be others now."""
    if not options.retry:
        return set()
    retry = set(PASSING)
    if options.passwords:
        retry.add(FileStatus.LOCKED)
    if _recognises(settings):
        retry.add(FileStatus.NEEDS_OCR)
    return retry


def _recognises(settings: Settings) -> bool:
    return settings.ingest.ocr != "never" and is_installed()


def _carry_out(
    plan: Plan,
    known: Mapping[str, KnownFile],
    pool: ReaderPool,
    library: Library,
    embedder: Embedder,
    settings: Settings,
    options: IngestOptions,
    tally: Tally,
) -> Iterator[IngestEvent]:
    for done in settle_what_needs_no_reading(plan, known, library, prune=options.prune):
        yield tally.count(done)

    with _index_held(library):
        read: set[Path] = set()
        for event in _read_and_embed(plan, pool, library, embedder, settings):
            if isinstance(event, FileDone):
                read.add(tally.count(event).path)
            yield event

        for done in settle_duplicates(plan, known, library, read):
            yield tally.count(done)

        if library.index_changes_waiting():
            library.refresh_index()


def _read_and_embed(
    plan: Plan, pool: ReaderPool, library: Library, embedder: Embedder, settings: Settings
) -> Iterator[FileDone | Embedded]:
    """Read files in processes of their own and store them here, while another thread embeds what is stored."""
    progress = _Progress(library)
    library.write_in_bulk()
    pages = 0
    with BackgroundEmbedding(
        library,
        embedder,
        from_end=not library.holds_index,
        crowded=pool.takes_every_core,
        rests=lambda: settings.ingest.gentle and on_battery(),
    ) as embedding:
        for result, file in _read(plan, pool, library):
            done = _take_in(result, file, library, embedder, settings)
            if result.is_complete:
                yield done
            embedding.look_again()
            if (pages := pages + done.pages) >= PAGES_BETWEEN_CLEANINGS:
                library.give_back_memory()
                pages = 0
            if chunks := sum(embedding.steps_so_far()):
                yield progress.after(chunks)
            # Recognition may go on for hours, in which searches would have to do without the index.
            if pool.has_read_all_text() and _index_is_due(library):
                library.refresh_index()
        is_open = False
        for chunks in embedding.remaining_steps():
            yield progress.after(chunks)
            # Opened at once, and filled in between: it takes one core, and at the end the others would wait for it.
            if library.holds_index and (not is_open or _index_is_due(library)):
                library.refresh_index()
                is_open = True


def _index_is_due(library: Library) -> bool:
    return library.holds_index and library.index_changes_waiting() >= INDEX_STEP


def _read(plan: Plan, pool: ReaderPool, library: Library) -> Iterator[tuple[ReadResult, FoundFile]]:
    """What there is to read, then the copies of what could not be: under their own names they may be."""
    found = {file.path: file for file in _in_turn(plan.to_read)}
    for result in pool.read_all(found):
        yield result, found[result.path]
    if copies := {file.path: file for file in copies_to_read(plan, library)}:
        for result in pool.read_all(copies):
            yield result, copies[result.path]


def _in_turn(files: Sequence[FoundFile]) -> Iterator[FoundFile]:
    """Some of the smallest first, so that something can be found at once; then the largest and the smallest in turn.

    The largest last would be in memory side by side, and the cores that have no other would wait for the last of them.
    """
    waiting = deque(sorted(files, key=lambda file: file.size))
    for number in range(len(waiting)):
        is_large = number >= SMALL_FILES_FIRST and (number - SMALL_FILES_FIRST) % 2 == 0
        yield waiting.pop() if is_large else waiting.popleft()


@dataclass(slots=True)
class _Progress:
    """How far embedding is. What is pending is counted only now and then: it takes longer the more there is."""

    library: Library
    done: int = 0
    pending: int = 0
    next_count: float = 0.0

    def after(self, chunks: int) -> Embedded:
        self.done += chunks
        self.pending -= chunks
        started = time.monotonic()
        if started >= self.next_count or self.pending <= 0:
            self.pending = self.library.pending_count()
            now = time.monotonic()
            self.next_count = now + COUNTING_SHARE * (now - started)
        return Embedded(self.done, self.pending)


def _take_in(result: ReadResult, file: FoundFile, library: Library, embedder: Embedder, settings: Settings) -> FileDone:
    """Store what a reader made of a file: its document, or in the ledger the reason why there is none."""
    started = time.monotonic()
    try:
        if result.document is None:
            raise result.error or DocumentError("The file could not be read.", "Run the ingest again.")
        with _faults_as_errors():
            status, chunks = _store(result, result.document, file, library, embedder, settings)
    except DocumentError as error:
        status = FileStatus(error.status)
        reason = library.record_outcome(file, status, str(error))
        return FileDone(file.path, status, ms=result.ms, reason=reason)
    ms = result.ms + (time.monotonic() - started) * 1000
    remarks = result.document.remarks if status.is_held else ""
    return FileDone(file.path, status, pages=len(result.document.pages), chunks=chunks, ms=ms, reason=remarks)


@contextmanager
def _faults_as_errors() -> Iterator[None]:
    """A mistake of ours over one document must not cost the others, in this run and in all that come after it."""
    try:
        yield
    except StrongroomError:
        raise
    except Exception as fault:
        raise DocumentError(
            f"The file was read but cannot be taken in, and that is a fault of Strongroom ({place_of(fault)})."
        ) from fault


def _store(
    result: ReadResult,
    document: Document,
    file: FoundFile,
    library: Library,
    embedder: Embedder,
    settings: Settings,
) -> tuple[FileStatus, int]:
    """Raises DocumentError when there is nothing to find in the document."""
    chunks = chunk_document(
        document,
        collection=library.collection,
        settings=settings.chunking,
        count_tokens=embedder.count_tokens,
        window=embedder.max_tokens,
    )
    if not chunks:
        raise DocumentError("There is no text in it.", status=FileStatus.EMPTY)
    status = library.replace_document(
        file,
        document,
        chunks,
        is_complete=result.is_complete,
        is_recognised=_recognises(settings) or not document.unread_pages,
    )
    return status, len(chunks) if status.is_held else 0


@contextmanager
def _index_held(library: Library) -> Iterator[None]:
    """Hold the index for this run, unless another process has it: that one learns from the library what is new."""
    if library.holds_index or not library.hold_index():
        yield
        return
    try:
        yield
    finally:
        library.release_index()


def _file_count(plan: Plan) -> int:
    settled = len(plan.unchanged) + len(plan.failed) + len(plan.moved) + len(plan.unreadable)
    return settled + len(plan.to_read) + len(plan.duplicates)
