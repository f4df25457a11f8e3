"""A user's own questions, each with the passages that the program finds for it and the one that answers it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.evaluation.questions import NoQuestion, Question, question_in, read_lines
from assistant.reply import holds, says_something_new
from assistant.types import Passage, Why
from assistant.words import terms
from ingest.types import DocumentRecord
from training.choosing import clean
from training.groups import Item, Text, as_source, supporting

if TYPE_CHECKING:
    from assistant.assistant import Assistant

DEEPER = 200
"""How many passages of the documents named, or of the library, are gone through for the one that answers: the best.
Pages that are named are gone through as a whole."""


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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line says that its answer stands: in these documents, on these pages of them if it names any. `words` say
    so; without paths it is anywhere."""

    words: str
    paths: frozenset[str]
    pages: frozenset[tuple[str, int]]

    def has(self, passage: Passage) -> bool:
        if self.pages:
            numbers = range(passage.chunk.page, passage.chunk.page_last + 1)
            return any((passage.path, number) in self.pages for number in numbers)
        return not self.paths or passage.path in self.paths


class _Unusable(Exception):
    pass


def read_own(assistant: "Assistant", file: Path) -> Iterator[Own | LeftOut]:
    """The questions of a file in the form of `strongroom eval`, looked up in the library one by one; a line that is of
    no use has its reason. Raises StrongroomError when the file cannot be read."""
    lines_of: dict[str, int] = {}
    paths_of = _paths_by_name(assistant.library.documents())
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


def _paths_by_name(records: Sequence[DocumentRecord]) -> dict[str, set[str]]:
    """File name → paths of the documents of that name that are in the library; of a copy, that of what it is a copy
    of."""
    held = {record.sha256: record.path for record in records if record.chunks}
    paths_of: dict[str, set[str]] = defaultdict(set)
    for record in records:
        path = record.path if record.chunks else held.get(record.sha256)
        if path is not None:
            paths_of[record.document].add(path)
    return paths_of


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
    place = _place_of(question, paths_of)
    passages = _where_it_may_stand(assistant, question, found, place)
    holding = [(passage, said) for passage in passages if (said := _said(passage, question))]
    if not holding:
        raise _Unusable(_why_not(question, place, [passage.chunk.text for passage in passages]))
    right, (answer, support) = holding[0]
    others = tuple(other for other in map(clean, question.answers) if other and other != answer)
    rivals = frozenset(passage.chunk.chunk_id for passage, _ in holding[1:])
    return Own(question.text, found, right, answer, others, support, rivals)


def _place_of(question: Question, paths_of: Mapping[str, Collection[str]]) -> _Place:
    words = "on the pages named" if question.gold else "in the documents named" if question.docs else "in the library"
    names = {*question.docs, *(doc for doc, _ in question.gold)}
    paths = frozenset(path for name in names for path in paths_of.get(name, ()))
    pages = frozenset((path, page) for doc, page in question.gold for path in paths_of.get(doc, ()))
    if (names and not paths) or (question.gold and not pages):
        missing = ", ".join(sorted(name for name in names if name not in paths_of))
        raise _Unusable(f"{missing} is not in the library. Take it in with `strongroom ingest`.")
    return _Place(words, paths, pages)


def _where_it_may_stand(
    assistant: "Assistant", question: Question, found: Sequence[Passage], place: _Place
) -> list[Passage]:
    """The passages of the pages or documents that the line names, those that the search found first; all that can be
    found when it names none. A search leaves out what it has found nearly alike, so that pages are read, too."""
    deeper = assistant.retriever.find(question.text, k=DEEPER, documents=place.paths or None).result.passages
    on_pages = [
        Passage(0, 0.0, held.chunk, held.document, held.path, held.title, held.page_label, Why())
        for path, page in sorted(place.pages)
        for held in assistant.library.chunks_on(path, page)
    ]
    passages: dict[str, Passage] = {}
    for passage in (*found, *deeper, *on_pages):
        passages.setdefault(passage.chunk.chunk_id, passage)
    return [passage for passage in passages.values() if place.has(passage)]


def _why_not(question: Question, place: _Place, texts: Sequence[str]) -> str:
    """What to tell of a line whose answer none of the texts bears out."""
    answers = [answer for answer in map(clean, question.answers) if answer]
    if question.sentence and not any(_pattern(question.sentence).search(text) for text in texts):
        return (
            f"The sentence “{question.sentence}” stands in no passage {place.words}. Write it as it stands there, or "
            "leave it out."
        )
    stands = question.sentence or any(_pattern(answer).search(text) for answer in answers for text in texts)
    if not answers or not stands:
        given = question.answers[0]
        return f"The answer “{given}” is not found {place.words}. Write it as it stands there, in a few words."
    if not any(says_something_new(answer, question.text) for answer in answers):
        return f"The answer “{answers[0]}” only says words of the question again. Ask so that it says more than that."
    return (
        f"The answer “{answers[0]}” is not borne out by the sentence that says so. Write it in the words of that "
        'sentence, or give another one: "sentence": "…".'
    )


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
