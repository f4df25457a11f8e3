"""One source, large: the page it stands on, its passage in view, the sentence that matters lit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from assistant.one_line import in_one_line
from assistant.tui.background import Background
from assistant.tui.foreign import line, lit, plain
from assistant.tui.messages import PageRead, TaskFailed
from assistant.tui.screens.leaving import LeavesOnce
from assistant.tui.widgets.key_line import KeyLine
from assistant.tui.widgets.sources.passage import key_ranges, place, reasons
from config.sanitise import sanitise

if TYPE_CHECKING:  # numpy comes with them, and the first paint does not wait for it
    from assistant.types import Citation, Source

_MOST_CHARACTERS = 20_000
"""Before the passage, and after it. A text file without page breaks is one page; a megabyte takes seconds to show."""


class SourceScreen(LeavesOnce, ModalScreen[None]):
    """Shows source `number` of `sources`; n and p go to the others. The passage is there at once, the rest of its page
    as soon as it has been read from the library."""

    BINDINGS = [
        Binding("escape,q", "dismiss", "Back"),
        Binding("n,right", "turn(1)", "Next source"),
        Binding("p,left", "turn(-1)", "Previous source"),
        Binding("c", "copy", "Copy", tooltip="Copy the lit sentence with its place"),
        Binding("down,j", "scroll(1)", "Scroll down", show=False),
        Binding("up,k", "scroll(-1)", "Scroll up", show=False),
        Binding("pagedown,space", "scroll(10)", "Page down", show=False),
        Binding("pageup", "scroll(-10)", "Page up", show=False),
    ]

    def __init__(
        self, background: Background, sources: "Sequence[Source]", number: int, citations: "Sequence[Citation]"
    ) -> None:
        super().__init__()
        self._background = background
        self._sources = sources
        self._row = next(row for row, source in enumerate(sources) if source.number == number)
        self._citations = citations

    def compose(self) -> ComposeResult:
        with Vertical(id="source"):
            yield Static(id="source-place", markup=False)
            with VerticalScroll(id="source-scroll", can_focus=False):
                yield Static(id="source-before", markup=False)
                yield Static(id="source-text", markup=False)
                yield Static(id="source-after", markup=False)
            yield Static(id="source-why", markup=False)
        yield KeyLine(show_command_palette=False)

    def on_mount(self) -> None:
        self._show()

    @property
    def _source(self) -> "Source":
        return self._sources[self._row]

    def _show(self) -> None:
        source, passage = self._source, self._source.passage
        box = self.query_one("#source")
        box.border_title = Content(f" {source.number} ") + line(passage.document)
        box.border_subtitle = Content(f"{self._row + 1} of {len(self._sources)}")
        self.query_one("#source-place", Static).update(line(place(passage)))
        self.query_one("#source-before", Static).update(Content(""))
        self.query_one("#source-after", Static).update(Content(""))
        self.query_one("#source-text", Static).update(lit(passage.chunk.text, key_ranges(source, self._citations)))
        self.query_one("#source-why", Static).update(
            Content("\n").join([line(passage.path), line(reasons(passage.why, passage.similarity))])
        )
        self.query_one("#source-scroll").scroll_home(animate=False)
        chunk = passage.chunk
        self._background.read_pages(source.number, passage.path, chunk.page, chunk.page_last, reply_to=self)

    def on_page_read(self, message: PageRead) -> None:
        """Put the rest of the page around the passage, without moving the passage away from the eye."""
        chunk = self._source.passage.chunk
        text, start = message.text, chunk.start
        end = start + len(chunk.text)
        if message.number != self._source.number or text[start:end] != chunk.text:
            return
        first, last = max(0, start - _MOST_CHARACTERS), end + _MOST_CHARACTERS
        before = ("…" if first else "") + text[first:start].rstrip("\n")
        after = text[end:last].lstrip("\n") + ("…" if last < len(text) else "")
        self.query_one("#source-before", Static).update(plain(before))
        self.query_one("#source-after", Static).update(plain(after))
        self.call_after_refresh(self._bring_passage_into_view)

    def on_task_failed(self, message: TaskFailed) -> None:
        """The document may have been forgotten meanwhile; its passage is still worth showing."""
        message.stop()  # it is told here, and need not be by the app
        trouble = message.trouble
        self.query_one("#source-after", Static).update(plain(f"{trouble.message} {trouble.remedy}"))

    def _bring_passage_into_view(self) -> None:
        scroll = self.query_one("#source-scroll")
        passage = self.query_one("#source-text")
        scroll.scroll_to(y=max(0, passage.virtual_region.y - 2), animate=False)

    def action_turn(self, step: int) -> None:
        self._row = (self._row + step) % len(self._sources)
        self._show()

    def action_scroll(self, lines: int) -> None:
        self.query_one("#source-scroll").scroll_relative(y=lines, animate=False)

    def action_copy(self) -> None:
        source = self._source
        quote = in_one_line(sanitise(source.key_sentence or source.passage.chunk.text))
        reference = f"“{quote}” ({line(source.passage.document)}, {line(place(source.passage))})"
        self.app.copy_to_clipboard(reference)
        self.notify(reference, title="Sent to the terminal's clipboard", markup=False)
