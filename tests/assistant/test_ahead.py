"""What is read while a question is typed is a part of what it is asked with."""

import re
from collections.abc import Sequence
from dataclasses import replace
from threading import Event, Thread

import pytest

from assistant.ahead import Plan
from assistant.assistant import Assistant
from assistant.context import number_sources, order_for_prompt, order_for_reading, still_found, worth_reading_on
from assistant.events import EvidenceFound
from assistant.types import Dialogue, Passage, Source, Why
from ingest.types import Chunk
from models.base import Message
from models.fakes import ScriptedModel
from tests.assistant.conftest import Open, answer_to
from tests.assistant.shelf import fill

QUESTION = "How many days of paid vacation do employees accrue per year?"
REPLY = "Employees accrue 23 days of paid vacation per year [1]."


def type_question(assistant: Assistant, question: str, conversation: str = "new") -> None:
    """Word by word, as the interface does."""
    words = question.split()
    for count in range(1, len(words) + 1):
        assistant.read_ahead(" ".join(words[:count]), conversation=conversation)


def test_what_was_read_ahead_begins_the_prompt_of_the_question(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    assistant = open_with(llm=model, answer__style="answer")
    type_question(assistant, QUESTION)
    answer = answer_to(assistant, QUESTION)

    *_, (system, read) = model.read_before
    assert model.messages[0][0] == system
    assert model.messages[0][1].content.startswith(read.content.removesuffix("\n\nQuestion: "))
    assert "accrue 23 days" in read.content
    assert answer.tokens.reused > 0.8 * answer.tokens.prompt


def test_the_answer_is_the_same_with_and_without(open_with: Open) -> None:
    """But for the numbers of its sources: they have those that they were read with."""
    assistant = open_with(REPLY.replace(" [1]", ""), answer__style="answer")
    pasted = answer_to(assistant, QUESTION)
    type_question(assistant, QUESTION)
    typed = answer_to(assistant, QUESTION)

    assert re.sub(r"\d+\]", "]", typed.text) == re.sub(r"\d+\]", "]", pasted.text)
    assert [s.passage.chunk.chunk_id for s in typed.evidence] == [s.passage.chunk.chunk_id for s in pasted.evidence]
    assert {c.quote for c in typed.citations} == {c.quote for c in pasted.citations}


def test_a_change_of_mind_leaves_nothing_behind(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    assistant = open_with(llm=model, answer__style="answer")
    type_question(assistant, "Which hotel costs per night in Norway are reimbursed?")
    type_question(assistant, QUESTION)
    answer = answer_to(assistant, QUESTION)

    assert answer.evidence[0].passage.document == "leave-policy.md"
    assert f"[{answer.evidence[0].number}] leave-policy.md" in model.messages[0][1].content


def test_in_a_conversation_only_what_was_not_shown_is_read_ahead(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    assistant = open_with(llm=model, answer__style="answer")
    first = answer_to(assistant, QUESTION)
    type_question(assistant, QUESTION, first.conversation)

    *history, last = model.read_before[-1]
    assert [message.content for message in history[:2]] == [message.content for message in model.messages[0]]
    assert "accrue 23 days" not in last.content


@pytest.mark.parametrize(
    "flags",
    [{"answer__read_ahead": "never", "answer__style": "answer"}, {"answer__style": "quote"}],
)
def test_nothing_is_read_ahead_when_it_is_switched_off_or_no_model_is_asked(
    open_with: Open, flags: dict[str, str]
) -> None:
    model = ScriptedModel([REPLY])
    type_question(open_with(llm=model, **flags), QUESTION)

    assert model.read_before == []


def test_what_will_be_quoted_is_not_read_ahead_and_comes_at_once(open_with: Open) -> None:
    model = ScriptedModel([REPLY], writes_well=False, writes_in_form=True)
    assistant = open_with(llm=model)
    names = ("Halden", "Brekke")
    fill(assistant.library, assistant.embedder, {f"{name}_lease.pdf": [f"{name} pays rent."] for name in names})
    expected: list[float] = []
    for _ in range(2):
        assistant.read_ahead("Which rent is higher, Halden or Brekke?", expect=expected.append)
    assert (model.read_before, expected) == ([], [0.0, 0.0])

    for _ in range(2):
        assistant.read_ahead("What rent does Halden pay?", expect=expected.append)
    assert "Halden pays rent." in model.read_before[-1][-1].content


def test_before_there_is_anything_to_read_the_instructions_are(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    open_with(llm=model, answer__style="answer").read_ahead("Zzz")

    assert [message.role for message in model.read_before[-1]] == ["system", "user"]
    assert "Sources:" not in model.read_before[-1][1].content


def test_for_a_server_nothing_counts_as_read(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    model.information = replace(model.information, runs_on="https://llm.example")
    assistant = open_with(llm=model, answer__style="answer")
    assistant.read_opening()
    type_question(assistant, QUESTION)
    typed = answer_to(assistant, QUESTION)
    pasted = answer_to(assistant, QUESTION)

    assert model.read_before == []
    assert [source.number for source in typed.evidence] == [source.number for source in pasted.evidence]
    assert model.messages[0][1] == model.messages[1][1]


def test_reading_ahead_gives_way(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    stop = Event()
    stop.set()
    open_with(llm=model, answer__style="answer").read_ahead(QUESTION, stop=stop)

    assert model.read_before == []


def passage(name: str) -> Passage:
    return Passage(1, 1.0, Chunk(name, 0, name, name, 1, 1, 0, 1, ""), name, name, "", None, Why())


def test_sources_keep_the_places_and_numbers_they_were_read_with() -> None:
    read = ("D", "B", "X", "A")
    passages = [passage(name) for name in "ABCDE"]
    sources = number_sources(Dialogue("", "", True), passages, [(0, 0)] * 5, read)
    asked = order_for_prompt(sources, read, 4)

    assert still_found(read, "ABCDE") == ["D", "B"]
    assert {source.passage.document: source.number for source in sources} == {"D": 1, "B": 2, "A": 3, "C": 4, "E": 5}
    assert [(source.passage.document, source.number) for source in asked] == [("D", 1), ("B", 2), ("A", 3)]


def test_on_enter_nothing_is_read_but_the_best_while_there_was_time_the_next_best_are() -> None:
    sources = number_sources(Dialogue("", "", True), [passage(name) for name in "ABCDE"], [(0, 0)] * 5, ("C",))

    assert [source.passage.document for source in order_for_prompt(sources, ("C",), 4)] == ["C", "A", "B"]
    assert [source.passage.document for source in order_for_reading(sources, ("C",), 4)] == ["C", "A", "B", "D"]
    assert [source.passage.document for source in order_for_prompt(sources, (), 4)] == ["A", "B", "C", "D"]


def test_there_are_never_more_than_the_setting_says() -> None:
    def asked(read: str, most: int) -> str:
        sources = number_sources(Dialogue("", "", True), [passage(name) for name in "ABCDE"], [(0, 0)] * 5, tuple(read))
        assert len(order_for_reading(sources, read, most)) <= most
        return "".join(source.passage.document for source in order_for_prompt(sources, read, most))

    assert asked("C", 1) == "A"
    assert asked("CDE", 3) == "CAB"
    assert asked("CDEA", 5) == "CDEAB"
    assert asked("CDEA", 3) == "CAB"
    assert asked("CDA", 4) == "CDAB"


def test_what_has_to_make_room_is_not_taken_for_read(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    assistant = open_with(llm=model, answer__style="answer", answer__sources=1)
    type_question(assistant, "Which hotel costs per night in Norway are reimbursed?")
    assert "155 euro" in model.read_before[-1][-1].content
    type_question(assistant, QUESTION)
    assert "155 euro" not in model.read_before[-1][-1].content
    answer_to(assistant, QUESTION)
    (_, asked), *_ = model.messages
    assert asked.content.count("accrue 23 days") == 1
    assert "155 euro" not in asked.content


def test_what_was_begun_on_enter_is_read_on_only_if_it_is_among_the_best() -> None:
    passages = [passage(name) for name in "ABCDE"]

    assert worth_reading_on(("A", "D"), 1, passages) == ("A",)
    assert worth_reading_on(("A", "D"), 2, passages) == ("A", "D")
    assert worth_reading_on(("D", "B"), 1, passages) == ("D", "B")


def test_a_whole_question_is_read_behind_its_sources(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    assistant = open_with(llm=model, answer__style="answer")
    assistant.read_ahead(QUESTION, is_whole=True)
    answer = answer_to(assistant, QUESTION)

    assert model.read_before[-1] == tuple(model.messages[0])
    assert answer.tokens.reused == answer.tokens.prompt


def test_a_question_ends_what_is_being_read_and_counts_what_was(open_with: Open) -> None:
    began = Event()

    class Slow(ScriptedModel):
        def read_ahead(self, messages: Sequence[Message], conversation: str = "", stop: Event | None = None) -> bool:
            super().read_ahead(messages, conversation, stop)
            began.set()
            assert stop is not None
            return not stop.wait(10.0)

    model = Slow([REPLY])
    assistant = open_with(llm=model, answer__style="answer")
    typing = Thread(target=assistant.read_ahead, args=(QUESTION,), kwargs={"is_whole": True})
    typing.start()
    assert began.wait(10.0)
    answer = answer_to(assistant, QUESTION)
    typing.join(1.0)

    assert not typing.is_alive()
    assert answer.text


def test_a_question_is_searched_for_while_what_was_being_read_still_ends(open_with: Open) -> None:
    began, may_end = Event(), Event()

    class Saving(ScriptedModel):
        def read_ahead(self, *_: object, **__: object) -> bool:
            began.set()
            return may_end.wait(10.0)

    model = Saving([REPLY, REPLY])
    assistant = open_with(llm=model, answer__style="answer")
    typing = Thread(target=assistant.read_ahead, args=(QUESTION,), kwargs={"is_whole": True})
    typing.start()
    assert began.wait(10.0)
    events = assistant.ask(QUESTION)
    assert isinstance(next(events), EvidenceFound)
    assert typing.is_alive()
    may_end.set()
    list(events)
    typing.join(1.0)

    answer_to(assistant, QUESTION)  # what was read for the question before is not taken for read
    one, other = (messages[-1].content.count("\n[") for messages in model.messages)
    assert one == other > 2


def test_half_a_question_that_would_be_refused_is_read_for_too(
    open_with: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ScriptedModel([REPLY])
    assistant = open_with(llm=model, answer__style="answer")
    monkeypatch.setattr("assistant.retrieval.fits", lambda *_, **__: False)
    type_question(assistant, QUESTION)
    monkeypatch.undo()

    assert "accrue 23 days" in model.read_before[-1][-1].content
    answer = answer_to(assistant, QUESTION)
    assert answer.tokens.reused > 0.8 * answer.tokens.prompt


def test_the_opening_is_that_of_the_question(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    assistant = open_with(llm=model, answer__style="answer")
    assistant.read_opening()
    answer_to(assistant, QUESTION)

    assert model.read_before[-1][0] == model.messages[0][0]


def test_without_reading_ahead_they_stand_as_they_were_found() -> None:
    sources = number_sources(Dialogue("", "", True), [passage(name) for name in "ABC"], [(0, 0)] * 3)

    assert [source.number for source in order_for_prompt(sources, Plan().begun, 2)] == [1, 2]
    assert all(isinstance(source, Source) for source in sources)
