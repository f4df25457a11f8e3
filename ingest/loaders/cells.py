"""Wide gaps inside the lines that pdfium gives: between the cells of a table's row, between columns of prose.

pdfium puts one space for a gap of any width. Where a gap is, only the places of the characters beside it tell, and
each costs a call: they are asked for in lines that are too wide for their text, and in all long lines of a page when
some of those have a gap, as in two columns drawn line by line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pypdfium2.raw as raw

from ingest.loaders.lines import Cell, Line, clean
from ingest.punctuation import is_list_marker

WIDE_CHARACTER = 0.55
"""Widths of a line's characters are 0.38 to 0.5 heights of its print on average, gaps or capitals in it set aside."""

GAP = 0.9
"""A gap is wider than so many heights; the space between two words is 0.2 to 0.5, in justified lines up to 0.8."""

LONG_LINE = 40
"""Characters of a line in which two columns may stand."""

NARROW_CHARACTER = 0.33
"""A word's characters are so many heights wide at least, on average; less only makes a narrow gap go unseen."""

PROBES = 4
"""Long lines of a page in whose middle a gap is looked for …"""

ENOUGH = 2
"""… and those with one that have all of them looked at."""

Span = tuple[int, int]

_SPACES = re.compile(r"\s+")
_SIGN_BEFORE = re.compile(r"[$€£¥(]+|(?:USD|EUR|GBP|CHF)")
_SIGN_AFTER = re.compile(r"[%)*†‡]+")


def add_cells(text_page: raw.FPDF_TEXTPAGE, text: str, lines: Sequence[Line], spans: Sequence[Span]) -> list[Line]:
    """The lines, those with gaps with their cells. `spans` are where the lines stand in the page's `text`."""
    wide = {index for index, line in enumerate(lines) if _is_wide(line)}
    long = [
        index
        for index, line in enumerate(lines)
        if index not in wide and line.is_placed and len(line.text) >= LONG_LINE
    ]
    probes = long[:: len(long) // PROBES] if len(long) >= PROBES else []
    found = {index: _cells(text_page, text, lines[index], *spans[index]) for index in wide}
    if sum(_has_gap_in_the_middle(text_page, text, lines[index], spans[index]) for index in probes) >= ENOUGH:
        found |= {index: _cells(text_page, text, lines[index], *spans[index]) for index in long}
    return [replace(line, cells=cells) if (cells := found.get(index)) else line for index, line in enumerate(lines)]


def _is_wide(line: Line) -> bool:
    return line.is_placed and line.right - line.left > WIDE_CHARACTER * line.height * len(line.text)


def _has_gap_in_the_middle(text_page: raw.FPDF_TEXTPAGE, text: str, line: Line, span: Span) -> bool:
    start, end = span
    margin = (end - start) // 5
    start = text.rfind(" ", start, start + margin) + 1 or start
    return any(True for _ in _gaps(text_page, text, line.height, start, end - margin))


def _cells(text_page: raw.FPDF_TEXTPAGE, text: str, line: Line, start: int, end: int) -> tuple[Cell, ...]:
    """() for a line without gaps, and for one that is written from right to left."""
    cells: list[Cell] = []
    left, begin = line.left, start
    for stop, right, next_begin, next_left in _gaps(text_page, text, line.height, start, end):
        cells.append(Cell(clean(text[begin:stop]), left, right))
        begin, left = next_begin, next_left
    if not cells:
        return ()
    hyphen = "-" if line.text.endswith("-") else ""
    cells.append(Cell(clean(text[begin:end]).removesuffix("-") + hyphen, left, line.right))
    cells = _with_signs([cell for cell in cells if cell.text])
    in_order = all(cell.left < cell.right for cell in cells)
    return tuple(cells) if len(cells) > 1 and in_order else ()


def _gaps(
    text_page: raw.FPDF_TEXTPAGE, text: str, height: float, start: int, end: int
) -> Iterator[tuple[int, float, int, float]]:
    """Where a gap begins and ends, each as offset in the text and place on the page. `start` is that of a word."""
    place = raw.FPDFText_GetLooseCharBox
    offset = raw.FPDFText_GetCharIndexFromTextIndex(text_page, start) - start
    box = raw.FS_RECTF()
    if not place(text_page, start + offset, box):
        return
    word, left = start, box.left
    for space in _SPACES.finditer(text, start, end):
        stop, word_after = space.span()
        if not place(text_page, word_after + offset, box):
            return
        next_left = box.left
        if next_left - left - NARROW_CHARACTER * height * (stop - word) > GAP * height:
            if not place(text_page, stop - 1 + offset, box):
                return
            if next_left - box.right > GAP * height:
                yield stop, box.right, word_after, next_left
        word, left = word_after, next_left


def _with_signs(cells: Sequence[Cell]) -> list[Cell]:
    """Currency signs, brackets and list markers that stand apart are no cells of their own."""
    joined: list[Cell] = []
    for cell in cells:
        before = joined[-1] if joined else None
        if before and (
            _SIGN_BEFORE.fullmatch(before.text)
            or _SIGN_AFTER.fullmatch(cell.text)
            or (len(joined) == 1 and is_list_marker(before.text))
        ):
            joined[-1] = Cell(f"{before.text} {cell.text}", before.left, cell.right)
        else:
            joined.append(cell)
    return joined
