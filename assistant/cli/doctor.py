"""`strongroom doctor`: is everything as it should be, and if not, what to do."""

import typer

from assistant.cli import json_shapes
from assistant.cli.invocation import Invocation
from assistant.cli.options import JsonFlag
from config.errors import LibraryError
from config.sanitise import one_line


def doctor(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check hardware, models, stores, seal, disk and permissions."""
    from assistant.doctor import examine_without_library

    invocation: Invocation = context.obj
    try:
        with invocation.open_assistant() as assistant:
            checks = assistant.doctor()
    except LibraryError as error:
        checks = examine_without_library(invocation.open_home(), error)
    shape = json_shapes.checks(checks)
    if as_json:
        invocation.output.json(shape)
    else:
        for check in shape["checks"]:
            _print_check(check, invocation)
    if not shape["ok"]:
        raise typer.Exit(1)


def _print_check(check: json_shapes.Shape, invocation: Invocation) -> None:
    from assistant.cli.output import plain, styled

    mark = ("ok    ", "green") if check["ok"] else ("FAILED", "bold red")
    invocation.output.render(styled(mark, (f"  {check['name']}", "bold"), (f"  {one_line(check['detail'])}", "")))
    if not check["ok"]:
        invocation.output.render(plain(f"        {one_line(check['remedy'])}", "yellow"))
