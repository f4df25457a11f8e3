"""Tables that run over pages: a row stands on the page on which it begins."""

from collections.abc import Sequence

from ingest.loaders.writer import PageWriter, join_headers

PAGE_ENDS = "\f"
"""In a cell's text: a page ends here. At the beginning of a row's first cell: the row begins a page."""


def write_paged_table(writer: PageWriter, rows: Sequence[Sequence[str]], headers: int) -> None:
    """Write rows of which the first `headers` are the header, and begin the pages that end before or in them."""
    header = join_headers(rows[:headers])
    for row in rows:
        begins_page = bool(row) and row[0].startswith(PAGE_ENDS)
        if begins_page and not writer.is_at_page_start:
            writer.new_page()
        if any(cell.strip() for cell in row):
            writer.row(row, header)
        # Cells stand side by side: the one that runs over most pages tells how many they are.
        ended = (cell.count(PAGE_ENDS) - (begins_page and cell.startswith(PAGE_ENDS)) for cell in row)
        for _ in range(max(ended, default=0)):
            writer.new_page()
