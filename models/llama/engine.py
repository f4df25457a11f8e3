"""A model in llama.cpp: load, tokenise, read a prompt, write an answer, stop at once. Runs in the worker only.

It uses llama.cpp's C interface and not the `Llama` class of its Python package: that class can neither be stopped while
it reads a prompt nor tell contents from special tokens, and makes every step wait for Python bookkeeping.
"""

import ctypes
import mmap
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp

from models.llama.native import EngineError, StopFlag, Stopped, collect_errors
from models.llama.pace import Pace
from models.llama.speech import chat_template_of
from models.llama.template import ChatTemplate
from models.llama.vocabulary import Vocabulary

_ABORTED = 2  # what llama_decode returns when the abort callback ended it
_NO_ROOM = 1
_TOKEN_BYTES = 4
_FLASH_ATTENTION = {
    "auto": llama_cpp.LLAMA_FLASH_ATTN_TYPE_AUTO,
    "on": llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED,
    "off": llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED,
}
_KV_TYPES = {"f16": llama_cpp.GGML_TYPE_F16, "q8_0": llama_cpp.GGML_TYPE_Q8_0}


@dataclass(frozen=True, slots=True)
class Load:
    """How a model is loaded. `batch` is how many tokens of a prompt are read at a time; -1 `gpu_layers` are all;
    `adapter` is the file of a LoRA adapter, empty for none; 0 `reading_threads` are as many as `threads`.

    `flash_attention` is on, off or auto (llama.cpp chooses); `kv_type` is how keys and values are kept, f16 or q8_0.
    With `yields`, a core is left free while other programs are at work.
    """

    path: str
    context: int
    threads: int
    batch: int
    gpu_layers: int
    adapter: str = ""
    adapter_scale: float = 1.0
    reading_threads: int = 0
    flash_attention: str = "auto"
    kv_type: str = "f16"
    yields: bool = False


