"""Every setting, its value, and where the value came from."""

import shlex
from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import DataTable, Static

from assistant.tui.foreign import cell, line
from assistant.tui.messages import SettingRow
from assistant.tui.screens.leaving import LeavesOnce
from assistant.tui.styles import MUTED
from assistant.tui.widgets.key_line import KeyLine
from assistant.tui.widgets.status_line import StatusLine


class SettingsScreen(LeavesOnce, Screen[None]):
    """Shows the settings; the theme is changed here, the others with `strongroom config set`."""

    BINDINGS = [
        Binding("escape", "dismiss", "Back"),
        Binding("t", "app.change_theme", "Change theme"),
    ]

    def __init__(self, settings: Sequence[SettingRow], command: str, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self._settings = settings
        self._command = command

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield DataTable[Text](id="settings", cursor_type="row")
        yield Static(id="detail", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.border_title = "Settings"
        for title in ("Setting", "Value", "From"):
            table.add_column(Text(title))
        for key, value, origin, _ in self._settings:
            given, source = ("", "dim") if origin == "default" else ("bold", "")
            table.add_row(cell(key), cell(str(value), given), cell(origin, source))
        table.focus()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        if 0 <= event.cursor_row < len(self._settings):
            key, value, _, description = self._settings[event.cursor_row]
            change = line(change_of(self._command, key, value), MUTED)
            self.query_one("#detail", Static).update(Content("\n").join([line(description), change]))


def change_of(command: str, key: str, value: object) -> str:
    """What to type in a shell for the setting to have this value; `command` is `strongroom` with its home."""
    written = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{command} config set {key} {shlex.quote(written)}"
