"""Pending chunks → vectors, slice by slice, in a thread beside the reading."""

import time
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Thread
from types import TracebackType
from typing import Self

from ingest.library.library import Library
from models.base import Embedder


def embed_next_slice(library: Library, embedder: Embedder, *, from_end: bool = False) -> int:
    """Give the chunks of one pending slice their vectors; returns how many it has, 0 when none is pending.

    What another chunk with the same text has is copied; the others are embedded, each text once, all or none.
    """
    pending = library.pending_slice(from_end=from_end)
    if not pending:
        return 0
    copied = set(library.copy_vectors([chunk.chunk_id for chunk in pending]))
    new = [chunk for chunk in pending if chunk.chunk_id not in copied]
    if new:
        texts = list(dict.fromkeys(chunk.indexed_text for chunk in new))
        rows = {text: row for row, text in enumerate(texts)}
        vectors = embedder.embed_documents(texts)
        library.store_vectors(new, vectors[[rows[chunk.indexed_text] for chunk in new]])
    return len(pending)


SHARE_WHILE_CROWDED = 0.1
"""Part of the time that is spent on embedding while other work takes every core."""

_LOOK_SECONDS = 0.2
_REST_SECONDS = 1.0


class BackgroundEmbedding:
    """Embeds what is pending while more is being read; a context manager that ends its thread.

    `from_end` starts with the newest chunks: of two ingests at once one should, so that they meet in the middle.
    While `crowded` says so, it keeps back: what is read can be found by its words at once, and the cores are not idle.
    While `rests` says so, it does nothing.
    """

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        *,
        from_end: bool = False,
        crowded: Callable[[], bool] = lambda: False,
        rests: Callable[[], bool] = lambda: False,
    ) -> None:
        self._library = library
        self._embedder = embedder
        self._from_end = from_end
        self._crowded = crowded
        self._rests = rests
        self._more = Event()
        self._nothing_to_come = Event()
        self._stop = Event()
        self._steps: SimpleQueue[int | BaseException | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="embedding", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End after the slice in work (a second or two); what is left stays pending for the next run."""
        self._stop.set()
        self._more.set()
        self._thread.join()

    def look_again(self) -> None:
        """More chunks are pending."""
        self._more.set()

    def steps_so_far(self) -> Iterator[int]:
        """Chunks embedded in each step since the last call, without waiting. Raises what went wrong in the thread."""
        while True:
            try:
                step = self._steps.get_nowait()
            except Empty:
                return
            if step is None:
                return
            yield _checked(step)

    def remaining_steps(self) -> Iterator[int]:
        """Chunks embedded in each step until nothing is pending. Raises what went wrong in the thread."""
        self._nothing_to_come.set()
        self._more.set()
        while (step := self._steps.get()) is not None:
            yield _checked(step)

    def _run(self) -> None:
        try:
            self._library.write_in_bulk()
            while not self._stop.is_set():
                if self._rests():
                    self._stop.wait(_REST_SECONDS)
                    continue
                self._more.clear()  # before the look: what is told between the two wakes it
                is_last_look = self._nothing_to_come.is_set()
                started = time.monotonic()
                embedded = embed_next_slice(self._library, self._embedder, from_end=self._from_end)
                if embedded:
                    self._steps.put(embedded)
                    self._keep_back(time.monotonic() - started)
                elif is_last_look:
                    break
                else:
                    self._more.wait()
        except BaseException as error:  # noqa: BLE001  raised again in the thread that reads
            self._steps.put(error)
        self._steps.put(None)

    def _keep_back(self, seconds: float) -> None:
        """After a slice that took so long, leave the cores to others for their share of the time."""
        until = time.monotonic() + seconds * (1 / SHARE_WHILE_CROWDED - 1)
        while self._crowded() and time.monotonic() < until:
            if self._stop.wait(_LOOK_SECONDS):
                return


def _checked(step: int | BaseException) -> int:
    if isinstance(step, BaseException):
        raise step
    return step
