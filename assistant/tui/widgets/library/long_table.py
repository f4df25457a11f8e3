"""A table of tens of thousands of rows that holds up no key."""

from collections.abc import Iterable, Sequence

from rich.text import Text
from textual.timer import Timer
from textual.widgets import DataTable
from textual.widgets.data_table import RowKey

_ROWS_AT_ONCE = 2_000
"""Takes some 30 ms."""

_SECONDS_BETWEEN = 0.02

_FEW = 10
"""Taking a row away takes as long as there are rows."""


class LongTable(DataTable[Text]):
    """The cells of a row are made when it is drawn; the rows that are not seen at first come while keys are answered.

    A subclass adds columns of given widths, says in `cells` what stands in a row, and calls `show` when that changed.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, cursor_type="row", zebra_stripes=False)
        self._length = 0
        self._more: Timer | None = None

    def cells(self, row: int) -> Sequence[Text]:
        """What stands in row `row`, counted from 0."""
        raise NotImplementedError

    def show(self, length: int, *, cursor: int) -> None:
        """Show `length` rows, the cursor on row `cursor`."""
        self._length = length
        if self.row_count - length > _FEW:
            self.clear()
        while self.row_count > length:
            self.remove_row(next(reversed(self.rows)))
        self.draw_anew()
        self._add_rows(_ROWS_AT_ONCE)
        if cursor != self.cursor_row:
            self.go_to(cursor)

    def go_to(self, row: int) -> None:
        """Put the cursor on row `row`, which may still be to come."""
        self._add_rows(row + 1)
        self.move_cursor(row=row)

    def draw_anew(self) -> None:
        """Cells or widths have changed."""
        self._update_count += 1  # what was drawn is kept under this number
        self._require_update_dimensions = True
        self.check_idle()
        self.refresh()

    def get_row_at(self, row_index: int) -> list[Text]:
        return list(self.cells(row_index))

    def _add_rows(self, length: int) -> None:
        for _ in range(self.row_count, min(length, self._length)):
            self.add_row()
        if self.row_count < self._length and self._more is None:
            self._more = self.set_timer(_SECONDS_BETWEEN, self._add_more)

    def _add_more(self) -> None:
        self._more = None
        self._add_rows(self.row_count + _ROWS_AT_ONCE)

    def _update_dimensions(self, new_rows: Iterable[RowKey]) -> None:
        """Textual measures every cell of `new_rows`, for columns that are as wide as their cells. Ours are not."""
        del new_rows
        super()._update_dimensions(())
