"""Markdown → Document: headings, paragraphs, list items, tables and code by the CommonMark parser's line numbers.

The page's text is the Markdown itself (without front matter), so that a quote is what stands in the file.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from markdown_it import MarkdownIt
from markdown_it.token import Token

from config.sanitise import sanitise
from ingest.loaders.base import LoadOptions, SourceFile, title_from_name
from ingest.loaders.plain_text import encoding_warnings, read_pages
from ingest.types import Block, BlockKind, Document, Page

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^(\w[\w -]*):[ \t]+(.+)$", re.MULTILINE)
_KEPT_FIELDS = ("title", "author", "subject", "description", "date")
_MARKUP = re.compile(r"[*_`]+|\[([^\]]*)\]\([^)]*\)|<[^>]+>")


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read a Markdown file. Raises DocumentError like the plain text loader."""
    texts = read_pages(file.data, options)
    metadata, texts[0] = _split_front_matter(texts[0])
    parser = MarkdownIt("commonmark").enable("table")
    pages = tuple(
        Page(number, text, tuple(_blocks(text, parser.parse(text)))) for number, text in enumerate(texts, start=1)
    )
    title = metadata.pop("title", "") or _first_heading(pages) or title_from_name(file.path)
    return Document(file.path, file.sha256, title, pages, metadata, encoding_warnings(texts))


def _split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields between `---` lines at the top of the file, and the text after them."""
    found = _FRONT_MATTER.match(text)
    if not found or not _FIELD.search(found.group(1)):
        return {}, text
    fields = {name.lower(): value.strip().strip("\"'") for name, value in _FIELD.findall(found.group(1))}
    return {name: fields[name] for name in _KEPT_FIELDS if fields.get(name)}, text[found.end() :]


def _blocks(text: str, tokens: Sequence[Token]) -> Iterator[Block]:
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    items_open = 0
    header = ""
    for token, content in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type in ("list_item_open", "list_item_close"):
            items_open += token.nesting
        elif token.type == "thead_open":
            header = ""
        if token.map is None:
            continue
        first, last = token.map
        if token.type == "heading_open" and content is not None:
            yield from _heading(text, starts[first], starts[last] - 1, content.content, int(token.tag[1]))
        elif token.type == "paragraph_open":
            kind = BlockKind.LIST_ITEM if items_open else BlockKind.PARAGRAPH
            yield from _trimmed(text, kind, starts[first], starts[last] - 1)
        elif token.type == "fence":
            closed = last - first >= 2 and lines[last - 1].strip().startswith(token.markup)
            yield from _trimmed(text, BlockKind.CODE, starts[first + 1], starts[last - 1 if closed else last] - 1)
        elif token.type == "code_block":
            yield from _trimmed(text, BlockKind.CODE, starts[first], starts[last] - 1)
        elif token.type == "html_block" and not token.content.lstrip().startswith("<!--"):
            yield from _trimmed(text, BlockKind.PARAGRAPH, starts[first], starts[last] - 1)
        elif token.type == "tr_open":
            header = header or _row_text(lines[first])
            yield from _trimmed(text, BlockKind.TABLE_ROW, starts[first], starts[last] - 1, header)


def _heading(text: str, start: int, end: int, words: str, level: int) -> Iterator[Block]:
    """The heading's words alone, without its marks."""
    first = text.find(words, start, end) if words else -1
    if first >= 0:
        yield Block(BlockKind.HEADING, first, first + len(words), level)


def _trimmed(text: str, kind: BlockKind, start: int, end: int, header: str = "") -> Iterator[Block]:
    end = min(end, len(text))
    piece = text[start:end]
    if stripped := piece.strip():
        first = start + piece.index(stripped)
        yield Block(kind, first, first + len(stripped), header=header)


def _row_text(line: str) -> str:
    return " | ".join(cell.strip() for cell in line.strip().strip("|").split("|"))


def _first_heading(pages: Sequence[Page]) -> str:
    headings = ((page, block) for page in pages for block in page.blocks if block.kind is BlockKind.HEADING)
    page, block = min(headings, key=lambda found: found[1].level, default=(None, None))
    if page is None or block is None:
        return ""
    return sanitise(_MARKUP.sub(r"\1", page.text[block.start : block.end])).strip()
