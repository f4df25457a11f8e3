"""`strongroom ingest`: bring the library up to date with files and folders, once or for as long as it runs."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from assistant.cli import json_shapes
from assistant.cli.invocation import Invocation
from assistant.cli.options import JsonFlag, named_path
from assistant.watching import changes, require_folders

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from ingest.events import FileDone, IngestEvent
    from ingest.pipeline import IngestOptions

INCOMPLETE = 3


def ingest(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", parser=named_path, help="Files and folders; folders with all below them."),
    ],
    watch: Annotated[
        bool, typer.Option("--watch", help="Stay and take in changes as they happen, until Ctrl-C.")
    ] = False,
    ocr: Annotated[
        Literal["auto", "always", "never"] | None,
        typer.Option("--ocr", help="Whether pages without text are read by character recognition.", show_default=False),
    ] = None,
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file", metavar="F", help="Passwords to try on locked files, one a line.", show_default=False
        ),
    ] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Forget documents whose files are gone from PATH.")] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", min=0, max=64, metavar="N", help="Processes that read side by side.", show_default=False
        ),
    ] = None,
    gentle: Annotated[
        bool | None, typer.Option("--gentle", help="Leave the machine to other work.", show_default=False)
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Take files and folders into the library; run again, it does only what changed."""
    from ingest.pipeline import IngestOptions
    from models.hardware import on_battery

    invocation: Invocation = context.obj
    if watch:
        require_folders(paths)
    options = IngestOptions(prune=prune, passwords=read_passwords(password_file))
    with invocation.open_assistant(
        {"ingest.ocr": ocr, "ingest.workers": workers, "ingest.gentle": gentle}
    ) as assistant:
        if assistant.library.embedder_identity() is None:
            invocation.output.note("The first ingest may have to prepare the embedder, which takes some 15 s.")
        if assistant.settings.ingest.gentle and on_battery():
            invocation.output.note("The machine runs on its battery: ingest waits until the charger is back.")
        if watch:
            invocation.output.note("Watching for changes; Ctrl-C ends it.")
        for _ in changes(paths, ignore=assistant.locations.home) if watch else [None]:
            complete = one_pass(assistant, paths, options, invocation, as_json=as_json)
            options = replace(options, retry=False)  # another file has changed, not those that failed
    if not complete:
        raise typer.Exit(INCOMPLETE)


def one_pass(
    assistant: "Assistant", paths: list[Path], options: "IngestOptions", invocation: Invocation, *, as_json: bool
) -> bool:
    """Ingest `paths` once and report it; whether every file under them is in the library."""
    left_out: list[FileDone] = []
    # Closed here: the trace of an error in what prints keeps it alive, at work on a library that is closed meanwhile.
    with closing(assistant.ingest(paths, options)) as run:
        events = _collecting(run, left_out)
        if as_json:
            print_json(events, invocation)
        else:
            from assistant.cli.ingest_report import print_report

            print_report(events, left_out, invocation.output)
    return not left_out


def print_json(events: "Iterator[IngestEvent]", invocation: Invocation) -> None:
    """A line per file as it is done, the summary last."""
    from ingest.events import FileDone, Finished

    for event in events:
        if isinstance(event, FileDone):
            invocation.output.json(json_shapes.file_event(event))
        elif isinstance(event, Finished):
            invocation.output.json(json_shapes.summary_event(event))


def read_passwords(file: Path | None) -> tuple[str, ...]:
    """One password a line, blank lines left out. Raises UsageError when the file cannot be read."""
    from config.errors import UsageError

    if file is None:
        return ()
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UsageError(
            f"The password file {file} cannot be read: {reason}.", "Name a text file with one password a line."
        ) from error
    return tuple(line for line in lines if line.strip())


def _collecting(events: "Iterator[IngestEvent]", left_out: "list[FileDone]") -> "Iterator[IngestEvent]":
    from ingest.events import FileDone

    for event in events:
        if isinstance(event, FileDone) and not event.status.is_success:
            left_out.append(event)
        yield event
