"""A transformer on ONNX Runtime: each text tokenised and run by itself, as many at once as there are cores."""

import functools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from config.errors import ModelError
from models.hardware import adds_bytes_exactly, available_cores, lower_priority_of_thread

_SLOWER = ["SkipLayerNormFusion"]
"""Fusions that cost time: 230 tokens took 2.9 ms in the fused operator, 1.0 ms in the addition and the norm alone."""

_EXACT = "session.x64quantprecision"

Texts = Sequence[str] | Sequence[tuple[str, str]]


class OnnxTransformer:
    """An exported model and its tokenizer. Safe to use from several threads: neither keeps state between calls.

    Texts are not put into batches. int8 activations are scaled by the largest in a batch, so a text's vector would
    depend on its neighbours (cosine down to 0.96) and an ingest that was interrupted would end with other vectors. Nor
    would it be faster: on a CPU, batches of 1 to 32 texts of 40 to 254 tokens ran at 55, 54, 51, 44, 39 and 38 texts/s.

    `max_tokens` cuts each text (or pair of texts), special tokens counted. `threads` 0 takes every core; `gentle` gives
    them the lowest priority.
    """

    def __init__(
        self, model: Path, tokenizer: Path, *, max_tokens: int, threads: int = 0, gentle: bool = False
    ) -> None:
        self._tokenizer = load_tokenizer(tokenizer, max_tokens=max_tokens)
        self._session = _open_session(model)
        self._inputs = [entry.name for entry in self._session.get_inputs()]
        self._threads = threads or available_cores()
        self._gentle = gentle

    @property
    def width(self) -> int:
        """Numbers the model gives for each text."""
        return int(self._session.get_outputs()[0].shape[1])

    def special_tokens(self, *, pair: bool = False) -> int:
        """Tokens put around a text or a pair."""
        return int(self._tokenizer.num_special_tokens_to_add(pair))

    def run(self, texts: Texts) -> NDArray[np.float32]:
        """Shape (texts, width), in the order of `texts`, which are single texts or pairs."""
        encoded = self._tokenizer.encode_batch_fast(list(texts))
        outputs = np.empty((len(encoded), self.width), np.float32)
        if len(encoded) == 1:
            outputs[0] = self._run_one(encoded[0])
            return outputs
        # The longest first, so that at the end no thread is left with a long one while the others wait.
        order = sorted(range(len(encoded)), key=lambda row: -len(encoded[row]))
        for row, output in zip(order, self._pool.map(self._run_one, (encoded[row] for row in order)), strict=True):
            outputs[row] = output
        return outputs

    def close(self) -> None:
        self._pool.shutdown()

    @functools.cached_property
    def _pool(self) -> ThreadPoolExecutor:
        lower = lower_priority_of_thread if self._gentle else None
        return ThreadPoolExecutor(self._threads, thread_name_prefix="onnx", initializer=lower)

    def _run_one(self, encoding: Any) -> NDArray[np.float32]:
        fields = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
        arrays = {name: np.array([getattr(encoding, fields[name])], np.int64) for name in self._inputs}
        output: NDArray[np.float32] = self._session.run(None, arrays)[0][0]
        return output


def load_tokenizer(file: Path, *, max_tokens: int | None = None) -> Any:
    """A `tokenizers.Tokenizer` that cuts at `max_tokens`, or not at all, and never pads.

    Raises ModelError when the file is damaged.
    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises bare Exception for whatever is wrong with the file
        raise ModelError(f"The tokenizer {file} cannot be read: {error}.", "Get the whole model again.") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if max_tokens is not None:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _open_session(model: Path) -> Any:
    """An `onnxruntime.InferenceSession` on the CPU. Raises ModelError when the file is missing or damaged."""
    import onnxruntime

    try:
        return onnxruntime.InferenceSession(
            str(model), session_options(), providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
        )
    except Exception as error:  # its exceptions have no common base of their own
        raise ModelError(
            f"The exported model {model} cannot be loaded: {error}.", f"Delete {model.parent}: it is made again."
        ) from error


def session_options() -> Any:
    """How a model is run: `onnxruntime.SessionOptions`."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread per text: threads that share a text wait for each other after every operation, and spin meanwhile.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only: warnings about the graph would go to the screen
    # A plan of allocations is kept for every input shape: with texts of any length that only grows.
    options.enable_mem_pattern = False
    if not adds_bytes_exactly():
        # Slower products that do not overflow. Not where VNNI has them anyway: they would take twice the time there.
        options.add_session_config_entry(_EXACT, "1")
    return options
