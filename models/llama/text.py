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
