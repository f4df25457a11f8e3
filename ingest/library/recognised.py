"""What OCR has read of files that are not in the library yet, so that an interrupted run goes on with the next page."""

import json

from ingest.exchange import recognised_from_message, recognised_to_message
from ingest.library.database import Database
from ingest.loaders.lines import RecognisedPage


class RecognisedPages:
    """Pages by the hash of their file. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, sha256: str) -> dict[int, RecognisedPage]:
        rows = self._database.rows("SELECT page, content FROM recognised WHERE sha256 = ?", (sha256,))
        return {page: recognised_from_message(json.loads(content)) for page, content in rows}

    def keep(self, sha256: str, index: int, page: RecognisedPage) -> None:
        content = json.dumps(recognised_to_message(page))
        with self._database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO recognised VALUES (?, ?, ?)", (sha256, index, content))

    def clear(self) -> None:
        """At the end of a run nothing waits any more: what could be read is in the library."""
        if self._database.value("SELECT count(*) FROM recognised"):
            with self._database.transaction() as connection:
                connection.execute("DELETE FROM recognised")
