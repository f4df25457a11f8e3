"""What OCR has read of files that are not in the library yet, so that an interrupted run goes on with the next page."""

import json
import time

from ingest.exchange import recognised_from_message, recognised_to_message
from ingest.library.database import Database
from ingest.loaders.lines import RecognisedPage

DAYS_KEPT = 7
"""An interrupted run can be gone on with for so long; then the end of any other deletes what it left."""


class RecognisedPages:
    """Pages by the hash of their file, as one run deals with them. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._of_this_run: set[str] = set()

    def load(self, sha256: str) -> dict[int, RecognisedPage]:
        self._of_this_run.add(sha256)
        rows = self._database.rows("SELECT page, content FROM recognised WHERE sha256 = ?", (sha256,))
        return {page: recognised_from_message(json.loads(content)) for page, content in rows}

    def keep(self, sha256: str, index: int, page: RecognisedPage) -> None:
        self._of_this_run.add(sha256)
        content = json.dumps(recognised_to_message(page))
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO recognised VALUES (?, ?, ?, ?)", (sha256, index, content, time.time())
            )

    def clear(self) -> None:
        """At the end of a run none of its files waits any more: what could be read is in the library. Another process
        may be reading others, and an interrupted run have left some."""
        if self._database.value("SELECT count(*) FROM recognised"):
            with self._database.transaction() as connection:
                connection.execute(
                    "DELETE FROM recognised WHERE kept_at < ? OR sha256 IN (SELECT value FROM json_each(?))",
                    (time.time() - DAYS_KEPT * 86400, json.dumps(sorted(self._of_this_run))),
                )
