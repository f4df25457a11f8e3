"""How many tokens texts take, counted by their words where the tokenizer allows it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.onnx_session import load_tokenizer

MOST_WORDS = 30_000
"""Words whose counts are kept: some 3 MB. The words of a folder of documents come again and again; those of 5,500 pages
of annual reports are 66,000, most of them numbers seen once, and twice as many are tokenised when 30,000 are kept."""

TEXTS_AT_ONCE = 100
"""Texts that lie in memory word by word. All of a long document would take twenty times its size, and the words that
are kept, scattered among them, would hold on to that."""


class TokenCounter:
    """Counts the tokens of texts, nothing cut and no special tokens counted. Safe to use from several threads.

    BERT's tokenizer splits at white space before it does anything else, so a text takes what its words take, and each
    word is tokenised once: thirty times faster on annual reports. Control characters, which the sanitiser takes out of
    documents, may count as white space here. Raises ModelError when the file is missing or damaged.
    """

    def __init__(self, file: Path) -> None:
        self._tokenizer = load_tokenizer(file)
        self._words: dict[str, int] | None = {} if _words_are_independent(self._tokenizer) else None

    def count(self, texts: Sequence[str]) -> list[int]:
        if self._words is None:
            return self._tokenise(texts)
        parts = (texts[start : start + TEXTS_AT_ONCE] for start in range(0, len(texts), TEXTS_AT_ONCE))
        return [tokens for part in parts for tokens in self._count_by_words(part, self._known_words())]

    def _known_words(self) -> dict[str, int]:
        """Those kept, or none again when they have become too many."""
        if self._words is None or len(self._words) > MOST_WORDS:
            self._words = {}
        return self._words

    def _count_by_words(self, texts: Sequence[str], known: dict[str, int]) -> list[int]:
        split = [text.split() for text in texts]
        new = list({word for words in split for word in words if word not in known})
        known.update(zip(new, self._tokenise(new), strict=True))
        return [sum([known[word] for word in words]) for words in split]

    def _tokenise(self, texts: Sequence[str]) -> list[int]:
        encoded = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encoded]


def _words_are_independent(tokenizer: Any) -> bool:
    description = json.loads(tokenizer.to_str())
    steps = [(description[step] or {}).get("type") for step in ("normalizer", "pre_tokenizer")]
    added = (token["content"] for token in description["added_tokens"])
    return steps == ["BertNormalizer", "BertPreTokenizer"] and not any(token.split() != [token] for token in added)
