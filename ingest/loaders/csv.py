"""Tables in text (CSV, TSV, any separator) → Document: one block a row, each with the header."""

import csv
import io
import re

from config.errors import DocumentError
from ingest.loaders.base import LoadOptions, SourceFile, refuse_if_too_long
from ingest.loaders.plain_text import decode, encoding_warnings
from ingest.loaders.sheets import write_sheet
from ingest.loaders.writer import PageWriter
from ingest.types import Document

_SEPARATORS = ",;\t|"
_LINES_LOOKED_AT = 50
_NOT_DECIMAL = re.compile(r"(?<!\d),|,(?!\d)")
_LONGEST_FIELD = 1_000_000


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a table. Raises DocumentError: `empty`, `damaged` for bytes that are no text, `too_large`."""
    text = decode(file.data).replace("\0", "")
    refuse_if_too_long(len(text))
    writer = PageWriter(options)
    write_sheet(writer, read_rows(text))
    for warning in encoding_warnings([text]):
        writer.warn(warning)
    return writer.finish(file)


def read_rows(text: str) -> list[list[str]]:
    """The cells of each line. Raises DocumentError (`damaged`)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    csv.field_size_limit(_LONGEST_FIELD)
    separator = text[4:5] if text.startswith("sep=") else _separator(text)
    if text.startswith("sep="):
        text = text.partition("\n")[2]
    try:
        return list(csv.reader(io.StringIO(text), delimiter=separator or ","))
    except csv.Error as error:
        raise DocumentError(f"The table is damaged: {error}.", "Save it again as CSV.", status="damaged") from None


def _separator(text: str) -> str:
    """The separator that cuts the first lines into the same number of cells, the more the better.

    A comma that only ever stands between figures is a decimal one, when another separator fits as evenly.
    """
    lines = [line for line in text.split("\n", _LINES_LOOKED_AT + 1)[:_LINES_LOOKED_AT] if line.strip()]

    def fit(separator: str) -> tuple[float, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        except csv.Error:
            return (0, 0)
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(usual) / len(widths), usual) if usual > 1 else (0, 0)

    found = max(_SEPARATORS, key=fit)
    if found == "," and not any(_NOT_DECIMAL.search(line) for line in lines):
        other = max(_SEPARATORS.replace(",", ""), key=fit)
        if fit(other)[0] >= fit(",")[0] > 0:
            return other
    return found
