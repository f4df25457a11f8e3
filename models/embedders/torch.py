"""The embedder on a GPU: sentence-transformers itself. Importing PyTorch takes seconds: only where there is a GPU."""

import copy
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from config.errors import ModelError
from models.base import EmbedderIdentity, Vectors
from models.directory import read_embedder_directory

_BATCH = 64


class TorchEmbedder:
    """An Embedder on `device` ("cuda", "mps" or "cpu"), safe to use from several threads. Raises ModelError when a file
    is missing or damaged."""

    def __init__(self, directory: Path, *, name: str, file_hash: str, device: str) -> None:
        from sentence_transformers import SentenceTransformer

        description = read_embedder_directory(directory)
        try:
            self._model = SentenceTransformer(
                str(directory),
                device=device,
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"dtype": "float32", "use_safetensors": True},
            )
        except Exception as error:  # whatever three libraries raise on a damaged file
            raise ModelError(f"The embedder {name} cannot be loaded: {error}.", "Get the whole model again.") from error
        self._description = description
        # A tokenizer of its own: padding is switched on in the model's while texts are embedded in another thread.
        self._counter = copy.deepcopy(self._model.tokenizer)
        self._embedding = threading.Lock()
        special_tokens = self._counter.num_special_tokens_to_add(pair=False)
        prefix_tokens = self.count_tokens([description.document_prefix])[0]
        self.max_tokens = description.max_tokens - special_tokens - prefix_tokens
        self.identity = EmbedderIdentity(
            name=name,
            file_hash=file_hash,
            dimension=len(self.embed_query("x")),
            normalised=description.normalise,
            query_prefix=description.query_prefix,
            precision="fp32",
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        encoded = self._counter(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts, self._description.document_prefix)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._embed([text], self._description.query_prefix)[0]
        return vector

    def close(self) -> None:
        """Nothing to do: the memory goes with the object."""

    def _embed(self, texts: Sequence[str], prefix: str) -> Vectors:
        """Shape (texts, dimension). sentence-transformers sorts by length itself and puts the prompt before each."""
        if not texts:
            return np.empty((0, self.identity.dimension), np.float32)
        with self._embedding:
            vectors: Vectors = self._model.encode(
                list(texts), prompt=prefix, batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True
            )
        return vectors.astype(np.float32, copy=False)


def find_device() -> str | None:
    """The GPU that PyTorch can use, None when it can use none."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else None
