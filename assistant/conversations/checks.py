"""May a conversation get a turn answered from how it was some while ago? Asked in the transaction that adds it."""

import json
import sqlite3
from collections.abc import Iterable

from assistant.types import Dialogue, Source
from config.errors import LibraryError

# How many sources of a conversation have not been forgotten, and whether the collection has forgotten one of the
# passages that were `found` just before ([path, chunk_id] in JSON).
_REMEMBERED = """
    SELECT
        (SELECT COUNT(*) FROM conversation_sources WHERE conversation = :conversation AND passage IS NOT NULL),
        EXISTS (
            SELECT 1 FROM json_each(:found)
            WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE chunk_id = json_extract(value, '$[1]'))
            AND NOT EXISTS (
                SELECT 1 FROM documents d JOIN collections c ON c.id = d.collection
                WHERE c.name = :collection AND d.path = json_extract(value, '$[0]')
            )
        )
"""


class ConversationDeleted(LibraryError):
    pass


def require_unchanged(connection: sqlite3.Connection, dialogue: Dialogue) -> None:
    """Other threads and processes may have spoken in it, or deleted it. Raises LibraryError then,
    ConversationDeleted in the latter case."""
    (turns,) = connection.execute(
        "SELECT COUNT(*) FROM conversation_turns WHERE conversation = ?", (dialogue.conversation_id,)
    ).fetchone()
    if turns == len(dialogue.exchanges):
        return
    if turns == 0:
        raise ConversationDeleted("The conversation was deleted while the answer was written.", "Start a new one.")
    raise LibraryError(
        "The conversation was gone on with elsewhere while the answer was written.",
        "Open it again to go on from there, or start a new one.",
    )


def require_remembered(
    connection: sqlite3.Connection, collection: str, dialogue: Dialogue, evidence: Iterable[Source]
) -> None:
    """What was forgotten while the answer was written must not come back with it, after the receipt: neither what was
    found for the question nor what stood in the turns before. Raises LibraryError then."""
    found = json.dumps([(source.passage.path, source.passage.chunk.chunk_id) for source in evidence])
    known, is_gone = connection.execute(
        _REMEMBERED, {"conversation": dialogue.conversation_id, "collection": collection, "found": found}
    ).fetchone()
    if known < len(dialogue.sources) or is_gone:
        raise LibraryError("A document that it may speak of was forgotten while the answer was written.", "Ask again.")
