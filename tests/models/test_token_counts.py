"""Counting by words gives what the tokenizer gives for the whole text."""

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from models.token_counts import TokenCounter

TEXTS = [
    "",
    "  \n\t ",
    "Net sales were $1,234.5 million (2022: $1,000.0), up 23.45%; see Note 12.",
    "naïve façade — l'État d\u2019Égypte\u00a0and\u2028more",
    "東京の天気は良い。 한국어 텍스트",
    "an emoji \U0001f600, a [SEP] and a [PAD] token, unbelievably antidisestablishmentarianism",
    "x" * 300,
]


def tokenizer_file(folder: Path, pre_tokenizer: dict[str, object]) -> Path:
    """A small WordPiece tokenizer: letters and digits, alone and as what follows."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789$.,:;()%[]\u2014\u2019'東京"
    pieces = ["[UNK]", "[SEP]", "[PAD]", *letters, *(f"##{letter}" for letter in letters), "net", "##able", "million"]
    description = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": pieces.index(content),
                "content": content,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
            for content in ("[SEP]", "[PAD]")
        ],
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": pre_tokenizer,
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {piece: number for number, piece in enumerate(pieces)},
        },
    }
    file = folder / "tokenizer.json"
    file.write_text(json.dumps(description), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "pre_tokenizer",
    [{"type": "BertPreTokenizer"}, {"type": "Metaspace", "replacement": "_", "prepend_scheme": "always"}],
)
def test_a_text_takes_what_the_tokenizer_says(tmp_path: Path, pre_tokenizer: dict[str, object]) -> None:
    file = tokenizer_file(tmp_path, pre_tokenizer)
    whole = Tokenizer.from_file(str(file))

    counter = TokenCounter(file)

    expected = [len(whole.encode(text, add_special_tokens=False)) for text in TEXTS]
    assert counter.count(TEXTS) == expected
    assert counter.count(TEXTS[::-1]) == expected[::-1], "the second time, from what is known"
    assert counter.count([]) == []


def test_the_words_kept_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.token_counts.MOST_WORDS", 2)
    counter = TokenCounter(tokenizer_file(tmp_path, {"type": "BertPreTokenizer"}))

    assert [counter.count([f"word{number} net"]) for number in range(5)] == [[6]] * 5
    assert len(counter._words or {}) <= 4


def test_many_texts_are_counted_a_few_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.token_counts.TEXTS_AT_ONCE", 2)
    counter = TokenCounter(tokenizer_file(tmp_path, {"type": "BertPreTokenizer"}))
    whole = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))

    assert counter.count(TEXTS) == [len(whole.encode(text, add_special_tokens=False)) for text in TEXTS]
