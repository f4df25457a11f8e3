"""Conversations, kept in the library file: questions, answers, citations, and the sources under their numbers."""

from collections.abc import Callable, Collection

from assistant.conversations import turns
from assistant.conversations.checks import ConversationDeleted, require_remembered, require_unchanged
from assistant.conversations.forgetting import forget_documents
from assistant.conversations.names import FreshIds, fence_of
from assistant.conversations.tables import create_tables
from assistant.types import Answer, Conversation, Dialogue, Exchange
from config.errors import UsageError
from ingest.library.database import Database


class Conversations:
    """The conversations of one collection. Each call is one transaction."""

    def __init__(self, database: Database, collection: str) -> None:
        self._database = database
        self._collection = collection
        self.delete_hooks: list[Callable[[str], None]] = []
        """Called with the id of a conversation that is deleted."""
        self._fresh_ids = FreshIds()
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
            return Conversation(conversation_id, title, started_at, turns.turns_of(self._database, conversation_id))

    def delete(self, conversation_id: str) -> None:
        """Raises UsageError when there is no conversation of that id."""
        with self._database.transaction() as connection:
            self._row(conversation_id)
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))
        self._tell_deleted(conversation_id)

    def open(self, which: str) -> Dialogue:
        """The conversation that a question belongs to: a fresh one for "new", the latest for "last" (fresh if there is
        none), else the one of that id. Nothing is written before `save`. Raises UsageError for an unknown id."""
        if which == "last":
            which = self.last() or "new"
        if which == "new":
            return Dialogue(self._fresh_ids.next(), fence_of(self._database), is_new=True)
        with self._database.snapshot():
            _, _, first_turn = self._row(which)
            return Dialogue(
                which,
                self._database.value("SELECT fence FROM conversations WHERE id = ?", (which,)),
                False,
                turns.exchanges_of(self._database, which),
                tuple(turns.sources_of(self._database, which).values()),
                first_turn,
                turns.next_number(self._database, which),
            )

    def save(self, dialogue: Dialogue, answer: Answer, exchange: Exchange, first_turn: int) -> None:
        """Add a turn to the conversation, which is created by its first one: `answer`, as a person sees the turn, and
        `exchange`, as the next prompt needs it, with the first of the exchanges that are still in the window.

        Raises LibraryError when it is no longer as `dialogue` found it: the turn would stand behind others that its
        sources and its prompt know nothing of; or when a document that it may speak of was forgotten.
        """
        try:
            with self._database.transaction() as connection:
                require_unchanged(connection, dialogue)
                require_remembered(connection, self._collection, dialogue, answer.evidence)
                if dialogue.is_new:
                    turns.begin(connection, self._collection, dialogue, answer.question)
                turns.add(connection, dialogue, answer, exchange, first_turn)
        except ConversationDeleted:
            self._tell_deleted(dialogue.conversation_id)  # the model has read of it since
            raise

    def purge_documents(self, paths: Collection[str]) -> None:
        """Remove every trace of the documents at `paths`, which are out of the library; for `Library.forget_hooks`."""
        with self._database.transaction() as connection:
            forget_documents(connection, self._collection, paths)

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
