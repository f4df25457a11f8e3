"""An answer on its way: what was written before it is checked, how long each step took, and the turn that is kept."""

import time
from dataclasses import dataclass, field, replace

from assistant.citations import CitedText
from assistant.context import Prompt
from assistant.conversations import Conversations
from assistant.types import Answer, AnswerStyle, AnswerTimings, Dialogue
from config.errors import StrongroomError
from models.base import TokenUsage


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


def keep(conversations: Conversations, dialogue: Dialogue, answer: Answer, draft: Draft) -> Answer:
    """Add the turn to its conversation. Where that fails, the answer is not lost with it: it comes back with `unkept`
    saying why, and without the conversation that it was to begin."""
    prompt = draft.prompt
    try:
        conversations.save(
            dialogue,
            answer,
            prompt=prompt.user if prompt else "",
            reply=draft.reply if prompt else "",
            shown=[source.number for source in prompt.new_sources] if prompt else (),
            first_turn=prompt.first_turn if prompt else dialogue.first_turn,
        )
    except (StrongroomError, OSError) as error:
        conversation = "" if dialogue.is_new else answer.conversation
        return replace(answer, conversation=conversation, unkept=f"This turn is not kept. {error}")
    return answer
