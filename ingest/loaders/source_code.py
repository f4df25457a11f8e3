"""Source code and settings files → Document: definitions are headings, what is in them is code."""

import re

from ingest.loaders.base import LoadOptions, SourceFile, title_from_name
from ingest.loaders.plain_text import encoding_warnings, read_pages
from ingest.types import Block, BlockKind, Document, Page

LINES_TOGETHER = 40
PAGE_LINES = 100
"""Lines of code on a page."""

_DEFINITION = re.compile(
    r"^(?P<indent>[ \t]{0,8})(?:(?:export|default|public|private|protected|internal|static|final|abstract|async|"
    r"override|pub(?:\([\w: ]+\))?|unsafe|virtual|inline|open|sealed|data|partial)\s+)*"
    r"(?:(?:def|class|fn|func|function|struct|enum|trait|impl|interface|module|namespace|object|type|message|service|"
    r"procedure|sub)\s+\S"
    r"|CREATE\s+(?:OR\s+REPLACE\s+)?(?:TABLE|VIEW|FUNCTION|PROCEDURE|INDEX|TRIGGER)\s+\S"
    r"|\[{1,2}[\w.\"' -]+\]{1,2}\s*$"
    r"|(?!(?:else|try|finally|default|do)\b)[\w.-]+:\s*$)",
    re.IGNORECASE,
)


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read source code. Raises DocumentError like the plain text loader."""
    lines = "\n".join(read_pages(file.data, options)).expandtabs(4).split("\n")
    texts = ["\n".join(lines[start : start + PAGE_LINES]) for start in range(0, len(lines), PAGE_LINES)]
    pages = tuple(Page(number, text, tuple(_blocks(text))) for number, text in enumerate(texts, start=1))
    title = f"{title_from_name(file.path)} ({file.path.name})"
    return Document(file.path, file.sha256, title, pages, warnings=encoding_warnings(lines))


def _blocks(text: str) -> list[Block]:
    """A definition's first line heads the lines up to the next one."""
    blocks: list[Block] = []
    start = end = count = 0
    offset = 0

    def close() -> None:
        nonlocal count
        if text[start:end].strip():
            first = start + len(text[start:end]) - len(text[start:end].lstrip("\n"))
            blocks.append(Block(BlockKind.CODE, first, end))
        count = 0

    for line in text.split("\n"):
        following = offset + len(line)
        if found := _DEFINITION.match(line):
            close()
            first = offset + len(line) - len(line.lstrip())
            blocks.append(Block(BlockKind.HEADING, first, offset + len(line.rstrip()), 2 + len(found["indent"]) // 4))
            start = end = following
        elif line.strip():
            if not count or count >= LINES_TOGETHER:
                close()
                start = offset
            count += 1
            end = offset + len(line.rstrip())
        elif count >= LINES_TOGETHER // 2:
            close()
            start = end = following
        offset = following + 1
    close()
    return blocks
