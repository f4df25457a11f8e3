"""Lines → pages of blocks: headings, paragraphs, list items and table rows, found by place, look and words.

The page's text is its lines joined by newlines, nothing else: blocks point into it. Running headers and footers stay in
the text and are left out of the blocks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.loaders.columns import in_reading_order
from ingest.loaders.grids import find_grids
from ingest.loaders.headings import (
    LARGER,
    Rank,
    Typography,
    begins_anew,
    has_line_beside,
    is_set_like,
    levels_of,
    match_outline,
    measure,
    rank_heading,
)
from ingest.loaders.lines import Line, RawDocument, RawPage
from ingest.loaders.running import find_repeated_lines, find_running_lines
from ingest.loaders.tables import Table, find_tables
from ingest.punctuation import begins_list_item, ends_clause
from ingest.types import Block, BlockKind, Page, PageStatus

FIELDS_BEGIN = "Form fields"
MAX_HEADING_LINES = 3
MAX_LINES_BELOW = 2
"""Lines below a table that goes on on the next page: footnotes."""

SHORT_LINE = 0.7
"""Where places are not known, a line this much shorter than the longest may end a paragraph."""


@dataclass(frozen=True, slots=True)
class _PageLines:
    """A page's lines without the running ones, with their place in its text; `longest` has so many characters."""

    text: str
    lines: tuple[Line, ...]
    spans: tuple[tuple[int, int], ...]
    longest: int


def lay_out(document: RawDocument) -> tuple[Page, ...]:
    """The document's pages with their blocks in reading order."""
    document = replace(document, pages=tuple(_put_in_order(page) for page in document.pages))
    running = find_running_lines(document.pages)
    pages = [_without(page, leave_out) for page, leave_out in zip(document.pages, running, strict=True)]
    headings = _find_headings(document, [page.lines for page in pages])
    body = measure(page.lines for page in pages)
    laid_out: list[Page] = []
    before: Table | None = None
    for number, (raw, page, levels) in enumerate(zip(document.pages, pages, headings, strict=True), start=1):
        tables = _find_tables(page, levels, body, before)
        before = tables[-1] if tables and tables[-1].last >= len(page.lines) - MAX_LINES_BELOW else None
        blocks = tuple(_blocks(page, tables, levels, body))
        laid_out.append(Page(number, page.text, blocks, raw.label, _status(raw), raw.confidence))
    return tuple(laid_out)


def add_notes(page: Page, fields: Sequence[str], comments: Sequence[str]) -> Page:
    """The page with the values of its form fields and its comments below the print, one a line.

    No heading stands above them: what the next page goes on with would come under it.
    """
    lines = [FIELDS_BEGIN, *fields, *comments] if fields else list(comments)
    if not lines:
        return page
    text, blocks = page.text, list(page.blocks)
    for number, line in enumerate(lines):
        text += "\n" if text else ""
        is_field = bool(fields) and number <= len(fields)
        kind, header = (BlockKind.TABLE_ROW, FIELDS_BEGIN) if is_field else (BlockKind.PARAGRAPH, "")
        blocks.append(Block(kind, len(text), len(text) + len(line), header=header))
        text += line
    status = PageStatus.READ if page.status is PageStatus.EMPTY else page.status
    return replace(page, text=text, blocks=tuple(blocks), status=status)


def _status(page: RawPage) -> PageStatus:
    if page.lines:
        return PageStatus.READ if page.confidence is None else PageStatus.OCR
    if page.damaged:
        return PageStatus.DAMAGED
    return PageStatus.NEEDS_OCR if page.has_content else PageStatus.EMPTY


def _put_in_order(page: RawPage) -> RawPage:
    lines = in_reading_order(page.lines)
    return page if lines == page.lines else replace(page, lines=lines)


def _without(page: RawPage, leave_out: frozenset[int]) -> _PageLines:
    lines: list[Line] = []
    spans: list[tuple[int, int]] = []
    start = 0
    for index, line in enumerate(page.lines):
        end = start + len(line.text)
        if index not in leave_out:
            lines.append(line)
            spans.append((start, end))
        start = end + 1
    longest = max((len(line.text) for line in lines), default=0)
    return _PageLines("\n".join(line.text for line in page.lines), tuple(lines), tuple(spans), longest)


def _find_headings(document: RawDocument, pages: Sequence[Sequence[Line]]) -> list[dict[int, int]]:
    """For each page: line index → heading level. The file's table of contents goes before the look of a line."""
    by_outline = match_outline(document.outline, pages)
    body = measure(pages)
    repeated = find_repeated_lines(pages)
    by_look = {
        (number, index): rank
        for number, lines in enumerate(pages)
        for index, rank in _ranked_lines(lines, body)
        if (number, index) not in by_outline and lines[index].text not in repeated
    }
    levels = by_outline | levels_of(by_look, below=max(by_outline.values(), default=0))
    found: list[dict[int, int]] = [{} for _ in pages]
    for (number, index), level in levels.items():
        found[number][index] = level
    return found