class Engine:
    """One model and one sequence. Not safe to use from several threads, but for its vocabulary and the stop flag.

    The tokens that were computed stay in llama.cpp's memory: a prompt that begins with them is read from where it
    differs.
    """

    def __init__(self, load: Load, stop: StopFlag) -> None:
        self._stop = stop
        self._errors = collect_errors()
        llama_cpp.llama_backend_init()
        self._model = self._load_model(load)
        self._context: Any = None
        try:
            self._adapter = self._load_adapter(load.adapter) if load.adapter and load.adapter_scale else None
            self.vocabulary = Vocabulary(self._model)
            self.open(load)
        except EngineError:
            self.close()
            raise

    def open(self, load: Load) -> None:
        """Begin with an empty memory, arranged as `load` says; path, adapter and GPU layers stay what they were."""
        self._free_context()
        self._context = self._make_context(load)
        if self._adapter is not None:
            self._put_on(self._adapter, load.adapter_scale)
        self._memory = llama_cpp.llama_get_memory(self._context)
        self.batch = int(llama_cpp.llama_n_batch(self._context))
        self._computed: list[int] = []
        self.context = int(llama_cpp.llama_n_ctx(self._context))
        self._pace = Pace(self._use_threads, load.threads, load.reading_threads or load.threads, yields=load.yields)

    def close(self) -> None:
        """Give the memory back. The engine is of no use afterwards."""
        self._free_context()
        llama_cpp.llama_model_free(self._model)

    def _free_context(self) -> None:
        if self._context is not None:
            llama_cpp.llama_free(self._context)
        self._context = None

    def _use_threads(self, writing: int, reading: int) -> None:
        llama_cpp.llama_set_n_threads(self._context, writing, reading)

    @property
    def can_take_back(self) -> bool:
        """Whether tokens can be taken out of memory again at no cost, which guessing needs."""
        # Recurrent models have one state for everything read.
        return not (llama_cpp.llama_model_is_recurrent(self._model) or llama_cpp.llama_model_is_hybrid(self._model))

    def _load_model(self, load: Load) -> Any:
        parameters = llama_cpp.llama_model_default_params()
        parameters.n_gpu_layers = load.gpu_layers if load.gpu_layers >= 0 else 0x7FFFFFFF
        model = llama_cpp.llama_model_load_from_file(os.fsencode(load.path), parameters)
        if not model:
            # The first message is the cause, the others are of those who gave up because of it.
            raise EngineError(": ".join(["llama.cpp does not accept the file", *self._errors[:1]]))
        return model

    def _make_context(self, load: Load) -> Any:
        parameters = llama_cpp.llama_context_default_params()
        trained = int(llama_cpp.llama_model_n_ctx_train(self._model))
        parameters.n_ctx = min(load.context, trained) if trained > 0 else load.context
        parameters.n_batch = parameters.n_ubatch = min(load.batch, parameters.n_ctx)
        parameters.n_threads, parameters.n_threads_batch = load.threads, load.reading_threads or load.threads
        parameters.flash_attn_type = _FLASH_ATTENTION[load.flash_attention]
        parameters.type_k = parameters.type_v = _KV_TYPES[load.kv_type]
        parameters.abort_callback = self._stop.callback
        parameters.abort_callback_data = self._stop.address
        context = llama_cpp.llama_init_from_model(self._model, parameters)
        if not context:
            other = (
                "" if load.kv_type == "f16" else f", or it cannot keep what it reads as {load.kv_type} (llama.kv_type)"
            )
            raise EngineError(f"there is not enough memory for the model and its context{other}")
        return context

    def _load_adapter(self, path: str) -> Any:
        adapter = llama_cpp.llama_adapter_lora_init(self._model, os.fsencode(path))
        if not adapter:
            raise EngineError(": ".join(["llama.cpp does not accept the adapter", *self._errors[:1]]))
        if llama_cpp.llama_adapter_get_alora_n_invocation_tokens(adapter):
            raise EngineError("the adapter is one that is switched on by words in the prompt, which is not supported")
        return adapter

    def _put_on(self, adapter: Any, scale: float) -> None:
        adapters, scales = (llama_cpp.llama_adapter_lora_p_ctypes * 1)(adapter), (ctypes.c_float * 1)(scale)
        if llama_cpp.llama_set_adapters_lora(self._context, adapters, 1, scales):
            raise EngineError("llama.cpp does not put the adapter over the model")

    def chat_template(self) -> ChatTemplate:
        """How the model is spoken to."""
        return chat_template_of(self._model, self.vocabulary)

    def reuse(self, prompt: Sequence[int]) -> int:
        """Keep what `prompt` shares with what is computed, forget the rest; return how many tokens that is."""
        # The last token is always computed: the scores of what comes next are its output.
        return self._keep(min(_common_prefix(self._computed, prompt), len(prompt) - 1))

    def read(self, tokens: Sequence[int]) -> None:
        """Append `tokens` in batches. Raises Stopped and EngineError."""
        for start in range(0, len(tokens), self.batch):
            self.compute(tokens[start : start + self.batch])

    def compute(self, tokens: Sequence[int], *, scores_of_all: bool = False) -> None:
        """Append `tokens` to what is computed. Raises Stopped and EngineError; what was there before stays usable.

        With `scores_of_all` the token after each of them can be sampled, not only that after the last.
        """
        if self._stop.is_set():
            raise Stopped
        self._pace.follow()
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        batch = llama_cpp.llama_batch_get_one(array, len(tokens))
        if scores_of_all:
            batch.logits = (ctypes.c_int8 * len(tokens))(*[1] * len(tokens))
        outcome = llama_cpp.llama_decode(self._context, batch)
        if outcome == 0:
            self._computed += tokens
            return
        # Part of the batch may be in memory: everything past the last good token is taken out again.
        self._keep(len(self._computed))
        if outcome == _ABORTED:
            raise Stopped
        raise EngineError("the model's window is full" if outcome == _NO_ROOM else f"llama_decode gave {outcome}")

    def _keep(self, count: int) -> int:
        """Forget all but the first `count` computed tokens; return how many could be kept."""
        # Recurrent models have one state for everything read and cannot go back to an earlier one.
        if not llama_cpp.llama_memory_seq_rm(self._memory, 0, count, -1):
            llama_cpp.llama_memory_clear(self._memory, True)
            count = 0
        del self._computed[count:]
        return count

    def take_back(self, count: int) -> None:
        """Forget the last `count` computed tokens."""
        if count:
            self._keep(len(self._computed) - count)

    @property
    def computed(self) -> int:
        """How many tokens are in memory."""
        return len(self._computed)

    def state_size(self) -> int:
        """Bytes that `write_state` writes."""
        return len(self._computed) * _TOKEN_BYTES + int(llama_cpp.llama_state_seq_get_size(self._context, 0))

    def write_state(self, path: str, offset: int, size: int) -> None:
        """Write the tokens in memory and what llama.cpp computed of them into a file that is large enough already:
        this process may not make one grow. Raises EngineError."""
        memory = _mapped(path, offset, size)
        head = len(self._computed) * _TOKEN_BYTES
        ctypes.memmove(memory, (llama_cpp.llama_token * len(self._computed))(*self._computed), head)
        target = ctypes.cast(ctypes.addressof(memory) + head, ctypes.POINTER(ctypes.c_uint8))
        if int(llama_cpp.llama_state_seq_get_data(self._context, target, size - head, 0)) != size - head:
            raise EngineError("llama.cpp did not give its state")

    def read_state(self, path: str, offset: int, size: int, tokens: int) -> None:
        """Take over what `write_state` has written. The file must be known to be ours. Raises EngineError; then
        nothing is in memory."""
        self._keep(0)
        memory = _mapped(path, offset, size)
        head = tokens * _TOKEN_BYTES
        source = ctypes.cast(ctypes.addressof(memory) + head, ctypes.POINTER(ctypes.c_uint8))
        if not llama_cpp.llama_state_seq_set_data(self._context, source, size - head, 0):
            self._keep(0)
            raise EngineError("llama.cpp did not take its state back")
        self._computed = list((llama_cpp.llama_token * tokens).from_buffer_copy(memory, 0))

    @property
    def room(self) -> int:
        """Tokens that can still be computed."""
        return self.context - len(self._computed)

    def sample(self, sampler: Any, place: int = -1) -> int:
        """The token after the one at `place` of those computed last, told to the sampler too."""
        return int(llama_cpp.llama_sampler_sample(sampler, self._context, place))


def _mapped(path: str, offset: int, size: int) -> Any:
    """`size` bytes of a file from `offset` on, as an array in memory; it is let go with the array. Raises EngineError
    when the file is not there any more, or is another one."""
    try:
        with Path(path).open("r+b") as file:
            return (ctypes.c_uint8 * size).from_buffer(mmap.mmap(file.fileno(), offset + size), offset)
    except (OSError, ValueError) as error:
        raise EngineError("what was kept of the conversation cannot be read") from error


def _common_prefix(first: Sequence[int], second: Sequence[int]) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(first), len(second)))
