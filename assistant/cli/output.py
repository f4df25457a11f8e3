"""Where the command line writes: results to standard output, everything else to standard error.

All text goes out through `sanitise` or as escaped JSON, and never through rich's markup: document text and model
output are data.
"""

import json
import sys
from typing import TYPE_CHECKING, TextIO

from assistant.cli.streams import discard

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Progress, ProgressColumn
    from rich.text import Text

# Off a terminal nothing is wrapped or cut: a script reads whole lines.
UNWRAPPED_WIDTH = 100_000


class OutputClosedError(Exception):
    """Whoever read our standard output has gone (`strongroom … | head`)."""


class Output:
    """The two streams of one run. `quiet` drops notes and progress bars, never results or errors."""

    def __init__(self) -> None:
        self.quiet = False

    def json(self, value: object) -> None:
        """One JSON object on one line. Escaped to ASCII: lossless for any file name, safe on any terminal."""
        self._write(json.dumps(value) + "\n")

    def line(self, text: str = "") -> None:
        from config.sanitise import sanitise

        self._write(sanitise(text) + "\n")

    def piece(self, text: str) -> None:
        """A piece of a streamed text, on screen at once."""
        from config.sanitise import sanitise

        self._write(sanitise(text))

    def erase(self, streamed: str) -> bool:
        """Take back what was just streamed, if this is a terminal and all of it is still on the screen."""
        console = self._console(sys.stdout)
        if not console.is_terminal or console.is_dumb_terminal:
            return False
        from rich.cells import cell_len

        lines = streamed.removesuffix("\n").expandtabs().split("\n")
        rows = sum(max(1, -(-cell_len(line) // console.width)) for line in lines)
        if rows >= console.height:
            return False
        self._write(f"\x1b[{rows}F\x1b[J")
        return True

    def render(self, *renderables: "RenderableType") -> None:
        """Rich texts and tables: in colour and fitted to its width on a terminal, plain and whole elsewhere."""
        console = self._console(sys.stdout)
        with console.capture() as captured:
            for renderable in renderables:
                console.print(renderable)
        text = captured.get()
        self._write(text if console.is_terminal else "".join(f"{line.rstrip()}\n" for line in text.splitlines()))

    def note(self, text: str) -> None:
        """A remark for the person at the terminal, which `--quiet` leaves out."""
        if not self.quiet:
            self.message(text)

    def message(self, text: str, label: str = "") -> None:
        """A line on standard error that `--quiet` does not drop."""
        console = self._console(sys.stderr)
        try:
            with console.capture() as captured:  # printing itself, rich would end the program where nobody reads
                console.print(styled((label, "bold red"), (text, "")), soft_wrap=True)
            sys.stderr.write(captured.get())
            sys.stderr.flush()
        except OSError:  # full, or nobody reads it any more: nobody can be told, and the work goes on
            discard(sys.stderr)

    def error(self, message: str, remedy: str) -> None:
        """One sentence what is wrong, one what to do, a line each: a name in them writes no lines of its own."""
        from config.sanitise import one_line

        self.message(one_line(message), label="Error: ")
        if remedy:
            self.message(one_line(remedy))

    @property
    def width(self) -> int:
        """Characters on a line of standard output."""
        return self._console(sys.stdout).width

    @property
    def shows_progress(self) -> bool:
        """Progress bars belong on a terminal and nowhere else."""
        return not self.quiet and sys.stderr.isatty()

    def progress(self, *columns: "ProgressColumn") -> "Progress":
        """A progress display on standard error that is gone once it is closed."""
        from rich.progress import Progress

        return Progress(*columns, console=self._console(sys.stderr), transient=True, disable=not self.shows_progress)

    def _console(self, stream: TextIO) -> "Console":
        from rich.console import Console

        width = None if stream.isatty() else UNWRAPPED_WIDTH
        return Console(file=stream, width=width, markup=False, emoji=False, highlight=False)

    def _write(self, text: str) -> None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            raise OutputClosedError from None


def plain(text: str, style: str = "") -> "Text":
    """Foreign text for a rich table or line: sanitised, never read as markup."""
    from rich.text import Text

    from config.sanitise import sanitise

    return Text(sanitise(text), style=style)


def styled(*parts: tuple[str, str]) -> "Text":
    """One text of several (text, style) parts; as `plain`."""
    from rich.text import Text

    return Text.assemble(*(plain(text, style) for text, style in parts))
