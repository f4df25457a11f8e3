"""The models there are, and which are used."""

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import DataTable, Static

from assistant.tui.background import Background
from assistant.tui.foreign import cell, plain
from assistant.tui.messages import ModelRow, ModelsListed
from assistant.tui.screens.comparison import ComparisonScreen
from assistant.tui.screens.leaving import LeavesOnce
from assistant.tui.widgets.key_line import KeyLine
from assistant.tui.widgets.status_line import StatusLine

_KIND_WORDS = {
    "llm": "answers",
    "embedder": "finds by meaning",
    "reranker": "reorders",
    "adapter": "adapts the one that answers",
}
_MB = 1_000_000


class ModelsScreen(LeavesOnce, Screen[None]):
    """`models` is its door."""

    BINDINGS = [
        Binding("escape", "dismiss", "Back"),
        Binding("enter,u", "use", "Use", priority=True, tooltip="Use the model from the next start on"),
        Binding("c", "compare", "Compare", tooltip="Compare with the language model in use"),
    ]

    models: reactive[Sequence[ModelRow]] = reactive[Sequence[ModelRow]](())

    def __init__(self, background: Background, command: str, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self._background = background
        self._command = command

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield DataTable[Text](id="models", cursor_type="row")
        add, check = f"`{self._command} models add FILE`", f"`{self._command} models verify`"
        hint = plain(
            f"Add a model with {add}, check it with {check}.\nA choice takes effect when Strongroom is started again."
        )
        yield Static(hint, classes="hint", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.border_title = "Models"
        for title in ("", "Name", "What it does", "Size", "Licence", "From", "Checked"):
            table.add_column(Text(title))
        table.focus()
        self._background.choosing.list_models(reply_to=self)

    def on_models_listed(self, message: ModelsListed) -> None:
        self.models = message.models

    def watch_models(self, models: Sequence[ModelRow]) -> None:
        table = self.query_one(DataTable)
        row = table.cursor_row
        table.clear()
        for model in models:
            table.add_row(
                Text("●" if model.in_use else " "),
                cell(model.name, "bold" if model.in_use else ""),
                cell(_KIND_WORDS.get(model.kind, model.kind)),
                Text(f"{model.size / _MB:,.0f} MB", justify="right"),
                cell(model.licence or "not stated", "" if model.licence else "dim"),
                cell(model.source),
                cell(model.checked, "" if model.checked == "yes" else "dim"),
            )
        table.move_cursor(row=row)

    def action_use(self) -> None:
        row = self.query_one(DataTable).cursor_row
        if 0 <= row < len(self.models):  # the one in use, too: another may have been chosen in the meantime
            self._background.choosing.use_model(self.models[row].name, self.models[row].kind)

    def action_compare(self) -> None:
        """The model in use answers on the left, the one under the cursor on the right. It has to be free for that."""
        if self._background.answering_in is not None:
            self.notify("An answer is being written. Compare when it is there.", markup=False)
            return
        row = self.query_one(DataTable).cursor_row
        in_use = [model.name for model in self.models if model.kind == "llm" and model.in_use]
        chosen = self.models[row] if 0 <= row < len(self.models) else None
        if chosen is None or chosen.kind != "llm" or chosen.in_use or not in_use:
            self.notify("Go to a language model that is not in use, to compare it with the one that is.", markup=False)
            return
        self.app.push_screen(ComparisonScreen(self._background, (in_use[0], chosen.name)))
