"""Questions in groups that share their sources: the sources are then read once for all of them."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.prompts import LONGEST_QUOTE, REFUSAL, question_prompt, system_prompt
from assistant.sentences import sentence_spans
from assistant.types import Passage, Source, Why
from ingest.types import Chunk
from models.base import Message


@dataclass(frozen=True, slots=True)
class Text:
    """A source as the program cuts one: `document` is a file name, `context` the line before the text."""

    document: str
    context: str
    text: str
    page: int = 1


@dataclass(frozen=True, slots=True)
class Item:
    """A question and what answers it: the short answer, the copied sentence and the number of its source; an
    unanswerable question has none of them and the number 0. `others` are answers that are as good, `also` the numbers
    of other sources that hold one."""

    question: str
    answer: str = ""
    support: str = ""
    number: int = 0
    others: tuple[str, ...] = ()
    also: tuple[int, ...] = ()

    @property
    def reply(self) -> str:
        """What the model is to write."""
        if not self.number:
            return REFUSAL
        return f'{self.short_answer} "{self.support}" [{self.number}]'

    @property
    def short_answer(self) -> str:
        """The answer as a sentence of its own."""
        return self.answer if self.answer.endswith((".", "!", "?")) else f"{self.answer}."


@dataclass(frozen=True, slots=True)
class Group:
    """`origin` names the article or policy. With `earlier`, the first of the sources stood in an earlier turn that
    asked that question; only the others are then new."""

    origin: str
    fence: str
    texts: tuple[Text, ...]
    items: tuple[Item, ...]
    earlier: Item | None = None
    earlier_texts: int = 0

    def messages(self, question: str) -> list[Message]:
        """The product's own prompt for one of the questions."""
        sources = [as_source(text, number) for number, text in enumerate(self.texts, 1)]
        messages = [Message("system", system_prompt(self.fence))]
        if self.earlier is not None:
            before = question_prompt(self.earlier.question, sources[: self.earlier_texts], self.fence)
            messages += [Message("user", before), Message("assistant", self.earlier.reply)]
        new = sources[self.earlier_texts :]
        return [*messages, Message("user", question_prompt(question, new, self.fence))]


def as_source(text: Text, number: int) -> Source:
    chunk = Chunk(f"c{number}", 0, text.text, text.context, text.page, text.page, 0, len(text.text))
    return Source(number, Passage(number, 1.0, chunk, text.document, text.document, text.context, None, Why()))


def supporting(text: str, start: int, end: int, most: int = LONGEST_QUOTE) -> str:
    """The sentence of `text` that holds `text[start:end]`, or the part of it around that, at most `most` words in one
    line."""
    for first, last in sentence_spans(text):
        if first <= start < last:
            return _shorten(text, first, last, start, min(end, last), most)
    return " ".join(text[start:end].split()[:most])


def _shorten(text: str, first: int, last: int, start: int, end: int, most: int) -> str:
    before, held, after = text[first:start], text[start:end], text[end:last]
    room = most - len(held.split())
    if len((before + held + after).split()) <= most:
        return " ".join((before + held + after).split())
    if room <= 0:
        return " ".join(held.split()[:most])
    words_before, words_after = re.findall(r"\S+\s*", before), re.findall(r"\s*\S+", after)
    kept_before = words_before[max(0, len(words_before) - max(room // 2, room - len(words_after))) :]
    kept_after = words_after[: room - len(kept_before)]
    return " ".join(("".join(kept_before) + held + "".join(kept_after)).split())


def write_groups(path: Path, groups: Iterable[Group]) -> int:
    """One group a line; returns how many questions they hold."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for group in groups:
            file.write(json.dumps(asdict(group), ensure_ascii=False) + "\n")
            count += len(group.items)
    return count


def read_groups(path: Path) -> Iterator[Group]:
    for line in path.read_text("utf-8").splitlines():
        raw = json.loads(line)
        earlier = _read_item(raw["earlier"]) if raw["earlier"] else None
        texts = tuple(Text(**text) for text in raw["texts"])
        items = tuple(_read_item(item) for item in raw["items"])
        yield Group(raw["origin"], raw["fence"], texts, items, earlier, raw["earlier_texts"])


def _read_item(raw: dict[str, Any]) -> Item:
    return Item(**{**raw, "others": tuple(raw["others"]), "also": tuple(raw.get("also", ()))})


def unanswerable_share(groups: Sequence[Group]) -> float:
    items = [item for group in groups for item in group.items]
    return sum(not item.number for item in items) / len(items) if items else 0.0
