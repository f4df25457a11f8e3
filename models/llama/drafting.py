"""Guesses of what comes next: an answer that quotes goes on as its source did. Pure Python, knows nothing of llama.cpp.

Several guessed tokens are computed in one batch, which takes a processor hardly longer than one of them alone where
weights have to be fetched from memory. What the model would not have written itself is thrown away, so a guess never
changes an answer: it only costs time when it is wrong. How much is known from the tuner's measurement.
"""

from collections.abc import Sequence

LONGEST_DRAFT = 15
"""Tokens guessed at a time at most."""

_SHORTEST_MATCH, _LONGEST_MATCH = 2, 8
"""Tokens that stood there before, too, for a guess to be made, and after which more of them say no more."""

_CHANCE = {2: 0.3, 3: 0.6, 4: 0.75, 5: 0.85, 6: 0.9, 7: 0.93, 8: 0.95}
"""How likely the next token is the guessed one after so many that match, until the answer itself has shown it."""

_WEIGHT_OF_CHANCE = 4.0
"""Guesses that it takes to count as much as what was assumed."""

_LEAST_GAIN = 1.05
_ALLOWED, _ALLOWED_SHARE = 1.0, 0.02
"""What wrong guesses may have cost an answer at any time, more than right ones have saved: the time of one token, or
this share of those written."""


def even_costs(step: float) -> tuple[float, ...]:
    """The costs of drafts (see Drafter) where every guess takes `step` of the time of a single token."""
    return tuple(1 + step * count for count in range(LONGEST_DRAFT + 1))


class Drafter:
    """Guesses for one answer. `costs[n]` is how long a step with n guesses takes, in times of a step with none.

    Whether to guess, and how many, depends on these costs and on how guesses have fared in this answer, never on the
    clock: the same question is computed in the same steps again.
    """

    def __init__(self, prompt: Sequence[int], costs: Sequence[float]) -> None:
        self._costs = costs
        self._tokens: list[int] = []
        self._after: dict[tuple[int, ...], int] = {}  # the last place behind two tokens, and behind three
        self._source = 0  # where the next token is guessed to stand, 0 for nowhere
        self._matched = 0
        self._right = {length: _WEIGHT_OF_CHANCE * chance for length, chance in _CHANCE.items()}
        self._tried = dict.fromkeys(_CHANCE, _WEIGHT_OF_CHANCE)
        self._saved = 0.0
        self._written = 0
        self.accepted = 0
        for token in prompt:
            self._append(token)

    def add(self, tokens: Sequence[int]) -> None:
        """These were written."""
        for token in tokens:
            follows = 0 < self._source < len(self._tokens) and self._tokens[self._source] == token
            self._source, self._matched = (self._source + 1, self._matched + 1) if follows else (0, 0)
            self._append(token)
        self._written += len(tokens)

    def propose(self, room: int) -> list[int]:
        """Up to `room` tokens that may come next; none when a guess is not worth its price."""
        self._find_source()
        if not self._source:
            return []
        return self._tokens[self._source : self._source + min(room, self._worthwhile())]

    def learn(self, guesses: int, accepted: int) -> None:
        """Of so many guesses the first `accepted` were what the model wrote. To be told before `add`."""
        self.accepted += accepted
        self._saved += accepted + 1 - self._costs[guesses]
        for index in range(min(accepted + 1, guesses)):
            length = min(self._matched + index, _LONGEST_MATCH)
            self._tried[length] += 1
            self._right[length] += index < accepted

    def _append(self, token: int) -> None:
        """What ends here is known from now on as something that stood before; not sooner, or it would find itself."""
        tokens, place = self._tokens, len(self._tokens)
        if place >= 2:
            self._after[(tokens[-2], tokens[-1])] = place
        if place >= 3:
            self._after[(tokens[-3], tokens[-2], tokens[-1])] = place
        tokens.append(token)

    def _find_source(self) -> None:
        """Go on in the place that was right so far, or look for another one."""
        if self._source and self._matched > _SHORTEST_MATCH:
            return
        last = self._tokens[-3:]
        place = self._after.get(tuple(last)) or self._after.get(tuple(last[-2:])) or 0
        self._source, self._matched = place, self._length_of_match(place) if place else 0

    def _length_of_match(self, place: int) -> int:
        tokens, length = self._tokens, 0
        while length < min(place, _LONGEST_MATCH) and tokens[place - 1 - length] == tokens[-1 - length]:
            length += 1
        return length

    def _worthwhile(self) -> int:
        """How many guesses promise most for their time, 0 when none does or another wrong one would cost too much."""
        allowed = max(_ALLOWED, _ALLOWED_SHARE * self._written) + self._saved
        best, count, chance, expected = _LEAST_GAIN, 0, 1.0, 1.0
        for guesses in range(1, len(self._costs)):
            length = min(self._matched + guesses - 1, _LONGEST_MATCH)
            chance *= self._right[length] / self._tried[length]
            expected += chance
            if self._costs[guesses] - 1 > allowed:
                break
            if expected / self._costs[guesses] > best:
                best, count = expected / self._costs[guesses], guesses
        return count
