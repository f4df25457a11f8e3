"""The footer: what can be done now, with its key. A narrow terminal drops what is needed least."""

from collections.abc import Sequence
from typing import Any

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer

_NEEDED_LEAST = frozenset({"show('models')", "show('settings')", "other_list"})

_Key = tuple[str, str, bool]
"""Key, what it does, and whether it can be pressed."""


class KeyLine(Footer):
    def __init__(self, *, show_command_palette: bool = True) -> None:
        super().__init__(compact=True, show_command_palette=show_command_palette)
        self._shown: list[_Key] = []

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Changed only when it shows something else, since the keys are looked through six times for each answer; and
        made anew only for a key that it has never had: a letter that is typed meanwhile would wait for that."""
        keys = _keys_of(screen)
        sees_them = screen.app.app_focus  # without the focus the line stays as it is, to be made when it comes back
        if keys != self._shown or not sees_them:
            self._shown = keys if sees_them else []
            if not (sees_them and self._holds(keys)):
                super().bindings_changed(screen)

    def _holds(self, keys: Sequence[_Key]) -> bool:
        """Whether the line had all of `keys` before, in this order. Then it shows them, and no others."""
        had = {_what_it_is(key): key for key in self.query(".-key") if key.is_attached}
        if [key for key in had if key in set(keys)] != list(keys):
            return False
        for key, widget in had.items():
            widget.set_class(key not in keys, "-gone")
        return True

    def compose(self) -> ComposeResult:
        for key in super().compose():
            key.set_class(not key.has_class("-command-palette"), "-key")
            key.set_class(getattr(key, "action", "") in _NEEDED_LEAST, "-needed-least")
            yield key


def _keys_of(screen: Screen[Any]) -> list[_Key]:
    """The first key of each action, which is the one that is shown."""
    firsts: dict[str, _Key] = {}
    for each in screen.active_bindings.values():
        if each.binding.show:
            firsts.setdefault(each.binding.action, (each.binding.key, each.binding.description, each.enabled))
    return list(firsts.values())


def _what_it_is(key: Any) -> _Key:
    return key.key, key.description, not key.has_class("-disabled")
