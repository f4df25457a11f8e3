"""What `ask` yields, in the order it happens: evidence first, then words, then the checked answer."""

from dataclasses import dataclass

from assistant.types import Answer, SearchTimings, Source


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """The passages are known; on screen before the model has read a token."""

    sources: tuple[Source, ...]
    timings: SearchTimings


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the answer, sanitised for display."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer is complete and checked against its sources."""

    answer: Answer


AnswerEvent = EvidenceFound | Token | Answered
