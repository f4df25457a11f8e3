"""What the tuner chooses on machines that are made up, and that it keeps to its time."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from models.llama.drafting import even_costs
from models.llama.plan import Plan
from models.llama.tuner import SECONDS, Guessing, Trial, Tuner

Speed = Callable[[Plan], float]


@dataclass
class Machine:
    """A bench on which nothing is computed: `reading` and `writing` say how fast a plan is, and time passes so."""

    reading: Speed = lambda plan: 200.0 * plan.reading_threads
    writing: Speed = lambda plan: 20.0 * plan.threads
    guessed: float = 1.0
    quotes: bool = True
    fit: int | None = None
    loads: Callable[[Plan], bool] = lambda _: True
    now: float = 0.0
    tried: list[Plan] = field(default_factory=list)
    by_the_wall: list[int] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def speeds(self, plan: Plan, read: int, write: int, seconds: float, *, by_the_wall: bool = False) -> Trial | None:
        self.tried.append(plan)
        self.by_the_wall += [plan.threads] if by_the_wall else []
        if not self.loads(plan):
            return None
        trial = Trial(self.reading(plan), self.writing(plan))
        self.now += 0.2 + min(seconds, read / trial.reading + write / trial.writing)
        return trial

    def guessing(self, plan: Plan, write: int, seconds: float, *, brief: bool) -> Guessing | None:
        plain = self.writing(plan)
        took = (100 if brief else 400) / self.reading(plan) + 3 * write / plain
        self.now += min(seconds, took)
        factor = self.guessed if self.quotes or brief else 1.0
        accepted = round(write * (1 - 1 / factor))
        return Guessing(even_costs(0.3), plain, plain * factor, accepted) if took < seconds else None

    def layers_that_fit(self) -> int | None:
        return self.fit


def tuned(machine: Machine, cores: int = 4) -> Tuner:
    tuner = Tuner(machine, cores, machine.clock)
    list(tuner.run())
    assert tuner.after is not None
    assert machine.now < 60
    return tuner


def test_each_core_is_used_where_that_is_faster() -> None:
    machine = Machine()
    tuner = tuned(machine)

    assert (tuner.plan.threads, tuner.plan.reading_threads) == (4, 4)
    assert tuner.plan.yields
    assert machine.by_the_wall == [4, 3]  # what waits for others uses up no time of the processor


def test_reading_and_writing_get_threads_of_their_own_and_no_more_than_help() -> None:
    machine = Machine(writing=lambda plan: 20.0 * min(plan.threads, 2))

    tuner = tuned(machine, cores=8)

    assert (tuner.plan.threads, tuner.plan.reading_threads) == (2, 8)


def test_threads_that_hold_each_other_up_are_left_out() -> None:
    """What was seen on two cores with other programs at work."""
    machine = Machine(
        reading=lambda plan: 130.0 if plan.reading_threads == 1 else 45.0,
        writing=lambda plan: 30.0 if plan.threads == 1 else 2.0,
    )
    assert tuned(machine, cores=2).plan.threads == 1


def test_what_is_hopeless_is_not_tried_further() -> None:
    machine = Machine()
    tuned(machine, cores=64)

    assert 1 not in {plan.threads for plan in machine.tried}


@pytest.mark.parametrize(("factor", "expected"), [(1.4, "auto"), (1.02, "off"), (0.7, "off")])
def test_flash_attention_is_left_to_llama_cpp_where_that_is_faster(factor: float, expected: str) -> None:
    def writing(plan: Plan) -> float:
        return 20.0 * (factor if plan.flash_attention == "auto" else 1.0)

    assert tuned(Machine(writing=writing)).plan.flash_attention == expected


@pytest.mark.parametrize(("factor", "expected"), [(1.4, "q8_0"), (1.02, "f16")])
def test_eight_bits_must_be_faster_to_be_taken(factor: float, expected: str) -> None:
    def writing(plan: Plan) -> float:
        slow = 10.0 if plan.flash_attention == "off" else 20.0
        return slow * (factor if plan.kv_type == "q8_0" else 1.0)

    tuner = tuned(Machine(writing=writing))

    assert tuner.plan.kv_type == expected
    assert tuner.plan.flash_attention == ("on" if expected == "q8_0" else "auto")


def test_the_batch_is_that_which_reads_fastest() -> None:
    machine = Machine(reading=lambda plan: {128: 100.0, 256: 200.0, 512: 300.0}[plan.batch])

    assert tuned(machine).plan.batch == 512


@pytest.mark.parametrize(("factor", "pays"), [(1.6, True), (1.05, False), (0.9, False)])
def test_guessing_is_switched_on_only_where_it_pays(factor: float, pays: bool) -> None:
    tuner = tuned(Machine(guessed=factor))

    assert bool(tuner.plan.draft_costs) is pays
    assert any(f"{factor:.2f} times" in sentence for sentence in tuner.why)


def test_an_answer_that_quotes_nothing_by_chance_switches_no_guessing_off() -> None:
    assert tuned(Machine(guessed=1.6, quotes=False)).plan.draft_costs
    assert not tuned(Machine(guessed=1.0, quotes=False)).plan.draft_costs


def test_a_slow_model_is_tried_within_the_minute_too() -> None:
    machine = Machine(reading=lambda plan: 4.0 * plan.threads, writing=lambda plan: 1.0 * plan.threads, guessed=2.0)
    tuner = tuned(machine)

    assert tuner.plan.threads == 4
    assert machine.now <= SECONDS + 5


def test_what_was_only_chance_does_not_stand() -> None:
    """With flash attention it seems faster, and when it is compared again it is not."""
    seen = {"auto": 0}

    def writing(plan: Plan) -> float:
        if plan.flash_attention != "auto":
            return 20.0
        seen["auto"] += 1
        return 30.0 if seen["auto"] == 1 else 15.0

    tuner = tuned(Machine(writing=writing, reading=lambda _: 200.0))

    assert tuner.plan.flash_attention == "off"
    assert any("Compared again" in sentence for sentence in tuner.why)


def test_fewer_layers_are_put_on_a_gpu_that_does_not_hold_those_that_should_fit() -> None:
    machine = Machine(fit=32, loads=lambda plan: plan.gpu_layers <= 20)
    tuner = tuned(machine)

    assert tuner.plan.gpu_layers == 16
    assert [plan.gpu_layers for plan in machine.tried[:3]] == [32, 24, 16]


def test_a_build_without_a_gpu_says_so() -> None:
    assert "processor" in tuned(Machine()).why[0]


def test_a_model_that_does_not_run_leaves_nothing() -> None:
    tuner = Tuner(Machine(loads=lambda _: False), 4, lambda: 0.0)

    assert list(tuner.run()) == []
    assert tuner.after is None
