"""Number the sources and fit them into the model's window. The prompt grows at its end only, so that the model reads
just what is new."""

import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from assistant.followup import leaned_on
from assistant.listing import Span
from assistant.prompts import question_prompt, source_prompt, system_prompt
from assistant.types import Dialogue, Exchange, Passage, Source
from config.errors import StrongroomError
from models.base import Message

MARGIN = 64
"""Tokens kept free for what the chat template puts around the messages."""
_PER_MESSAGE = 8
_KEPT_WHEN_FULL = 0.5
"""When the window is full, turns are dropped down to this share of it: dropping one each time would make the model
read the whole prompt anew each time."""

_ALWAYS = 2
"""The best sources a question is asked with, read ahead or not. Of the rest only what was read ahead while it was typed
is put before the model: decision 0014 says at what price."""

CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages for the model; `user` is this turn's, `first_turn` the first exchange still in it, and `sources` every
    source that stands in it."""

    messages: tuple[Message, ...]
    user: str
    first_turn: int
    new_sources: tuple[Source, ...]
    sources: tuple[Source, ...]


def number_sources(
    dialogue: Dialogue, passages: Sequence[Passage], keys: Sequence[Span], read: Sequence[str] = ()
) -> list[Source]:
    """A passage seen before in the conversation keeps its number; new ones get the next, those that were `read` ahead
    (ids of chunks) first."""
    found = [passage.chunk.chunk_id for passage in passages]
    numbers = {source.passage.chunk.chunk_id: source.number for source in dialogue.sources}
    following = dialogue.next_number
    for chunk_id in (*still_found(read, found), *found):
        if chunk_id not in numbers:
            numbers[chunk_id] = following
            following += 1
    return [
        Source(numbers[chunk_id], passage, start, end)
        for chunk_id, passage, (start, end) in zip(found, passages, keys, strict=True)
    ]


def still_found(read: Sequence[str], found: Collection[str]) -> list[str]:
    """What was read ahead and is of use: up to the first passage that is not among those found."""
    return list(itertools.takewhile(lambda chunk_id: chunk_id in found, read))


def worth_reading_on(read: Sequence[str], whole: int, passages: Sequence[Passage]) -> tuple[str, ...]:
    """What was `read` ahead (ids of chunks), the first `whole` to their end, without the one that was begun when the
    question was sent: the rest of it would be read while somebody waits. One of the best `passages` stays."""
    best = {passage.chunk.chunk_id for passage in passages[:_ALWAYS]}
    return tuple(chunk_id for place, chunk_id in enumerate(read) if place < whole or chunk_id in best)


def order_for_prompt(sources: Sequence[Source], read: Sequence[str], most: int) -> list[Source]:
    """What a question is asked with, of `sources` (best first): those that were read ahead and are still found, then
    the best ones if they are not among them; the `most` best where nothing was read ahead. Of those that were read as
    many of the first as leave room for the best."""
    first = read_and_found(sources, read)
    best = sources[: min(_ALWAYS, most) if first else most]
    ways = (_with_best(first[:count], best) for count in range(len(first), -1, -1))
    return next(asked for asked in ways if len(asked) <= most)


def _with_best(first: Sequence[Source], best: Sequence[Source]) -> list[Source]:
    return [*first, *(source for source in best if source not in first)]


def order_for_reading(sources: Sequence[Source], read: Sequence[str], most: int) -> list[Source]:
    """What is to be read ahead: as `order_for_prompt`, filled up with the next best ones to `most`."""
    certain = order_for_prompt(sources, read, most)
    others = (source for source in sources if source not in certain)
    return [*certain, *itertools.islice(others, max(0, most - len(certain)))]


def readable_in_time(
    sources: Sequence[Source], known: Collection[str], fence: str, count_tokens: CountTokens, tokens: float
) -> list[Source]:
    """`sources` up to the last one that there is time to read: `tokens` for all that are not `known` (ids of chunks)
    yet. The first of those stays in any case."""
    kept: list[Source] = []
    new = 0
    for source in sources:
        if source.passage.chunk.chunk_id not in known:
            cost = count_tokens(source_prompt(source, fence))
            if new and new + cost > tokens:
                continue
            new += cost
        kept.append(source)
    return kept


def shown_chunks(dialogue: Dialogue) -> set[str]:
    """Ids of the passages that stand in the turns the next prompt goes on with."""
    numbers = _shown(dialogue, dialogue.first_turn)
    return {source.passage.chunk.chunk_id for source in dialogue.sources if source.number in numbers}


def read_and_found(sources: Sequence[Source], read: Sequence[str]) -> list[Source]:
    """The sources of `still_found`, in the order in which they were read."""
    by_chunk = {source.passage.chunk.chunk_id: source for source in sources}
    return [by_chunk[chunk_id] for chunk_id in still_found(read, by_chunk)]


def as_put(question: str, dialogue: Dialogue) -> str:
    """`question` as the model is to read it: behind the questions it leans on, where these do not stand in the prompt,
    because their turns were quoted or refused, or have been dropped."""
    turns = [(place, exchange) for place, exchange in enumerate(dialogue.exchanges) if exchange.question]
    leant = leaned_on(question, [exchange.question for _, exchange in turns])
    unseen = itertools.takewhile(
        lambda turn: turn[0] < dialogue.first_turn or not _messages(turn[1]), reversed(turns[len(turns) - len(leant) :])
    )
    return " ".join([*reversed([exchange.question for _, exchange in unseen]), question])


def build_prompt(
    dialogue: Dialogue,
    sources: Sequence[Source],
    question: str,
    count_tokens: CountTokens,
    window: int,
    max_tokens: int,
) -> Prompt:
    """The messages for `question` over `sources` (best first), at most `window` - `max_tokens` - MARGIN tokens.

    Earlier messages are taken over byte for byte. When they do not fit, the oldest turns go; when the sources still
    do not fit, the last ones stay out. Raises StrongroomError when not even one fits.
    """
    system = Message("system", system_prompt(dialogue.fence))
    room = window - max_tokens - MARGIN - _cost(system.content, count_tokens)
    first = dialogue.first_turn
    if (
        _history_cost(dialogue, first, count_tokens) + _turn_cost(dialogue, first, sources, question, count_tokens)
        > room
    ):
        first = _drop_oldest(dialogue, sources, question, count_tokens, room)
    shown = _shown(dialogue, first)
    room -= _history_cost(dialogue, first, count_tokens)
    fresh = _fit(
        [source for source in sources if source.number not in shown], question, dialogue.fence, count_tokens, room
    )
    user = question_prompt(question, fresh, dialogue.fence)
    history = [message for exchange in dialogue.exchanges[first:] for message in _messages(exchange)]
    found_again = {source.number: source for source in sources}  # with the sentence that matters for this question
    earlier = [found_again.get(source.number, source) for source in dialogue.sources if source.number in shown]
    return Prompt((system, *history, Message("user", user)), user, first, tuple(fresh), (*earlier, *fresh))


def _messages(exchange: Exchange) -> tuple[Message, ...]:
    """A turn that the model had no part in (quoted, refused, forgotten) is not in its prompt."""
    if not exchange.prompt or not exchange.reply:
        return ()
    return Message("user", exchange.prompt), Message("assistant", exchange.reply)


def _drop_oldest(
    dialogue: Dialogue, sources: Sequence[Source], question: str, count_tokens: CountTokens, room: int
) -> int:
    for first in range(dialogue.first_turn + 1, len(dialogue.exchanges)):
        history = _history_cost(dialogue, first, count_tokens)
        if history + _turn_cost(dialogue, first, sources, question, count_tokens) <= _KEPT_WHEN_FULL * room:
            return first
    return len(dialogue.exchanges)


def _shown(dialogue: Dialogue, first: int) -> set[int]:
    return {number for exchange in dialogue.exchanges[first:] if _messages(exchange) for number in exchange.shown}


def _history_cost(dialogue: Dialogue, first: int, count_tokens: CountTokens) -> int:
    messages = (message for exchange in dialogue.exchanges[first:] for message in _messages(exchange))
    return sum(_cost(message.content, count_tokens) for message in messages)


def _turn_cost(
    dialogue: Dialogue, first: int, sources: Sequence[Source], question: str, count_tokens: CountTokens
) -> int:
    shown = _shown(dialogue, first)
    fresh = [source for source in sources if source.number not in shown]
    return _cost(question_prompt(question, fresh, dialogue.fence), count_tokens)


def _fit(sources: Sequence[Source], question: str, fence: str, count_tokens: CountTokens, room: int) -> list[Source]:
    """As many of the first sources as fit into `room` tokens."""
    kept = list(sources)
    while _cost(question_prompt(question, kept, fence), count_tokens) > room:
        if len(kept) <= 1:
            raise StrongroomError(
                "The question and one source do not fit into what the language model can see at once.",
                "Ask a shorter question, or raise llama.context in the settings.",
            )
        kept.pop()
    return kept


def _cost(text: str, count_tokens: CountTokens) -> int:
    return count_tokens(text) + _PER_MESSAGE
