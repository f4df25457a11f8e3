"""A model's vocabulary: text becomes tokens and tokens text. Runs in the worker only."""

import ctypes
from collections.abc import Sequence
from typing import Any

import llama_cpp

from models.llama.families import TURN_OPENERS
from models.llama.native import EngineError
from models.llama.template import Part
from models.llama.text import THOUGHT_MARKS


class Vocabulary:
    """The vocabulary of `model`, a loaded llama_model. Safe to use from several threads."""

    def __init__(self, model: Any) -> None:
        self._vocabulary = llama_cpp.llama_model_get_vocab(model)
        self._shown: frozenset[int] = frozenset()
        self._puts_spaces = any(
            self.bytes_of(token).startswith(b" ") for token in self._tokenise("x", special=False)[:1]
        )
        self._openers = frozenset(self._special_tokens(TURN_OPENERS))
        self._shown = frozenset(self._special_tokens(THOUGHT_MARKS))

    def special_text(self, name: str) -> str:
        """The text of the token `bos` or `eos`, empty if the model has none."""
        token = {"bos": llama_cpp.llama_vocab_bos, "eos": llama_cpp.llama_vocab_eos}[name](self._vocabulary)
        return self._bytes_of(token, special=True).decode("utf-8", "replace") if token >= 0 else ""

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

    def is_end(self, token: int) -> bool:
        return token in self._openers or bool(llama_cpp.llama_vocab_is_eog(self._vocabulary, token))

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
