"""The line at the top of every screen: the seal, the library, the model, and what is going on."""

from dataclasses import dataclass
from pathlib import Path

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from assistant.tui.foreign import line
from assistant.tui.messages import LibraryCounts
from assistant.tui.progress import IngestProgress, count, duration
from assistant.tui.styles import BAD, CARE, GOOD, HEADING, MUTED, NEWS, RULE
from config.seal import SealReport

_CLOSED = "The library is not open"


@dataclass(frozen=True, slots=True)
class Status:
    """What the interface knows about itself. The app holds the one that counts; widgets watch it."""

    seal: SealReport
    counts: LibraryCounts | None = None
    model: str = ""
    loading: str = ""
    """The part being loaded, empty when none is."""
    ingest: IngestProgress | None = None
    answering: bool = False
    following: tuple[Path, ...] = ()
    """Folders whose changes are taken in."""
    leaving: frozenset[str] = frozenset()
    """Paths of documents that are being forgotten."""

    @property
    def is_ingesting(self) -> bool:
        return self.ingest is not None and not (self.ingest.finished or self.ingest.stopped)

    @property
    def is_ingest_waiting(self) -> bool:
        """Nothing is read before the embedder is there, which takes a while on the very first start."""
        return self.is_ingesting and self.loading != "" and self.ingest is not None and self.ingest.looking

    @property
    def is_library_closed(self) -> bool:
        """It could not be opened: it is counted as soon as it is."""
        return self.loading == "" and self.counts is None

    @property
    def is_library_empty(self) -> bool:
        return self.counts is not None and self.counts.documents == 0


class StatusLine(Widget):
    """Drops what matters least when the terminal is narrow; the seal, at last its mark alone, and the activity stay."""

    status: reactive[Status | None] = reactive[Status | None](None)

    def on_mount(self) -> None:
        self.watch(self.app, "status", self._take)

    def _take(self, status: Status) -> None:
        self.status = status

    def render(self) -> Content:
        if self.status is None:
            return Content("")
        width = self.size.width
        for left, right in _variants(self.status):
            if left.cell_length + right.cell_length < width:
                break
        return left + Content(" " * max(1, width - left.cell_length - right.cell_length)) + right


def seal_words(seal: SealReport) -> Content:
    """What keeps this program from the network, in honest words."""
    words = {"kernel": "sealed by the kernel", "python": "closed to Python code only", "none": "not sealed"}[seal.level]
    if seal.server:
        words = f"only to {seal.server}"
    return seal_mark(seal) + line(f"Network: {words}")


def seal_mark(seal: SealReport) -> Content:
    """A full, half or empty circle, for those who do not see the colour."""
    mark, colour = {"kernel": ("●", GOOD), "python": ("◐", CARE), "none": ("○", BAD)}[seal.level]
    if seal.server:
        mark, colour = "◐", CARE
    return Content.styled(f"{mark} ", colour)


def activity_words(status: Status) -> str:
    """The one thing that matters most just now."""
    if status.answering:
        return "Answering"
    if status.is_ingesting and status.ingest is not None and not status.is_ingest_waiting:
        return ingest_words(status.ingest)
    if status.loading:
        return f"Loading {status.loading}"
    if status.is_library_closed:
        return _CLOSED
    if status.following:
        return f"Following {count(len(status.following), 'folder')}"
    return "Ready"


def ingest_words(progress: IngestProgress) -> str:
    """How far the ingest is, in as few words as possible."""
    if progress.looking and progress.compared:
        return f"Comparing {progress.compared} of {count(progress.files, 'file')}"
    if progress.looking:
        return "Looking for documents"
    if progress.done < progress.files:
        words = f"Reading {progress.done} of {count(progress.files, 'file')}"
    else:
        words = f"Indexing {progress.vectors_share:.0%}"
    return words + (f", {duration(progress.seconds_left)} left" if progress.seconds_left is not None else "")


def _variants(status: Status) -> list[tuple[Content, Content]]:
    brand = Content.styled(" Strongroom ", HEADING)
    seal = Content(" ") + seal_words(status.seal)
    words = activity_words(status)
    activity = Content.styled(f"{words} ", {"Ready": "", _CLOSED: BAD}.get(words, NEWS))
    model = line(status.model, MUTED)
    library = Content.styled(_library_words(status.counts), MUTED)
    held = "" if status.counts is None else count(status.counts.documents, "document")
    documents = Content.styled(held, MUTED)
    return [
        (brand + seal, _spaced(library, model, activity)),
        (brand + seal, _spaced(documents, model, activity)),
        (brand + seal, _spaced(documents, activity)),
        (seal, _spaced(documents, activity)),
        (seal, activity),
        (Content(" ") + seal_mark(status.seal), activity),
    ]


def _library_words(counts: LibraryCounts | None) -> str:
    if counts is None:
        return ""
    return f"{count(counts.documents, 'document')}, {count(counts.chunks, 'passage')}"


def _spaced(*parts: Content) -> Content:
    return Content.styled("  │  ", RULE).join([part for part in parts if part.plain.strip()])
