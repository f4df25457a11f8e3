"""Guesses of what comes next: where they come from, when they stop, and that they never change an answer."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from models.base import GenerationOptions
from models.llama.drafting import Drafter, even_costs
from tests.models.tiny_models import ARCHITECTURES, write_tiny_model

CHEAP = even_costs(0.1)
SOURCE = list(range(100, 140))
TEXT = (
    "The supplier delivers the goods to the customer within thirty days of the order. Invoices are payable within two "
    "weeks, and late payments bear interest at eight percent a year. Each party may end this contract with a notice of "
    "three months, but not before the end of the second year. The courts of Hamburg decide every dispute.\n\n"
)


def steps_of(drafter: Drafter, answer: Sequence[int]) -> tuple[int, float]:
    """Write `answer` as an engine would: how many steps that took, and how long in times of a single token."""
    written, took, costs = 1, 0.0, drafter._costs
    steps, new = 0, [answer[0]]
    while written < len(answer):
        drafter.add(new)
        guesses = drafter.propose(len(answer) - written - 1)
        right = 0
        while right < len(guesses) and guesses[right] == answer[written + right]:
            right += 1
        if guesses:
            drafter.learn(len(guesses), right)
        new = list(answer[written : written + right + 1])
        written += len(new)
        took += costs[len(guesses)]
        steps += 1
    return steps, took


def test_a_guess_goes_on_where_the_same_tokens_stood_before() -> None:
    drafter = Drafter([1, *SOURCE, 2], CHEAP)
    drafter.add([7])
    assert drafter.propose(8) == []

    drafter.add([110, 111, 112])

    assert drafter.propose(4)[:2] == [113, 114]
    assert len(drafter.propose(1)) == 1
    assert drafter.propose(0) == []


def test_a_copy_is_followed_in_its_place_and_not_in_the_last_that_looks_like_it() -> None:
    """What follows three tokens is found in the last place; once that was wrong another is followed to its end."""
    first, last = [1, 2, 3, 10, 11, 12, 13, 14, 15, 16], [1, 2, 3, 20, 21]
    drafter = Drafter([*first, 99, *last, 98], CHEAP)
    drafter.add([1, 2, 3])
    assert drafter.propose(8)[:1] == [20]
    drafter.learn(1, 0)

    drafter.add([10, 11])

    assert drafter.propose(8)[:2] == [12, 13]


def test_an_answer_that_is_copied_takes_few_steps() -> None:
    steps, took = steps_of(Drafter([1, *SOURCE, 2], CHEAP), [5, 6, *SOURCE, 7])

    assert steps < 15
    assert took < len(SOURCE) / 2


@pytest.mark.parametrize("step", [0.05, 0.2, 0.4, 0.8])
def test_guesses_that_are_never_right_cost_hardly_anything(step: float) -> None:
    """A prompt made to mislead: whatever two tokens it holds, the answer goes on otherwise."""
    answer = [index % 7 for index in range(300)]
    prompt = [token for index in range(7) for token in (index, (index + 1) % 7, (index + 2) % 7, 50 + index)]

    class Misled(Drafter):
        def add(self, tokens: Sequence[int]) -> None:
            super().add([])
            self._tokens = [*prompt, *answer[:2]]
            self._source = 0
            self._written += len(tokens)

    _, took = steps_of(Misled(prompt, even_costs(step)), answer)

    assert took <= 1.03 * (len(answer) - 1)


def test_where_guesses_cost_as_much_as_writing_there_are_none() -> None:
    drafter = Drafter([1, *SOURCE, 2], even_costs(1.0))
    drafter.add(SOURCE[:8])

    assert drafter.propose(8) == []


# with llama.cpp, on models with random weights


@pytest.mark.models
@pytest.mark.parametrize("architecture", sorted(set(ARCHITECTURES) - {"gptj"}))
@pytest.mark.parametrize("temperature", [0.0, 0.2])
def test_guesses_change_no_answer(tmp_path: Path, architecture: str, temperature: float) -> None:
    path = write_tiny_model(tmp_path / "tiny.gguf", architecture, special=("<s>", "</s>"))

    plain = written_by(path, GenerationOptions(max_tokens=80, temperature=temperature, seed=3), ())
    guessed = written_by(path, GenerationOptions(max_tokens=80, temperature=temperature, seed=3), CHEAP)

    assert guessed[:2] == plain[:2]
    assert guessed[2] > 5 or architecture != "llama"


@pytest.mark.models
def test_an_answer_that_quotes_is_guessed_and_comes_out_the_same(starter_llm: Path) -> None:
    options = GenerationOptions(max_tokens=60)
    plain, _, none = written_by(starter_llm, options, ())
    guessed, computed, accepted = written_by(starter_llm, options, CHEAP)

    assert guessed == plain
    assert none == 0
    assert accepted > 20
    assert computed[-59:] == list(guessed[:-1])


@pytest.mark.models
@pytest.mark.parametrize("most", [1, 2, 5, 9])
def test_an_answer_ends_where_it_must_in_the_middle_of_guesses(starter_llm: Path, most: int) -> None:
    plain, memory, _ = written_by(starter_llm, GenerationOptions(max_tokens=most), ())

    assert written_by(starter_llm, GenerationOptions(max_tokens=most), CHEAP)[:2] == (plain, memory)
    assert len(plain) == most


def written_by(path: Path, options: GenerationOptions, costs: Sequence[float]) -> tuple[list[int], list[int], int]:
    """The tokens written after a text that repeats itself, those in memory then, and how many were guessed right."""
    from models.llama.engine import Engine, Load
    from models.llama.generation import Generation
    from models.llama.native import StopFlag

    engine = Engine(Load(str(path), 512, 1, 64, 0), StopFlag())
    prompt = engine.vocabulary._tokenise(TEXT + TEXT[:48], special=False)[:400]
    generation = Generation(engine, prompt, options, draft_costs=costs)
    engine.read(prompt)
    tokens = list(generation._tokens())
    return tokens, list(engine._computed), generation.usage.drafted_accepted
