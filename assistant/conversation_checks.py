"""May a conversation get a turn answered from how it was some while ago? Asked in the transaction that adds it."""

import sqlite3

from assistant.types import Dialogue
from config.errors import LibraryError


def turns_of(connection: sqlite3.Connection, dialogue: Dialogue) -> int:
    """How many turns the conversation has now; 0 when it was deleted, or has not begun."""
    (count,) = connection.execute(
        "SELECT COUNT(*) FROM conversation_turns WHERE conversation = ?", (dialogue.conversation_id,)
    ).fetchone()
    return int(count)


def require_unchanged(connection: sqlite3.Connection, dialogue: Dialogue) -> None:
    """Other threads and processes may have spoken in it, or deleted it. Raises LibraryError then."""
    turns = turns_of(connection, dialogue)
    if turns == len(dialogue.exchanges):
        return
    if turns == 0:
        raise LibraryError("The conversation was deleted while the answer was written.", "Start a new one.")
    raise LibraryError(
        "The conversation was gone on with elsewhere while the answer was written.",
        "Open it again to go on from there, or start a new one.",
    )
