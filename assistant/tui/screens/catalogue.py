"""The screens that open over the conversation, by name. Imported when the first of them is opened: not before the first
paint, which shows none of them."""

from collections.abc import Sequence
from typing import Any

from textual.screen import Screen

from assistant.tui.background import Background
from assistant.tui.messages import SettingRow
from assistant.tui.screens.conversations import ConversationsScreen
from assistant.tui.screens.help import HelpScreen
from assistant.tui.screens.library import LibraryScreen
from assistant.tui.screens.models import ModelsScreen
from assistant.tui.screens.settings import SettingsScreen


def make_screen(name: str, background: Background, settings: Sequence[SettingRow], command: str) -> Screen[Any]:
    """The screen called `name`, which is also its `name` in the app; `command` is what commands it shows begin with."""
    match name:
        case "library":
            return LibraryScreen(background, name=name)
        case "conversations":
            return ConversationsScreen(background, name=name)
        case "models":
            return ModelsScreen(background, command, name=name)
        case "settings":
            return SettingsScreen(settings, command, name=name)
        case _:
            return HelpScreen(name=name)
