"""The `strongroom` command: silence and seal the process, run the command, turn errors into sentence and exit code.

Nothing outside the standard library is imported before telemetry is off, and nothing slow before a command needs it.
"""

import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING

from assistant.cli.streams import discard, end_streams, prepare_streams
from config.environment import silence_telemetry

if TYPE_CHECKING:
    from typer import Context, TyperException

    from assistant.cli.invocation import Invocation

FAILED = 1
INTERRUPTED = 130
TERMINATED = 143


def run() -> None:
    """What the installed command calls."""
    prepare_streams()
    silence_telemetry()
    from config.opening import asks_for_server, start_relay
    from config.seal import seal

    if asks_for_server(sys.argv[1:]):
        start_relay()
    seal()
    signal.signal(signal.SIGTERM, _end_in_order)
    code = main(sys.argv[1:])
    sys.exit(code if end_streams() else code or FAILED)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; whatever goes wrong is told on standard error, never raised."""
    from assistant.cli.invocation import Invocation

    invocation = Invocation()
    try:
        return _run_command(arguments, invocation)
    except KeyboardInterrupt:
        invocation.output.message("Interrupted.")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the outermost frame: even a bug of ours is told in two sentences
        if invocation.verbose:
            invocation.output.message("".join(traceback.format_exception(error)).rstrip("\n"))
        return _explain(error, invocation)


def _run_command(arguments: Sequence[str], invocation: "Invocation") -> int:
    from typer import TyperException
    from typer.main import get_command

    from assistant.cli.app import app
    from assistant.cli.output import OutputClosedError

    command = get_command(app)
    try:
        code = command.main(args=list(arguments), prog_name="strongroom", standalone_mode=False, obj=invocation)
    except TyperException as error:
        invocation.output.error(*_explain_usage(error))
        return error.exit_code
    except OutputClosedError:
        discard(sys.stdout)  # or the interpreter's last flush would fail again
        return FAILED
    if code == INTERRUPTED:  # Typer turns KeyboardInterrupt into this code
        raise KeyboardInterrupt
    return code or 0


def _explain(error: Exception, invocation: "Invocation") -> int:
    from config.errors import StrongroomError

    if isinstance(error, StrongroomError):
        invocation.output.error(error.message, error.remedy)
        return error.exit_code
    invocation.output.error(*(_explain_system(error) if isinstance(error, OSError) else _explain_bug(error)))
    return FAILED


def _explain_usage(error: "TyperException") -> tuple[str, str]:
    message = error.format_message().replace("Value error, ", "")  # pydantic's prefix, of no use to a person
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "strongroom"
    option = getattr(error, "option_name", None)
    if context and context.parent and option in _options_of(context.find_root()):
        return f"{option} stands before the command.", f"Write `strongroom {option} …` and the command after it."
    return message if message.endswith((".", "?")) else f"{message}.", f"See `{path} --help`."


def _options_of(context: "Context") -> set[str]:
    return {name for parameter in context.command.params for name in parameter.opts}


def _explain_system(error: OSError) -> tuple[str, str]:
    where = f" ({error.filename})" if error.filename else ""
    return (
        f"The system refused: {error.strerror or error}{where}.",
        "Check the disk space and the permissions of the home and of the files named.",
    )


def _explain_bug(error: Exception) -> tuple[str, str]:
    return (
        f"Something went wrong inside Strongroom ({type(error).__name__}).",
        "Run the command again with --verbose before its name and report what it prints.",
    )


def _end_in_order(_signal: int, _frame: FrameType | None) -> None:
    """A polite request to end (SIGTERM) closes the worker processes on its way out."""
    raise SystemExit(TERMINATED)
