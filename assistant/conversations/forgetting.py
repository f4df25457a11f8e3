"""What conversations hold of documents that are forgotten: passages, quotes, and the turns that may speak of them."""

import json
import sqlite3
from collections.abc import Collection

from assistant.conversations.scopes import forget_those_gone

FORGOTTEN = "(This turn was removed together with the document it spoke of.)"

# A moved document is quoted under its old path: a source belongs to it when neither its passage nor its path is left.
_SOURCES_OF = """
    SELECT s.conversation, s.number FROM conversation_sources s JOIN conversations c ON c.id = s.conversation
    WHERE c.collection = ? AND s.passage IS NOT NULL AND (
        s.path IN (SELECT value FROM json_each(?))
        OR NOT EXISTS (SELECT 1 FROM chunks WHERE chunk_id = s.chunk_id)
        AND NOT EXISTS (SELECT 1 FROM documents WHERE path = s.path)
    )
"""
# What one prompt showed stands in those of the later turns, too, and their replies may say it again. The oldest turns
# may have left the prompt by then; when is not kept, so a turn too many is taken rather than one too few.
_TURNS_WITH = """
    SELECT turn FROM conversation_evidence
    WHERE conversation = :conversation AND source = :source AND (position = 0 OR in_prompt)
    UNION
    SELECT turn FROM conversation_citations WHERE conversation = :conversation AND number = :source
    UNION
    SELECT number FROM conversation_turns
    WHERE conversation = :conversation AND prompt != '' AND number > (
        SELECT MIN(turn) FROM conversation_evidence
        WHERE conversation = :conversation AND source = :source AND in_prompt
    )
"""


def forget_documents(connection: sqlite3.Connection, collection: str, paths: Collection[str]) -> None:
    """Remove every trace of the documents that were at `paths`, and are out of the library by now.

    Their passages and quotes go. A turn that cites them, that had one for its nearest passage, or whose answer was
    written after one was read, keeps its place, but neither question nor answer. So does what was quoted from
    documents that have left the library under another path.
    """
    for conversation, source in connection.execute(_SOURCES_OF, (collection, json.dumps(list(paths)))).fetchall():
        tainted = connection.execute(_TURNS_WITH, {"conversation": conversation, "source": source}).fetchall()
        for (turn,) in tainted:
            _blank(connection, conversation, turn)
        connection.execute(
            "DELETE FROM conversation_evidence WHERE conversation = ? AND source = ?", (conversation, source)
        )
        connection.execute(
            "UPDATE conversation_sources SET passage = NULL, path = '' WHERE conversation = ? AND number = ?",
            (conversation, source),
        )
    forget_those_gone(connection, collection)


def _blank(connection: sqlite3.Connection, conversation: str, turn: int) -> None:
    connection.execute(
        "UPDATE conversation_turns SET question = '', answer = ?, prompt = '', reply = '' "
        "WHERE conversation = ? AND number = ?",
        (FORGOTTEN, conversation, turn),
    )
    connection.execute("DELETE FROM conversation_citations WHERE conversation = ? AND turn = ?", (conversation, turn))
    connection.execute("DELETE FROM conversation_scopes WHERE conversation = ? AND turn = ?", (conversation, turn))
    if turn == 0:
        connection.execute("UPDATE conversations SET title = '' WHERE id = ?", (conversation,))
