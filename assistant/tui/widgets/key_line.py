"""The footer: what can be done now, with its key. A narrow terminal drops what is needed least."""

from textual.app import ComposeResult
from textual.widgets import Footer

_NEEDED_LEAST = frozenset({"show('models')", "show('settings')", "other_list"})


class KeyLine(Footer):
    def __init__(self, *, show_command_palette: bool = True) -> None:
        super().__init__(compact=True, show_command_palette=show_command_palette)

    def compose(self) -> ComposeResult:
        for key in super().compose():
            key.set_class(getattr(key, "action", "") in _NEEDED_LEAST, "-needed-least")
            yield key
