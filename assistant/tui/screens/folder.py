"""Choose what to read: type a path or walk the tree."""

from asyncio import Lock, to_thread
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key, Paste
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Button, DirectoryTree, Input, Static, Tree

from assistant.tui.foreign import plain
from assistant.tui.screens.leaving import LeavesOnce
from assistant.tui.widgets.key_line import KeyLine
from assistant.tui.widgets.library.folder_tree import FolderTree
from config.sanitise import one_line
from ingest.walking import expanded

_TO_ADD = "A folder with everything in it, or one file."
_TO_FOLLOW = "It is read now, and what is saved into it is read while Strongroom is open."


class FolderScreen(LeavesOnce, ModalScreen[Path | None]):
    """Gives the chosen folder or file, None when the user went back. `to_follow` takes folders only."""

    BINDINGS = [
        Binding("escape", "dismiss(None)", "Back"),
    ]

    def __init__(self, start: Path, *, to_follow: bool = False) -> None:
        super().__init__()
        self._to_follow = to_follow
        self._start = start
        self._pointed_at = start
        self._is_typing = False

    def compose(self) -> ComposeResult:
        with Vertical(id="folder") as box:
            box.border_title = Content("Follow a folder" if self._to_follow else "Add documents")
            yield Static(Content(_TO_FOLLOW if self._to_follow else _TO_ADD), classes="muted", markup=False)
            yield Input(
                one_line(str(self._start)),
                id="folder-path",
                placeholder="Path of a folder or file",
                suggester=_PathSuggester(),
                select_on_focus=False,
            )
            yield Static(id="folder-problem", markup=False)
            yield FolderTree(self._start)
            with Horizontal(id="folder-buttons"):
                yield Button(
                    Content("Follow" if self._to_follow else "Add"), id="add", variant="primary", action="screen.choose"
                )
                yield Button(Content("Back"), id="back", action="screen.go_back")
        yield KeyLine(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(FolderTree).focus()

    def on_key(self, event: Key) -> None:
        """What is typed outside the field is a path, not lost: Enter would take the tree's instead."""
        if event.is_printable and event.character:
            event.stop()
            self._begin_to_type(event.character)

    def on_paste(self, event: Paste) -> None:
        if not self.query_one(Input).has_focus:
            event.stop()
            self._begin_to_type(event.text.strip())

    def _begin_to_type(self, text: str) -> None:
        """`/` and `~` begin a path, anything else goes on from where the tree is. Until the field has the focus, more
        may come this way from a quick hand, or a terminal that pastes key by key."""
        box = self.query_one(Input)
        if self._is_typing:
            box.value += text
        else:
            box.value = text if text.startswith(("/", "~")) else f"{box.value.rstrip('/')}/{text}"
        self._is_typing = True
        self.set_focus(box)
        box.cursor_position = len(box.value)

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[object]) -> None:
        """The path follows the tree, unless the user is typing one."""
        path = getattr(event.node.data, "path", None)
        if path is not None and self.query_one(FolderTree).has_focus:
            self._pointed_at = path
            self._is_typing = False
            self.query_one(Input).value = one_line(str(path))

    def on_directory_tree_directory_selected(self, event: DirectoryTree.DirectorySelected) -> None:
        self._choose_in_tree(event.path)

    def on_directory_tree_file_selected(self, event: DirectoryTree.FileSelected) -> None:
        self._choose_in_tree(event.path)

    def _choose_in_tree(self, path: Path) -> None:
        if self._is_typing:
            self.action_choose()
        else:
            self._choose(path)

    def on_input_submitted(self) -> None:
        self.action_choose()

    def on_input_changed(self, event: Input.Changed) -> None:
        # A path can be pasted. The event may be older than what the field holds by now, and must not bring it back.
        event.input.value = one_line(event.input.value)
        self.query_one("#folder-problem", Static).update(Content(""))

    def action_go_back(self) -> None:
        """Of its own name: a second click on the button must not find that of the screen below."""
        self.dismiss(None)

    def action_choose(self) -> None:
        """Take the typed path; or, when it is the tree's, the tree's: its name may hold what is never shown."""
        typed = self.query_one(Input).value.strip()
        if not typed:
            self._tell("Type the path of a folder." if self._to_follow else "Type the path of a folder or file.")
            return
        from_tree = typed == one_line(str(self._pointed_at))
        self._choose(self._pointed_at if from_tree else expanded(Path(typed)))

    def _choose(self, path: Path) -> None:
        self.run_worker(self._take(path), group="take", exclusive=True)

    async def _take(self, path: Path) -> None:
        """Looked at in a thread: a share that does not answer holds up nothing else."""
        problem = await to_thread(_problem_with, path, to_follow=self._to_follow)
        if problem:
            self._tell(problem)
        else:
            self.dismiss(path.absolute())

    def _tell(self, problem: str) -> None:
        self.query_one("#folder-problem", Static).update(plain(problem))


def _problem_with(path: Path, *, to_follow: bool) -> str:
    """Why `path` cannot be taken, empty when it can."""
    try:
        if not path.exists():
            return f"There is no {path}."
        if to_follow and not path.is_dir():
            return f"Only folders can be followed. Choose the one that holds {path.name}."
    except OSError as error:
        return f"That cannot be opened ({error.strerror}). Choose another, or check who may open the folder it is in."
    return ""


class _PathSuggester(Suggester):
    """Completes the last part of a path; right or End takes the suggestion."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._looking = Lock()
        self._latest = ""

    async def get_suggestion(self, value: str) -> str | None:
        """One look at a time, for a share may not answer; of what was typed meanwhile only the latest is looked for."""
        self._latest = value
        async with self._looking:
            return await to_thread(_complete, value) if value == self._latest else None


def _complete(value: str) -> str | None:
    typed = expanded(Path(value))
    folder, start = (typed, "") if value.endswith("/") else (typed.parent, typed.name)
    if not value or not start:
        return None
    try:
        names = sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name.startswith(start))
    except (OSError, ValueError):  # ValueError: characters that no path can hold, before the field drops them
        return None
    return value + names[0][len(start) :] if names and names[0] == one_line(names[0]) else None
