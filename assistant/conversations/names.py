"""What a conversation goes by: its id, its title, and the word that fences in what its prompts quote."""

import hashlib
import secrets
import time
from threading import Lock

from ingest.library.database import Database

_TITLE_LENGTH = 80
_FENCE_LENGTH = 8
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class FreshIds:
    """Milliseconds since 1970 in base 36: short, and sorted by time. No two threads get the same one; two random
    digits keep processes apart."""

    def __init__(self) -> None:
        self._numbering = Lock()
        self._last_moment = 0

    def next(self) -> str:
        with self._numbering:
            self._last_moment = max(time.time_ns() // 1_000_000, self._last_moment + 1)
            moment = self._last_moment
        return _base36(moment) + "".join(secrets.choice(_DIGITS) for _ in range(2))


def title_of(question: str) -> str:
    """The title of a conversation that begins with `question`: its first 80 characters, on one line."""
    line = " ".join(question.split())
    return line if len(line) <= _TITLE_LENGTH else line[: _TITLE_LENGTH - 1].rstrip() + "…"


def fence_of(database: Database) -> str:
    """A word that no document's author can know, and that is taken out of what documents say. It hangs on a secret of
    this library only: every conversation begins with the same words, which the model need not read again, and the same
    question with the same seed gives the same answer."""
    secret = database.value("SELECT secret FROM conversation_secret")
    if secret is None:
        with database.transaction() as connection:
            connection.execute(
                "INSERT INTO conversation_secret SELECT ? WHERE NOT EXISTS (SELECT 1 FROM conversation_secret)",
                (secrets.token_hex(16),),
            )
        secret = database.value("SELECT secret FROM conversation_secret")
    return hashlib.sha256(f"{secret}\0fence".encode()).hexdigest()[:_FENCE_LENGTH]


def _base36(value: int) -> str:
    digits = ""
    while value:
        value, digit = divmod(value, 36)
        digits = _DIGITS[digit] + digits
    return digits
