"""A cross-encoder as a Reranker: question and text are read together, exported to ONNX Runtime as embedders are."""

from collections.abc import Sequence
from pathlib import Path

from models.directory import read_max_tokens
from models.exporting.exports import Export
from models.onnx_session import OnnxTransformer


class CrossEncoderReranker:
    """A directory saved by sentence-transformers' CrossEncoder, with one output. Safe to use from several threads."""

    def __init__(self, directory: Path, export: Export, *, name: str) -> None:
        self.name = name
        self._transformer = OnnxTransformer(
            export.model, directory / "tokenizer.json", max_tokens=read_max_tokens(directory)
        )

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """A logit per text, not squashed: squashed scores tie at the top."""
        logits = self._transformer.run([(question, text) for text in texts])
        return [float(logit) for logit in logits[:, 0]]

    def close(self) -> None:
        self._transformer.close()
