"""The turns of a conversation in the library file: added, and read as a person sees them or as the next prompt does."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from assistant.conversations.names import title_of
from assistant.conversations.passages import as_json, from_json
from assistant.conversations.scopes import add_scope, scopes_of
from assistant.types import Answer, Citation, Dialogue, Exchange, Source, Turn
from ingest.library.database import Database

# The passages of a conversation under their numbers, with the path at which each is now (NULL: nowhere).
_SOURCES = """
    SELECT s.number, s.passage, d.path FROM conversation_sources s
    LEFT JOIN chunks c ON c.chunk_id = s.chunk_id LEFT JOIN documents d ON d.id = c.document
    WHERE s.conversation = ? AND s.passage IS NOT NULL ORDER BY s.number
"""


def begin(connection: sqlite3.Connection, collection: str, dialogue: Dialogue, question: str) -> None:
    """Create the conversation of `dialogue`, which `question` is the first one of."""
    now = _now()
    connection.execute(
        "INSERT INTO conversations (id, collection, title, fence, started_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
        (dialogue.conversation_id, collection, title_of(question), dialogue.fence, now, now),
    )


def add(
    connection: sqlite3.Connection, dialogue: Dialogue, answer: Answer, exchange: Exchange, first_turn: int
) -> None:
    """Add the turn that follows on those of `dialogue`; `first_turn` is the first exchange still in the window."""
    now = _now()
    conversation, turn = dialogue.conversation_id, len(dialogue.exchanges)
    connection.execute(
        "UPDATE conversations SET updated_at = ?, first_turn = ? WHERE id = ?",
        (_behind_all_others(connection, now), first_turn, conversation),
    )
    connection.execute(
        "INSERT INTO conversation_turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            conversation,
            turn,
            answer.question,
            answer.text,
            answer.style,
            answer.refused,
            answer.stopped,
            exchange.prompt,
            exchange.reply,
            now,
        ),
    )
    if exchange.scope is not None:
        add_scope(connection, conversation, turn, exchange.scope.documents)
    _add_evidence(connection, conversation, turn, answer, exchange)
    connection.executemany(
        "INSERT INTO conversation_citations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (conversation, turn, position, c.number, c.document, c.path, c.page, c.quote, c.start, c.end)
            for position, c in enumerate(answer.citations)
        ],
    )


def _add_evidence(
    connection: sqlite3.Connection, conversation: str, turn: int, answer: Answer, exchange: Exchange
) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO conversation_sources VALUES (?, ?, ?, ?, ?)",
        [
            (conversation, s.number, s.passage.path, s.passage.chunk.chunk_id, as_json(s.passage))
            for s in answer.evidence
        ],
    )
    connection.executemany(
        "INSERT INTO conversation_evidence VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (conversation, turn, position, s.number, s.key_start, s.key_end, s.number in exchange.shown)
            for position, s in enumerate(answer.evidence)
        ],
    )


def turns_of(database: Database, conversation: str) -> tuple[Turn, ...]:
    """The turns as a person sees them, oldest first."""
    sources = sources_of(database, conversation)
    rows = database.rows(
        "SELECT number, question, answer, refused, stopped FROM conversation_turns "
        "WHERE conversation = ? ORDER BY number",
        (conversation,),
    )
    return tuple(
        Turn(
            question,
            answer,
            bool(refused),
            _citations(database, conversation, turn),
            _evidence(database, conversation, turn, sources),
            bool(stopped),
        )
        for turn, question, answer, refused, stopped in rows
    )


def exchanges_of(database: Database, conversation: str) -> tuple[Exchange, ...]:
    """The turns as the next prompt needs them, oldest first."""
    shown: dict[int, list[int]] = {}
    for turn, source in database.rows(
        "SELECT turn, source FROM conversation_evidence WHERE conversation = ? AND in_prompt", (conversation,)
    ):
        shown.setdefault(turn, []).append(source)
    scopes = scopes_of(database, conversation)
    rows = database.rows(
        "SELECT number, question, prompt, reply FROM conversation_turns WHERE conversation = ? ORDER BY number",
        (conversation,),
    )
    return tuple(
        Exchange(question, prompt, reply, tuple(shown.get(turn, ())), scopes.get(turn))
        for turn, question, prompt, reply in rows
    )


def sources_of(database: Database, conversation: str) -> dict[int, Source]:
    """Number → source, of documents that were not forgotten; each names the document by where it is now."""
    rows = database.rows(_SOURCES, (conversation,))
    return {number: Source(number, from_json(passage, path)) for number, passage, path in rows}


def next_number(database: Database, conversation: str) -> int:
    """The number for the next new source. Those of forgotten documents are not given again."""
    last = database.value("SELECT MAX(number) FROM conversation_sources WHERE conversation = ?", (conversation,))
    return (last or 0) + 1


def _citations(database: Database, conversation: str, turn: int) -> tuple[Citation, ...]:
    rows = database.rows(
        'SELECT number, document, path, page, quote, start, "end" FROM conversation_citations '
        "WHERE conversation = ? AND turn = ? ORDER BY position",
        (conversation, turn),
    )
    return tuple(Citation(*row) for row in rows)


def _evidence(database: Database, conversation: str, turn: int, sources: dict[int, Source]) -> tuple[Source, ...]:
    rows = database.rows(
        "SELECT source, key_start, key_end FROM conversation_evidence "
        "WHERE conversation = ? AND turn = ? ORDER BY position",
        (conversation, turn),
    )
    return tuple(
        replace(sources[number], key_start=start, key_end=end) for number, start, end in rows if number in sources
    )


def _now() -> str:
    return _written(datetime.now(UTC))


def _behind_all_others(connection: sqlite3.Connection, now: str) -> str:
    """`now`, or a moment after the conversation spoken in last, where that is later: the clock may have been set
    back."""
    (latest,) = connection.execute("SELECT MAX(updated_at) FROM conversations").fetchone()
    return max(now, _written(datetime.fromisoformat(latest) + timedelta(milliseconds=1)))


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
