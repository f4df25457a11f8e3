"""The form that the model is asked for, held to account by code: short answer, copied sentence, number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.grounding import is_supported
from assistant.types import Source

_FORM = re.compile(r'(?P<answer>.+?)\s+["“](?P<quoted>.+)["”]\s*\[(?P<number>\d+)\]\s*\.?', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reply:
    """The three parts of a reply such as: 30 days. "Invoices are payable within 30 days." [2]"""

    answer: str
    quoted: str
    number: int


def read_reply(text: str) -> Reply | None:
    """The parts of a reply, None when it has another form."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        return None
    return Reply(found["answer"].strip(), found["quoted"].strip(), int(found["number"]))


def is_copied(reply: Reply, sources: Sequence[Source]) -> bool:
    """Whether the quoted words stand in the source of that number, white space aside."""
    return any(
        source.number == reply.number and _in_one_line(reply.quoted) in _in_one_line(source.passage.chunk.text)
        for source in sources
    )


def holds(text: str, sources: Sequence[Source], question: str) -> bool:
    """Whether a reply has the form, its quote is copied, and its short answer is borne out by the source it names."""
    reply = read_reply(text)
    if reply is None or not is_copied(reply, sources):
        return False
    named = [source.passage.chunk.indexed_text for source in sources if source.number == reply.number]
    return is_supported(reply.answer, named, question)


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
