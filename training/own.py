"""A user's own questions, each with the passages that the program finds for it and the one that answers it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.evaluation.questions import NoQuestion, Question, question_in, read_lines
from assistant.reply import holds
from assistant.types import Passage
from assistant.words import terms
from training.choosing import clean
from training.groups import Item, Text, as_source, supporting

if TYPE_CHECKING:
    from assistant.assistant import Assistant

DEEPER = 200
"""Passages of the documents named that are gone through for the one that answers, when the search has not found it."""


@dataclass(frozen=True, slots=True)
class Own:
    """A question with the passages found for it, best first. `right` is the one that holds the answer and `rivals` are
    the ids of others that do; a question that the documents do not answer has none."""

    question: str
    found: tuple[Passage, ...]
    right: Passage | None = None
    answer: str = ""
    others: tuple[str, ...] = ()
    support: str = ""
    rivals: frozenset[str] = frozenset()

    @property
    def holders(self) -> frozenset[str]:
        """The ids of all passages that hold the answer."""
        return self.rivals | {self.right.chunk.chunk_id} if self.right else frozenset()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that cannot be learnt from; `reason` is a sentence."""

    line: int
    reason: str


class _Unusable(Exception):
    pass


def read_own(assistant: "Assistant", file: Path) -> Iterator[Own | LeftOut]:
    """The questions of a file in the form of `strongroom eval`, looked up in the library one by one; a line that is of
    no use has its reason. Raises StrongroomError when the file cannot be read."""
    lines_of: dict[str, int] = {}
    paths_of: dict[str, set[str]] = defaultdict(set)
    for record in assistant.library.documents():
        paths_of[record.document].add(record.path)
    for number, line in enumerate(read_lines(file), 1):
        if line.strip():
            try:
                question = _read(line, number, file)
                words = " ".join(terms(question.text))
                if words in lines_of:
                    raise _Unusable(f"The question stands in line {lines_of[words]} already.")
                own = _looked_up(assistant, question, paths_of)
            except _Unusable as unusable:
                yield LeftOut(number, str(unusable))
            else:
                lines_of[words] = number
                yield own


def _read(line: str, number: int, file: Path) -> Question:
    try:
        question = question_in(line, number, file)
    except NoQuestion as error:
        raise _Unusable(f"It is no question ({error.why}). {error.remedy}") from None
    if not question.text.strip():
        raise _Unusable("The question is empty.")
    if question.answerable and not any(answer.strip() for answer in question.answers):
        raise _Unusable('It has no answer. Write "answers": ["…"], or "answerable": false if the documents hold none.')
    return question


def _looked_up(assistant: "Assistant", question: Question, paths_of: Mapping[str, Collection[str]]) -> Own:
    found = assistant.retriever.find(question.text).result.passages
    if not question.answerable:
        return Own(question.text, found)
    holding = [
        (passage, said)
        for passage in _where_it_may_stand(assistant, question, found, paths_of)
        if (said := _said(passage, question))
    ]
    if not holding:
        where = (
            "on the pages named" if question.gold else "in the documents named" if question.docs else "in the library"
        )
        raise _Unusable(
            f"The answer “{question.answers[0]}” is not found {where}. Write it as it stands there, in a few words."
        )
    right, (answer, support) = holding[0]
    others = tuple(other for other in map(clean, question.answers) if other and other != answer)
    rivals = frozenset(passage.chunk.chunk_id for passage, _ in holding[1:])
    return Own(question.text, found, right, answer, others, support, rivals)


def _where_it_may_stand(
    assistant: "Assistant", question: Question, found: Sequence[Passage], paths_of: Mapping[str, Collection[str]]
) -> list[Passage]:
    """The passages of the pages or documents that the line names, those that the search found first; all that can be
    found when it names none."""
    names = {*question.docs, *(doc for doc, _ in question.gold)}
    paths = frozenset(path for name in names for path in paths_of.get(name, ()))
    if names and not paths:
        raise _Unusable(f"{', '.join(sorted(names))} is not in the library. Take it in with `strongroom ingest`.")
    deeper = assistant.retriever.find(question.text, k=DEEPER, documents=paths or None).result.passages
    passages: dict[str, Passage] = {}
    for passage in (*found, *deeper):
        passages.setdefault(passage.chunk.chunk_id, passage)
    return [
        passage
        for passage in passages.values()
        if (not names or passage.path in paths) and _is_on_page(passage, question)
    ]


def _is_on_page(passage: Passage, question: Question) -> bool:
    pages = range(passage.chunk.page, passage.chunk.page_last + 1)
    return not question.gold or any((passage.document, page) in question.gold for page in pages)


def _said(passage: Passage, question: Question) -> tuple[str, str] | None:
    """The short answer and the words of the passage that say so, as the program's own check accepts them."""
    for answer in filter(None, map(clean, question.answers)):
        for support in _supports(passage.chunk.text, answer, question):
            reply = Item(question.text, answer, support, 1).reply
            if holds(reply, [as_source(text_of(passage), 1)], question.text):
                return answer, support
    return None


def _supports(text: str, answer: str, question: Question) -> list[str]:
    """The sentences that hold the answer, those that share most with the question first; with a sentence given, that
    one alone."""
    if question.sentence:
        given = _pattern(question.sentence).search(text)
        if given is None:
            return []
        within = _pattern(answer).search(text, *given.span()) or given
        return [supporting(text, *within.span())]
    asked = set(terms(question.text))
    supports = [supporting(text, *match.span()) for match in _pattern(answer).finditer(text)]
    return sorted(dict.fromkeys(supports), key=lambda support: -len(asked & set(terms(support))))


def _pattern(words: str) -> re.Pattern[str]:
    """`words` in any case and with any white space between them, not in the middle of other words."""
    spaced = r"\s+".join(map(re.escape, words.split()))
    return re.compile(rf"(?<!\w){spaced}(?!\w)", re.IGNORECASE)


def text_of(passage: Passage) -> Text:
    """The passage as a source for training."""
    chunk = passage.chunk
    return Text(passage.document, chunk.context, chunk.text, chunk.page)
