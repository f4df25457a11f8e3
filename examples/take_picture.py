"""Take the picture of the interface in the README: the real program on the sample library, asked two questions.

    python examples/take_picture.py HOME

HOME is a home that `make run` has filled. The picture goes to docs/images/interface.svg.
"""

import asyncio
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from config.environment import confine_to_home, silence_telemetry
from config.locations import open_home
from config.seal import seal

if TYPE_CHECKING:
    from assistant.tui.app import StrongroomApp

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "interface.svg"
QUESTIONS = (
    "How many days of paid annual leave does a full-time employee get?",
    "What is the maximum compensation for late delivery?",
)
SECONDS_PER_STEP = 60.0


async def take_picture(home: Path) -> str:
    """The interface as SVG after the questions have been answered."""
    from assistant.assistant import open_assistant  # these bring third-party code, which comes after the seal
    from assistant.tui.app import make_app
    from config.settings import load_settings

    locations = open_home(home)
    confine_to_home(locations)
    app = make_app(lambda: open_assistant(locations, load_settings(locations)))
    app.animation_level = "none"
    async with app.run_test(size=(120, 36)) as pilot:
        await _until_idle(app)
        for question in QUESTIONS:
            await pilot.press(*question, "enter")
            await _until_idle(app)
            await pilot.pause()
        return _without_web_fonts(app.export_screenshot(title="Strongroom"))


async def _until_idle(app: "StrongroomApp") -> None:
    async with asyncio.timeout(SECONDS_PER_STEP):
        await asyncio.sleep(1)  # until what was asked for shows in the status
        while app.status.loading or app.status.answering or app.status.counts is None:
            await asyncio.sleep(0.1)


def _without_web_fonts(svg: str) -> str:
    """Textual's pictures fetch a font from the web; a reader of ours is sent nowhere."""
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    silence_telemetry()
    seal()
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(asyncio.run(take_picture(Path(sys.argv[1]))), encoding="utf-8")
