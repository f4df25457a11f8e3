"""Numbers of lists and headings in Word: they do not stand in the text, but follow from counters and patterns."""

import re
from dataclasses import dataclass, replace

from ingest.loaders.markup import Element, attribute, child, children, whole
from ingest.loaders.ooxml import is_on
from ingest.loaders.writer import BULLET

FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
"""How web pages and OpenDocument name the forms of numbers → how Word does (see `written`)."""

_PLACE = re.compile(r"%(\d)")
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_LEVELS = 9
_MOST_REPEATED = 10


@dataclass(frozen=True, slots=True)
class _Level:
    """`restart`: how many of the levels above it begin it anew, from the outermost on; None for all. `is_legal`: the
    numbers of other levels stand in its pattern in figures, whatever their forms."""

    form: str = "decimal"
    pattern: str = ""
    start: int = 1
    restart: int | None = None
    is_legal: bool = False


class Numbering:
    """Counts as Word does: a number goes up at each paragraph of its list and level, deeper levels begin anew."""

    def __init__(self, root: Element | None) -> None:
        lists = {attribute(item, "abstractNumId"): item for item in children(root, "abstractNum")}
        by_style = {attribute(child(item, "styleLink"), "val"): item for item in lists.values()}
        self._lists: dict[str, tuple[str, dict[int, _Level]]] = {}
        for number in children(root, "num"):
            key = attribute(child(number, "abstractNumId"), "val")
            style = attribute(child(lists.get(key), "numStyleLink"), "val")
            levels = _levels(by_style.get(style) if style else lists.get(key))
            overrides = list(children(number, "lvlOverride"))
            own = {depth: level for override in overrides for depth, level in _levels(override).items()}
            starts = {
                _number(attribute(override, "ilvl")): _number(attribute(child(override, "startOverride"), "val"))
                for override in overrides
                if child(override, "startOverride") is not None
            }
            levels |= own
            levels |= {depth: replace(levels[depth], start=start) for depth, start in starts.items() if depth in levels}
            identity = attribute(number, "numId")
            self._lists[identity] = (f"{key}/{identity}" if starts else key, levels)
        self._counts: dict[str, list[int]] = {}

    def next(self, list_id: str, depth: int) -> str | None:
        """The mark of the next paragraph: `3.2`, `(a)`, a bullet; empty for none, None when there is no such list."""
        if list_id not in self._lists:
            return None
        key, levels = self._lists[list_id]
        depth = max(0, min(depth, _LEVELS - 1))
        counts = self._counts.setdefault(key, [levels.get(i, _Level()).start - 1 for i in range(_LEVELS)])
        for above in range(1, depth):  # a level that was left out counts as begun
            counts[above] = max(counts[above], levels.get(above, _Level()).start)
        counts[depth] += 1
        for deeper in range(depth + 1, _LEVELS):
            below = levels.get(deeper, _Level())
            if below.restart is None or depth < below.restart:
                counts[deeper] = below.start - 1
        level = levels.get(depth, _Level(form="bullet"))
        if level.form == "bullet":
            return BULLET
        if level.form == "none":
            return ""

        def number(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            other = levels.get(place, _Level())
            value = counts[place] if place <= depth else other.start
            in_figures = level.is_legal and other.form != "decimalZero"
            return written(max(value, other.start), "decimal" if in_figures else other.form)

        return _PLACE.sub(number, level.pattern).strip()


def _levels(element: Element | None) -> dict[int, _Level]:
    return {
        _number(attribute(level, "ilvl")): _Level(
            attribute(child(level, "numFmt"), "val", "decimal"),
            attribute(child(level, "lvlText"), "val"),
            _number(attribute(child(level, "start"), "val", "1")),
            None if (restart := child(level, "lvlRestart")) is None else _number(attribute(restart, "val")),
            is_on(child(level, "isLgl")),
        )
        for level in children(element, "lvl")
    }


def _number(text: str) -> int:
    return min(whole(text), 32_767)


def written(value: int, form: str) -> str:
    """A number as Word names its forms: `upperRoman`, `lowerLetter`, `decimalZero`; in figures for all others."""
    if form in ("lowerLetter", "upperLetter") and value > 0:
        letters = chr(ord("a") + (value - 1) % 26) * min(1 + (value - 1) // 26, _MOST_REPEATED)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("lowerRoman", "upperRoman"):
        roman = ""
        for size, letters in _ROMAN:
            count, value = divmod(value, size)
            roman += letters * min(count, _MOST_REPEATED)
        return roman.upper() if form == "upperRoman" else roman
    return f"{value:02}" if form == "decimalZero" else str(value)
