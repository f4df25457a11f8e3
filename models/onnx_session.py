"""A transformer on ONNX Runtime: texts tokenised, put into small batches of like length, run on the CPU."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from config.errors import ModelError
from models.hardware import available_cores

# Small batches keep the activations of a layer in the processor's cache: of 1, 2, 4, 8, 16 and 32 texts of 40 to 254
# tokens, 1 and 2 were fastest (55 chunks/s) and 32 slowest (38). So a batch is filled up to this many tokens.
TOKENS_PER_BATCH = 512
TEXTS_PER_BATCH = 64


class OnnxTransformer:
    """An exported model and its tokenizer. Safe to use from several threads: neither keeps state between calls.

    `max_tokens` cuts each text (or pair of texts), special tokens counted. `threads` 0 takes every core.
    """

    def __init__(self, model: Path, tokenizer: Path, *, max_tokens: int, threads: int = 0) -> None:
        self._tokenizer = load_tokenizer(tokenizer, max_tokens=max_tokens)
        self._session = open_session(model, threads=threads)
        self._inputs = [entry.name for entry in self._session.get_inputs()]
        self._padding = int((self._tokenizer.padding or {"pad_id": 0})["pad_id"])
        self._tokenizer.no_padding()  # each batch is padded to its own longest text

    @property
    def width(self) -> int:
        """Numbers the model gives for each text."""
        return int(self._session.get_outputs()[0].shape[1])

    def special_tokens(self, *, pair: bool = False) -> int:
        """Tokens put around a text or a pair."""
        return int(self._tokenizer.num_special_tokens_to_add(pair))

    def run(self, texts: Sequence[str] | Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Shape (texts, width), in the order of `texts`, which are single texts or pairs."""
        encoded = self._tokenizer.encode_batch_fast(list(texts))
        outputs = np.empty((len(encoded), self.width), np.float32)
        for rows in batches_by_length([len(encoding) for encoding in encoded]):
            outputs[rows] = self._run_batch([encoded[row] for row in rows])
        return outputs

    def _run_batch(self, encoded: Sequence[Any]) -> NDArray[np.float32]:
        shape = (len(encoded), max(len(encoding) for encoding in encoded))
        arrays = {name: np.zeros(shape, np.int64) for name in self._inputs}
        arrays["input_ids"].fill(self._padding)
        fields = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
        for name, array in arrays.items():
            for row, encoding in zip(array, encoded, strict=True):
                row[: len(encoding)] = getattr(encoding, fields[name])
        output: NDArray[np.float32] = self._session.run(None, arrays)[0]
        return output


def batches_by_length(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Row numbers in batches of like length, longest first, so that little is padded and memory peaks at once."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        longest = lengths[batch[0]] if batch else 0
        if batch and ((len(batch) + 1) * longest > TOKENS_PER_BATCH or len(batch) == TEXTS_PER_BATCH):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def load_tokenizer(file: Path, *, max_tokens: int | None = None) -> Any:
    """A `tokenizers.Tokenizer` that cuts at `max_tokens`, or not at all. Raises ModelError when the file is damaged."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises bare Exception for whatever is wrong with the file
        raise ModelError(f"The tokenizer {file} cannot be read: {error}.", "Get the whole model again.") from error
    tokenizer.no_truncation()
    if max_tokens is not None:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer


def open_session(model: Path, *, threads: int = 0) -> Any:
    """An `onnxruntime.InferenceSession` on the CPU. Raises ModelError when the file is missing or damaged."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or available_cores()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only: warnings about the graph would go to the screen
    # Threads that spin while they wait for work would burn every core of an idle interface.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # A plan of allocations is kept for every input shape: with texts of any length that only grows.
    options.enable_mem_pattern = False
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its exceptions have no common base of their own
        raise ModelError(
            f"The exported model {model} cannot be loaded: {error}.", f"Delete {model.parent}: it is made again."
        ) from error
