"""The numbered sources beside the conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.tui.messages import SourceChosen
from assistant.tui.styles import MUTED
from assistant.tui.widgets.sources.passage import card

if TYPE_CHECKING:  # numpy comes with them, and the first paint does not wait for it
    from assistant.types import Source

_NOTHING = Content.styled(
    "The passages that bear out an answer appear here before the answer does, with the sentence that matters lit.",
    MUTED,
)


@dataclass(frozen=True, slots=True)
class ShownSources:
    """The sources of one answer; `cited` are the numbers that the answer uses; `title` stands over them."""

    sources: "Sequence[Source]" = ()
    cited: frozenset[int] = frozenset()
    title: str = "Sources"


class SourcesPanel(OptionList):
    """A card per source. Up and down move, Enter, a click or the number opens one: posts SourceChosen."""

    BINDINGS = [Binding("enter", "select", "Open", tooltip="Open the source")]

    shown: reactive[ShownSources] = reactive(ShownSources())

    def __init__(self) -> None:
        super().__init__(markup=False)

    def watch_shown(self, shown: ShownSources) -> None:
        self.border_title = Content(shown.title)
        self.border_subtitle = Content(str(len(shown.sources)) if shown.sources else "")
        self.clear_options()
        if not shown.sources:
            self.add_option(Option(_NOTHING, disabled=True))
            return
        for source in shown.sources:
            is_cited = source.number in shown.cited
            self.add_option(Option(card(source, is_cited=is_cited) + Content("\n"), id=str(source.number)))
        self.highlighted = next((row for row, source in enumerate(shown.sources) if source.number in shown.cited), 0)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self.post_message(SourceChosen(int(event.option_id)))
