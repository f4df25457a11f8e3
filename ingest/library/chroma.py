"""Chroma itself, kept at arm's length: a folder of it is opened, changed, asked and closed, and whatever it raises
becomes IndexDamagedError. Who may open it, and what is in it, is the matter of `ingest.library.index`."""

import ctypes
import logging
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from config.locations import private_directory
from models.base import Vectors

REMOVALS, REMOVAL_PAUSE = 20, 0.05
"""Tries to remove a folder that Chroma's threads have not let go of, and seconds between them."""

_M_PERTURB, _FILLER = -6, 0xA5

_log = logging.getLogger(__name__)


class IndexDamagedError(Exception):
    """Chroma failed at something; `__cause__` says how."""


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """An open folder: Chroma's client, its collection, and the folder's name. Every method raises IndexDamagedError."""

    client: Any
    vectors: Any
    folder: str

    def nearest(self, query: NDArray[np.float32], k: int) -> list[str]:
        """Ids of the `k` nearest, best first."""
        with _faults():
            found: list[list[str]] = self.vectors.query(query_embeddings=[query], n_results=k, include=[])["ids"]
        return found[0]

    def count(self) -> int:
        with _faults():
            return int(self.vectors.count())

    def change(self, present: Sequence[str], vectors: Vectors, absent: Sequence[str]) -> None:
        """Hold `vectors`, shape (present, dimension), under the ids `present`, and nothing under `absent`."""
        with _faults():
            if present:
                self.vectors.upsert(ids=list(present), embeddings=vectors)
            if absent:
                self.vectors.delete(ids=list(absent))

    def close(self) -> None:
        with _faults():
            self.client.close()


def open_index(directory: Path, collection: str, opening: Path) -> OpenIndex:
    """Open the folder `directory`, made if there is none; the file `opening` is there meanwhile.

    Imports Chroma, which takes a second or two. Raises IndexDamagedError, and OSError for the folder.
    """
    _blank_new_memory()
    opening.touch()
    try:
        with _faults():
            import chromadb
            from chromadb.config import Settings

            client = chromadb.PersistentClient(
                str(private_directory(directory)), settings=Settings(anonymized_telemetry=False)
            )
            vectors = client.get_or_create_collection(
                collection, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
            vectors.count()
    finally:
        opening.unlink(missing_ok=True)
    return OpenIndex(client, vectors, directory.name)


def remove_folder(folder: Path) -> None:
    """Chroma's threads may still be writing to a folder that was just closed: what they leave is removed again."""
    for _ in range(REMOVALS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(REMOVAL_PAUSE)
    _log.warning("a folder of the index could not be removed yet; the next rebuild tries again")


def _blank_new_memory() -> None:
    """Have the C library overwrite memory as it is handed out, from now on (mallopt, M_PERTURB of malloc.h).

    Chroma saves memory that it has reserved and not yet filled, and a forgotten vector could stand there still.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_M_PERTURB, _FILLER)


@contextmanager
def _faults() -> Iterator[None]:
    """Whatever Chroma raises becomes IndexDamagedError: the index can always be built again."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic in its Rust core is a BaseException of its own
        raise IndexDamagedError(str(error)) from error
