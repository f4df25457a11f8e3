"""The keys that are valid on every screen. Each stands in the footer or the help, and in the command palette."""

from textual.binding import Binding, BindingType

GLOBAL_BINDINGS: list[BindingType] = [
    Binding("f1", "show('help')", "Help", tooltip="Show every key", priority=True),
    Binding("f2,ctrl+l", "show('library')", "Library", tooltip="Open the library", priority=True),
    Binding("f3,ctrl+r", "show('conversations')", "History", tooltip="Open earlier conversations", priority=True),
    Binding("ctrl+o", "add_documents", "Add", tooltip="Add documents to the library", priority=True),
    Binding("f4", "show('models')", "Models", tooltip="Open the models", priority=True),
    Binding("f5", "show('settings')", "Settings", tooltip="Open the settings", priority=True),
    Binding("ctrl+t", "other_side", "Light/dark", tooltip="Switch between light and dark", priority=True, show=False),
    Binding("ctrl+g", "change_theme", "Theme", tooltip="Choose a theme", priority=True, show=False),
    Binding("ctrl+p", "command_palette", "Commands", tooltip="Find a command by name", priority=True, show=False),
    Binding("ctrl+q", "quit", "Quit", tooltip="Quit Strongroom", priority=True, show=False),
]
"""Function keys, and a letter for the two screens used most: some terminals keep the function keys for themselves."""


def key_words(binding: Binding) -> str:
    """A key as the footer, the help and the palette show it: `F2`, `^N`, `Esc`, `Alt+1`."""
    if binding.key_display:
        return binding.key_display
    modifiers, key = binding.parse_key()
    name = _KEY_NAMES.get(key, key.upper() if (len(key) == 1 and modifiers) or key[1:].isdigit() else key)
    if modifiers == ["ctrl"]:
        return f"^{name}"
    return "+".join([modifier.capitalize() for modifier in modifiers] + [name])


_KEY_NAMES = {
    "escape": "Esc",
    "enter": "Enter",
    "delete": "Del",
    "backspace": "Backspace",
    "space": "Space",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}
