"""`strongroom eval`: how often the right page is found, and how long it takes, over a file of questions."""

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.options import JsonFlag, TopK


def evaluate(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Questions with their pages, one JSON object a line.")],
    top_k: TopK = None,
    answers: Annotated[
        bool, typer.Option("--answers", help="Have each question answered too, and check the answer.")
    ] = False,
    scoped: Annotated[bool, typer.Option("--scoped", help="Ask each question within its own documents only.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write a line per question here.", show_default=False)
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Measure retrieval and answers on questions whose pages are known."""
