"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer


def named_path(text: str) -> Path:
    """What an option or argument names. Raises ValueError for an empty text: that is a variable that is not set, and
    `Path` would take it for the current directory."""
    if not text:
        raise ValueError("the path is empty.")
    return Path(text)


JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON on standard output and nothing else.")]
TopK = Annotated[
    int | None, typer.Option("-k", min=1, max=200, metavar="N", help="Passages at most.", show_default=False)
]
DocumentGlob = Annotated[
    str | None,
    typer.Option(
        "--doc", metavar="GLOB", help="Only documents whose name or path matches, e.g. 'contract*'.", show_default=False
    ),
]
