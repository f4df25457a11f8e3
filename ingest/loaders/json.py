"""JSON and JSON lines → Document: each object a stretch of lines, each value with the path that leads to it.

Of JSON lines, broken ones are left out as long as most are not: a log that was cut off ends in half a line.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from config.errors import DocumentError
from ingest.loaders.base import LoadOptions, SourceFile, refuse_if_too_long
from ingest.loaders.plain_text import decode
from ingest.loaders.writer import PageWriter
from ingest.types import Document

_LINES_TOGETHER = 12
"""Values of one object that are kept in one block."""

_LINE_FORMATS = frozenset({".jsonl", ".ndjson"})


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read JSON. Raises DocumentError: `empty`, `damaged`, `too_large`."""
    text = decode(file.data)
    refuse_if_too_long(len(text))
    writer = PageWriter(options)
    if not text.strip():
        return writer.finish(file)
    content, warning = _parse(text, file.path.suffix.lower())
    if warning:
        writer.warn(warning)
    for path, values in _groups(content):
        for start in range(0, len(values), _LINES_TOGETHER):
            lines = (f"{_join(path, name)}: {value}" for name, value in values[start : start + _LINES_TOGETHER])
            writer.paragraph("\n".join(lines))
    return writer.finish(file)


def _parse(text: str, suffix: str) -> tuple[Any, str]:
    """What the file holds, and a warning when lines of it were left out. Raises DocumentError (`damaged`)."""
    where = ""
    if suffix not in _LINE_FORMATS:
        try:
            return _value(text), ""
        except RecursionError:
            raise _damaged("it is nested too deep") from None
        except json.JSONDecodeError as error:
            where = _breaks_the_rules(error.lineno)
    values, broken = _parse_lines(text)  # under another name as well
    if len(values) < len(broken):
        raise _damaged(where or _breaks_the_rules(broken[0]))
    return values, _left_out(broken)


def _parse_lines(text: str) -> tuple[list[Any], list[int]]:
    """The values of JSON lines, and the numbers of the lines that are broken."""
    values: list[Any] = []
    broken: list[int] = []
    # splitlines() would also split at U+2028 and U+0085, which may stand in a string as they are.
    for number, line in enumerate(text.split("\n"), 1):
        if words := line.strip():
            try:
                values.append(_value(words))
            except (ValueError, RecursionError):
                broken.append(number)
    return values, broken


def _value(text: str) -> Any:
    """Whole numbers come as they are written: Python takes none of more than 4,300 digits. Raises ValueError."""
    return json.loads(text, parse_int=str)


def _left_out(broken: Sequence[int]) -> str:
    if len(broken) > 1:
        return f"{len(broken):,} lines are broken and were left out, the first of them line {broken[0]:,}."
    return f"Line {broken[0]:,} is broken and was left out." if broken else ""


def _breaks_the_rules(line: int) -> str:
    return f"line {line} breaks the rules of the format"


def _damaged(where: str) -> DocumentError:
    return DocumentError(f"The file is damaged: {where}.", "Check it with the program that made it.", status="damaged")


def _groups(value: Any) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each object with the values it holds itself, in the order of the file."""
    stack: list[tuple[str, Any]] = [("", value)]
    while stack:
        path, value = stack.pop()
        if not isinstance(value, dict | list):
            yield path, [("", _words(value))]
            continue
        items = value.items() if isinstance(value, dict) else ((f"[{i}]", item) for i, item in enumerate(value, 1))
        inner: list[tuple[str, Any]] = []
        own: list[tuple[str, str]] = []
        for name, item in items:
            if isinstance(item, dict) or (isinstance(item, list) and any(isinstance(x, dict | list) for x in item)):
                inner.append((_join(path, str(name)), item))
            elif isinstance(item, list):
                own.append((str(name), ", ".join(_words(x) for x in item)))
            else:
                own.append((str(name), _words(item)))
        if own:
            yield path, own
        stack.extend(reversed(inner))


def _join(path: str, name: str) -> str:
    if not path or not name or name.startswith("["):
        return path + name
    return f"{path}.{name}"


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
