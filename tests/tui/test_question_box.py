"""The question box: what is typed and pasted, the history, and what happens while a question is typed."""

import time
from collections.abc import Iterator
from threading import Event

from textual.events import Key, Paste

from assistant.events import Answered, AnswerEvent, EvidenceFound
from assistant.tui.widgets.conversation.conversation import ConversationView
from assistant.types import SearchTimings
from tests.tui.helpers import answers, ask, ask_and_wait, question_box, running, shows, wait_until
from tests.tui.made_up import SOURCES, make_answer
from tests.tui.stand_in import StandInAssistant


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


async def test_the_history_is_walked_with_up_and_down(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await ask_and_wait(pilot, "first")
        await ask_and_wait(pilot, "second")
        question_box(app).insert("draft")
        await pilot.press("up")
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
        question_box(app).insert("draft")
        await pilot.press("up")
        question_box(app).insert(" again")
        await pilot.press("up", "down")
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
        question_box(app).insert("draft")
        await pilot.press("up", "enter")
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


async def test_the_expected_wait_is_shown_before_the_question_is_sent(stocked: StandInAssistant) -> None:
    stocked.expected_wait = 7.4
    async with running(stocked) as (app, pilot):
        question_box(app).focus()
        question_box(app).insert("notice period ")
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
