"""The library: what is in it, what did not get in and why, and how the ingest is getting on."""

import os
from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import DataTable, Static, TabbedContent, TabPane

from assistant.tui.background import Background
from assistant.tui.foreign import line
from assistant.tui.forgetting import names_of
from assistant.tui.messages import FollowAsked, ForgetAsked, LibraryCounts, LibraryListed
from assistant.tui.progress import count
from assistant.tui.screens.confirm import ConfirmScreen
from assistant.tui.screens.leaving import LeavesOnce
from assistant.tui.screens.pages import PagesScreen
from assistant.tui.styles import CARE, MUTED
from assistant.tui.widgets.key_line import KeyLine
from assistant.tui.widgets.library.document_table import LEFT_OUT, SHELVED, DocumentTable
from assistant.tui.widgets.library.ingest_panel import IngestPanel
from assistant.tui.widgets.status_line import Status, StatusLine
from ingest.types import DocumentRecord, FileStatus

_SECONDS_BETWEEN_LISTS = 2.0
"""While documents come in, the table is read again this often."""

_ADD_HINT = "Press a to add a folder."


class LibraryScreen(LeavesOnce, Screen[None]):
    """`records` is its door: every row of the ledger."""

    BINDINGS = [
        Binding("escape", "dismiss", "Back"),
        Binding("a", "app.add_documents", "Add", tooltip="Add documents to the library", show=False),
        Binding("f,delete", "forget", "Forget", tooltip="Remove the document from the library, with every trace of it"),
        Binding("l", "other_list", "Left out", tooltip="Go to what was left out, and back"),
        Binding("w", "follow", "Follow", tooltip="Follow folders: read what is saved into them; or stop following"),
        Binding("s", "app.stop_ingest", "Stop", tooltip="Stop reading documents"),
    ]

    VERTICAL_BREAKPOINTS = [(0, "-low"), (18, "-high")]

    records: reactive[Sequence[DocumentRecord] | None] = reactive[Sequence[DocumentRecord] | None](None)

    def __init__(self, background: Background, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self._background = background
        self._was_ingesting = False
        self._followed: Sequence[Path] = ()
        self._counts: LibraryCounts | None = None
        self._leaving: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield IngestPanel()
        with TabbedContent(id="lists"):
            with TabPane(Content("In the library"), id="shelved"):
                yield DocumentTable(SHELVED, id="shelved-table")
                yield Static(classes="empty", markup=False)
            with TabPane(Content("Left out"), id="left-out"):
                yield DocumentTable(LEFT_OUT, id="left-out-table")
                yield Static(classes="empty", markup=False)
        yield Static(id="detail", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.watch(self.app, "status", self._status_changed)
        self.set_interval(_SECONDS_BETWEEN_LISTS, self._list_while_ingesting)
        self._background.list_library(reply_to=self)
        self._describe()
        self._table.focus()

    def on_library_listed(self, message: LibraryListed) -> None:
        self.records = message.records

    def watch_records(self, records: Sequence[DocumentRecord] | None) -> None:
        if records is None:
            return
        staying = [record for record in records if record.path not in self._leaving]
        shelved = [record for record in staying if record.status.is_success]
        left_out = [record for record in staying if not record.status.is_success]
        hint = "They are being read." if self._was_ingesting else _ADD_HINT
        self._fill("shelved", "In the library", shelved, f"No documents yet. {hint}")
        self._fill("left-out", "Left out", left_out, "Every file that was found is in the library.")
        if self.focused is None and self._table.display:  # an empty one was hidden, which took the focus from it
            self._table.focus()
        self._describe()

    def _fill(self, pane: str, title: str, records: Sequence[DocumentRecord], when_empty: str) -> None:
        """The number beside the title leaves out copies of other documents, as the line at the top does."""
        number = sum(record.status is not FileStatus.DUPLICATE for record in records)
        self.query_one(f"#{pane}-table", DocumentTable).records = records
        self.query_one(f"#{pane}-table").display = bool(records)
        empty = self.query_one(f"#{pane} .empty", Static)
        empty.display = not records
        empty.update(Content(when_empty))
        self.query_one("#lists", TabbedContent).get_tab(pane).label = Content(f"{title}  {number:,}")

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        self._describe()

    def on_tabbed_content_tab_activated(self, event: TabbedContent.TabActivated) -> None:
        event.stop()
        self._describe()

    def _describe(self) -> None:
        """The whole row under the tables, where long names and reasons have room."""
        record = self._table.chosen
        text = Content("")
        if record is not None:
            place = line(record.path, MUTED)
            if record.status.is_success:
                size = f"{count(record.pages, 'page')}, {count(record.chunks, 'passage')}"
                text = Content("\n").join([line(record.title or record.document, "bold"), place, Content(size)])
            else:
                text = Content("\n").join([line(record.document, "bold"), place, line(record.reason, CARE)])
        detail = self.query_one("#detail", Static)
        detail.display = record is not None
        detail.update(text)

    @property
    def _table(self) -> DocumentTable:
        return self.query_one(f"#{self.query_one('#lists', TabbedContent).active or 'shelved'}-table", DocumentTable)

    def action_other_list(self) -> None:
        lists = self.query_one("#lists", TabbedContent)
        lists.active = "left-out" if lists.active == "shelved" else "shelved"
        self._table.focus()

    def action_follow(self) -> None:
        """The app knows what was added; where the documents lie is known here."""
        self.post_message(FollowAsked(folder_of([each.path for each in self.records or () if each.status.is_success])))

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if self._table.chosen is not None:
            self.app.push_screen(PagesScreen(self._background, self._table.chosen))

    # forgetting

    def action_forget(self) -> None:
        record = self._table.chosen
        if record is None:
            return
        copies = [each.path for each in self.records or () if _is_copy(each, record)]

        def answered(yes: bool | None) -> None:
            if yes:
                self.post_message(ForgetAsked((record.path, *copies)))

        parts = [
            line(record.document, "bold"),
            line(_with_it(copies), CARE),
            Content(
                "Its text, its passages and every turn that quotes it leave this machine's library for good. "
                f"The file itself stays where it is.{self._comes_back(record)}"
            ),
        ]
        text = Content("\n\n").join([part for part in parts if part.plain])
        self.app.push_screen(ConfirmScreen(title=Content("Forget this document?"), text=text, yes="Forget"), answered)

    def _comes_back(self, record: DocumentRecord) -> str:
        is_followed = any(Path(record.path).is_relative_to(folder) for folder in self._followed)
        return " It is in a folder that is followed: move it away, or it comes back." if is_followed else ""

    # while documents come in

    def _status_changed(self, status: Status) -> None:
        """Listed anew: after an ingest, when another process has put something in, when a document goes."""
        is_old = self._was_ingesting and not status.is_ingesting
        self._was_ingesting = status.is_ingesting
        self._followed = status.following
        before, self._counts = self._counts, status.counts
        is_old |= before not in (None, status.counts) and not status.is_ingesting
        if status.leaving != self._leaving:
            self._leaving = status.leaving
            self.watch_records(self.records)
            is_old = True
        if is_old:
            self._background.list_library(reply_to=self)

    def _list_while_ingesting(self) -> None:
        if self._was_ingesting:
            self._background.list_library(reply_to=self)


def folder_of(paths: Sequence[str]) -> Path | None:
    """The nearest folder that holds all of `paths`, None without any. What the first and the last by name have in
    common, those between them have too."""
    if not paths:
        return None
    return Path(os.path.commonpath([Path(min(paths)).parent, Path(max(paths)).parent]))


def _is_copy(record: DocumentRecord, of: DocumentRecord) -> bool:
    return record.sha256 == of.sha256 != "" and record.path != of.path


def _with_it(copies: Sequence[str]) -> str:
    if not copies:
        return ""
    goes = "goes" if len(copies) == 1 else "go"
    return f"{count(len(copies), 'other file')} with the same content {goes} with it: {names_of(copies)}."
