"""What is chosen here and kept in the settings, the model and the theme, and where each setting comes from."""

import shlex
import tomllib
from threading import Event
from typing import get_args

import pytest

import config.settings
from assistant.tui.screens.chat import ChatScreen
from assistant.tui.screens.settings import change_of
from assistant.tui.themes import DARK, LIGHT
from config.locations import Locations
from config.sections import Theme
from config.settings import load_settings, save_setting
from tests.tui.helpers import ask_and_wait, running, screen_text, shows, told, wait_until
from tests.tui.stand_in import StandInAssistant


async def test_the_model_in_use_is_marked_and_another_can_be_chosen(stocked: StandInAssistant) -> None:
    stocked.models[1].name = "starter"  # a name that the settings know
    async with running(stocked) as (app, pilot):
        await pilot.press("f4")
        await shows(app, "4,900 MB")
        assert any("●" in line and "stand-in" in line for line in screen_text(app).splitlines())
        await pilot.press("down", "u")
        await wait_until(lambda: "starter is used from the next start on." in told(app))
        assert tomllib.loads(stocked.locations.settings_file.read_text()) == {"models": {"llm": "starter"}}
        await pilot.press("up", "u", "escape")  # no, the one in use after all
        await wait_until(
            lambda: isinstance(app.screen, ChatScreen) and "stand-in is used from the next start on." in told(app)
        )
        assert tomllib.loads(stocked.locations.settings_file.read_text()) == {"models": {"llm": "stand-in"}}


async def test_a_choice_that_a_variable_is_stronger_than_says_so(
    stocked: StandInAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRONGROOM_MODELS__LLM", "stand-in")
    stocked.models[1].name = "starter"
    async with running(stocked) as (app, pilot):
        await pilot.press("f4")
        await shows(app, "4,900 MB")
        await pilot.press("down", "u")
        await wait_until(lambda: "from the next start on at which STRONGROOM_MODELS__LLM is not set." in told(app))


async def test_with_another_settings_file_choices_are_refused(stocked: StandInAssistant) -> None:
    async with running(stocked, keeps_choices=False) as (app, pilot):
        await pilot.press("ctrl+t")
        assert app.theme == LIGHT
        await pilot.press("f4")
        await shows(app, "4,900 MB")
        await pilot.press("down", "u")
        await wait_until(lambda: "Open Strongroom without --config to choose" in told(app))
        assert not stocked.locations.settings_file.exists()


async def test_settings_say_where_they_come_from(stocked: StandInAssistant) -> None:
    settings = load_settings(stocked.locations, flags={"answer.sources": 7}).items()
    async with running(stocked, size=(120, 48), settings=settings) as (app, pilot):
        await pilot.press("f5")
        await shows(app, "answer.sources")
        row = next(line for line in screen_text(app).splitlines() if "answer.sources" in line)
        assert row.split()[1:4] == ["answer.sources", "7", "flag"]
        await shows(app, "strongroom config set models.llm starter")


async def test_commands_that_are_shown_name_the_home(stocked: StandInAssistant) -> None:
    settings = load_settings(stocked.locations).items()
    async with running(stocked, size=(160, 48), settings=settings, command="strongroom --home /srv/house") as (
        app,
        pilot,
    ):
        await pilot.press("f5")
        await shows(app, "strongroom --home /srv/house config set models.llm starter")
        await pilot.press("f4")
        await shows(app, "`strongroom --home /srv/house models add FILE`")
        await shows(app, "`strongroom --home /srv/house models verify`")


def test_the_command_that_is_shown_of_a_setting_sets_it(locations: Locations) -> None:
    """Empty values, negative ones and lists too; `tests/cli` has those that begin like an option."""
    save_setting(locations, "llama.adapters", "finance=ledger, legal=none")
    before = load_settings(locations)
    for key, value, _, _ in before.items():
        _, *rest = shlex.split(change_of("strongroom", key, value))
        assert rest[:3] == ["config", "set", key]
        save_setting(locations, key, *rest[3:])
    assert load_settings(locations).settings == before.settings


async def test_the_theme_is_switched_and_kept(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, pilot):
        assert app.theme == DARK
        await pilot.press("ctrl+t")
        assert app.theme == LIGHT
        await wait_until(stocked.locations.settings_file.exists)
        assert tomllib.loads(stocked.locations.settings_file.read_text()) == {"interface": {"theme": LIGHT}}


async def test_choices_are_written_one_after_the_other(
    stocked: StandInAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    go_on = Event()

    def slowly(_: object, __: str, value: str) -> None:
        begun.append(value)
        go_on.wait(10)

    monkeypatch.setattr(config.settings, "save_setting", slowly)
    async with running(stocked) as (_, pilot):
        await pilot.press("ctrl+t", "ctrl+t")
        await wait_until(lambda: begun)
        await pilot.pause(0.1)
        assert len(begun) == 1
        go_on.set()
        await wait_until(lambda: sorted(begun) == sorted([DARK, LIGHT]))


async def test_an_unknown_theme_falls_back_to_ours(stocked: StandInAssistant) -> None:
    async with running(stocked, theme="no-such-theme") as (app, _):
        assert app.theme == DARK


async def test_the_setting_allows_the_themes_that_there_are(stocked: StandInAssistant) -> None:
    async with running(stocked) as (app, _):
        assert set(app.available_themes) == set(get_args(Theme))


async def test_a_theme_of_textual_can_be_chosen(stocked: StandInAssistant) -> None:
    async with running(stocked, theme="nord", size=(120, 36)) as (app, pilot):
        assert app.theme == "nord"
        await ask_and_wait(pilot)
        await shows(app, "six months [1]")
