"""A model in llama.cpp: load, tokenise, read a prompt, write an answer, stop at once. Runs in the worker only.

It uses llama.cpp's C interface and not the `Llama` class of its Python package: that class can neither be stopped while
it reads a prompt nor tell contents from special tokens, and makes every step wait for Python bookkeeping.
"""

import ctypes
import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp

from models.llama.families import TURN_OPENERS
from models.llama.template import Part
from models.llama.text import THOUGHT_MARKS

_ABORTED = 2  # what llama_decode returns when the abort callback ended it
_NO_ROOM = 1
_TOKEN_BYTES = 4
_LOG_LEVEL_ERROR = 4  # ggml.h, enum ggml_log_level
_log_callbacks: list[Any] = []  # llama.cpp keeps only the address: without this the function would be freed


class EngineError(Exception):
    """A sentence for people."""


class Stopped(Exception):  # it is a request, not an error
    """The answer was to be stopped."""


class StopFlag:
    """Tells llama.cpp, between any two operations of a computation, whether to give up.

    llama.cpp asks a C function `bool (void *)` hundreds of times per token. `strlen` of a buffer that is empty or holds
    one character answers that without Python, whose lock would cost time at every question.
    """

    def __init__(self) -> None:
        self._buffer = ctypes.create_string_buffer(2)
        libc = ctypes.CDLL(None)
        self.callback = ctypes.cast(libc.strlen, llama_cpp.ggml_abort_callback)
        self.address = ctypes.cast(self._buffer, ctypes.c_void_p)

    def set(self) -> None:
        self._buffer[0] = b"x"

    def clear(self) -> None:
        self._buffer[0] = b"\0"

    def is_set(self) -> bool:
        return self._buffer[0] != b"\0"


@dataclass(frozen=True, slots=True)
class Load:
    """How a model is loaded. `batch` is how many tokens of a prompt are read at a time; -1 `gpu_layers` are all;
    `adapter` is the file of a LoRA adapter, empty for none."""

    path: str
    context: int
    threads: int
    batch: int
    gpu_layers: int
    adapter: str = ""
    adapter_scale: float = 1.0


