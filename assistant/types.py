"""Passage, Source, Citation, Answer, Turn: what a question becomes on its way to an answer."""

from dataclasses import dataclass, field
from typing import Literal, TypedDict

from ingest.types import Chunk
from models.base import TokenUsage

SearchMode = Literal["hybrid", "dense", "lexical"]
AnswerStyle = Literal["answer", "quote"]


class How(TypedDict, total=False):
    """How a person wants a question answered; what is left out or None is as the settings say. `document` is a glob of
    the documents to look in, `conversation` is "new" (which it is when left out), "last" or an id."""

    k: int | None
    document: str | None
    conversation: str
    style: AnswerStyle | None
    max_tokens: int | None
    seed: int | None


@dataclass(frozen=True, slots=True)
class Why:
    """Why a passage was found: its rank in each search (1 is first), None where that search did not find it; and the
    question's words that its document is known by, the weightiest first."""

    lexical_rank: int | None = None
    dense_rank: int | None = None
    rerank_score: float | None = None
    document_rank: int | None = None
    named_by: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk. `score` is the fused score, `similarity` the cosine between question and chunk (None if the
    dense search did not see it)."""

    rank: int
    score: float
    chunk: Chunk
    document: str
    path: str
    title: str
    page_label: str | None
    why: Why
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class SearchTimings:
    """Milliseconds."""

    document: float = 0.0
    embed: float = 0.0
    lexical: float = 0.0
    dense: float = 0.0
    fuse: float = 0.0
    rerank: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class SearchResult:
    query: str
    mode: SearchMode
    passages: tuple[Passage, ...]
    timings: SearchTimings
    fits: bool = True
    """False when nothing found is likely to hold the answer: the question is then refused."""


@dataclass(frozen=True, slots=True)
class Source:
    """A passage put before the model under a number that it keeps for the whole conversation. `key_start` and
    `key_end` mark the sentence of `passage.chunk.text` that matters most for the question."""

    number: int
    passage: Passage
    key_start: int = 0
    key_end: int = 0

    @property
    def key_sentence(self) -> str:
        return self.passage.chunk.text[self.key_start : self.key_end]


@dataclass(frozen=True, slots=True)
class Citation:
    """`quote` stands word for word in the text of page `page`, from character `start` to `end` (exclusive)."""

    number: int
    document: str
    path: str
    page: int
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Grounding:
    """How many of the answer's sentences are borne out by the passages they cite, and which are not."""

    supported: int
    sentences: int
    unsupported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerTimings:
    """Milliseconds since the question was put."""

    retrieve: float = 0.0
    first_evidence: float = 0.0
    first_token: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    question: str
    text: str
    style: AnswerStyle
    refused: bool
    citations: tuple[Citation, ...]
    evidence: tuple[Source, ...]
    grounding: Grounding
    model: str
    embedder: str
    tokens: TokenUsage
    timings: AnswerTimings
    conversation: str
    stopped: bool = False
    sent_to: str = ""
    """`host:port` of the server that the question and its passages were sent to, empty when they stayed here."""
    almost: tuple[tuple[str, str], ...] = ()
    """For a refusal: words of the question that stand nowhere, each with the name in the nearest passages that is
    written almost like it."""
    unkept: str = ""
    """Why the conversation did not get this turn, in whole sentences; empty when it did, or was not to."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer, as kept in a conversation."""

    question: str
    answer: str
    refused: bool = False
    citations: tuple[Citation, ...] = ()
    sources: tuple[Source, ...] = ()
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    conversation_id: str
    title: str
    started_at: str
    turns: tuple[Turn, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents that a question was put to: `named` are their paths when it was, `documents` those at which they
    are now, where they still are in the library."""

    named: frozenset[str]
    documents: frozenset[str]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn as the next question needs it: `prompt` and `reply` are the messages of the model, byte for byte (empty
    when it had no part in the turn), `shown` the numbers of the sources that stand in `prompt`; `scope` is None for a
    question that was put to all documents."""

    question: str
    prompt: str
    reply: str
    shown: tuple[int, ...]
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation as the next question finds it. `first_turn` is the first exchange that still fits the model's
    window; `is_new` until its first turn is saved."""

    conversation_id: str
    fence: str
    is_new: bool
    exchanges: tuple[Exchange, ...] = ()
    sources: tuple[Source, ...] = ()
    first_turn: int = 0
    next_number: int = 1
