"""`strongroom config`: every setting, its value, where it came from; and changing one."""

from typing import Annotated

import typer

from assistant.cli.invocation import Invocation
from assistant.cli.options import JsonFlag

config = typer.Typer(help="Show and change settings.")


@config.command("show")
def show_settings(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Every setting with its value and where the value came from."""
    invocation: Invocation = context.obj
    items = list(invocation.load_settings(invocation.open_home()).items())
    if as_json:
        keys = ("key", "value", "origin", "description")
        invocation.output.json({"settings": [dict(zip(keys, item, strict=True)) for item in items]})
        return
    from assistant.cli.tables import Column, table

    table(
        [Column("Setting", whole=True), Column("Value"), Column("From", whole=True), Column("What it does")],
        [(key, written(value), origin, description) for key, value, origin, description in items],
        invocation.output,
    )


@config.command("path")
def show_path(context: typer.Context, as_json: JsonFlag = False) -> None:
    """The settings file in use, whether it exists yet or not."""
    invocation: Invocation = context.obj
    path = str(invocation.config or invocation.open_home().settings_file)
    if as_json:
        invocation.output.json({"path": path})
    else:
        invocation.output.line(path)


# A value such as -1 is not to be taken for an option.
@config.command("set", context_settings={"ignore_unknown_options": True})
def change_setting(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="A setting, e.g. retrieval.top_k.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Its new value.")],
    as_json: JsonFlag = False,
) -> None:
    """Write a setting to the settings file, keeping what else is in it."""
    from config.errors import UsageError
    from config.settings import save_setting

    invocation: Invocation = context.obj
    if invocation.config is not None:
        raise UsageError("`config set` writes to the settings file of the home only.", "Leave --config out.")
    locations = invocation.open_home()
    save_setting(locations, key, value)
    settings = invocation.load_settings(locations)
    now = next(item for item in settings.items() if item[0] == key)
    if as_json:
        invocation.output.json({"key": key, "value": now[1], "origin": now[2]})
        return
    invocation.output.line(f"{key} = {written(now[1])}")
    if now[2] != "file":
        invocation.output.note(f"The file now says {value}, but the {now[2]} has the last word.")


def written(value: object) -> str:
    """A value as it is written in the settings file."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
