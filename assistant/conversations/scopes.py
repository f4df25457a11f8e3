"""Which documents a turn was put to, kept so that they are found again when they have moved, or changed in place."""

import json
import sqlite3
from collections.abc import Collection

from assistant.types import Scope
from ingest.library.database import Database

# A document that has left the library meanwhile has neither path nor hash.
_ADD = """
    INSERT INTO conversation_scopes
    SELECT c.id, :turn, asked.key, COALESCE(d.path, ''), COALESCE(d.sha256, '')
    FROM conversations c JOIN json_each(:paths) AS asked LEFT JOIN collections l ON l.name = c.collection
    LEFT JOIN held d ON d.collection = l.id AND d.path = asked.value
    WHERE c.id = :conversation
"""
# By what it holds a document is found wherever it is; by its path when it holds something else by now.
_OF = """
    SELECT s.turn, s.path, COALESCE(same.path, there.path) FROM conversation_scopes s
    JOIN conversations c ON c.id = s.conversation LEFT JOIN collections l ON l.name = c.collection
    LEFT JOIN held same ON same.collection = l.id AND same.sha256 = s.sha256
    LEFT JOIN held there ON there.collection = l.id AND there.path = s.path
    WHERE s.conversation = ? ORDER BY s.turn
"""
_FORGET = """
    UPDATE conversation_scopes SET path = '', sha256 = ''
    WHERE conversation IN (SELECT id FROM conversations WHERE collection = :collection) AND NOT EXISTS (
        SELECT 1 FROM held d JOIN collections l ON l.id = d.collection
        WHERE l.name = :collection AND (d.sha256 = conversation_scopes.sha256 OR d.path = conversation_scopes.path)
    )
"""


def add_scope(connection: sqlite3.Connection, conversation: str, turn: int, paths: Collection[str]) -> None:
    """The turn was put to the documents at `paths`."""
    connection.execute(_ADD, {"conversation": conversation, "turn": turn, "paths": json.dumps(sorted(paths))})


def scopes_of(database: Database, conversation: str) -> dict[int, Scope]:
    """Turn → the documents it was put to, for the turns that were put to some and not to all."""
    named: dict[int, set[str]] = {}
    now: dict[int, set[str]] = {}
    for turn, path, path_now in database.rows(_OF, (conversation,)):
        named.setdefault(turn, set()).update({path} - {""})
        now.setdefault(turn, set()).update({path_now} - {None})
    return {turn: Scope(frozenset(paths), frozenset(now[turn])) for turn, paths in named.items()}


def forget_those_gone(connection: sqlite3.Connection, collection: str) -> None:
    """Take out the paths and hashes of documents that are out of the library; that there was one stays."""
    connection.execute(_FORGET, {"collection": collection})
