"""The embedder on a CPU: an exported sentence-transformers model on ONNX Runtime, without PyTorch."""

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.base import EmbedderIdentity, Vectors
from models.directory import read_embedder_directory
from models.exporting.exports import Export
from models.hardware import gentle_cores
from models.onnx_session import OnnxTransformer
from models.token_counts import TokenCounter


class OnnxEmbedder:
    """An Embedder. Safe to use from several threads; texts may come in any order and number.

    `directory` is the sentence-transformers directory the export was made from, `file_hash` its hash. It takes every
    core for many texts; a `gentle` one a quarter of them, at the lowest priority. Raises ModelError when a file is
    missing or damaged.
    """

    def __init__(self, directory: Path, export: Export, *, name: str, file_hash: str, gentle: bool = False) -> None:
        description = read_embedder_directory(directory)
        self._transformer = OnnxTransformer(
            export.model,
            directory / "tokenizer.json",
            max_tokens=description.max_tokens,
            threads=gentle_cores() if gentle else 0,
            gentle=gentle,
        )
        self._description = description
        self.identity = EmbedderIdentity(
            name=name,
            file_hash=file_hash,
            dimension=self._transformer.width,
            normalised=description.normalise,
            query_prefix=description.query_prefix,
            precision=export.precision,
        )
        prefix = description.document_prefix
        prefix_tokens = self.count_tokens([prefix])[0] if prefix else 0
        self.max_tokens = description.max_tokens - self._transformer.special_tokens() - prefix_tokens

    @functools.cached_property
    def _counter(self) -> TokenCounter:
        """For ingest only: its tokenizer would cost every search 50 ms to load."""
        return TokenCounter(self._description.path / "tokenizer.json")

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._counter.count(self._prepare(texts))

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Shape (texts, dimension), float32, in the order of `texts`."""
        return self._transformer.run(self._prepare(texts, self._description.document_prefix))

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._transformer.run(self._prepare([text], self._description.query_prefix))[0]
        return vector

    def close(self) -> None:
        self._transformer.close()

    def _prepare(self, texts: Sequence[str], prefix: str = "") -> list[str]:
        prefixed = (prefix + text for text in texts)
        return [text.lower() for text in prefixed] if self._description.lowercase else list(prefixed)
