"""The plain text of a mail → blocks: what its sender wrote, then the messages quoted or forwarded below it."""

import itertools
import re
from collections.abc import Sequence

from ingest.loaders.writer import PageWriter
from ingest.punctuation import begins_list_item

LONGEST_QUOTE = 6_000
"""Characters kept of the messages quoted below an answer: they are usually there as messages of their own."""

_QUOTED = re.compile(r"^(?:\s{0,3}>)+ ?")
_QUOTE_BEGINS = re.compile(
    r"^(?:-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|message d'origine)\s*-{2,}"
    r"|on\b.{5,200}\bwrote:|am\b.{5,200}\bschrieb\b.{0,80}:|le\b.{5,200}\ba écrit\s*:)\s*$",
    re.IGNORECASE,
)


def write_plain(writer: PageWriter, text: str, *, is_forward: bool) -> None:
    """Write the sender's own words, then what is quoted, under a heading. What is forwarded is kept whole, and so are
    answers that stand between quoted lines or below them; those keep a `>` then, in place of the heading."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    begins = next((i for i, line in enumerate(lines) if _QUOTE_BEGINS.match(line.strip())), len(lines))
    if not any(line.strip() for line in lines[:begins]):
        begins = len(lines)  # nothing but what is forwarded
    _write_lines(writer, lines[:begins])
    quoted = lines[begins:]
    if not any(line.strip() for line in quoted):
        return
    limit = len(text) if is_forward or "forwarded" in quoted[0].lower() else LONGEST_QUOTE
    write = _write_with_answers if _has_answers(quoted) else _write_quoted
    if write(writer, quoted, limit) > limit:
        writer.warn(f"Of the messages quoted, the first {limit:,} characters were read.")


def _has_answers(quoted: Sequence[str]) -> bool:
    """Whether what is quoted stands behind `>`, and something else between or below it."""
    marked = [_is_marked(line) for line in quoted[1:] if line.strip()]
    return bool(marked) and marked[0] and not all(marked)


def _is_marked(line: str) -> bool:
    return _QUOTED.match(line) is not None


def _unmarked(lines: Sequence[str]) -> str:
    return "\n".join(_QUOTED.sub("", line) for line in lines)


def _write_quoted(writer: PageWriter, lines: Sequence[str], limit: int) -> int:
    """Write messages that nobody has written into, up to the limit. How many characters they have."""
    writer.heading("Earlier messages", 2)
    text = _unmarked(lines)
    _write_lines(writer, text[:limit].split("\n"))
    return len(text)


def _write_with_answers(writer: PageWriter, lines: Sequence[str], limit: int) -> int:
    """Write all answers, and what is quoted around them up to the limit. How many characters are quoted."""
    length = 0
    for is_quoted, run in itertools.groupby(lines, key=_is_marked):
        if is_quoted:
            text = _unmarked(list(run))
            _write_lines(writer, text[: max(0, limit - length)].split("\n"), before="> ")
            length += len(text)
        else:
            _write_lines(writer, list(run))
    return length


def _write_lines(writer: PageWriter, lines: Sequence[str], before: str = "") -> None:
    """Paragraphs end at empty lines; a line that begins a list item is one. `before` stands before each of them."""
    paragraph: list[str] = []
    for line in [*lines, ""]:
        is_item = begins_list_item(line.strip())
        if paragraph and (is_item or not line.strip()):
            _write_block(writer, before + "\n".join(paragraph))
            paragraph = []
        if line.strip():
            paragraph.append(line)


def _write_block(writer: PageWriter, text: str) -> None:
    if begins_list_item(text.strip()):
        writer.item(text, mark="")
    else:
        writer.paragraph(text)
