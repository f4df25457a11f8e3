"""What the tuner measures, inside the worker: plans are tried one after the other with the weights loaded once."""

import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from threading import Timer
from typing import Any

import llama_cpp

from models.base import GenerationOptions
from models.llama.drafting import LONGEST_DRAFT
from models.llama.engine import Engine, Load
from models.llama.generation import Generation
from models.llama.native import EngineError, StopFlag, Stopped

_SIZES = (1, 2, 3, 4, 6, 9, 12, LONGEST_DRAFT + 1)
"""Tokens in the batches that are timed; between two of them the cost is taken to rise evenly."""

_ROUNDS = 4

Clock = Callable[[], float]
MakeEngine = Callable[[Load], tuple[Engine, list[int], list[int]]]
"""Loads a model; gives the tokens of two prompts that are answered by quoting, a usual one and a short one."""


class Trials:
    """Keeps the engine of the last trial: another plan for the same weights needs a new context only."""

    def __init__(self, make_engine: MakeEngine, flag: StopFlag) -> None:
        self._make = make_engine
        self._flag = flag
        self._engine: Engine | None = None
        self._prompt: list[int] = []
        self._brief: list[int] = []
        self._load: Load | None = None

    def speeds(self, load: Load, read: int, write: int, patience: float, *, by_the_wall: bool) -> dict[str, Any]:
        """Tokens a second that are read, and written after that; half of `patience` is the longest for each of the two,
        after which the speed is that of what was done by then."""
        reading, writing = _clock(load.reading_threads or load.threads, by_the_wall), _clock(load.threads, by_the_wall)
        engine = self._arranged(load)
        engine.reuse([-1, -1])  # forget what another trial has read
        tokens = (self._prompt * (read // len(self._prompt) + 1))[: min(read, engine.context - write - 1)]
        pieces = [tokens[start : start + engine.batch] for start in range(0, len(tokens), engine.batch)]
        return {
            "reading": self._rate_of(engine, pieces, patience / 2, reading),
            "writing": self._rate_of(engine, [[token] for token in self._prompt[:write]], patience / 2, writing),
        }

    def guessing(self, load: Load, write: int, *, brief: bool) -> dict[str, Any]:
        """What guesses cost, and an answer with and without them; to the short prompt if `brief`."""
        engine = self._arranged(load)
        if not engine.can_take_back:
            raise EngineError("this kind of model cannot take tokens back")
        prompt, clock = self._brief if brief else self._prompt, _clock(load.threads)
        engine.read(prompt[engine.reuse(prompt) : -1])
        batches = [(size, self._seconds_of(engine, size, clock)) for size in _SIZES]
        costs = costs_of(batches)
        plain, guessed, accepted = 0.0, 0.0, 0
        for _ in range(1 if brief else 2):
            plain = max(plain, _answer(engine, prompt, write, (), clock)[0])
            rate, accepted = _answer(engine, prompt, write, costs, clock)
            guessed = max(guessed, rate)
        return {"costs": costs, "plain": plain, "guessed": guessed, "accepted": accepted}

    def _arranged(self, load: Load) -> Engine:
        if self._engine is not None and self._load is not None and _same_weights(self._load, load):
            if self._load != load:
                self._load = None  # until it is open: a plan that does not run leaves no context
                self._engine.open(load)
        else:
            if self._engine is not None:
                self._engine.close()
            self._engine = None
            self._engine, self._prompt, self._brief = self._make(load)
        self._load = load
        return self._engine

    def _seconds_of(self, engine: Engine, size: int, clock: Clock) -> float:
        """The fastest of some batches of `size` tokens, each at the same place."""
        fastest = float("inf")
        for _ in range(_ROUNDS):
            begun = clock()
            engine.compute(self._prompt[:size], scores_of_all=True)
            fastest = min(fastest, clock() - begun)
            engine.take_back(size)
        return fastest

    def _rate_of(self, engine: Engine, pieces: Sequence[list[int]], seconds: float, clock: Clock) -> float:
        """Tokens a second that are computed, piece by piece for so long at most. A piece that is broken off does not
        count; the first does as a whole, since it is slow even so."""
        timer = Timer(seconds, self._flag.set)
        timer.start()
        begun, computed, took = clock(), 0, 0.0
        try:
            for piece in pieces:
                engine.compute(piece)
                computed, took = computed + len(piece), clock() - begun
        except Stopped:
            pass
        finally:
            timer.cancel()
            timer.join()  # it may be setting the flag just now, and the next measurement would be broken off
            self._flag.clear()
        if not computed:
            computed, took = len(pieces[0]), clock() - begun
        return computed / max(took, 1e-6)


def _clock(threads: int, by_the_wall: bool = False) -> Clock:
    """Seconds of the processor for each thread, since other programs do not disturb these; but a GPU does not count in
    them, and how threads wait for each other shows on the wall only."""
    if by_the_wall or llama_cpp.llama_supports_gpu_offload():
        return time.perf_counter
    return lambda: time.process_time() / threads


def _answer(
    engine: Engine, prompt: Sequence[int], write: int, costs: Sequence[float], clock: Clock
) -> tuple[float, int]:
    """Tokens a second that an answer is written with, and how many of them were guessed."""
    generation = Generation(engine, prompt, GenerationOptions(max_tokens=write), draft_costs=costs)
    pieces, begun = generation.pieces(), 0.0
    for number, _ in enumerate(pieces):
        begun = begun if number else clock()  # the first token comes with the reading of the prompt
    took, usage = clock() - begun, generation.usage
    return (usage.generated - 1) / max(took, 1e-6), usage.drafted_accepted


def _same_weights(one: Load, other: Load) -> bool:
    of_both = [(load.path, load.gpu_layers, load.adapter, load.adapter_scale) for load in (one, other)]
    return of_both[0] == of_both[1]


def costs_of(batches: Sequence[tuple[int, float]]) -> tuple[float, ...]:
    """The cost of every number of guesses, in times of a single token, from the seconds of batches of growing size.

    What disturbs a measurement only makes it longer, and fewer tokens cannot take longer than more of them: so each
    counts as the shortest of its own size and all larger ones.
    """
    sizes = [size for size, _ in batches]
    shortest = [min(seconds for _, seconds in batches[index:]) for index in range(len(batches))]
    costs = [1.0]
    for (size, seconds), (next_size, next_seconds) in pairwise(zip(sizes, shortest, strict=True)):
        for tokens in range(size + 1, next_size + 1):
            share = (tokens - size) / (next_size - size)
            costs.append((seconds + share * (next_seconds - seconds)) / shortest[0])
    return tuple(round(cost, 3) for cost in costs)
