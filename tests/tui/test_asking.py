"""A question and its answer, as the user sees them."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from textual.widgets import Markdown, Static

from assistant.events import Answered, AnswerEvent, EvidenceFound, Token
from assistant.tui.screens.chat import ChatScreen
from assistant.tui.screens.source import SourceScreen
from assistant.tui.widgets.conversation.answer import AnswerView
from assistant.tui.widgets.conversation.cited_markdown import CitedMarkdown
from assistant.tui.widgets.conversation.conversation import ConversationView, TurnView
from assistant.tui.widgets.sources.panel import SourcesPanel
from assistant.types import SearchTimings
from tests.tui.helpers import answers, ask, ask_and_wait, question_box, running, screen_text, shows, wait_until
from tests.tui.made_up import SOURCES, make_answer
from tests.tui.stand_in import StandInAssistant


async def test_evidence_is_on_screen_before_the_first_word(stocked: StandInAssistant) -> None:
    stocked.go_on = Event()
    async with running(stocked) as (app, pilot):
        await ask(pilot, "notice")
        await shows(app, "lease-halden.pdf")
        assert app.screen.query_one(CitedMarkdown).source == ""
        await shows(app, "2 passages found, reading")


async def test_words_appear_as_they_come_and_the_checked_answer_at_last(stocked: StandInAssistant) -> None:
    stocked.go_on = Event()
    async with running(stocked) as (app, pilot):
        await ask(pilot, "notice")
        await wait_until(lambda: answers(app))
        markdown = app.screen.query_one(CitedMarkdown)
        stocked.go_on.set()
        await wait_until(lambda: markdown.source == "The notice ")
        stocked.go_on.set()
        await wait_until(lambda: markdown.source == "The notice period is ")
        stocked.go_on.set()
        await wait_until(lambda: answers(app)[-1].phase == "done")
        await pilot.pause()
        assert markdown.source == "The notice period is **six months** [1]."
        await shows(app, "Every sentence is borne out by the source it cites")


async def test_a_second_question_waits_in_the_box(stocked: StandInAssistant) -> None:
    stocked.go_on = Event()
    async with running(stocked) as (app, pilot):
        await ask(pilot, "first")
        await wait_until(lambda: app.status.answering)
        await ask(pilot, "second")
        assert len(answers(app)) == 1
        assert question_box(app).text == "second"
        assert [question for question, _ in stocked.asked] == ["first"]
        await pilot.press("escape")
        await wait_until(lambda: not app.status.answering)


async def test_a_refusal_shows_the_nearest_passages(stocked: StandInAssistant) -> None:
    def refuses(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
        yield EvidenceFound(SOURCES, SearchTimings())
        refusal = make_answer(question, "The documents do not say.", refused=True)
        yield Answered(replace(refusal, almost=(("Haldan", "Halden"),)))

    stocked.answers = refuses
    async with running(stocked) as (app, pilot):
        answer = await ask_and_wait(pilot)
        assert answer.phase == "refused"
        await shows(app, "The documents do not say.")
        await shows(app, "Nearest passages")
        await shows(app, "No document says \u201cHaldan\u201d; the nearest passages have \u201cHalden\u201d.")
        assert app.screen.query_one(SourcesPanel).shown.cited == frozenset()
        assert str(answer.query_one(".note", Static).content).endswith(
            "The 2 nearest passages stand in place of sources."
        )


async def test_a_refusal_names_the_key_to_the_passages_where_they_are_not_beside_it(stocked: StandInAssistant) -> None:
    def refuses(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
        yield EvidenceFound(SOURCES, SearchTimings())
        yield Answered(make_answer(question, "The documents do not say.", refused=True))

    stocked.answers = refuses
    async with running(stocked, size=(80, 24)) as (app, pilot):
        await ask_and_wait(pilot)
        await shows(app, "in place of sources (^S).")


async def test_unsupported_sentences_are_marked_where_they_stand(stocked: StandInAssistant) -> None:
    def half(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
        text = "The period is six months [1]. It may be shortened."
        yield EvidenceFound(SOURCES, SearchTimings())
        yield Answered(make_answer(question, text, unsupported=["It may be shortened."]))

    stocked.answers = half
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        await shows(app, "It may be shortened. ‡")
        await shows(app, "‡ 1 of 2 sentences not borne out by the sources")


async def test_each_quote_stands_on_a_line_of_its_own(stocked: StandInAssistant) -> None:
    def quotes(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
        yield EvidenceFound(SOURCES, SearchTimings())
        yield Answered(make_answer(question, "\u201cItem | Price\u201d [1]\n\u201cPump | 120\u201d [1]\nwrapped text"))

    stocked.answers = quotes
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot)
        await shows(app, "\u201cPump | 120\u201d [1] wrapped text")
        lines = screen_text(app).splitlines()
        assert not any("Price" in line and "Pump" in line for line in lines)


async def test_a_follow_up_goes_to_the_same_conversation_and_new_starts_another(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot, "first")
        await ask_and_wait(pilot, "second")
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert app.screen.query_one(ConversationView).has_no_turns
        await ask_and_wait(pilot, "third")
        assert stocked.asked == [("first", "new"), ("second", "c1"), ("third", "new")]


async def test_a_new_conversation_just_after_a_question_waits_until_the_question_is_shown(
    stocked: StandInAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    show, may_be_shown = ConversationView.add, asyncio.Event()

    async def show_late(view: ConversationView, question: str) -> AnswerView:
        answer = await show(view, question)
        await may_be_shown.wait()
        return answer

    monkeypatch.setattr(ConversationView, "add", show_late)
    async with running(stocked) as (app, _):
        question_box(app).insert("notice")
        question_box(app).action_send()
        await wait_until(lambda: answers(app))
        await app.run_action("new_conversation", default_namespace=app.screen)
        may_be_shown.set()
        await shows(app, "six months [1]")
        assert "notice" in [turn.question for turn in app.screen.query(TurnView)]


async def test_an_answer_written_on_a_server_says_so(tmp_path: Path) -> None:
    def from_a_server(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
        yield Answered(replace(make_answer(question, "Six months [1]."), sent_to="llm.house.test:443"))

    async with running(StandInAssistant(tmp_path, answers=from_a_server)) as (app, pilot):
        await ask_and_wait(pilot)
        await shows(app, "The question and its passages left this machine for")
        await shows(app, "llm.house.test:443.")


async def test_an_answer_that_could_not_be_kept_stays_on_the_screen_and_says_so(stocked: StandInAssistant) -> None:
    def on_a_full_disk(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
        yield EvidenceFound(SOURCES, SearchTimings())
        yield Token("The period")
        answer = make_answer(question, "The period is six months [1].", conversation="")
        yield Answered(replace(answer, unkept="This turn is not kept. The disk is full. Free some space."))

    async with running(stocked) as (app, pilot):
        works, stocked.answers = stocked.answers, on_a_full_disk
        answer = await ask_and_wait(pilot, "notice")
        assert answer.phase == "done"
        await shows(app, "The period is six months [1].")
        await shows(app, "Every sentence is borne out by the source it cites")
        await shows(app, "This turn is not kept. The disk is full. Free some space.")
        await shows(app, "lease-halden.pdf")
        assert question_box(app).text == ""
        marked = app.screen.query(CitedMarkdown).last()
        stocked.answers = works
        await ask_and_wait(pilot, "again")
        assert stocked.asked == [("notice", "new"), ("again", "new")]
        marked.post_message(Markdown.LinkClicked(marked, "source:1"))
        await pilot.pause()
        assert isinstance(app.screen, ChatScreen), "the number is that of another source now"
        linked = app.screen.query(CitedMarkdown).last()
        linked.post_message(Markdown.LinkClicked(linked, "source:1"))
        await wait_until(lambda: isinstance(app.screen, SourceScreen), "the source is open")
