"""Sources are chosen by the time it takes to read them; the clock of these tests is what the model says of itself."""

import pytest

from assistant.assistant import Assistant
from assistant.context import readable_in_time
from assistant.types import Passage, Source, Why
from ingest.types import Chunk
from models.base import TokenUsage
from models.fakes import ScriptedModel
from tests.assistant.conftest import Open, answer_to

QUESTION = "How many days of paid vacation do employees accrue per year?"
REPLY = "Employees accrue 23 days of paid vacation per year [1]."


def shown_to(model: ScriptedModel) -> int:
    """How many sources stood in the last prompt."""
    return model.messages[-1][-1].content.count(", page ")


def know_speed(assistant: Assistant, words_per_second: float) -> None:
    usage = TokenUsage(prompt=1000, reading_ms=1_000_000 / words_per_second)
    assistant.asker().speeds.learn(assistant.llm.information.name, usage)


def test_a_slow_machine_reads_fewer_sources_and_never_none(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    assistant = open_with(llm=model, answer__style="answer")
    answer_to(assistant, QUESTION)
    all_of_them = shown_to(model)
    know_speed(assistant, 6.0)
    answer_to(assistant, QUESTION)
    some = shown_to(model)
    for _ in range(30):
        know_speed(assistant, 0.01)
    answer = answer_to(assistant, QUESTION)

    assert all_of_them > some > shown_to(model) == 1
    assert len(answer.evidence) > 1  # all that was found is shown
    assert answer.citations


def test_the_setting_buys_more_sources(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    counts = []
    for seconds in (15.0, 1000.0):
        assistant = open_with(llm=model, answer__style="answer", answer__max_wait_seconds=seconds)
        know_speed(assistant, 6.0)
        answer_to(assistant, QUESTION)
        counts.append(shown_to(model))

    assert counts[0] < counts[1]


def test_an_answer_that_is_to_come_again_does_not_hang_on_the_speed(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    assistant = open_with(llm=model, answer__style="answer")
    answer_to(assistant, QUESTION, seed=7)
    all_of_them = shown_to(model)
    know_speed(assistant, 0.01)
    answer_to(assistant, QUESTION, seed=7)

    assert shown_to(model) == all_of_them > 1


def test_what_was_read_ahead_costs_no_time(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    assistant = open_with(llm=model, answer__style="answer")
    know_speed(assistant, 1.0)
    for _ in range(2):
        assistant.read_ahead(QUESTION)
    answer_to(assistant, QUESTION)

    assert shown_to(model) > 1


def test_real_turns_teach_the_speed_and_status_names_it(open_with: Open) -> None:
    assistant = open_with(llm=ScriptedModel([REPLY], words_per_second=50.0), answer__style="answer")
    assert assistant.status()["speed"] == {"reading": None, "writing": None}
    answer_to(assistant, QUESTION)

    assert assistant.status()["speed"] == {"reading": 50.0, "writing": 50.0}


def test_the_wait_is_told_before_the_question_is_sent_and_falls_as_sources_are_read(open_with: Open) -> None:
    assistant = open_with(llm=ScriptedModel([REPLY]), answer__style="answer")
    told: list[float] = []
    assistant.read_ahead(QUESTION, expect=told.append)
    assert told == []  # nothing is known of this machine yet

    know_speed(assistant, 20.0)
    assistant.read_ahead(QUESTION, expect=told.append)
    assert told[0] == pytest.approx(max(told))
    assert 0 < told[-1] < told[0] <= 15


def test_without_time_the_best_new_source_stays() -> None:
    sources = [
        Source(
            number,
            Passage(
                1, 1.0, Chunk(name, 0, "five words of plain text", name, 1, 1, 0, 1, ""), name, name, "", None, Why()
            ),
        )
        for number, name in enumerate("ABC", 1)
    ]

    def readable(known: str, tokens: float) -> str:
        kept = readable_in_time(sources, set(known), "fence", lambda text: len(text.split()), tokens)
        return "".join(source.passage.document for source in kept)

    assert (readable("", -5), readable("A", 0), readable("BC", 0), readable("", 1000)) == ("A", "AB", "ABC", "ABC")
