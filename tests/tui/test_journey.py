"""From an empty home to a cited answer and back, with the keyboard alone, as a new user would."""

from pathlib import Path
from threading import Event

from textual.widgets import Button

from assistant.tui.screens.chat import ChatScreen
from assistant.tui.screens.folder import FolderScreen
from assistant.tui.screens.source import SourceScreen
from assistant.tui.widgets.library.folder_tree import FolderTree
from assistant.tui.widgets.question_box import QuestionBox
from tests.tui.helpers import answers, folder_of_documents, question_box, running, screen_text, shows, wait_until
from tests.tui.made_up import record
from tests.tui.stand_in import StandInAssistant


async def test_the_keyboard_alone_leads_from_nothing_to_everything(empty: StandInAssistant, tmp_path: Path) -> None:
    folder_of_documents(tmp_path)
    async with running(empty, start_folder=tmp_path) as (app, pilot):
        # first run: the first step has the focus
        await shows(app, "Welcome to Strongroom")
        await shows(app, "The kernel refuses every connection of this program.")
        await wait_until(lambda: isinstance(app.focused, Button))

        # add a folder
        await pilot.press("enter")
        await wait_until(lambda: isinstance(app.screen, FolderScreen))
        await wait_until(lambda: len(app.screen.query_one(FolderTree).root.children) == 1)
        await pilot.press("down", "enter")
        await wait_until(lambda: isinstance(app.screen, ChatScreen))

        # it is read, the question box waits for the first question
        await shows(app, "1 document, 36 passages")
        await shows(app, "1 file left out: the library (F2) says why.")
        await wait_until(lambda: isinstance(app.focused, QuestionBox))

        # ask
        await pilot.press(*"notice", "enter")
        await wait_until(lambda: answers(app) and answers(app)[-1].phase == "done")
        await shows(app, "six months [1]")

        # open its source and come back
        await pilot.press("tab", "1")
        await wait_until(lambda: isinstance(app.screen, SourceScreen))
        await shows(app, "page 12")
        await pilot.press("escape")
        await wait_until(lambda: isinstance(app.screen, ChatScreen))

        # type on from wherever the focus is, ask, stop
        empty.go_on = Event()
        await pilot.press(*"again", "enter")
        await wait_until(lambda: app.status.answering)
        await pilot.press("escape")
        await wait_until(lambda: not app.status.answering)
        assert question_box(app).text == "again"

        # history
        await pilot.press("up", "up")
        assert question_box(app).text == "notice"

        # a new conversation, then back to the earlier one
        empty.go_on = None
        await pilot.press("ctrl+n")
        await shows(app, "Ask your documents")
        assert not answers(app)
        await pilot.press("f3")
        await shows(app, "2026-03-02 09:14")
        await pilot.press("enter")
        await wait_until(lambda: isinstance(app.screen, ChatScreen) and len(answers(app)) == 2)
        await shows(app, "six months [1]")

        # leave
        await pilot.press("ctrl+q")
    assert empty.asked == [("notice", "new"), ("again", "c1")]


async def test_the_samples_are_offered_only_when_there_are_some(empty: StandInAssistant, tmp_path: Path) -> None:
    async with running(empty) as (app, _):
        assert "Try the sample documents" not in screen_text(app)
    async with running(StandInAssistant(tmp_path), samples=tmp_path) as (app, pilot):
        await shows(app, "Try the sample documents")
        await pilot.press("tab", "enter")
        await shows(app, "1 document, 36 passages")


async def test_the_first_step_does_not_take_the_focus_from_someone_who_types(tmp_path: Path) -> None:
    from tests.tui.helpers import app_over, opening

    gate = Event()
    assistant = StandInAssistant(tmp_path)

    def opens_late() -> StandInAssistant:
        gate.wait(10)
        return assistant

    app = app_over(opens_late)
    async with opening(app) as pilot:
        await pilot.press(*"early")
        gate.set()
        await shows(app, "Welcome to Strongroom")
        assert isinstance(app.focused, QuestionBox)
        assert question_box(app).text == "early"


async def test_a_stocked_library_greets_with_the_question_box(tmp_path: Path) -> None:
    assistant = StandInAssistant(tmp_path, records=[record("lease.pdf")])
    async with running(assistant) as (app, _):
        await shows(app, "In the library: 1 document, 12 pages.")
        assert isinstance(app.focused, QuestionBox)
