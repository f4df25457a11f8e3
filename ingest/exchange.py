"""A Document as a JSON message and back. What arrives is checked: the process that sent it has read a foreign file."""

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ingest.loaders.lines import Cell, Line, RecognisedPage
from ingest.types import Block, BlockKind, Document, Page, PageStatus

_SHA256 = re.compile(r"[0-9a-f]{64}")
_KINDS = {kind.value: kind for kind in BlockKind}


def document_to_message(document: Document) -> dict[str, Any]:
    return {
        "sha256": document.sha256,
        "title": document.title,
        "metadata": dict(document.metadata),
        "warnings": list(document.warnings),
        "pages": [
            {
                "text": page.text,
                "label": page.label,
                "status": page.status.value,
                "confidence": page.confidence,
                "blocks": [
                    [block.kind.value, block.start, block.end, block.level, block.header] for block in page.blocks
                ],
            }
            for page in document.pages
        ],
    }


def document_from_message(path: Path, message: Mapping[str, Any]) -> Document:
    """Raises ValueError when the message is no document: parts missing or of another type, blocks outside the text."""
    try:
        if not _SHA256.fullmatch(message["sha256"]):
            raise ValueError("the hash is no SHA-256")
        return Document(
            path=path,
            sha256=message["sha256"],
            title=_text(message["title"]),
            pages=tuple(_page(number, page) for number, page in enumerate(message["pages"], start=1)),
            metadata={_text(name): _text(value) for name, value in message["metadata"].items()},
            warnings=tuple(_text(warning) for warning in message["warnings"]),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"a part is missing or of another type ({error!r})") from error


def _page(number: int, message: Mapping[str, Any]) -> Page:
    text = _text(message["text"])
    label = None if message["label"] is None else _text(message["label"])
    confidence = None if message["confidence"] is None else _share(message["confidence"])
    blocks = tuple(_blocks(message["blocks"], len(text)))
    return Page(number, text, blocks, label, PageStatus(message["status"]), confidence)


def _blocks(message: list[Any], length: int) -> Iterator[Block]:
    """Blocks in order, without overlap, within a text of this length."""
    end_above = 0
    for kind, start, end, level, header in message:
        if not (isinstance(start, int) and isinstance(end, int) and isinstance(level, int)):
            raise ValueError("an offset is no whole number")
        if not end_above <= start < end <= length:
            raise ValueError("a block stands outside its page or over another")
        end_above = end
        yield Block(_KINDS[kind], start, end, level, _text(header))


def recognised_to_message(page: RecognisedPage) -> dict[str, Any]:
    return {
        "confidence": page.confidence,
        "lines": [[line.left, line.right, line.top, line.height, list(line.parts())] for line in page.lines],
    }


def recognised_from_message(message: Mapping[str, Any]) -> RecognisedPage:
    """Raises ValueError when the message is no recognised page."""
    try:
        return RecognisedPage(tuple(map(_line, message["lines"])), _share(message["confidence"]))
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise ValueError(f"a part is missing or of another type ({error!r})") from error


def _line(message: list[Any]) -> Line:
    left, right, top, height, parts = message
    cells = [Cell(_text(text), _number(start), _number(end)) for text, start, end in parts]
    placed = Line("", _number(left), _number(right), _number(top), _number(height))
    return placed.cut_to(cells)


def _share(value: object) -> float:
    number = _number(value)
    if not 0 <= number <= 1:
        raise ValueError("a share is not between 0 and 1")
    return number


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("a number is no number")
    return float(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text is no text")
    value.encode()  # no store could keep half of a surrogate pair: UnicodeEncodeError is a ValueError
    return value
