"""Which lines of a PDF are headings, and of which level: by its table of contents, else by how the lines look."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from ingest.loaders.lines import Line, OutlineEntry
from ingest.punctuation import ends_clause, ends_sentence

MAX_WORDS = 18
MAX_CHARACTERS = 140
MAX_LEVEL = 6
MAX_CHARACTERS_ALONE = 60
"""Where places are not known, a line longer than this does not stand by itself."""

USUAL_PITCH = 1.2
"""From line to line in heights of the print, where there are not two lines to measure it."""

COMMON = 3
"""A look that so many headings have makes a level of its own."""

LARGER = 1.12
"""Print this much higher than the body's stands out."""

BESIDE_WITHIN = 8
"""Lines before and after in reading order that may stand beside one."""

SPREAD = 1.8
"""Capitals in bold are a third wider than the body's print; a line this much wider has gaps in it."""

_PART_NAME = re.compile(
    r"(?:article|section|chapter|part|item|note|schedule|annex|appendix|exhibit|clause|title|book)\s+[\dIVXLC]+[A-Z]?\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"§?\s*(\d{1,3}(?:\.\d{1,3})*)[.)]?\s+\S")
_LETTER = re.compile(r"[^\W\d_]")
_NOT_WORDS = re.compile(r"[\W_]+")

Rank = tuple[float, bool, bool, bool, int]


@dataclass(frozen=True, slots=True)
class Typography:
    """How the body of a document is set: the print most of its characters have, from one line to the next how many
    heights of it (`pitch`), and how many a character is wide. Height 0 when the engine does not know places."""

    height: float = 0.0
    bold: bool = False
    italic: bool = False
    pitch: float = USUAL_PITCH
    width: float = 0.45


def measure(pages: Iterable[Sequence[Line]]) -> Typography:
    looks: Counter[tuple[float, bool, bool]] = Counter()
    pitches: list[float] = []
    widths: list[float] = []
    for lines in pages:
        above: Line | None = None
        for line in lines:
            if not line.is_placed:
                continue
            widths.append(_character_width(line))
            looks[_rounded(line.height), line.bold, line.italic] += len(line.text)
            if above is not None and 0.8 < (pitch := (above.top - line.top) / line.height) < 2.6:
                pitches.append(pitch)
            above = line
    if not looks:
        return Typography()
    (height, bold, italic), _ = looks.most_common(1)[0]
    # Below the median: in a paper of short paragraphs most lines have room above them.
    pitch = quantiles(pitches, n=4, method="inclusive")[0] if len(pitches) > 1 else USUAL_PITCH
    return Typography(height, bold, italic, pitch, median(widths))


def is_set_like(line: Line, body: Typography) -> bool:
    """Whether the line is in the body's own print."""
    is_body_height = not line.is_placed or line.height < LARGER * body.height
    return is_body_height and (line.bold, line.italic) == (body.bold, body.italic)


def is_spread(line: Line, body: Typography) -> bool:
    """Whether the line has wide gaps, as the columns of a table do: its characters take more room than they need."""
    return line.is_placed and _character_width(line) > SPREAD * body.width


def _character_width(line: Line) -> float:
    return (line.right - line.left) / (len(line.text) * line.height)


def rank_heading(line: Line, above: Line | None, below: Line | None, body: Typography) -> Rank | None:
    """How high a heading `line` is (smaller is higher), or None if it is none.

    Larger or bold print, a name such as `Article 5` and capitals make a heading; italics and a bare number do so
    only when the line stands by itself.
    """
    text = line.text
    if not _can_be_heading(text, below) or is_spread(line, body):
        return None
    numbered = _NUMBERED.match(text)
    depth = numbered.group(1).count(".") + 1 if numbered else 0
    larger = line.is_placed and line.height >= LARGER * body.height
    smaller = line.is_placed and line.height * LARGER <= body.height
    bold = line.bold and not body.bold
    capitals = _is_capitals(text)
    named = bool(_PART_NAME.match(text))
    stands_alone = _stands_alone(line, above, below, body)
    ends = ends_sentence(text)
    strong = larger or (bold and (not ends or depth or named)) or ((named or capitals) and stands_alone and not smaller)
    weak = (line.italic and not body.italic) or depth >= 2 or (depth == 1 and line.is_placed)
    if strong or (weak and stands_alone and not ends and not smaller):
        return (-_rounded(line.height), not bold, not capitals, line.italic, depth)
    return None


