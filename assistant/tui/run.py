"""The interface from its start to its end, in the terminal that the program was started in."""

import asyncio
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from assistant.tui.app import make_app
from assistant.tui.terminal import terminal_to_ourselves

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.assistant import Assistant
    from config.locations import Locations
    from config.settings import LoadedSettings
    from models.base import LanguageModel

_SECONDS_BETWEEN_THREADS = 0.001
"""How long a worker keeps the interpreter while the screen waits for it. A key takes several such turns to its letter:
at Python's 5 ms it would wait 50 ms and more while the library is searched."""

_SECONDS_TO_END = 2.0
"""How long workers get to end after the screen is gone."""

_MOST_THREADS = 32
"""Of workers. asyncio's own pool has six on two cores: an ingest, an answer, what is read ahead, folders that are
followed and a share that does not answer keep one each, and the others would wait for them."""

_ENDED_BY = {signal.SIGTERM: 143, signal.SIGINT: 130}
"""Signals that ask the program to end, and its exit code then. Not SIGHUP: the terminal is gone then, and nothing on it
needs to be put in order."""


def run_interface(
    locations: "Locations",
    loaded_settings: "LoadedSettings",
    collection: str = "default",
    *,
    samples: Path | None = None,
    open_llm: "Callable[[], LanguageModel] | None" = None,
    keeps_choices: bool = True,
) -> None:
    """Open the interface and return when the user quits. `open_llm` makes another language model than the settings';
    `keeps_choices` says whether these are the home's.

    Raises SystemExit with the exit code when it ended in another way: by a signal, or by a bug, which it has told.
    """

    def open_with_settings() -> "Assistant":
        from assistant.assistant import open_assistant  # behind the first paint

        llm = open_llm() if open_llm else None
        return open_assistant(locations, loaded_settings, collection=collection, llm=llm)

    app = make_app(
        open_with_settings,
        settings=loaded_settings.items(),
        theme=loaded_settings.settings.interface.theme,
        samples=samples,
        keeps_choices=keeps_choices,
        command=locations.command,
    )
    # A loop of our own: asyncio.run() would wait for every worker thread, and one that reads a large file takes long.
    loop = asyncio.new_event_loop()
    threads = ThreadPoolExecutor(_MOST_THREADS)
    loop.set_default_executor(threads)
    for number, code in _ENDED_BY.items():  # raised in the middle of the loop it would leave the terminal as it is
        loop.add_signal_handler(number, app.exit, None, code)
    sys.setswitchinterval(_SECONDS_BETWEEN_THREADS)
    with terminal_to_ourselves():
        app.run(loop=loop)
    code = app.return_code or 0
    if not (app.background.end(_SECONDS_TO_END) and have_ended(threads, _SECONDS_TO_END)):
        sys.stdout.flush()
        os._exit(code)  # the interpreter would wait for the thread too; what it does is safe to be killed
    loop.close()
    if code:
        raise SystemExit(code)


def have_ended(threads: ThreadPoolExecutor, seconds: float) -> bool:
    """End those that are idle; False when another is still busy after `seconds`, such as one that asks a share that
    does not answer."""
    ending = Thread(target=threads.shutdown, daemon=True)
    ending.start()
    ending.join(seconds)
    return not ending.is_alive()
