"""Models that need no files: deterministic, offline, in milliseconds. Tests and demonstrations run on them."""

import hashlib
import math
import re
import time
from collections.abc import Callable, Iterator, Sequence
from threading import Event

import numpy as np
from numpy.typing import NDArray

from config.errors import ModelDied
from models.base import (
    EmbedderIdentity,
    GenerationOptions,
    GenerationPiece,
    Message,
    ModelInformation,
    TokenUsage,
    Vectors,
)

_WORD = re.compile(r"\w+")
_PIECE = re.compile(r"\S+\s*|\s+")

Replies = Sequence[str] | Callable[[Sequence[Message]], str]


class ScriptedModel:
    """A LanguageModel that says what it was given, word by word.

    `replies` are its answers in order, the last one repeated for ever, or a function of the messages. `messages` and
    `options` record every call, and `read_before` what was read ahead. `seconds_per_word` makes
    it slow; `dies_after` ends it after so many words of the next answer, once; `words_per_second` is what it says about
    its speed, 0 nothing.
    """

    def __init__(
        self,
        replies: Replies = ("I do not know.",),
        *,
        name: str = "scripted",
        context: int = 4096,
        writes_well: bool = True,
        writes_in_form: bool = False,
        seconds_per_word: float = 0.0,
        dies_after: int | None = None,
        words_per_second: float = 0.0,
    ) -> None:
        self.information = ModelInformation(
            name=name,
            file_hash="0" * 64,
            context=context,
            architecture="scripted",
            writes_well=writes_well,
            writes_in_form=writes_in_form,
        )
        self.messages: list[tuple[Message, ...]] = []
        self.options: list[GenerationOptions] = []
        self.read_before: list[tuple[Message, ...]] = []
        self.seconds_per_word = seconds_per_word
        self.dies_after = dies_after
        self.words_per_second = words_per_second
        self.closed = False
        self._replies = replies
        self._last_prompt: list[str] = []

    def generate(
        self, messages: Sequence[Message], options: GenerationOptions, stop: Event | None = None
    ) -> Iterator[GenerationPiece]:
        reply = self._reply(messages)
        self.messages.append(tuple(messages))
        self.options.append(options)
        prompt, reused = self._read_prompt(messages)
        words = 0
        for piece in _PIECE.findall(_until_stop(reply, options.stop)):
            if (stop is not None and _wait(stop, self.seconds_per_word)) or words == options.max_tokens:
                break
            if self.dies_after is not None and words >= self.dies_after:
                self.dies_after = None
                raise ModelDied("The language model stopped in the middle of its work.", "Ask again: it starts anew.")
            if stop is None and self.seconds_per_word:
                time.sleep(self.seconds_per_word)
            words += 1
            yield GenerationPiece(piece)
        reading, writing = (1000 * each / (self.words_per_second or math.inf) for each in (prompt - reused, words))
        yield GenerationPiece("", TokenUsage(prompt, reused, words, reading_ms=reading, writing_ms=writing))

    def read_ahead(self, messages: Sequence[Message], conversation: str = "", stop: Event | None = None) -> bool:
        del conversation  # it has one memory
        if stop is not None and stop.is_set():
            return False
        self.read_before.append(tuple(messages))
        self._read_prompt(messages)
        return True

    def prepare(self, stop: Event) -> bool:
        return not stop.is_set()

    def forget(self, conversation: str = "") -> None:
        del conversation  # it has one memory
        self._last_prompt = []

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def close(self) -> None:
        self.closed = True

    def _reply(self, messages: Sequence[Message]) -> str:
        if callable(self._replies):
            return self._replies(messages)
        return self._replies[min(len(self.messages), len(self._replies) - 1)]

    def _read_prompt(self, messages: Sequence[Message]) -> tuple[int, int]:
        """Words in the prompt, and how many of them open the previous prompt too."""
        prompt = [word for message in messages for word in message.content.split()]
        reused = 0
        for ours, theirs in zip(prompt, self._last_prompt, strict=False):
            if ours != theirs:
                break
            reused += 1
        self._last_prompt = prompt
        return len(prompt), reused


class HashEmbedder:
    """An Embedder whose vectors are bags of hashed words: texts that share words are near, others nearly orthogonal.

    Feature hashing with signs (Weinberger et al., 2009). Words of up to three letters, mostly articles and
    prepositions, weigh a fifth. Only the first `max_tokens` words count, as with a real embedder.
    """

    def __init__(self, *, name: str = "hash", dimension: int = 256, max_tokens: int = 256) -> None:
        self.identity = EmbedderIdentity(
            name=name,
            file_hash=hashlib.sha256(f"{name} {dimension}".encode()).hexdigest(),
            dimension=dimension,
            normalised=True,
            precision="fp32",
        )
        self.max_tokens = max_tokens
        self.texts_embedded = 0
        self.closed = False

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_WORD.findall(text)) for text in texts]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.texts_embedded += len(texts)
        vectors = np.zeros((len(texts), self.identity.dimension), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in _WORD.findall(text.casefold())[: self.max_tokens]:
                digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
                sign = 1.0 if digest[0] & 1 else -1.0
                row[int.from_bytes(digest[1:]) % len(row)] += sign * (0.2 if len(word) <= 3 and word.isalpha() else 1.0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        # A text without words gets the first axis: every vector is of unit length, as Embedder promises.
        vectors[lengths[:, 0] == 0, 0] = 1.0
        lengths[lengths == 0] = 1.0
        vectors /= lengths
        return vectors

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self.embed_documents([text])[0]
        return vector

    def close(self) -> None:
        self.closed = True


class OverlapReranker:
    """A Reranker whose logit is the share of the question's words that the text holds, from -5 (none) to 5 (all)."""

    name = "overlap"

    def __init__(self) -> None:
        self.closed = False

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        asked = set(_WORD.findall(question.casefold()))
        shares = (len(asked & set(_WORD.findall(text.casefold()))) / max(1, len(asked)) for text in texts)
        return [10.0 * share - 5.0 for share in shares]

    def close(self) -> None:
        self.closed = True


def _until_stop(text: str, stop: Sequence[str]) -> str:
    ends = [text.index(string) for string in stop if string in text]
    return text[: min(ends)] if ends else text


def _wait(stop: Event, seconds: float) -> bool:
    """Wait so long at most; True as soon as `stop` is set."""
    return stop.wait(seconds) if seconds else stop.is_set()
