"""The folder tree of the picker: folders and the files that can be read, hidden ones left out."""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from rich.text import Text, TextType
from textual.binding import Binding, BindingType
from textual.widgets import DirectoryTree

from assistant.tui.foreign import cell

_MOST_SHOWN = 1_000
"""Of one folder. Ten thousand take seconds to put into the tree, in which no key is answered."""


class FolderTree(DirectoryTree):
    """Right opens a folder, left closes it, Enter chooses it. Names are shown as text, whatever is in them."""

    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    ICON_FILE = "  "

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Add this"),
        Binding("right", "open_folder", "Open"),
        Binding("left", "close_folder", "Close"),
        Binding("backspace", "parent_folder", "Parent folder"),
    ]

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.auto_expand = False

    def watch_path(self) -> None:  # type: ignore[override]
        """Read the folder. A coroutine that waits for its turn would be dropped, with a warning, when the app ends."""
        self.call_next(super().watch_path)

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Textual calls this in a thread. Of a folder with very much in it, the folders in it come first."""
        shown = [path for path in paths if not path.name.startswith(".")]
        if len(shown) > _MOST_SHOWN:
            shown.sort(key=lambda path: (not self._safe_is_dir(path), path.name.lower()))
        return shown[:_MOST_SHOWN]

    def process_label(self, label: TextType) -> Text:
        return cell(label if isinstance(label, str) else label.plain)

    def action_open_folder(self) -> None:
        if self.cursor_node is not None and self.cursor_node.allow_expand:
            self.cursor_node.expand()

    def action_parent_folder(self) -> None:
        """Show the folder that holds the one at the top."""
        self.path = Path(self.path).absolute().parent

    def action_close_folder(self) -> None:
        node = self.cursor_node
        if node is None:
            return
        if node.is_expanded and not node.is_root:
            node.collapse()
        elif node.parent is not None:
            self.move_cursor(node.parent)
