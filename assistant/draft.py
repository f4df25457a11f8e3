"""An answer on its way: what it rests on, what was written before it is checked, how long each step took, and the turn
that is kept."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.citations import CitedText
from assistant.context import Prompt
from assistant.conversations.conversations import Conversations
from assistant.retrieval import Findings
from assistant.sentences import ScoredSentence
from assistant.types import Answer, AnswerStyle, AnswerTimings, Dialogue, Exchange, Scope, Source
from config.errors import StrongroomError
from models.base import TokenUsage


@dataclass(frozen=True, slots=True)
class Evidence:
    """A question where it stands in its conversation, and what was found for it: the numbered sources, best first, and
    the sentences of each, scored."""

    question: str
    dialogue: Dialogue
    findings: Findings
    sources: Sequence[Source]
    sentences: Sequence[Sequence[ScoredSentence]]


@dataclass(slots=True)
class Draft:
    """An answer before it is checked, and what the conversation keeps of the model's part in it."""

    text: CitedText
    style: AnswerStyle
    refused: bool = False
    stopped: bool = False
    usage: TokenUsage = field(default_factory=TokenUsage)
    prompt: Prompt | None = None
    reply: str = ""


@dataclass(slots=True)
class Clock:
    """Milliseconds since the question was put."""

    begun: float = field(default_factory=time.perf_counter)
    retrieved: float = 0.0
    evidence: float = 0.0
    first_token: float = 0.0

    def now(self) -> float:
        return (time.perf_counter() - self.begun) * 1000

    def timings(self) -> AnswerTimings:
        return AnswerTimings(self.retrieved, self.evidence, self.first_token, self.now())


def keep(conversations: Conversations, evidence: Evidence, answer: Answer, draft: Draft) -> Answer:
    """Add the turn to its conversation. Where that fails, the answer is not lost with it: it comes back with `unkept`
    saying why, and without the conversation that it was to begin."""
    dialogue, prompt = evidence.dialogue, draft.prompt
    try:
        conversations.save(
            dialogue, answer, _exchange(evidence, draft), prompt.first_turn if prompt else dialogue.first_turn
        )
    except (StrongroomError, OSError) as error:
        conversation = "" if dialogue.is_new else answer.conversation
        return replace(answer, conversation=conversation, unkept=f"This turn is not kept. {error}")
    return answer


def _exchange(evidence: Evidence, draft: Draft) -> Exchange:
    documents, prompt = evidence.findings.documents, draft.prompt
    scope = None if documents is None else Scope(frozenset(documents), frozenset(documents))
    if prompt is None:
        return Exchange(evidence.question, "", "", (), scope)
    shown = tuple(source.number for source in prompt.new_sources)
    return Exchange(evidence.question, prompt.user, draft.reply, shown, scope)
