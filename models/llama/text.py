"""Bytes of tokens become the text of an answer."""

import codecs
from collections.abc import Sequence


class AnswerText:
    """Characters split over tokens are joined, and what may begin a stop string is held back until it is clear."""

    def __init__(self, stop: Sequence[str]) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stop = [string for string in stop if string]
        self._held = ""
        self.is_ended = False

    def add(self, content: bytes) -> str:
        return self._release(self._held + self._decoder.decode(content))

    def flush(self) -> str:
        """What was held back and did not become a stop string."""
        return self._held + self._decoder.decode(b"", final=True)

    def _release(self, text: str) -> str:
        ends = [end for string in self._stop if (end := text.find(string)) >= 0]
        if ends:
            self.is_ended, self._held = True, ""
            return text[: min(ends)]
        held = max((_overlap(text, string) for string in self._stop), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]


def _overlap(text: str, string: str) -> int:
    """How many characters at the end of `text` are the beginning of `string`."""
    longest = min(len(text), len(string) - 1)
    return next((length for length in range(longest, 0, -1) if text.endswith(string[:length])), 0)


_THOUGHTS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("[THINK]", "[/THINK]"),
    ("<seed:think>", "</seed:think>"),
    ("<|channel|>analysis<|message|>", "<|start|>assistant<|channel|>final<|message|>"),  # gpt-oss
    ("<|channel|>final", "<|message|>"),  # gpt-oss when it does not think: the head of its answer
    ("<|channel>thought", "<channel|>"),  # Gemma 4
)
THOUGHT_MARKS = (*(mark for pair in _THOUGHTS for mark in pair), "<|channel>")
"""The texts between which reasoning models think before they answer, and the token that one of them begins with."""


class AnswerWithoutThoughts:
    """Leaves out what a reasoning model thinks before its answer. Only an answer that begins with a mark is taken for
    thinking: further on the same letters are a part of it.

    `before` is the text the template put in front of the answer: some open the thinking there.
    """

    def __init__(self, before: str = "") -> None:
        opened = [end for start, end in _THOUGHTS if before.rstrip().endswith(start)]
        self._end = opened[0] if opened else ""
        self._held = ""
        self._is_answer = False
        self._is_fresh = False  # between the thoughts and the first word of the answer

    @property
    def is_thinking(self) -> bool:
        return bool(self._end)

    def add(self, text: str) -> str:
        """The part of the answer that is clear now."""
        if self._is_answer:
            return text
        self._held += text
        if self._end:
            return self._look_for_end()
        start = self._held.lstrip()
        for opening, ending in _THOUGHTS:
            if start.startswith(opening):
                self._end, self._held = ending, start[len(opening) :]
                return self._look_for_end()
        if any(opening.startswith(start) for opening, _ in _THOUGHTS):
            return ""
        return self._begin_answer()

    def flush(self) -> str:
        """What was held back and did not become a mark; of thoughts without an end nothing."""
        return "" if self._end or self._is_answer else self._begin_answer()

    def _look_for_end(self) -> str:
        found = self._held.find(self._end)
        if found < 0:
            self._held = self._held[-(len(self._end) - 1) :]
            return ""
        self._held, self._end = self._held[found + len(self._end) :], ""
        self._is_fresh = True
        return self.add("")

    def _begin_answer(self) -> str:
        text, self._held = self._held, ""
        if self._is_fresh:
            text = text.lstrip()
            if not text:
                return ""
        self._is_answer = True
        return text
