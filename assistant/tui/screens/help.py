"""Every key, taken from the bindings themselves, and what the marks on the screen mean."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from assistant.tui.bindings import GLOBAL_BINDINGS, key_words
from assistant.tui.screens.chat import ChatScreen
from assistant.tui.screens.comparison import ComparisonScreen
from assistant.tui.screens.conversations import ConversationsScreen
from assistant.tui.screens.folder import FolderScreen
from assistant.tui.screens.leaving import LeavesOnce
from assistant.tui.screens.library import LibraryScreen
from assistant.tui.screens.models import ModelsScreen
from assistant.tui.screens.pages import PagesScreen
from assistant.tui.screens.settings import SettingsScreen
from assistant.tui.screens.source import SourceScreen
from assistant.tui.styles import HEADING
from assistant.tui.widgets.key_line import KeyLine
from assistant.tui.widgets.library.document_table import DocumentTable
from assistant.tui.widgets.library.folder_tree import FolderTree
from assistant.tui.widgets.question_box import QuestionBox
from assistant.tui.widgets.sources.panel import SourcesPanel
from assistant.tui.widgets.status_line import StatusLine

_KEY_WIDTH = 29

_MARKS = (
    ("[1]", "A source. Tab leaves the question box, then its number opens it; so does a click."),
    ("‡", "A sentence that its sources do not bear out. Check it before you use it."),
    ("✓", "The program found every sentence borne out by the passage it cites."),
    ("● Network", "The kernel refuses every connection. ◐ and ○ mean less, and say what."),
)


class HelpScreen(LeavesOnce, Screen[None]):
    BINDINGS = [Binding("escape", "dismiss", "Back")]

    def compose(self) -> ComposeResult:
        yield StatusLine()
        with VerticalScroll(id="help") as page:
            page.border_title = "Help"
            yield Static(help_text(), markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#help").focus()


def sections() -> list[tuple[str, Sequence[BindingType]]]:
    """Where keys are valid, and the keys."""
    return [
        ("Everywhere", GLOBAL_BINDINGS),
        ("Asking", [*QuestionBox.BINDINGS, *ChatScreen.BINDINGS, *SourcesPanel.BINDINGS]),
        ("A source, large", SourceScreen.BINDINGS),
        ("Library", [*DocumentTable.BINDINGS, *LibraryScreen.BINDINGS]),
        ("Pages of a document", PagesScreen.BINDINGS),
        ("Adding documents", [*FolderScreen.BINDINGS, *FolderTree.BINDINGS]),
        ("Conversations", ConversationsScreen.BINDINGS),
        ("Models", ModelsScreen.BINDINGS),
        ("Two models side by side", ComparisonScreen.BINDINGS),
        ("Settings", SettingsScreen.BINDINGS),
    ]


def help_text() -> Content:
    parts = [Content("\n").join([Content.styled(title, HEADING), *_lines(bindings)]) for title, bindings in sections()]
    marks = [_row(mark, meaning) for mark, meaning in _MARKS]
    return Content("\n\n").join([*parts, Content("\n").join([Content.styled("Marks", HEADING), *marks])])


def _lines(bindings: Sequence[BindingType]) -> list[Content]:
    """A row per action, all its keys in it; the digits that open a source share one."""
    rows = []
    for binding in bindings:
        if not isinstance(binding, Binding) or not binding.description:
            continue
        if binding.action.startswith("open_source"):
            if binding.action == "open_source_digit('1')":
                rows.append(_row("0-9", "Open the source of that number, outside the question box"))
            continue
        keys = ", ".join(key_words(each) for each in Binding.make_bindings([binding]))
        rows.append(_row(keys, binding.tooltip or binding.description))
    return rows


def _row(left: str, right: str) -> Content:
    return Content.styled(f"  {left:<{_KEY_WIDTH}}", "bold") + Content(right)
