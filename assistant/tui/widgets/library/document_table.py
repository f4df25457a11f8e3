"""A table of the ledger: documents that are in, or files that were left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from assistant.tui.foreign import cell, local_minute
from assistant.tui.widgets.library.long_table import LongTable
from ingest.types import DocumentRecord, FileStatus

_STATUS_WORDS = {
    FileStatus.LOCKED: "password needed",
    FileStatus.NEEDS_OCR: "pictures of pages",
    FileStatus.EMPTY: "no text",
    FileStatus.UNSUPPORTED: "unknown type",
    FileStatus.DAMAGED: "damaged",
    FileStatus.TOO_LARGE: "too large",
    FileStatus.TIMEOUT: "took too long",
    FileStatus.FAILED: "could not be read",
}

_NARROWEST_NAME = 16


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    show: Callable[[DocumentRecord], Text]
    width: int | None = None
    """None takes what the others leave."""


def _number(value: int) -> Text:
    return Text(f"{value:,}", justify="right")


def _when(record: DocumentRecord) -> Text:
    return cell(local_minute(record.ingested_at), "dim")


SHELVED = (
    Column("Document", lambda record: cell(record.document)),
    Column("Status", lambda record: cell(record.status.value, "dim"), 9),
    Column("Pages", lambda record: _number(record.pages), 7),
    Column("Passages", lambda record: _number(record.chunks), 8),
    Column("Read", _when, 16),
)
LEFT_OUT = (
    Column("File", lambda record: cell(record.document)),
    Column("Why", lambda record: cell(_STATUS_WORDS.get(record.status, record.status.value)), 20),
    Column("Tried", _when, 16),
)


class DocumentTable(LongTable):
    """Assign `records`; `chosen` is the one under the cursor, which stays on its file when the records change."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Pages", tooltip="Show what became of each page of the document")
    ]

    records: reactive[Sequence[DocumentRecord]] = reactive[Sequence[DocumentRecord]](())

    def __init__(self, columns: Sequence[Column], *, id: str) -> None:
        super().__init__(id=id)
        self._shown_columns = columns
        for column in columns:
            self.add_column(Text(column.title), width=column.width or _NARROWEST_NAME)

    @property
    def chosen(self) -> DocumentRecord | None:
        return self.records[self.cursor_row] if 0 <= self.cursor_row < len(self.records) else None

    def cells(self, row: int) -> Sequence[Text]:
        return [column.show(self.records[row]) for column in self._shown_columns]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Pages are offered while there is a document to have them."""
        del parameters
        return action != "select_cursor" or bool(self.records)

    def watch_records(self, before: Sequence[DocumentRecord], now: Sequence[DocumentRecord]) -> None:
        row = self.cursor_row
        path = before[row].path if 0 <= row < len(before) else None
        self.show(len(now), cursor=next((row for row, record in enumerate(now) if record.path == path), 0))
        if bool(before) != bool(now):
            self.refresh_bindings()

    def on_resize(self) -> None:
        """A table does not share out its width by itself."""
        taken = sum(column.width or 0 for column in self._shown_columns)
        padding = 2 * self.cell_padding * len(self._shown_columns)
        rest = max(_NARROWEST_NAME, self.scrollable_content_region.width - taken - padding)
        for column, shown in zip(self._shown_columns, self.ordered_columns, strict=True):
            if column.width is None and shown.width != rest:
                shown.width = rest
                self.draw_anew()
