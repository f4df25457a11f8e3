"""The sources of a conversation: beside it, and large by their number."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.screen import Screen
from textual.timer import Timer

from assistant.tui.background import Background
from assistant.tui.messages import SourceChosen
from assistant.tui.screens.source import SourceScreen
from assistant.tui.widgets.question_box import QuestionBox
from assistant.tui.widgets.sources.panel import ShownSources, SourcesPanel

if TYPE_CHECKING:  # numpy comes with them, and the first paint does not wait for it
    from assistant.types import Citation, Source

SECONDS_BETWEEN_DIGITS = 0.6
"""How long a typed `1` waits for the second digit of `12`, while there is such a source."""


class CitingScreen(Screen[None]):
    """Sources keep their number for the whole conversation."""

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self._sources: dict[int, Source] = {}
        self._citations: list[Citation] = []
        self._kept: tuple[dict[int, Source], int] = ({}, 0)
        self._paths: set[str] = set()
        """Of all documents that something in the conversation on screen was taken from, kept or not."""
        self._digits = ""
        self._digits_wait: Timer | None = None

    def on_source_chosen(self, message: SourceChosen) -> None:
        self.open_source(message.number)

    def action_open_source_digit(self, digit: str) -> None:
        """Open the source whose number was typed; at once when no longer number of a source begins like it."""
        self._digits = self._take_digits() + digit
        if any(f"{number}".startswith(self._digits) and f"{number}" != self._digits for number in self._sources):
            self._digits_wait = self.set_timer(SECONDS_BETWEEN_DIGITS, self._open_typed)
        else:
            self._open_typed()

    def _open_typed(self) -> None:
        """Not over another screen, which was opened while the digits waited."""
        digits = self._take_digits()
        if digits and self.is_active:
            self.open_source(int(digits))

    def _take_digits(self) -> str:
        """The digits that wait for another one, which they do no longer."""
        if self._digits_wait is not None:
            self._digits_wait.stop()
        digits, self._digits = self._digits, ""
        return digits

    def open_source(self, number: int) -> None:
        """Show source `number` large, among the sources it was found with."""
        if number not in self._sources:
            self.notify(f"There is no source {number} in this conversation.", markup=False)
            return
        shown = self.query_one(SourcesPanel).shown.sources
        together = shown if any(source.number == number for source in shown) else [self._sources[number]]
        self.app.push_screen(SourceScreen(self._background, together, number, self._citations))

    def close_source(self) -> None:
        """Show none large."""
        if isinstance(self.app.screen, SourceScreen):
            self.app.pop_screen()

    def action_toggle_sources(self) -> None:
        """Narrow terminals show either the conversation or the sources, wide ones both: app.tcss decides."""
        narrow = self.has_class("-narrow")
        self.toggle_class("-sources-instead" if narrow else "-sources-away")
        panel = self.query_one(SourcesPanel)
        if narrow and self.has_class("-sources-instead"):
            panel.focus()
        elif panel.has_focus or self.focused is None:
            self.query_one(QuestionBox).focus()

    def _show_conversation(self) -> None:
        """Something new stands in it: a narrow terminal that shows the sources goes back to it."""
        self.remove_class("-sources-instead")
        if self.has_class("-narrow") and self.query_one(SourcesPanel).has_focus:
            self.query_one(QuestionBox).focus()

    def _show_sources(
        self, sources: "Sequence[Source]", citations: "Sequence[Citation]" = (), *, refused: bool = False
    ) -> None:
        self._know(sources)
        cited = frozenset(citation.number for citation in citations)
        title = "Nearest passages" if refused else "Sources"
        self.query_one(SourcesPanel).shown = ShownSources(tuple(sources), cited, title)

    def _know(self, sources: "Sequence[Source]") -> None:
        """They can be opened from now on."""
        self._sources |= {source.number: source for source in sources}
        self._paths |= {source.passage.path for source in sources}

    def _forget_sources(self) -> None:
        """Another conversation has others."""
        self._take_digits()
        self._sources = {}
        self._paths = set()
        self._citations = []
        self._keep_sources()

    def _keep_sources(self) -> None:
        """Those known by now stay when the next turn does not."""
        self._kept = dict(self._sources), len(self._citations)

    def _take_back_sources(self) -> None:
        """Of a turn that is not kept: the next one gives its numbers to others."""
        sources, citations = self._kept
        self._sources = dict(sources)
        del self._citations[citations:]
        self._show_sources(())
