"""JSON and JSON lines → Document: each object a stretch of lines, each value with the path that leads to it."""

import json
from collections.abc import Iterator
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
    for path, values in _groups(_parse(text, file.path.suffix.lower())):
        for start in range(0, len(values), _LINES_TOGETHER):
            lines = (f"{_join(path, name)}: {value}" for name, value in values[start : start + _LINES_TOGETHER])
            writer.paragraph("\n".join(lines))
    return writer.finish(file)


def _parse(text: str, suffix: str) -> Any:
    """Raises DocumentError (`damaged`)."""
    try:
        if suffix in _LINE_FORMATS:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        return json.loads(text)
    except RecursionError:
        where = "it is nested too deep"
    except json.JSONDecodeError as error:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]  # JSON lines under another name
        except (json.JSONDecodeError, RecursionError):
            where = f"line {error.lineno} breaks the rules of the format"
    raise DocumentError(
        f"The file is damaged: {where}.", "Check it with the program that made it.", status="damaged"
    ) from None


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