class Engine:
    """One model and one sequence. Not safe to use from several threads, but for `count_tokens` and the stop flag.

    The tokens that were computed stay in llama.cpp's memory: a prompt that begins with them is read from where it
    differs.
    """

    def __init__(self, load: Load, stop: StopFlag) -> None:
        self._stop = stop
        self._errors = _collect_errors()
        llama_cpp.llama_backend_init()
        self._model = self._load_model(load)
        self._context = self._make_context(load)
        if load.adapter and load.adapter_scale:
            self._put_on(load.adapter, load.adapter_scale)
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._vocabulary = llama_cpp.llama_model_get_vocab(self._model)
        self.batch = int(llama_cpp.llama_n_batch(self._context))
        self._computed: list[int] = []
        self._shown: frozenset[int] = frozenset()
        self._puts_spaces = any(
            self.bytes_of(token).startswith(b" ") for token in self._tokenise("x", special=False)[:1]
        )
        self._openers = frozenset(self._special_tokens(TURN_OPENERS))
        self._shown = frozenset(self._special_tokens(THOUGHT_MARKS))
        self.context = int(llama_cpp.llama_n_ctx(self._context))

    def _load_model(self, load: Load) -> Any:
        parameters = llama_cpp.llama_model_default_params()
        parameters.n_gpu_layers = load.gpu_layers if load.gpu_layers >= 0 else 0x7FFFFFFF
        model = llama_cpp.llama_model_load_from_file(load.path.encode(), parameters)
        if not model:
            # The first message is the cause, the others are of those who gave up because of it.
            raise EngineError(": ".join(["llama.cpp does not accept the file", *self._errors[:1]]))
        return model

    def _make_context(self, load: Load) -> Any:
        parameters = llama_cpp.llama_context_default_params()
        trained = int(llama_cpp.llama_model_n_ctx_train(self._model))
        parameters.n_ctx = min(load.context, trained) if trained > 0 else load.context
        parameters.n_batch = parameters.n_ubatch = min(load.batch, parameters.n_ctx)
        parameters.n_threads = parameters.n_threads_batch = load.threads
        parameters.abort_callback = self._stop.callback
        parameters.abort_callback_data = self._stop.address
        context = llama_cpp.llama_init_from_model(self._model, parameters)
        if not context:
            raise EngineError("there is not enough memory for the model and its context")
        return context

    def _put_on(self, path: str, scale: float) -> None:
        adapter = llama_cpp.llama_adapter_lora_init(self._model, path.encode())
        if not adapter:
            raise EngineError(": ".join(["llama.cpp does not accept the adapter", *self._errors[:1]]))
        if llama_cpp.llama_adapter_get_alora_n_invocation_tokens(adapter):
            raise EngineError("the adapter is one that is switched on by words in the prompt, which is not supported")
        adapters, scales = (llama_cpp.llama_adapter_lora_p_ctypes * 1)(adapter), (ctypes.c_float * 1)(scale)
        if llama_cpp.llama_set_adapters_lora(self._context, adapters, 1, scales):
            raise EngineError("llama.cpp does not put the adapter over the model")

    @property
    def chat_template(self) -> str:
        source = llama_cpp.llama_model_chat_template(self._model, None)
        return source.decode("utf-8", "replace") if source else ""

    def special_text(self, name: str) -> str:
        """The text of the token `bos` or `eos`, empty if the model has none."""
        token = {"bos": llama_cpp.llama_vocab_bos, "eos": llama_cpp.llama_vocab_eos}[name](self._vocabulary)
        return self._bytes_of(token, special=True).decode("utf-8", "replace") if token >= 0 else ""

    def description(self, key: str) -> str:
        """A text of the file's header, such as `general.architecture`; empty if it has none."""
        buffer = ctypes.create_string_buffer(256)
        length = llama_cpp.llama_model_meta_val_str(self._model, key.encode(), buffer, len(buffer))
        return buffer.value.decode("utf-8", "replace") if length >= 0 else ""

    def special_token(self, text: str) -> int | None:
        """The token that stands for `text` as a whole, None if the vocabulary has none."""
        tokens = self._tokenise(text, special=True)
        # A vocabulary of pieces puts a space in front of what is no special token.
        return tokens[0] if len(tokens) == 1 and self._bytes_of(tokens[0], special=True) == text.encode() else None

    def _special_tokens(self, texts: Sequence[str]) -> list[int]:
        return [token for text in texts if (token := self.special_token(text)) is not None]

    def count_tokens(self, text: str) -> int:
        return len(self._tokenise(text, special=False))

    def tokenise(self, parts: Sequence[Part]) -> list[int]:
        """Token ids of a prompt. What looks like a special token in a content is text like any other."""
        tokens: list[int] = []
        for part in parts:
            # Such a vocabulary puts a space in front of every text it is given, also where one goes on.
            goes_on = self._puts_spaces and bool(tokens) and not self._is_special(tokens[-1])
            tokens += self._tokenise(part.text, special=not part.is_content, goes_on=goes_on)
        bos = llama_cpp.llama_vocab_bos(self._vocabulary)
        if llama_cpp.llama_vocab_get_add_bos(self._vocabulary) and tokens[:1] != [bos]:
            tokens.insert(0, bos)
        return tokens

    def text_of(self, tokens: Sequence[int]) -> str:
        """The text of tokens, special ones included."""
        return b"".join(self._bytes_of(token, special=True) for token in tokens).decode("utf-8", "replace")

    def reuse(self, prompt: Sequence[int]) -> int:
        """Keep what `prompt` shares with what is computed, forget the rest; return how many tokens that is."""
        # The last token is always computed: the scores of what comes next are its output.
        return self._keep(min(_common_prefix(self._computed, prompt), len(prompt) - 1))

    def read(self, tokens: Sequence[int]) -> None:
        """Append `tokens` in batches. Raises Stopped and EngineError."""
        for start in range(0, len(tokens), self.batch):
            self.compute(tokens[start : start + self.batch])

    def compute(self, tokens: Sequence[int]) -> None:
        """Append `tokens` to what is computed. Raises Stopped and EngineError; what was there before stays usable."""
        if self._stop.is_set():
            raise Stopped
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        outcome = llama_cpp.llama_decode(self._context, llama_cpp.llama_batch_get_one(array, len(tokens)))
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

    def is_end(self, token: int) -> bool:
        return token in self._openers or bool(llama_cpp.llama_vocab_is_eog(self._vocabulary, token))

    def has_room(self) -> bool:
        return len(self._computed) < self.context

    def sample(self, sampler: Any) -> int:
        """The next token, told to the sampler too."""
        return int(llama_cpp.llama_sampler_sample(sampler, self._context, -1))

    def bytes_of(self, token: int) -> bytes:
        """A token's share of the text, which may be a part of a character. Special tokens give nothing, but for those
        between which a model thinks."""
        return self._bytes_of(token, special=token in self._shown)

    def _bytes_of(self, token: int, *, special: bool) -> bytes:
        size = 64
        while True:
            buffer = ctypes.create_string_buffer(size)
            length = llama_cpp.llama_token_to_piece(self._vocabulary, token, buffer, size, 0, special)
            if length >= 0:
                return buffer.raw[:length]
            size = -length

    def _is_special(self, token: int) -> bool:
        return bool(
            llama_cpp.llama_vocab_get_attr(self._vocabulary, token)
            & (llama_cpp.LLAMA_TOKEN_ATTR_CONTROL | llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED)
        )

    def _tokenise(self, text: str, *, special: bool, goes_on: bool = False) -> list[int]:
        if goes_on:  # no space is put behind a line break
            start, whole = self._tokenise("\n", special=False), self._tokenise("\n" + text, special=special)
            if whole[: len(start)] == start:
                return whole[len(start) :]
        content = text.encode("utf-8", "replace")
        room = len(content) + 2  # a token has at least one byte, but for a space some vocabularies put in front
        tokens = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self._vocabulary, content, len(content), tokens, room, False, special)
        if count < 0:
            raise EngineError(f"the text cannot be tokenised ({count})")
        return list(tokens[:count])


def _mapped(path: str, offset: int, size: int) -> Any:
    """`size` bytes of a file from `offset` on, as an array in memory; it is let go with the array."""
    with Path(path).open("r+b") as file:
        return (ctypes.c_uint8 * size).from_buffer(mmap.mmap(file.fileno(), offset + size), offset)


def _common_prefix(first: Sequence[int], second: Sequence[int]) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(first), len(second)))


def _collect_errors() -> list[str]:
    """Have llama.cpp's error messages go into a list instead of to the screen; all else it says is dropped."""
    errors: list[str] = []

    @llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]  # llama_cpp is not followed by the type checker
    def keep(level: int, text: bytes, _: object) -> None:
        if level == _LOG_LEVEL_ERROR:
            errors.append(text.decode("utf-8", "replace").strip())
            del errors[:-20]

    _log_callbacks[:] = [keep]
    llama_cpp.llama_log_set(keep, ctypes.c_void_p(0))
    return errors
