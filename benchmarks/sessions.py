"""A data set's library held open in this process, so that many settings can be measured in minutes.

A question's vector is made once, whatever the settings; figures of speed are taken elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks.datasets import DataSet
from models.base import Embedder, EmbedderIdentity, Vectors

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.evaluation.summary import Evaluation


class Session:
    """One data set, asked with any settings."""

    def __init__(self, data: DataSet, assistant: "Assistant") -> None:
        self.data = data
        self.assistant = assistant

    def evaluate(self, settings: Mapping[str, object]) -> "Evaluation":
        """`settings` are dotted names and their values, on top of those of the home."""
        from assistant.evaluation.measuring import evaluate
        from config.settings import load_settings

        self.assistant.loaded_settings = load_settings(self.assistant.locations, flags=settings)
        self.assistant.retriever.settings = self.assistant.settings.retrieval
        return evaluate(self.assistant, self.data.questions(), scoped=self.data.scoped)


@contextmanager
def open_session(data: DataSet, home: Path | None = None) -> Iterator[Session]:
    """The library of `data`, taken in first if it is not there yet; or a copy of it in `home`."""
    from assistant.assistant import open_assistant
    from config.environment import silence_telemetry
    from config.locations import open_home
    from config.settings import load_settings
    from models.loading import load_embedder
    from models.registry import ModelRegistry

    silence_telemetry()
    locations = open_home(home or data.home())
    loaded = load_settings(locations)
    embedder = RememberingEmbedder(load_embedder(ModelRegistry(locations), loaded.settings))
    assistant = open_assistant(locations, loaded, embedder=embedder)
    try:
        yield Session(data, assistant)
    finally:
        assistant.close()


class RememberingEmbedder:
    """An embedder that makes the vector of each question once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, NDArray[np.float32]] = {}

    @property
    def identity(self) -> EmbedderIdentity:
        return self._embedder.identity

    @property
    def max_tokens(self) -> int:
        return self._embedder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._embedder.count_tokens(texts)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.embed_documents(texts)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        if text not in self._known:
            self._known[text] = self._embedder.embed_query(text)
        return self._known[text]

    def close(self) -> None:
        self._embedder.close()
