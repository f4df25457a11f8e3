"""`strongroom search`: the passages that fit a question, without a model that writes."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from assistant.cli import json_shapes
from assistant.cli.invocation import Invocation
from assistant.cli.options import DocumentGlob, JsonFlag, TopK

if TYPE_CHECKING:
    from assistant.cli.output import Output
    from assistant.types import SearchResult


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What to look for, in your own words.")],
    top_k: TopK = None,
    document: DocumentGlob = None,
    mode: Annotated[
        Literal["hybrid", "dense", "lexical"] | None,
        typer.Option(
            "--mode", help="Search by words (lexical), by meaning (dense) or both (hybrid).", show_default=False
        ),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say of each passage why it is there.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Find the passages that fit a question."""
    invocation: Invocation = context.obj
    with invocation.open_assistant() as assistant:
        invocation.note_if_empty(assistant)
        result = assistant.search(query, k=top_k, document=document, mode=mode)
    if as_json:
        invocation.output.json(json_shapes.search_result(result))
    else:
        print_hits(result, invocation.output, explain=explain)


def print_hits(result: "SearchResult", output: "Output", *, explain: bool) -> None:
    """Numbered passages, the matching words lit."""
    from assistant.cli.output import plain
    from assistant.cli.passages import in_words, indented, snippet, title_line

    if not result.passages:
        output.note(
            "Nothing was found. Try other words, or see `strongroom documents list` for what is in the library."
        )
    for passage in result.passages:
        output.render(title_line(passage, passage.rank), indented(snippet(passage.chunk.text, result.query)))
        if explain:
            output.render(indented(plain(in_words(passage.why, passage.rank), "italic")))
        output.line()
    if explain:
        fitting = "is answered" if result.fits else "is refused: nothing here fits it well enough"
        output.note(f"Asked as a question, this {fitting} (`strongroom doctor` says what is enough).")
        output.note(_timings_in_words(result))


def _timings_in_words(result: "SearchResult") -> str:
    timings = result.timings
    return (
        f"{result.mode} search in {timings.total:.0f} ms: embedding the question {timings.embed:.0f} (with loading its "
        f"model), words {timings.lexical:.0f}, meaning {timings.dense:.0f}, joining {timings.fuse:.0f}, "
        f"reranking {timings.rerank:.0f}."
    )
