"""The Typer app: global options, and which command is found where."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.adapt import adapt
from assistant.cli.ask import ask
from assistant.cli.doctor import doctor
from assistant.cli.documents import documents
from assistant.cli.evaluate import evaluate
from assistant.cli.ingest import ingest
from assistant.cli.invocation import Invocation
from assistant.cli.models import models
from assistant.cli.options import named_path
from assistant.cli.search import search
from assistant.cli.settings import config
from assistant.cli.status import status

WRONG_USAGE = 2

# Plain help: rich's frames would double the time that `--help` takes.
app = typer.Typer(
    rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False, invoke_without_command=True
)


@app.callback()
def main(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="DIR",
            parser=named_path,
            help="Where everything is kept [env: STRONGROOM_HOME; default: ~/.strongroom].",
            show_default=False,
        ),
    ] = None,
    collection: Annotated[
        str, typer.Option("--collection", metavar="NAME", help="Which collection of documents.")
    ] = "default",
    config_file: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            parser=named_path,
            help="Another settings file than the home's.",
            show_default=False,
        ),
    ] = None,
    server: Annotated[
        bool,
        typer.Option(
            "--server", help="Answer with the server of the settings: questions and passages leave this machine for it."
        ),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="No remarks and no progress, only results and errors.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show the traceback of an error.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    """Ask your own documents on your own machine, with proof.

    Without a command it opens the terminal interface.
    """
    invocation: Invocation = context.obj
    invocation.home, invocation.collection, invocation.config = home, collection, config_file
    invocation.server, invocation.verbose = server, verbose
    invocation.output.quiet = quiet
    if version:
        from assistant.status import program_version

        invocation.output.line(f"strongroom {program_version()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        open_interface(context)


def open_interface(context: typer.Context) -> None:
    """The terminal interface; without a terminal the help and the exit code of wrong usage. All three streams count:
    the interface is drawn on standard error, and sent to a file it would run unseen."""
    invocation: Invocation = context.obj
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        typer.echo(context.get_help(), err=not sys.stdout.isatty())
        raise typer.Exit(WRONG_USAGE)
    from assistant.tui.run import run_interface

    locations, settings = invocation.prepare()
    run_interface(
        locations,
        settings,
        invocation.collection,
        samples=sample_documents(),
        open_llm=invocation.open_llm(),
        keeps_choices=invocation.config is None,
    )


def sample_documents() -> Path | None:
    """The sample documents, where the program runs from its checkout."""
    folder = Path(__file__).resolve().parents[2] / "examples" / "documents"
    return folder if folder.is_dir() else None


app.command()(ingest)
app.command()(search)
app.command()(ask)
app.command()(status)
app.add_typer(documents, name="documents")
app.add_typer(config, name="config")
app.add_typer(models, name="models")
app.command()(doctor)
app.command("eval")(evaluate)
app.command()(adapt)
