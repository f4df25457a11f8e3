"""An answer that is stopped: how soon, what stays of it, and whose words are in the box then."""

from collections.abc import Iterator
from threading import Event

from textual.events import Key

from assistant.events import Answered, AnswerEvent, EvidenceFound, Token
from assistant.tui.widgets.conversation.cited_markdown import CitedMarkdown
from assistant.types import SearchTimings
from tests.tui.helpers import answers, app_over, ask, opening, question_box, running, wait_until
from tests.tui.made_up import SOURCES, make_answer
from tests.tui.stand_in import StandInAssistant


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
        question_box(app).insert("next")
        await pilot.press("escape")
        await wait_until(lambda: not app.status.answering)
        assert question_box(app).text == "next"
        await pilot.press("up")
        assert question_box(app).text == "first"
        await pilot.press("down")
        assert question_box(app).text == "next"


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


async def test_quitting_stops_what_is_running_and_closes_the_assistant(stocked: StandInAssistant) -> None:
    stocked.go_on = Event()
    async with running(stocked) as (app, pilot):
        await ask(pilot, "notice")
        await wait_until(lambda: app.status.answering)
        await pilot.press("ctrl+q")
        assert app.background.end(2.0)
        assert stocked.closed
