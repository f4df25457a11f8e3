"""Options that several commands share."""

from typing import Annotated

import typer

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
