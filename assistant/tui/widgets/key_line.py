"""The footer: what can be done now, with its key. A narrow terminal drops what is needed least."""

from typing import Any

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer

_NEEDED_LEAST = frozenset({"show('models')", "show('settings')", "other_list"})


class KeyLine(Footer):
    def __init__(self, *, show_command_palette: bool = True) -> None:
        super().__init__(compact=True, show_command_palette=show_command_palette)
        self._keys: list[tuple[str, str, bool]] = []

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Made anew only when it shows something else: the keys are looked through six times for each answer, and
        making the line takes as long as laying out the screen."""
        active = screen.active_bindings.values()
        keys = [(each.binding.key, each.binding.description, each.enabled) for each in active if each.binding.show]
        sees_them = screen.app.app_focus  # without the focus the line stays as it is, to be made when it comes back
        if keys != self._keys or not sees_them:
            self._keys = keys if sees_them else []
            super().bindings_changed(screen)

    def compose(self) -> ComposeResult:
        for key in super().compose():
            key.set_class(getattr(key, "action", "") in _NEEDED_LEAST, "-needed-least")
            yield key
