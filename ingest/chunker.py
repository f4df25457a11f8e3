"""Document → chunks along headings and pages: the passages that are embedded, found and cited as one.

A chunk stays on one page unless a sentence runs over the page break, keeps to one section once it has `min_tokens`,
and to one table. Its text is a verbatim slice of the pages; title, heading path, table header and words broken over
lines go into its context line. Text and context together fit the embedder's window, so nothing is silently lost.
"""

from collections.abc import Iterator, Sequence
from math import ceil

from config.sections import ChunkingSettings
from ingest.contexts import PATH_SEPARATOR, heading_path, write_contexts
from ingest.pieces import CountTokens, Piece, cut_into_pieces, slice_of
from ingest.types import BlockKind, Chunk, Document, make_chunk_id

CONTEXT_SHARE = 5
"""A fifth of the embedder's window is kept for the context line."""


def chunk_document(
    document: Document, *, collection: str, settings: ChunkingSettings, count_tokens: CountTokens, window: int
) -> list[Chunk]:
    """The document's chunks in reading order; the same document always gives the same ones.

    `window` is how many tokens of a text the embedder reads, `count_tokens` how many each of some texts takes.
    """
    limit = min(settings.max_tokens, window - window // CONTEXT_SHARE)
    pieces = cut_into_pieces(document, limit, count_tokens)
    sections = _sections(pieces, settings.min_tokens, limit)
    groups = [group for section in sections for group in _pack(section, limit)]
    contexts = write_contexts(document, groups, count_tokens, window)
    return [
        _chunk(document, collection, ordinal, group, context)
        for ordinal, (group, context) in enumerate(zip(groups, contexts, strict=True))
    ]


def _sections(pieces: Sequence[Piece], min_tokens: int, limit: int) -> Iterator[list[Piece]]:
    """Runs of pieces between which a chunk must end."""
    section: list[Piece] = []
    tokens = 0
    table = ""
    for piece in pieces:
        if section and (
            _leaves_the_page(section[-1], piece, limit)
            or _begins_a_section(section[-1], piece, tokens >= min_tokens)
            or (table and piece.table not in ("", table))
        ):
            yield section
            section, tokens, table = [], 0, ""
        section.append(piece)
        tokens += piece.tokens + piece.gap
        table = table or piece.table
    if section:
        yield section


def _leaves_the_page(above: Piece, piece: Piece, limit: int) -> bool:
    """Whether `piece` belongs to the next page alone. A sentence that runs over the page break does not, if it fits a
    chunk; what follows it does."""
    if piece.page == above.page:
        return above.runs_on
    return not piece.runs_on or above.tokens + piece.gap + piece.tokens > limit


def _begins_a_section(above: Piece, piece: Piece, enough: bool) -> bool:
    return enough and piece.kind is BlockKind.HEADING and above.kind is not BlockKind.HEADING


def _pack(section: Sequence[Piece], limit: int) -> Iterator[list[Piece]]:
    """Groups of up to `limit` tokens and about the same size, so that no crumb is left at the end."""
    rest = _size(section)
    target = _even_share(rest, limit)
    group: list[Piece] = []
    tokens = 0
    for unit in _units(section, limit):
        size = _size(unit)
        if group and (tokens + size > limit or tokens + size / 2 > target):
            yield group
            rest -= tokens
            target = _even_share(rest, limit)
            group, tokens = [], 0
        group.extend(unit)
        tokens += size
    if group:
        yield group


def _even_share(tokens: int, limit: int) -> float:
    """The size of each of the fewest groups that hold `tokens`."""
    return tokens / max(1, ceil(tokens / limit))


def _units(section: Sequence[Piece], limit: int) -> Iterator[list[Piece]]:
    """Pieces that stay together if they fit: headings with what they head, a sentence that runs over the page break."""
    unit: list[Piece] = []
    for piece in section:
        belongs = unit and (unit[-1].kind is BlockKind.HEADING or piece.runs_on)
        if unit and not (belongs and _size([*unit, piece]) <= limit):
            yield unit
            unit = []
        unit.append(piece)
    if unit:
        yield unit


def _size(pieces: Sequence[Piece]) -> int:
    """Tokens of the pieces with what stands before and between them."""
    return sum(piece.tokens + piece.gap for piece in pieces)


def _chunk(document: Document, collection: str, ordinal: int, group: Sequence[Piece], context: str) -> Chunk:
    first, last = group[0], group[-1]
    return Chunk(
        chunk_id=make_chunk_id(collection, document.sha256, ordinal),
        ordinal=ordinal,
        text=slice_of(document, first, last),
        context=context,
        page=first.page,
        page_last=last.page,
        start=first.start,
        end=last.end,
        heading=PATH_SEPARATOR.join(heading_path(group)),
    )
