"""Excel up to 2003, and binary workbooks (.xls, .xlsb) → Document, by calamine."""

import datetime
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from config.errors import DocumentError
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.cell_formats import shown
from ingest.loaders.kinds import OLE_HEADER
from ingest.loaders.locked_office import unlock
from ingest.loaders.ole import open_ole, properties
from ingest.loaders.sheets import write_sheet
from ingest.loaders.writer import PageWriter
from ingest.types import Document

MAX_ROWS = 100_000


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a workbook. Raises DocumentError: `locked`, `damaged`, `empty`, `too_large`."""
    with _errors_told():
        return _load(file, options)


def _load(file: SourceFile, options: LoadOptions) -> Document:
    import python_calamine as calamine

    writer = PageWriter(options)
    workbook = _open(calamine, file, options)
    hidden = {sheet.name for sheet in workbook.sheets_metadata if sheet.visible != calamine.SheetVisibleEnum.Visible}
    for name in workbook.sheet_names:
        try:
            sheet = workbook.get_sheet_by_name(name)
        except calamine.CalamineError:
            writer.warn(f"The sheet {name} is damaged and was not read.")
            continue
        if not sheet.height:
            continue
        writer.new_page(name)
        writer.heading(f"{name} (hidden sheet)" if name in hidden else name, 1)
        write_sheet(writer, _rows(sheet))
        if sheet.height > MAX_ROWS:
            writer.warn(f"Only the first part of the sheet {name} was read: it is larger than {MAX_ROWS:,} rows.")
    found = properties(open_ole(file.data)) if file.data.startswith(OLE_HEADER) else {}
    return writer.finish(file, found, empty="The workbook is empty: no cell holds anything.")


@contextmanager
def _errors_told() -> Iterator[None]:
    """calamine's errors as DocumentError. What it did not expect is a panic, which is no Exception."""
    try:
        yield
    except BaseException as error:
        if type(error).__module__.startswith(("python_calamine", "pyo3_runtime")):
            raise _damaged() from None
        raise


def _open(calamine: Any, file: SourceFile, options: LoadOptions) -> Any:
    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.data))
    except calamine.PasswordError:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(unlock(file.data, options)))


def _rows(sheet: Any) -> Iterator[list[str]]:
    for number, row in enumerate(sheet.iter_rows()):
        if number >= MAX_ROWS:
            return
        yield [_text(value) for value in row]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return shown(repr(value), "")
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d}" if value.time() == datetime.time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, datetime.time):
        return f"{value:%H:%M}"
    return str(value)


def _damaged() -> DocumentError:
    return DocumentError(
        "The workbook is damaged: it cannot be opened.",
        "Open it with the program that made it and save it as .xlsx.",
        status="damaged",
    )
