"""What a PDF engine gives: pages of lines, with their place and look where the engine knows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from config.sanitise import sanitise


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as it is printed, sanitised. Places are in points, the page's origin is bottom left; `height` is
    the font's own height (ascent to descent), so it says how large the print is. An engine that does not know places
    leaves them 0 (`is_placed` is false)."""

    text: str
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    height: float = 0.0
    bold: bool = False
    italic: bool = False

    @property
    def is_placed(self) -> bool:
        return self.height > 0


@dataclass(frozen=True, slots=True)
class RawPage:
    """`lines` in the file's reading order. `has_content` is false for a blank page, `has_silent_words` true for one
    that shows words and gives no text."""

    lines: tuple[Line, ...] = ()
    label: str | None = None
    has_content: bool = False
    has_silent_words: bool = False
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """An entry of the file's own table of contents: `level` 1 is the top, `page` is 0-based."""

    title: str
    level: int
    page: int


@dataclass(frozen=True, slots=True)
class RawDocument:
    """`is_mended` says that the file had to be repaired to be read, and may have lost a part."""

    pages: tuple[RawPage, ...]
    outline: tuple[OutlineEntry, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    is_mended: bool = False


def clean(text: str) -> str:
    """One line, sanitised: line breaks inside it become spaces, spaces at its ends go."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return sanitise(text).replace("\n", " ").strip()
