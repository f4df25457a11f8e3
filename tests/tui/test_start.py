"""The first paint: what it waits for, and what it does not."""

import subprocess
import sys
import threading
from pathlib import Path
from threading import Event

import pytest
from textual.widgets import TextArea

import assistant.tui.run
from assistant.cli.main import main
from tests.tui.helpers import answers, app_over, ask, opening, question_box, screen_text, shows, wait_until
from tests.tui.stand_in import StandInAssistant

HEAVY = "numpy chromadb onnxruntime torch tokenizers llama_cpp pypdf pypdfium2 sqlite3 pydantic assistant.assistant"


def test_nothing_heavy_is_imported_for_the_first_paint() -> None:
    program = f"import sys, assistant.tui.app\nprint(*[name for name in {HEAVY!r}.split() if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.split() == []


async def test_the_assistant_is_opened_in_a_worker_after_the_first_paint(stocked: StandInAssistant) -> None:
    gate, opened_in = Event(), []

    def opens_late() -> StandInAssistant:
        opened_in.append(threading.current_thread())
        gate.wait(10)
        return stocked

    app = app_over(opens_late)
    async with opening(app) as pilot:
        assert "Loading the library" in screen_text(app)
        assert isinstance(app.focused, TextArea)
        await pilot.press(*"typed")
        assert question_box(app).text == "typed"
        await wait_until(lambda: opened_in)
        assert opened_in != [threading.main_thread()]
        gate.set()
        await wait_until(lambda: "2 documents, 156 passages" in screen_text(app))
        assert question_box(app).text == "typed"


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


def test_choices_are_kept_unless_another_settings_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[bool] = []
    monkeypatch.setattr(assistant.tui.run, "run_interface", lambda *_, keeps_choices, **__: kept.append(keeps_choices))
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    other = tmp_path / "other.toml"
    other.touch()
    assert main(["--home", str(tmp_path / "home")]) == 0
    assert main(["--home", str(tmp_path / "home"), "--config", str(other)]) == 0
    assert kept == [True, False]


def test_the_interface_is_told_how_commands_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[str] = []

    def made(*_: object, command: str, **__: object) -> None:
        commands.append(command)
        raise KeyboardInterrupt

    monkeypatch.setattr(assistant.tui.run, "make_app", made)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    assert main(["--home", str(tmp_path / "home")]) == 130
    assert commands == [f"strongroom --home {tmp_path / 'home'}"]


def test_native_output_does_not_reach_the_screen_and_python_s_comes_back(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from assistant.tui.terminal import terminal_to_ourselves\n"
        "print('before', flush=True)\n"
        "with terminal_to_ourselves():\n"
        "    os.write(1, b'native'); os.write(2, b'native')\n"
        "    sys.__stderr__.write('drawn\\n')\n"
        "print('after', flush=True); print('error', file=sys.stderr)\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert (result.stdout, result.stderr) == ("before\nafter\n", "drawn\nerror\n")
