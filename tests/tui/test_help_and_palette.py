"""Every action is found in the help and in the command palette."""

from textual.binding import Binding
from textual.command import CommandPalette
from textual.widgets import Input

from assistant.tui.bindings import GLOBAL_BINDINGS, key_words
from assistant.tui.screens.help import help_text, sections
from tests.tui.helpers import running, screen_text, shows, wait_until
from tests.tui.stand_in import StandInAssistant


async def test_the_help_names_every_key(stocked: StandInAssistant) -> None:
    text = help_text().plain
    for _, bindings in sections():
        for binding in bindings:
            assert isinstance(binding, Binding)
            if not binding.action.startswith("open_source"):
                keys = ", ".join(key_words(each) for each in Binding.make_bindings([binding]))
                meaning = binding.tooltip or binding.description
                assert any(line.strip().startswith(keys) and meaning in line for line in text.splitlines()), keys
    async with running(stocked) as (app, pilot):
        await pilot.press("f1")
        await shows(app, "Show every key")


async def test_every_action_with_a_key_stands_in_the_palette_and_runs_from_there(stocked: StandInAssistant) -> None:
    async with running(stocked, size=(120, 60)) as (app, pilot):
        await pilot.press("ctrl+p")
        await wait_until(lambda: CommandPalette.is_open(app))
        for binding in GLOBAL_BINDINGS:
            assert isinstance(binding, Binding)
            if binding.action != "command_palette":
                await shows(app, binding.tooltip)
        await shows(app, "Start a new conversation")
        assert "Stop the answer" not in screen_text(app)
        app.screen.query_one(Input).value = "open the library"
        await shows(app, "F2, ^L")
        await wait_until(lambda: "Open the models" not in screen_text(app))
        await pilot.press("down", "enter")
        await shows(app, "In the library")


async def test_the_palette_offers_what_the_screen_offers(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        await pilot.press("f2")
        await shows(app, "handbook.pdf")
        await pilot.press("ctrl+p")
        await shows(app, "Remove the document from the library, with every trace of it")
