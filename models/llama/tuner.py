"""Finds the plan that a model runs best with on this machine, by trying, in less than a minute.

Every choice is made for itself, from the best plan so far; what is hopeless is not tried further, and at the end the
chosen plan has to beat the rules of thumb in turn with them.
"""

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from models.llama.drafting import LONGEST_DRAFT
from models.llama.plan import DEFAULT_BATCH, Plan, default_plan

SECONDS = 50.0
"""Within which everything is tried; what there is no time for stays as it is by rule of thumb."""

_SECONDS_OF_READING, _SECONDS_OF_WRITING = 1.5, 0.8
_SECONDS_OF_DEEP_READING = 3.5
"""Attention takes longer the more was read, so what bears on it is tried with a longer text."""
_LEAST_READ, _MOST_READ = 32, 1000
_LEAST_WRITTEN, _MOST_WRITTEN = 4, 24

_READ_IN_A_TURN, _WRITTEN_IN_A_TURN = 400, 60
"""Tokens of a question as they come: a plan is as good as the time that these take."""

_WORTH_A_CHANGE = 0.95
"""A choice must save a twentieth of the time, or it could be chance."""
_TOKENS_OF_A_QUESTION, _TOKENS_OF_GUESSING = 450, 240
"""What trying to guess reads and about what it writes with a usual question: too slow a model gets a short one."""
_ATTENTION = {"off": "off", "auto": "left to llama.cpp"}
_HOPELESS = 1.3
_AS_GOOD = 0.97
_GUESSING_PAYS = 1.1


@dataclass(frozen=True, slots=True)
class Trial:
    """Tokens a second."""

    reading: float
    writing: float

    @property
    def seconds(self) -> float:
        """That a usual turn would take."""
        return _READ_IN_A_TURN / self.reading + _WRITTEN_IN_A_TURN / self.writing

    def __str__(self) -> str:
        return f"reads {self.reading:,.0f} and writes {self.writing:,.1f} tokens/s"


@dataclass(frozen=True, slots=True)
class Guessing:
    """An answer that quotes, `plain` and with guesses (tokens a second); `accepted` of its tokens were guessed."""

    costs: tuple[float, ...]
    plain: float
    guessed: float
    accepted: int


class Bench(Protocol):
    """Where plans are tried. None is given for one that fails; what takes longer than `seconds` is broken off.

    Time is the processor's, so that other programs at work do not disturb the comparison, unless it is `by_the_wall`.
    """

    def speeds(
        self, plan: Plan, read: int, write: int, seconds: float, *, by_the_wall: bool = False
    ) -> Trial | None: ...

    def guessing(self, plan: Plan, write: int, seconds: float, *, brief: bool) -> Guessing | None:
        """With a usual question, or if `brief` with one that is short to read."""
        ...

    def layers_that_fit(self) -> int | None:
        """How many layers of the model the GPU holds by calculation; None where llama.cpp knows no GPU."""
        ...