def _ranked_lines(lines: Sequence[Line], body: Typography) -> Iterator[tuple[int, Rank]]:
    """The lines of a page that look like headings. In a whole paragraph set in bold no line is one."""
    ranks: dict[int, Rank] = {}
    for index, line in enumerate(lines):
        above = lines[index - 1] if index else None
        below = lines[index + 1] if index + 1 < len(lines) else None
        rank = rank_heading(line, above, below, body)
        if rank is not None and not has_line_beside(lines, index):
            ranks[index] = rank
    for run in _runs_of_one_look(lines, body):
        if len(run) <= MAX_HEADING_LINES and all(index in ranks for index in run):
            yield from ((index, ranks[index]) for index in run)
        elif is_set_like(lines[run[0]], body):
            yield from ((index, ranks[index]) for index in run if index in ranks)


def _runs_of_one_look(lines: Sequence[Line], body: Typography) -> Iterator[range]:
    """Lines that follow each other without room between them and look the same."""
    start = 0
    for index in range(1, len(lines) + 1):
        if (
            index < len(lines)
            and _is_next_line(lines[index], lines[index - 1], body)
            and _look_alike(lines[index], lines[index - 1])
        ):
            continue
        yield range(start, index)
        start = index


def _look_alike(line: Line, other: Line) -> bool:
    return (line.bold, line.italic) == (other.bold, other.italic) and abs(line.height - other.height) < 0.6


def _find_tables(page: _PageLines, levels: dict[int, int], body: Typography, before: Table | None) -> list[Table]:
    def ends_table(index: int) -> bool:
        return index in levels and page.lines[index].height > LARGER * body.height

    return list(find_tables(page.lines, levels.__contains__, ends_table, before))


def _blocks(page: _PageLines, tables: Sequence[Table], levels: dict[int, int], body: Typography) -> Iterator[Block]:
    done = 0
    for table in tables:
        yield from _words(page, done, table.first, levels, body)
        yield from _table(page, table)
        done = table.last
    yield from _words(page, done, len(page.lines), levels, body)


def _words(page: _PageLines, first: int, last: int, levels: dict[int, int], body: Typography) -> Iterator[Block]:
    """The blocks of the lines `first` to `last`, in which there are no tables of figures."""
    done = first
    for grid in find_grids(page.lines[first:last], lambda index: first + index in levels):
        table = grid.moved_by(first)
        yield from _prose(page, done, table.first, levels, body)
        yield from _table(page, table)
        done = table.last
    yield from _prose(page, done, last, levels, body)


def _table(page: _PageLines, table: Table) -> Iterator[Block]:
    if table.first < table.rows[0].first:
        yield _block(page, BlockKind.TABLE_ROW, table.first, table.rows[0].first, header=table.rows[0].header)
    for row in table.rows:
        yield _block(page, BlockKind.TABLE_ROW, row.first, row.last, header=row.header)


def _prose(page: _PageLines, first: int, last: int, levels: dict[int, int], body: Typography) -> Iterator[Block]:
    """Headings, list items and paragraphs of the lines `first` to `last`."""
    start = first
    for index in range(first + 1, last + 1):
        if index < last and _goes_on(page, index, start, levels, body):
            continue
        if start in levels:
            yield _block(page, BlockKind.HEADING, start, index, level=levels[start])
        elif begins_list_item(page.lines[start].text):
            yield _block(page, BlockKind.LIST_ITEM, start, index)
        else:
            yield _block(page, BlockKind.PARAGRAPH, start, index)
        start = index


def _goes_on(page: _PageLines, index: int, start: int, levels: dict[int, int], body: Typography) -> bool:
    """Whether line `index` belongs to the block that began at line `start`."""
    line, above = page.lines[index], page.lines[index - 1]
    if index in levels or index - 1 in levels:
        same_level = levels.get(index) == levels.get(index - 1) and index - start < MAX_HEADING_LINES
        same_heading = same_level and _look_alike(line, above) and not begins_anew(line.text)
        return same_heading and _is_next_line(line, above, body)
    if begins_list_item(line.text):
        return False
    if not (line.is_placed and above.is_placed):
        return not (ends_clause(above.text) and len(above.text) < SHORT_LINE * page.longest)
    ended = ends_clause(above.text)
    if above.top - line.top < -0.5 * line.height:  # up again: a new column, or a box beside the text
        return not ended and line.text[:1].islower()
    if not _is_next_line(line, above, body) or not 0.85 < line.height / above.height < 1.18:
        return False
    return not (ended and line.left > above.left + 0.8 * line.height)


def _is_next_line(line: Line, above: Line, body: Typography) -> bool:
    if not (line.is_placed and above.is_placed):
        return True
    return -0.5 <= (above.top - line.top) / max(line.height, above.height) < 1.3 * body.pitch


def _block(page: _PageLines, kind: BlockKind, first: int, last: int, *, level: int = 0, header: str = "") -> Block:
    return Block(kind, page.spans[first][0], page.spans[last - 1][1], level, header)
