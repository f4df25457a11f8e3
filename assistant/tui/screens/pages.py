"""The pages of one document: which were read, which were recognised and how surely, which did not get in and why."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widgets import DataTable, Static

from assistant.tui.background import Background
from assistant.tui.foreign import line, plain, words
from assistant.tui.messages import PageRead, PagesListed, TaskFailed
from assistant.tui.progress import count
from assistant.tui.screens.leaving import LeavesOnce
from assistant.tui.styles import CARE, MUTED
from assistant.tui.widgets.key_line import KeyLine
from assistant.tui.widgets.library.long_table import LongTable
from ingest.types import DocumentRecord, FileStatus, PageNote, PageStatus

_BECAME = {
    PageStatus.READ: ("read", ""),
    PageStatus.OCR: ("recognised", "A picture of a page, read by OCR"),
    PageStatus.NEEDS_OCR: ("not read", "A picture: no text was found in it, or recognition was off or failed"),
    PageStatus.EMPTY: ("empty", "There is no text on it"),
    PageStatus.DAMAGED: ("damaged", "It could not be read: export the document again"),
}
"""Per status: a word for the table, and the reason."""

_MOST_CHARACTERS = 10_000
"""More than there is room for. A text file without page breaks is one page, and laying out a megabyte takes seconds."""


class PageTable(LongTable):
    _notes: Mapping[int, PageNote] = MappingProxyType({})

    def show_pages(self, pages: int, notes: Sequence[PageNote]) -> None:
        """`notes` are on those of the `pages` pages that were not simply read."""
        self._notes = {note.page: note for note in notes}
        longest = max((cell_len(_BECAME[note.status][1]) for note in notes), default=0)
        for title, width in (("Page", 7), ("Status", 10), ("Sure", 5), ("Why", max(longest, len("Why")))):
            self.add_column(Text(title), width=width)
        self.show(pages, cursor=0)

    def cells(self, row: int) -> Sequence[Text]:
        page = row + 1
        return _cells(self._notes.get(page) or PageNote(page, PageStatus.READ, None))


class PagesScreen(LeavesOnce, ModalScreen[None]):
    """The ledger of `record`, page by page; below the table, the text that was read from the page under the cursor."""

    BINDINGS = [
        Binding("escape,q", "dismiss", "Back"),
        Binding("n", "next_note(1)", "Next exception", tooltip="Go to the next page that was not simply read"),
        Binding("p", "next_note(-1)", "Previous", tooltip="Go to the previous page that was not simply read"),
    ]

    notes: reactive[Sequence[PageNote] | None] = reactive[Sequence[PageNote] | None](None)
    """The pages that were not simply read; None until they are known."""

    def __init__(self, background: Background, record: DocumentRecord) -> None:
        super().__init__()
        self._background = background
        self._record = record

    def compose(self) -> ComposeResult:
        with Vertical(id="pages") as box:
            box.border_title = line(self._record.document)
            yield Static(id="pages-summary", markup=False)
            yield PageTable()
            yield Static(id="page-text", markup=False)
        yield KeyLine(show_command_palette=False)

    def on_mount(self) -> None:
        self._background.list_pages(self._record.path, reply_to=self)

    def on_pages_listed(self, message: PagesListed) -> None:
        self.notes = message.notes

    def watch_notes(self, notes: Sequence[PageNote] | None) -> None:
        if notes is None:
            return
        self.query_one("#pages-summary", Static).update(summary(self._record, notes))
        table = self._table
        table.display = self._has_pages
        self.query_one("#page-text").display = self._has_pages
        self.query_one("#pages").set_class(not self._has_pages, "-no-pages")
        if not self._has_pages:
            return
        table.show_pages(self._record.pages, notes)
        table.focus()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        page = event.cursor_row + 1
        self._background.read_pages(page, self._record.path, page, page, reply_to=self)

    def on_page_read(self, message: PageRead) -> None:
        if message.number == self._table.cursor_row + 1:
            box, text = self.query_one("#page-text", Static), message.text.strip()
            box.border_title = Content(f"What was read from page {message.number}")
            shown = text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
            box.update(plain(shown) if shown else Content.styled("Nothing.", MUTED))

    def on_task_failed(self, message: TaskFailed) -> None:
        """The document may have been forgotten meanwhile."""
        message.stop()  # it is told here, and need not be by the app
        trouble = message.trouble
        self.query_one("#pages-summary", Static).update(line(f"{trouble.message} {trouble.remedy}", CARE))

    def action_next_note(self, step: int) -> None:
        here = self._table.cursor_row + 1
        pages = [note.page for note in self.notes or ()][::step]
        ahead = next((page for page in pages if (page - here) * step > 0), None)
        if ahead is not None:
            self._table.go_to(ahead - 1)

    @property
    def _table(self) -> PageTable:
        return self.query_one(PageTable)

    @property
    def _has_pages(self) -> bool:
        return self._record.status.is_success and self._record.status is not FileStatus.DUPLICATE


def summary(record: DocumentRecord, notes: Sequence[PageNote]) -> Content:
    """The whole document in a line: how many pages became what, or why there are none."""
    if record.status is FileStatus.DUPLICATE:
        return line(f"Its pages are in the library already. {record.reason}")
    if not record.status.is_success:
        return line(f"Nothing of it is in the library. {record.reason}", CARE)
    parts = []
    for status, (word, _) in _BECAME.items():
        number = sum(note.status is status for note in notes)
        if status is PageStatus.READ:
            number = record.pages - len(notes)
        if number:
            parts.append(f"{number:,} {word}{_sureness(notes) if status is PageStatus.OCR else ''}")
    return Content(f"{count(record.pages, 'page')}: {', '.join(parts)}." if parts else count(record.pages, "page"))


def _sureness(notes: Sequence[PageNote]) -> str:
    known = [note.confidence for note in notes if note.confidence is not None]
    return f" (at least {min(known):.0%} sure)" if known else ""


def _cells(note: PageNote) -> tuple[Text, ...]:
    word, reason = _BECAME[note.status]
    style = "" if note.status is not PageStatus.READ else "dim"
    sure = "" if note.confidence is None else f"{note.confidence:.0%}"
    number = Text(f"{note.page:,}", justify="right", style=style)
    return number, Text(words(word), style=style), Text(sure, justify="right", style=style), Text(reason, style=style)
