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


def with_its_number(text: str, sources: Sequence[Source]) -> str:
    """A reply with the number of the one source that its quoted words stand in, where it names another.

    Small models copy the right sentence and then miscount; where it stands can be looked up.
    """
    reply = read_reply(text)
    if reply is None or is_copied(reply, sources):
        return text
    quoted = _in_one_line(reply.quoted)
    holding = [source.number for source in sources if quoted in _in_one_line(source.passage.chunk.text)]
    return f'{reply.answer} "{reply.quoted}" [{holding[0]}]' if len(holding) == 1 else text


def holds(text: str, sources: Sequence[Source], question: str) -> bool:
    """Whether a reply has the form, its quote is copied, and the quoted words themselves bear out its short answer."""
    reply = read_reply(text)
    return reply is not None and is_copied(reply, sources) and is_supported(reply.answer, [reply.quoted], question)


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
