"""Answering a question: evidence, the words of a model or quotes, a refusal."""

import pytest

from assistant.events import Answered, EvidenceFound, Token
from assistant.prompts import REFUSAL
from config.errors import UsageError
from models.fakes import ScriptedModel
from tests.assistant.conftest import Open, answer_to
from tests.assistant.shelf import REPLY, VACATION

TUNGSTEN = "What is the boiling point of tungsten hexafluoride?"


def test_evidence_comes_first_then_words_then_the_checked_answer(open_with: Open) -> None:
    events = list(open_with(REPLY).ask(VACATION, style="answer"))
    assert isinstance(events[0], EvidenceFound)
    assert (
        events[0].sources[0].key_sentence == "Employees of Halvorsen Marine accrue 23 days of paid vacation per year."
    )
    assert "".join(event.text for event in events if isinstance(event, Token)) == REPLY
    assert isinstance(events[-1], Answered)
    answer = events[-1].answer
    assert answer.text == REPLY
    assert (answer.style, answer.refused, answer.model, answer.embedder) == ("answer", False, "scripted", "hash")
    assert [(c.number, c.document, c.page) for c in answer.citations] == [(1, "leave-policy.md", 1)]
    assert (answer.grounding.supported, answer.grounding.sentences) == (1, 1)
    assert answer.tokens.generated > 0
    assert (
        0
        < answer.timings.retrieve
        <= answer.timings.first_evidence
        <= answer.timings.first_token
        <= answer.timings.total
    )


def test_the_evidence_is_there_before_the_model_is_asked(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    events = open_with(llm=model).ask(VACATION, style="answer")
    assert isinstance(next(events), EvidenceFound)
    assert model.messages == []


def test_every_quote_stands_word_for_word_in_its_page(open_with: Open) -> None:
    assistant = open_with("The limit is 155 euro in Norway [1]. A medical certificate is required from the fourth day.")
    answer = answer_to(
        assistant, "Which hotel costs per night in Norway are reimbursed, when is a medical certificate required?"
    )
    assert len(answer.citations) == 2
    for citation in answer.citations:
        page = assistant.library.page_text(citation.path, citation.page)
        assert page[citation.start : citation.end] == citation.quote


def test_what_the_sources_do_not_say_is_marked(open_with: Open) -> None:
    answer = answer_to(open_with("Employees accrue 27 days of paid vacation per year [1]."), VACATION, style="answer")
    assert answer.grounding.unsupported == ("Employees accrue 27 days of paid vacation per year.",)


def test_a_question_outside_the_documents_is_refused_without_the_model(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    answer = answer_to(open_with(llm=model), TUNGSTEN)
    assert answer.refused
    assert answer.text == REFUSAL
    assert answer.citations == ()
    assert model.messages == []


def test_a_refusal_shows_the_nearest_passages(open_with: Open) -> None:
    answer = answer_to(open_with(), "What does the board think of euro bonds?")
    assert answer.refused
    assert answer.evidence


def test_refusing_can_be_switched_off(open_with: Open) -> None:
    model = ScriptedModel(["I cannot say."])
    answer_to(open_with(llm=model, retrieval__refuse=False), "What does the board think of euro bonds?", style="answer")
    assert len(model.messages) == 1


def test_a_model_that_refuses_is_taken_at_its_word(open_with: Open) -> None:
    answer = answer_to(open_with(f"{REFUSAL} [1]"), VACATION, style="answer")
    assert (answer.refused, answer.text, answer.citations) == (True, REFUSAL, ())


def test_quote_style_copies_and_calls_no_model(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    answer = answer_to(open_with(llm=model), "Who was elected chair of the board?", style="quote")
    assert answer.text == "“Ingrid Solheim was elected chair for two years.” [1]"
    assert answer.style == "quote"
    assert answer.grounding.supported == answer.grounding.sentences == 1
    assert model.messages == []


@pytest.mark.parametrize(("writes_well", "style"), [(True, "answer"), (False, "quote")])
def test_auto_style_quotes_under_a_model_that_cannot_write(open_with: Open, writes_well: bool, style: str) -> None:
    assistant = open_with(llm=ScriptedModel([REPLY], writes_well=writes_well))
    assert answer_to(assistant, VACATION).style == style


def test_a_model_that_says_nothing_does_not_hide_what_was_found(open_with: Open) -> None:
    answer = answer_to(open_with(""), VACATION, style="answer")
    assert answer.style == "quote"
    assert "23 days" in answer.text


def test_options_reach_the_model(open_with: Open) -> None:
    model = ScriptedModel([REPLY])
    answer_to(open_with(llm=model), VACATION, style="answer", max_tokens=7, seed=42)
    assert (model.options[0].max_tokens, model.options[0].seed) == (7, 42)


def test_control_characters_of_a_model_never_reach_the_screen(open_with: Open) -> None:
    events = list(
        open_with("Employees accrue \x1b]0;x\x07 23 days\u202e of vacation [1].").ask(VACATION, style="answer")
    )
    shown = "".join(e.text for e in events if isinstance(e, Token)) + events[-1].answer.text  # type: ignore[union-attr]  # Answered
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_doc_and_at_name_narrow_the_evidence(open_with: Open) -> None:
    assistant = open_with(REPLY)
    assert {s.passage.document for s in answer_to(assistant, "euro per night", document="TRAVEL*").evidence} == {
        "travel-policy.md"
    }
    answer = answer_to(assistant, "What is due @travel within days of the trip?")
    assert {s.passage.document for s in answer.evidence} == {"travel-policy.md"}
    assert answer.question == "What is due @travel within days of the trip?"


def test_an_empty_question_is_a_usage_error(open_with: Open) -> None:
    with pytest.raises(UsageError):
        open_with().ask("  ")
