"""Conversations, kept in the library file: questions, answers, citations, and the sources under their numbers."""

import hashlib
import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock

from assistant.conversation_checks import ConversationDeleted, require_remembered, require_unchanged
from assistant.conversation_passages import as_json, from_json
from assistant.conversation_tables import SOURCES, SOURCES_OF, TURNS_WITH, create_tables
from assistant.types import Answer, Citation, Conversation, Dialogue, Exchange, Source, Turn
from config.errors import UsageError
from ingest.library.database import Database

FORGOTTEN = "(This turn was removed together with the document it spoke of.)"

_TITLE_LENGTH = 80
_FENCE_LENGTH = 8
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Conversations:
    """The conversations of one collection. Each call is one transaction."""

    def __init__(self, database: Database, collection: str) -> None:
        self._database = database
        self._collection = collection
        self.delete_hooks: list[Callable[[str], None]] = []
        """Called with the id of a conversation that is deleted."""
        self._numbering = Lock()
        self._last_moment = 0
        create_tables(database)

    def list(self) -> list[Conversation]:
        """Every conversation, the one spoken in last first, without its turns."""
        rows = self._database.rows(
            "SELECT id, title, started_at FROM conversations WHERE collection = ? ORDER BY updated_at DESC, id DESC",
            (self._collection,),
        )
        return [Conversation(*row) for row in rows]

    def last(self) -> str | None:
        """The id of the conversation spoken in last."""
        found = self.list()
        return found[0].conversation_id if found else None

    def load(self, conversation_id: str) -> Conversation:
        """A conversation with its turns. Raises UsageError when there is none of that id."""
        with self._database.snapshot():
            title, started_at, _ = self._row(conversation_id)
            sources = self._sources(conversation_id)
            rows = self._database.rows(
                "SELECT number, question, answer, refused, stopped FROM conversation_turns "
                "WHERE conversation = ? ORDER BY number",
                (conversation_id,),
            )
            turns = tuple(
                Turn(
                    question,
                    answer,
                    bool(refused),
                    self._citations(conversation_id, number),
                    self._evidence(conversation_id, number, sources),
                    bool(stopped),
                )
                for number, question, answer, refused, stopped in rows
            )
        return Conversation(conversation_id, title, started_at, turns)

    def delete(self, conversation_id: str) -> None:
        """Raises UsageError when there is no conversation of that id."""
        with self._database.transaction() as connection:
            self._row(conversation_id)
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))
        self._tell_deleted(conversation_id)

    # a question and its answer

    def open(self, which: str) -> Dialogue:
        """The conversation that a question belongs to: a fresh one for "new", the latest for "last" (fresh if there is
        none), else the one of that id. Nothing is written before `save`. Raises UsageError for an unknown id."""
        if which == "last":
            which = self.last() or "new"
        if which == "new":
            return Dialogue(self._fresh_id(), self._fence(), is_new=True)
        with self._database.snapshot():
            _, _, first_turn = self._row(which)
            fence = self._database.value("SELECT fence FROM conversations WHERE id = ?", (which,))
            sources = self._sources(which)
            numbered = self._database.value(
                "SELECT MAX(number) FROM conversation_sources WHERE conversation = ?", (which,)
            )
            exchanges = self._exchanges(which)
        return Dialogue(which, fence, False, exchanges, tuple(sources.values()), first_turn, (numbered or 0) + 1)

    def save(
        self, dialogue: Dialogue, answer: Answer, *, prompt: str, reply: str, shown: Iterable[int], first_turn: int
    ) -> None:
        """Add a turn to the conversation, which is created by its first one.

        Raises LibraryError when it is no longer as `dialogue` found it: the turn would stand behind others that its
        sources and its prompt know nothing of; or when a document that it may speak of was forgotten.
        """
        try:
            with self._database.transaction() as connection:
                require_unchanged(connection, dialogue)
                require_remembered(connection, self._collection, dialogue, answer.evidence)
                self._add(connection, dialogue, answer, prompt, reply, set(shown), first_turn)
        except ConversationDeleted:
            self._tell_deleted(dialogue.conversation_id)  # the model has read of it since
            raise

    def _add(
        self,
        connection: sqlite3.Connection,
        dialogue: Dialogue,
        answer: Answer,
        prompt: str,
        reply: str,
        in_prompt: Collection[int],
        first_turn: int,
    ) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        conversation_id, number = dialogue.conversation_id, len(dialogue.exchanges)
        if dialogue.is_new:
            connection.execute(
                "INSERT INTO conversations (id, collection, title, fence, started_at, updated_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (conversation_id, self._collection, _title(answer.question), dialogue.fence, now, now),
            )
        connection.execute(
            "UPDATE conversations SET updated_at = ?, first_turn = ? WHERE id = ?",
            (now, first_turn, conversation_id),
        )
        connection.execute(
            "INSERT INTO conversation_turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                conversation_id,
                number,
                answer.question,
                answer.text,
                answer.style,
                answer.refused,
                answer.stopped,
                prompt,
                reply,
                now,
            ),
        )
        connection.executemany(
            "INSERT OR IGNORE INTO conversation_sources VALUES (?, ?, ?, ?, ?)",
            [
                (conversation_id, s.number, s.passage.path, s.passage.chunk.chunk_id, as_json(s.passage))
                for s in answer.evidence
            ],
        )
        connection.executemany(
            "INSERT INTO conversation_evidence VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (conversation_id, number, position, s.number, s.key_start, s.key_end, s.number in in_prompt)
                for position, s in enumerate(answer.evidence)
            ],
        )
        connection.executemany(
            "INSERT INTO conversation_citations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (conversation_id, number, position, c.number, c.document, c.path, c.page, c.quote, c.start, c.end)
                for position, c in enumerate(answer.citations)
            ],
        )

    # forgetting

    def purge_documents(self, paths: Collection[str]) -> None:
        """Remove every trace of the documents at `paths`; for `Library.forget_hooks`.

        Their passages and quotes go. A turn that cites them, that had one for its nearest passage, or whose answer was
        written after one was read, keeps its place, but neither question nor answer. So does what was quoted from
        documents that have left the library under another path.
        """
        with self._database.transaction() as connection:
            gone = connection.execute(SOURCES_OF, (self._collection, json.dumps(list(paths)))).fetchall()
            for conversation_id, source in gone:
                tainted = connection.execute(TURNS_WITH, {"conversation": conversation_id, "source": source}).fetchall()
                for (turn,) in tainted:
                    self._blank(connection, conversation_id, turn)
                connection.execute(
                    "DELETE FROM conversation_evidence WHERE conversation = ? AND source = ?", (conversation_id, source)
                )
                connection.execute(
                    "UPDATE conversation_sources SET passage = NULL, path = '' WHERE conversation = ? AND number = ?",
                    (conversation_id, source),
                )

    # how

    def _blank(self, connection: sqlite3.Connection, conversation_id: str, turn: int) -> None:
        connection.execute(
            "UPDATE conversation_turns SET question = '', answer = ?, prompt = '', reply = '' "
            "WHERE conversation = ? AND number = ?",
            (FORGOTTEN, conversation_id, turn),
        )
        connection.execute(
            "DELETE FROM conversation_citations WHERE conversation = ? AND turn = ?", (conversation_id, turn)
        )
        if turn == 0:
            connection.execute("UPDATE conversations SET title = '' WHERE id = ?", (conversation_id,))

    def _tell_deleted(self, conversation_id: str) -> None:
        for hook in self.delete_hooks:
            hook(conversation_id)

    def _row(self, conversation_id: str) -> tuple[str, str, int]:
        rows = self._database.rows(
            "SELECT title, started_at, first_turn FROM conversations WHERE id = ? AND collection = ?",
            (conversation_id, self._collection),
        )
        if not rows:
            raise UsageError(
                f"There is no conversation {conversation_id}.",
                "Start a new one (without --conversation; Ctrl+N), or go on with another (`--conversation last`; F3).",
            )
        title, started_at, first_turn = rows[0]
        return title, started_at, first_turn

    def _sources(self, conversation_id: str) -> dict[int, Source]:
        rows = self._database.rows(SOURCES, (conversation_id,))
        return {number: Source(number, from_json(passage, path)) for number, passage, path in rows}

    def _exchanges(self, conversation_id: str) -> tuple[Exchange, ...]:
        shown: dict[int, list[int]] = {}
        for turn, source in self._database.rows(
            "SELECT turn, source FROM conversation_evidence WHERE conversation = ? AND in_prompt", (conversation_id,)
        ):
            shown.setdefault(turn, []).append(source)
        rows = self._database.rows(
            "SELECT number, question, prompt, reply FROM conversation_turns WHERE conversation = ? ORDER BY number",
            (conversation_id,),
        )
        return tuple(
            Exchange(question, prompt, reply, tuple(shown.get(number, ()))) for number, question, prompt, reply in rows
        )

    def _citations(self, conversation_id: str, turn: int) -> tuple[Citation, ...]:
        rows = self._database.rows(
            'SELECT number, document, path, page, quote, start, "end" FROM conversation_citations '
            "WHERE conversation = ? AND turn = ? ORDER BY position",
            (conversation_id, turn),
        )
        return tuple(Citation(*row) for row in rows)

    def _evidence(self, conversation_id: str, turn: int, sources: dict[int, Source]) -> tuple[Source, ...]:
        rows = self._database.rows(
            "SELECT source, key_start, key_end FROM conversation_evidence "
            "WHERE conversation = ? AND turn = ? ORDER BY position",
            (conversation_id, turn),
        )
        return tuple(
            replace(sources[number], key_start=start, key_end=end) for number, start, end in rows if number in sources
        )

    def _fresh_id(self) -> str:
        """Milliseconds since 1970 in base 36: short, and sorted by time. No two threads get the same one; two random
        digits keep processes apart."""
        with self._numbering:
            self._last_moment = max(time.time_ns() // 1_000_000, self._last_moment + 1)
            moment = self._last_moment
        return _base36(moment) + "".join(secrets.choice(_DIGITS) for _ in range(2))

    def _fence(self) -> str:
        """A word that no document's author can know, and that is taken out of what documents say. It hangs on a secret
        of this library only: every conversation begins with the same words, which the model need not read again, and
        the same question with the same seed gives the same answer."""
        secret = self._database.value("SELECT secret FROM conversation_secret")
        if secret is None:
            with self._database.transaction() as connection:
                connection.execute(
                    "INSERT INTO conversation_secret SELECT ? WHERE NOT EXISTS (SELECT 1 FROM conversation_secret)",
                    (secrets.token_hex(16),),
                )
            secret = self._database.value("SELECT secret FROM conversation_secret")
        return hashlib.sha256(f"{secret}\0fence".encode()).hexdigest()[:_FENCE_LENGTH]


def _title(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= _TITLE_LENGTH else line[: _TITLE_LENGTH - 1].rstrip() + "…"


def _base36(value: int) -> str:
    digits = ""
    while value:
        value, digit = divmod(value, 36)
        digits = _DIGITS[digit] + digits
    return digits