def _can_be_heading(text: str, below: Line | None) -> bool:
    if len(text) > MAX_CHARACTERS or len(text.split()) > MAX_WORDS or text.endswith((",", ";", "-")):
        return False
    if text.startswith("(") and text.endswith(")"):
        return False
    letters = len(_LETTER.findall(text))
    first = next((character for character in text if character.isalnum()), "")
    if letters < 3 or letters < 0.5 * len(text.replace(" ", "")) or first.islower():
        return False
    # A line that goes on in the next one is the start of a sentence.
    return not (below is not None and below.text[:1].islower())


def _stands_alone(line: Line, above: Line | None, below: Line | None, body: Typography) -> bool:
    """Whether there is more room above than between the lines of a paragraph, and the line does not fill its column."""
    if not line.is_placed:
        return (above is None or ends_clause(above.text)) and len(line.text) <= MAX_CHARACTERS_ALONE
    if above is not None and above.is_placed:
        room = (above.top - line.top) / line.height
        if 0 <= room < 1.25 * body.pitch:
            return False
    return below is None or not below.is_placed or line.right < below.right or line.text != line.text.rstrip(".")


def levels_of(ranks: Mapping[tuple[int, int], Rank], *, below: int = 0) -> dict[tuple[int, int], int]:
    """Headings by (page index, line index): rank → level, the highest first, all of them under level `below`.

    Only the looks that are used most make levels of their own; a rare one gets the level it would come before. A look
    that is on the first page only is the cover's. Its lines head nothing that follows: they get the last level.
    """
    uses = Counter(rank for (page, _), rank in ranks.items() if page > 0)
    common = sorted(
        rank for rank, count in uses.most_common(MAX_LEVEL) if count >= COMMON or count == max(uses.values())
    )
    return {
        place: min(MAX_LEVEL, below + 1 + bisect_left(common, rank)) if rank in uses else MAX_LEVEL
        for place, rank in ranks.items()
    }


def has_line_beside(lines: Sequence[Line], index: int) -> bool:
    """Whether another line stands at the same height, before or after in reading order: then both are heads of columns,
    or cells."""
    line = lines[index]
    near = lines[max(0, index - BESIDE_WITHIN) : index + BESIDE_WITHIN + 1]
    return line.is_placed and any(other.is_placed and _is_beside(line, other) for other in near)


def _is_beside(line: Line, other: Line) -> bool:
    overlap = min(line.top, other.top) - max(line.top - line.height, other.top - other.height)
    return overlap > 0.5 * line.height and (other.left > line.right or other.right < line.left)


def begins_anew(text: str) -> bool:
    """Whether a heading of two lines cannot go on with this one: it has a number of its own."""
    return bool(_PART_NAME.match(text) or _NUMBERED.match(text))


def match_outline(outline: Sequence[OutlineEntry], pages: Sequence[Sequence[Line]]) -> dict[tuple[int, int], int]:
    """(page index, line index) → level, for the lines that the file's table of contents points at."""
    found: dict[tuple[int, int], int] = {}
    words_of = {number: [_words(line.text) for line in pages[number]] for number in {entry.page for entry in outline}}
    for entry in outline:
        title = _words(entry.title)
        for index, words in enumerate(words_of[entry.page]):
            if words and title and (words == title or (len(words) >= 8 and title.startswith(words))):
                found.setdefault((entry.page, index), min(MAX_LEVEL, entry.level))
                break
    return found


def _is_capitals(text: str) -> bool:
    letters = _LETTER.findall(text)
    return len(letters) >= 4 and text.upper() == text and text.lower() != text


def _words(text: str) -> str:
    return _NOT_WORDS.sub("", text).casefold()


def _rounded(height: float) -> float:
    return round(height * 2) / 2
