"""Running headers, footers and page numbers: lines that say the same at the edge of most pages."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ingest.loaders.lines import Line, RawPage

EDGE_LINES = 3
"""A running line is among the first or the last three of its page, in reading order or from top to bottom."""

SHARE = 0.6
"""It stands on more than this share of the odd or of the even pages (left and right pages often differ) …"""

MIN_PAGES = 3
"""… and on three pages at least, so that two pages that begin alike are no header."""

MAX_CHARACTERS = 120

_BARE_NUMBER = re.compile(r"\W*(?:page\s+)?(\d{1,4})\W*", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")


def find_running_lines(pages: Sequence[RawPage]) -> list[frozenset[int]]:
    """For each page the indexes of its running lines. A page that would be left with nothing keeps all its lines."""
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    sizes = [0, 0]
    for number, page in enumerate(pages):
        if page.lines:
            sizes[number % 2] += 1
            counts[number % 2].update({key for index in _edges(page.lines) for key in _keys(page.lines[index], number)})

    running = [
        {key for key, count in counts[side].items() if count > SHARE * sizes[side] and _on_enough_pages(key, counts)}
        for side in (0, 1)
    ]
    page_numbers = _page_numbers(pages)
    return [
        _running_on(page.lines, number, running[number % 2], page_numbers[number]) for number, page in enumerate(pages)
    ]


def _page_numbers(pages: Sequence[RawPage]) -> list[set[int]]:
    """For each page the indexes of its lines that are a bare number, one more or less than that of the next page: a
    file may hold several documents, each with pages of its own."""
    values: list[dict[int, int]] = [
        {
            index: int(found.group(1))
            for index in _edges(page.lines)
            if (found := _BARE_NUMBER.fullmatch(page.lines[index].text))
        }
        for page in pages
    ]
    counting: list[set[int]] = [set() for _ in pages]
    for number, (here, there) in enumerate(pairwise(values)):
        for index, value in here.items():
            for other_index, other in there.items():
                if other == value + 1:
                    counting[number].add(index)
                    counting[number + 1].add(other_index)
    return counting


def find_repeated_lines(pages: Sequence[Sequence[Line]]) -> set[str]:
    """Texts at the edge of several pages in a row: the name of the part or the company over each of its pages. They
    stay in the text, and are no headings."""
    last_seen: dict[str, int] = {}
    repeats: Counter[str] = Counter()
    for number, lines in enumerate(pages):
        for text in {lines[index].text for index in _edges(lines)}:
            if number - last_seen.get(text, -MIN_PAGES) <= 2:  # left and right pages may take turns
                repeats[text] += 1
            last_seen[text] = number
    return {text for text, count in repeats.items() if count >= MIN_PAGES - 1}


def _on_enough_pages(key: str, counts: Sequence[Counter[str]]) -> bool:
    return sum(side[key] for side in counts) >= MIN_PAGES


def _running_on(lines: Sequence[Line], number: int, running: set[str], counting: set[int]) -> frozenset[int]:
    repeated = {index for index in _edges(lines) if not running.isdisjoint(_keys(lines[index], number))}
    found = frozenset(repeated | counting)
    return found if len(found) < len(lines) else frozenset()


def _edges(lines: Sequence[Line]) -> set[int]:
    indexes = range(len(lines))
    by_height = sorted((index for index in indexes if lines[index].is_placed), key=lambda index: lines[index].top)
    edges = {*indexes[:EDGE_LINES], *indexes[-EDGE_LINES:], *by_height[:EDGE_LINES], *by_height[-EDGE_LINES:]}
    return {index for index in edges if len(lines[index].text) <= MAX_CHARACTERS}


def _keys(line: Line, page: int) -> Iterator[str]:
    """What the line has in common with its likes: its words, and its words with a number that counts the pages.

    Only a number that grows with the pages is set aside: `Net pay 2,345` on every page of a file is no footer.
    """
    text = line.text.casefold()
    yield text
    for number in _NUMBER.finditer(text):
        if len(number.group()) <= 6:
            yield f"{text[: number.start()]}<{int(number.group()) - page}>{text[number.end() :]}"
