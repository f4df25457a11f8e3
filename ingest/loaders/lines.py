"""What a PDF engine gives: pages of lines, with their place and look where the engine knows them; attached files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from config.sanitise import sanitise

NEXT_LINE = 1.6
"""The next line of a cell or column begins at most so many heights below."""


class Cell(NamedTuple):
    """A part of a line between two wide gaps: a cell of a table's row, or the line of one column of several. Places are
    in points."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as it is printed, sanitised. Places are in points, the page's origin is bottom left; `height` is
    the font's own height (ascent to descent), so it says how large the print is. An engine that does not know places
    leaves them 0 (`is_placed` is false). A line with wide gaps in it has `cells`, two or more, from left to right."""

    text: str
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    height: float = 0.0
    bold: bool = False
    italic: bool = False
    cells: tuple[Cell, ...] = ()

    @property
    def is_placed(self) -> bool:
        return self.height > 0

    @property
    def bottom(self) -> float:
        return self.top - self.height

    def parts(self) -> tuple[Cell, ...]:
        """Its cells, or all of it as one."""
        return self.cells or (Cell(self.text, self.left, self.right),)

    def cut_to(self, cells: Sequence[Cell]) -> "Line":
        """These of its cells alone, as a line."""
        text = " ".join(cell.text for cell in cells)
        kept = tuple(cells) if len(cells) > 1 else ()
        return replace(self, text=text, left=cells[0].left, right=cells[-1].right, cells=kept)


def stand_side_by_side(line: Line, other: Line) -> bool:
    """Whether two lines stand at the same height, one left of the other."""
    if not (line.is_placed and other.is_placed):
        return False
    overlap = min(line.top, other.top) - max(line.bottom, other.bottom)
    return overlap > 0.5 * min(line.height, other.height) and (other.left > line.right or other.right < line.left)


@dataclass(frozen=True, slots=True)
class RawPage:
    """`lines` in the file's reading order. `has_content` is false for a blank page, `has_silent_words` true for one
    that shows words and gives no text. `confidence` says how sure the recognition was whose lines these are, 0 to 1;
    None for the file's own text. `fields` are the values of form fields, `label: value`, and `comments` what readers
    noted; neither is part of the print, nor of `lines`."""

    lines: tuple[Line, ...] = ()
    label: str | None = None
    has_content: bool = False
    has_silent_words: bool = False
    damaged: bool = False
    confidence: float | None = None
    fields: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """What OCR reads in the picture of a page. `confidence` is the mean over its characters, 0 to 1."""

    lines: tuple[Line, ...] = ()
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """An entry of the file's own table of contents: `level` 1 is the top, `page` is 0-based."""

    title: str
    level: int
    page: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that lies in another one. `content_id`: how the page of a mail names it, to show it within the text."""

    name: str
    data: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class RawDocument:
    """`is_mended` says that the file had to be repaired to be read, and may have lost a part; `attachments_left_out`
    counts the attached files that are too large, too many or broken."""

    pages: tuple[RawPage, ...]
    outline: tuple[OutlineEntry, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    is_mended: bool = False
    attachments: tuple[Attachment, ...] = ()
    attachments_left_out: int = 0


def clean(text: str) -> str:
    """One line, sanitised: line breaks inside it become spaces, spaces at its ends go."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return sanitise(text).replace("\n", " ").strip()