@dataclass
class Tuner:
    """`run` yields a line for everything that is tried; afterwards `plan`, `why`, `before` and `after` are known."""

    bench: Bench
    cores: int
    clock: Callable[[], float] = time.monotonic
    why: list[str] = field(default_factory=list)
    before: Trial | None = None
    after: Trial | None = None

    def __post_init__(self) -> None:
        self._deadline = self.clock() + SECONDS
        self.plan = self._default = dataclasses.replace(default_plan(self.cores, on_gpu=False), yields=False)
        self._to_compare = 0.0
        self._best = Trial(1.0, 1.0)
        self._slowness = 1.0  # how much longer a trial takes by the wall than by what it measures

    def run(self) -> Iterator[str]:
        """Leaves `after` None when not even the rules of thumb could be tried."""
        yield from self._choose_layers()
        self._default = self.plan
        gauge = self.bench.speeds(self.plan, 8, 2, self._left)
        if gauge is None:
            return
        self._best = gauge
        begun = self.clock()
        self.before = self.after = self._try(self.plan, deep=True)
        if self.before is None:
            return
        self._to_compare = 2.2 * (self.clock() - begun)
        self._best = self.before
        yield f"as it is: {self.before}"
        yield from self._choose_attention()
        yield from self._choose_threads()
        yield from self._choose_guessing()
        yield from self._choose_batch()
        yield from self._choose_kv_type()
        self._to_compare = 0.0
        yield from self._compare()
        self.plan = self._change(yields=True)

    @property
    def _left(self) -> float:
        """Seconds, without those that a changed plan is to be compared in at the end."""
        reserved = self._to_compare if self._is_changed() else 0.0
        return max(0.0, self._deadline - reserved - self.clock())

    def _is_changed(self) -> bool:
        return dataclasses.replace(self.plan, draft_costs=()) != self._default

    def _try(self, plan: Plan, *, deep: bool = False, by_the_wall: bool = False) -> Trial | None:
        """Takes as many tokens as suit the speed known by now; None as well when the time left is too short."""
        reading, writing = self._best.reading / self._slowness, self._best.writing / self._slowness
        seconds = _SECONDS_OF_DEEP_READING if deep else _SECONDS_OF_READING
        read = _within(reading * seconds, _LEAST_READ, _MOST_READ)
        write = _within(writing * _SECONDS_OF_WRITING, _LEAST_WRITTEN, _MOST_WRITTEN)
        expected = read / reading + write / writing
        if self._left < 1.1 * expected:
            return None
        begun = self.clock()
        trial = self.bench.speeds(plan, read, write, min(self._left, 2 * expected), by_the_wall=by_the_wall)
        if trial is not None and not by_the_wall:
            measured = read / trial.reading + write / trial.writing
            self._slowness = max(1.0, (self._slowness + (self.clock() - begun) / measured) / 2)
        return trial

    def _change(self, **changes: object) -> Plan:
        return dataclasses.replace(self.plan, **changes)  # type: ignore[arg-type]

    def _choose_layers(self) -> Iterator[str]:
        """What fits by calculation is tried, and less of it when that fails after all."""
        fit = self.bench.layers_that_fit()
        if fit is None:
            self.why.append("All layers run on the processor: llama.cpp finds no GPU, or was built without one.")
            return
        self.plan = self._change(flash_attention=default_plan(self.cores, on_gpu=True).flash_attention)
        for layers in dict.fromkeys((fit, fit * 3 // 4, fit // 2, fit // 4, 0)):
            plan = self._change(gpu_layers=layers)
            if self.bench.speeds(plan, 8, 2, self._left) is not None:
                self.plan = plan
                yield f"{layers} layers on the GPU: loaded"
                break
            yield f"{layers} layers on the GPU: do not load"
        taken = max(0, self.plan.gpu_layers)
        self.why.append(f"{taken} layers on the GPU: {fit} should fit by calculation, and no more than these loaded.")

    def _choose_attention(self) -> Iterator[str]:
        """Where llama.cpp has a choice it computes attention in one step, which is not always the faster way."""
        now, other = ("off", "auto") if self.plan.flash_attention == "off" else ("auto", "off")
        trial = self._try(self._change(flash_attention=other), deep=True)
        if trial is None:
            return
        yield f"flash attention {_ATTENTION[other]}: {trial}"
        if trial.seconds < _WORTH_A_CHANGE * self._best.seconds:
            self.why.append(f"Flash attention is {_ATTENTION[other]}: {trial}; {_ATTENTION[now]}: {self._best}.")
            self.plan, self._best = self._change(flash_attention=other), trial
        else:
            self.why.append(f"Flash attention is {_ATTENTION[now]}: {self._best}; {_ATTENTION[other]}: {trial}.")

    def _choose_threads(self) -> Iterator[str]:
        """Down from one for each core, until it only gets worse."""
        tried: dict[int, Trial] = {}
        for threads in _thread_counts(self.cores):
            trial = self._try(self._change(threads=threads, reading_threads=threads), by_the_wall=True)
            if trial is None:
                break
            tried[threads] = trial
            yield f"{threads} of {self.cores} cores: {trial}"
            if trial.seconds > _HOPELESS * min(each.seconds for each in tried.values()):
                break
        if len(tried) < 2:
            return
        writing = _fewest(tried, lambda trial: trial.writing)
        reading = _fewest(tried, lambda trial: trial.reading)
        self.plan = self._change(threads=writing, reading_threads=reading)
        compared = ", ".join(f"{threads} {trial}" for threads, trial in sorted(tried.items()))
        self.why.append(
            f"{_threads(reading)} read and {_threads(writing)} write, of {self.cores} cores; tried: {compared}."
        )

    def _choose_guessing(self) -> Iterator[str]:
        reading, writing = self._best.reading / self._slowness, self._best.writing / self._slowness
        brief = _TOKENS_OF_A_QUESTION / reading + _TOKENS_OF_GUESSING / writing > 0.6 * self._left
        write = _within(writing * 2, 16 if brief else 32, 48)
        found = self.bench.guessing(self.plan, write, self._left - 2, brief=brief)
        if found is not None and not found.accepted and not brief:
            # This answer quoted nothing, by chance: a text that repeats itself tells what guesses are worth.
            found = self.bench.guessing(self.plan, write, self._left - 2, brief=True) or found
        if found is None:
            self.why.append("Nothing is guessed: there was no time to try it, or the model cannot take tokens back.")
            return
        ratio = found.guessed / found.plain if found.plain else 0.0
        yield (
            f"guessing what an answer quotes: {found.guessed:,.1f} instead of {found.plain:,.1f} tokens/s,"
            f" {found.accepted} tokens guessed right"
        )
        pays = ratio >= _GUESSING_PAYS and found.accepted > 0
        if pays:
            self.plan = self._change(draft_costs=found.costs)
        self.why.append(
            f"Words of an answer that quotes are {'' if pays else 'not '}guessed from the sources: that is"
            f" {ratio:.2f} times as fast, and {LONGEST_DRAFT} guesses take as long as"
            f" {found.costs[-1] - 1:.1f} tokens."
        )

    def _choose_batch(self) -> Iterator[str]:
        tried: dict[int, Trial] = {}
        for batch in (DEFAULT_BATCH, 128, 512):
            if batch <= max(DEFAULT_BATCH, self._best.reading * _SECONDS_OF_DEEP_READING):  # else it is never filled
                trial = self._try(self._change(batch=batch), deep=batch > DEFAULT_BATCH)
                if trial is None:
                    break
                tried[batch] = trial
                yield f"{batch} tokens read at a time: {trial}"
        usual = tried.get(DEFAULT_BATCH)
        if usual is None or len(tried) == 1:
            return
        best = max(tried, key=lambda batch: tried[batch].reading)
        if usual.reading < _WORTH_A_CHANGE * tried[best].reading:
            self.plan, self._best = self._change(batch=best), tried[best]
            self.why.append(f"{best} tokens are read at a time: {tried[best]}; {DEFAULT_BATCH}: {usual}.")
        else:
            self.why.append(f"{DEFAULT_BATCH} tokens are read at a time: no other number is faster.")

    def _choose_kv_type(self) -> Iterator[str]:
        """Less exact, so only where it is faster; and llama.cpp needs flash attention for it."""
        if self.plan.flash_attention == "off":
            self.why.append("What was read is kept in 16 bits: 8 bits need flash attention, and that is off.")
            return
        as_is, in_8_bits = self._try(self.plan, deep=True), self._try(self._change(kv_type="q8_0"), deep=True)
        if as_is is None or in_8_bits is None:
            return
        yield f"what was read kept in 8 bits: {in_8_bits}; in 16: {as_is}"
        if in_8_bits.seconds < _WORTH_A_CHANGE * as_is.seconds:
            self.plan = self._change(kv_type="q8_0", flash_attention="on")
            self.why.append(f"What was read is kept in 8 bits: {in_8_bits}; in 16: {as_is}.")
        else:
            self.why.append("What was read is kept in 16 bits: 8 bits are less exact and not faster.")

    def _compare(self) -> Iterator[str]:
        """The chosen plan in turn with the rules of thumb: what was only chance does not stand."""
        if not self._is_changed():
            return
        before, after = self._try(self._default, deep=True), self._try(self.plan, deep=True)
        if before is None or after is None:
            self.after = self._best
            return
        self.before, self.after = before, after
        yield f"compared again: {after}; by rule of thumb: {before}"
        if after.seconds > before.seconds:
            self.plan = dataclasses.replace(self._default, draft_costs=self.plan.draft_costs)
            self.after = before
            self.why.append("Compared again that was not faster, so all but the guessing stays as it was.")


def _thread_counts(cores: int) -> list[int]:
    """From one for each core down: all, all but one, then halves."""
    halves = [cores >> shift for shift in range(cores.bit_length())]
    return sorted({cores, max(1, cores - 1), *halves}, reverse=True)


def _fewest(tried: dict[int, Trial], speed: Callable[[Trial], float]) -> int:
    """The fewest threads that are about as fast as the fastest: more of them disturb other programs."""
    fastest = max(speed(trial) for trial in tried.values())
    return min(threads for threads, trial in tried.items() if speed(trial) >= _AS_GOOD * fastest)


def _within(number: float, least: int, most: int) -> int:
    return int(max(least, min(most, number)))


def _threads(count: int) -> str:
    return f"{count} thread{'s' if count > 1 else ''}"
