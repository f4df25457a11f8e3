"""Lists in OpenDocument: numbers do not stand in the text, but follow from counters and the styles of lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.loaders.markup import Element, attribute, child, children, local, text_of, whole
from ingest.loaders.numbering import FORMS, written
from ingest.loaders.odf_text import DEEPEST
from ingest.loaders.writer import BULLET

_PLACE = re.compile(r"%(\d{1,2})%")


@dataclass(frozen=True, slots=True)
class _Level:
    """`pattern`: `%1%.%2%` for the numbers of levels 1 and 2. `form` is empty where no number is shown."""

    form: str
    pattern: str
    start: int


_Style = dict[int, _Level]
"""Level, from 1 on → how its numbers look. Levels with a bullet are not in it."""

_Counts = dict[int, int]
"""Level → the last number in it."""


class Lists:
    """Counts the lists of a text, which may go on after others."""

    def __init__(self, *groups: Element | None) -> None:
        """`groups`: elements that hold styles; the first that knows a name has the word."""
        self._styles: dict[str, _Style] = {}
        for group in groups:
            for style in children(group, "list-style"):
                self._styles.setdefault(attribute(style, "name"), _read_style(style))
        self._by_style: dict[str, _Counts] = {}
        self._by_id: dict[str, _Counts] = {}

    def items(self, element: Element) -> Iterator[tuple[Element, str]]:
        """What stands in a list and in those within it, each with its mark: empty for what goes on in its item."""
        style = attribute(element, "style-name")
        counts: _Counts | None = None
        if attribute(element, "continue-list"):
            counts = self._by_id.get(attribute(element, "continue-list"))
        elif attribute(element, "continue-numbering") == "true":
            counts = self._by_style.get(style)
        if counts is None:
            counts = {}
        self._by_style[style] = self._by_id[attribute(element, "id")] = counts
        yield from self._within(element, style, counts, 1)

    def _within(self, element: Element, style: str, counts: _Counts, level: int) -> Iterator[tuple[Element, str]]:
        for item in children(element, "list-item", "list-header"):
            is_marked = local(item) == "list-header"
            for block in item:
                name = local(block)
                if name == "list":
                    own = attribute(block, "style-name") or style
                    if own != style:
                        _forget(counts, level + 1)  # a list of its own, which happens to stand in an item
                    if level < DEEPEST:
                        yield from self._within(block, own, counts, level + 1)
                elif name in ("p", "h") and not is_marked:
                    is_marked = True
                    yield block, self._mark(item, attribute(item, "style-override") or style, counts, level)
                elif name != "number":
                    yield block, ""

    def _mark(self, item: Element, style: str, counts: _Counts, level: int) -> str:
        """Count the item, and what it is marked with: as the program wrote it, if it did."""
        levels = self._styles.get(style, {})
        start = levels[level].start if level in levels else 1
        counts[level] = whole(attribute(item, "start-value"), counts.get(level, start - 1) + 1)
        _forget(counts, level + 1)
        return text_of(child(item, "number")).strip() or _label(levels, counts, level)


def _forget(counts: _Counts, level: int) -> None:
    """What was counted from this level on."""
    for deeper in [key for key in counts if key >= level]:
        del counts[deeper]


def _label(levels: _Style, counts: _Counts, level: int) -> str:
    if level not in levels:
        return BULLET

    def number(match: re.Match[str]) -> str:
        other = levels.get(int(match[1]))
        if other is None or not other.form:
            return ""
        return written(counts.get(int(match[1]), other.start), other.form)

    return _PLACE.sub(number, levels[level].pattern).strip()


def _read_style(style: Element) -> _Style:
    levels: _Style = {}
    for element in children(style, "list-level-style-number"):
        form = attribute(element, "num-format")
        levels[whole(attribute(element, "level"))] = _Level(
            FORMS.get(form, form), _pattern(element, levels), whole(attribute(element, "start-value"), 1)
        )
    return levels


def _pattern(element: Element, above: _Style) -> str:
    """As newer programs write it, or from what is shown before, between and behind the numbers."""
    if pattern := attribute(element, "num-list-format"):
        return pattern
    level, shown = whole(attribute(element, "level")), whole(attribute(element, "display-levels"), 1)
    numbered = [place for place in above if place > level - shown and place < level and above[place].form]
    own = [level] if attribute(element, "num-format") else []
    numbers = ".".join(f"%{place}%" for place in [*sorted(numbered), *own])
    return attribute(element, "num-prefix") + numbers + attribute(element, "num-suffix")
