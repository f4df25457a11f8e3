"""Tables that run over pages: a row stands on the page on which it begins."""

from collections.abc import Sequence

from ingest.loaders.writer import PageWriter, join_headers

PAGE_ENDS = "\f"
"""In a cell's text: a page ends here. At the beginning of a row's first cell: the row begins a page."""


def write_paged_table(writer: PageWriter, rows: Sequence[Sequence[str]], headers: int, *, awaits_mark: bool) -> bool:
    """Write rows of which the first `headers` are the header, and begin the pages that end before or in them.

    `awaits_mark`: a page was begun just before, and a mark of that which follows is not to begin another one. Returns
    whether that is so behind the table.
    """
    header = join_headers(rows[:headers])
    for row in rows:
        begins_page = bool(row) and row[0].startswith(PAGE_ENDS)
        if begins_page and not awaits_mark:
            writer.new_page()
        has_text = any(cell.strip() for cell in row)
        if has_text:
            writer.row(row, header)
        pages_ended = _pages_ended(row, begins_page)
        for _ in range(pages_ended):
            writer.new_page()
        awaits_mark = pages_ended > 0 or (awaits_mark and not begins_page and not has_text)
    return awaits_mark


def _pages_ended(row: Sequence[str], begins_page: bool) -> int:
    """How many pages end within a row. Its cells stand side by side: the one that runs over most of them tells.

    A mark at the beginning of a cell says that it begins on another page than the cell before it ended on, which can be
    the one before: it counts where there is no other.
    """
    begun = [cell.startswith(PAGE_ENDS) for cell in row]
    ended = max((cell.count(PAGE_ENDS) - is_begun for cell, is_begun in zip(row, begun, strict=True)), default=0)
    return ended or int(any(begun) and not begins_page)
