"""`strongroom ask`: an answer with its sources."""

import re
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from assistant.cli import json_shapes
from assistant.cli.invocation import Invocation
from assistant.cli.options import DocumentGlob, JsonFlag, TopK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.cli.output import Output
    from assistant.compare import ComparisonEvent
    from assistant.events import AnswerEvent
    from assistant.types import Answer, Citation, How

NEAREST_SHOWN = 3

_MARK = re.compile(r"\[\d+\]")


def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="A question, in your own words.")],
    top_k: TopK = None,
    document: DocumentGlob = None,
    conversation: Annotated[
        str | None,
        typer.Option(
            "--conversation",
            metavar="ID|new|last",
            help="Go on with a conversation, or start a new one.",
            show_default="new",
        ),
    ] = None,
    style: Annotated[
        Literal["answer", "quote"] | None,
        typer.Option("--style", help="Write an answer, or only copy sentences from the documents.", show_default=False),
    ] = None,
    max_tokens: Annotated[
        int | None,
        typer.Option("--max-tokens", min=1, metavar="N", help="Tokens of the answer at most.", show_default=False),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", help="Seed of the sampling.", show_default=False)
    ] = None,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--compare",
            metavar="A B",
            help="Let two models answer, one after the other, from the same passages.",
            show_default=False,
        ),
    ] = None,
    adapter: Annotated[
        str | None,
        typer.Option(
            "--adapter", metavar="NAME", help="This adapter over the language model, or none.", show_default=False
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask a question and get an answer that cites the page."""
    invocation: Invocation = context.obj
    with invocation.open_assistant({"llama.adapter": adapter}) as assistant:
        invocation.note_if_empty(assistant)
        how: How = {
            "k": top_k,
            "document": document,
            "conversation": conversation or "new",
            "style": style,
            "max_tokens": max_tokens,
            "seed": seed,
        }
        if compare is not None:
            show_comparison(question, assistant.compare(question, compare, **how), invocation.output, as_json=as_json)
        elif as_json:
            answer = finished(assistant.ask(question, **how))
            invocation.output.json(json_shapes.answer(answer))
            tell_unkept(answer, invocation.output)
        else:
            print_answer(assistant.ask(question, **how), invocation.output)


def show_comparison(question: str, events: "Iterator[ComparisonEvent]", output: "Output", *, as_json: bool) -> None:
    from assistant.cli.comparison import print_comparison

    if as_json:
        output.json(json_shapes.comparison(question, list(events)))
    else:
        print_comparison(events, output)


def finished(events: "Iterator[AnswerEvent]") -> "Answer":
    """The checked answer at the end of the events."""
    from assistant.events import Answered

    return next(event.answer for event in events if isinstance(event, Answered))


def print_answer(events: "Iterator[AnswerEvent]", output: "Output") -> None:
    """Stream the answer, then its numbered sources; for a refusal the nearest passages instead."""
    from assistant.events import Answered, Token

    answering = Answering(output)
    for event in events:
        if isinstance(event, Token):
            answering.write(event.text)
        elif isinstance(event, Answered):
            answering.finish(event.answer)


class Answering:
    """An answer on the screen: `write` its pieces as they come, then `finish` it with the checked one."""

    def __init__(self, output: "Output") -> None:
        self._output = output
        self._written = ""

    def write(self, piece: str) -> None:
        self._output.piece(piece)
        self._written += piece

    def finish(self, answer: "Answer") -> None:
        """Put the checked text in the place of what was written if they differ in more than spacing: marks of sources
        may have been found for a model that forgot them, or dropped where it made them up. The proof comes below."""
        if self._written and not self._written.endswith("\n"):
            self._output.line()
        if comparable(self._written) != comparable(answer.text):
            if self._written and not self._output.erase(self._written):
                self._output.line("\nChecked against the sources:")
            self._output.line(answer.text)
        print_proof(answer, self._output)
        tell_unkept(answer, self._output)


def tell_unkept(answer: "Answer", output: "Output") -> None:
    """On standard error, whatever `--quiet` says: whoever goes on with the conversation has to know."""
    if answer.unkept:
        output.message(answer.unkept)


def comparable(text: str) -> list[str]:
    """Words, and the marks of sources each once: `text [1].` and `text. [1]` are the same, and so is one mark more."""
    marks = set(_MARK.findall(text))
    return [*sorted(re.findall(r"\w+", _MARK.sub(" ", text))), *sorted(marks)]


def print_proof(answer: "Answer", output: "Output") -> None:
    """Where the answer was written, and what it rests on; for a refusal the nearest passages."""
    if answer.sent_to:
        output.line(f"\nWritten on {answer.sent_to}: the question and its passages left this machine for it.")
    if answer.refused:
        _print_nearest(answer, output)
        return
    if answer.citations:
        output.line()
    for citation in answer.citations:
        _print_citation(citation, answer, output)
    if answer.grounding.unsupported:
        _print_unsupported(answer.grounding.unsupported, output)


def _print_nearest(answer: "Answer", output: "Output") -> None:
    from assistant.cli.passages import indented, snippet, title_line

    for asked, found in answer.almost:
        output.line(f"No document says \u201c{asked}\u201d; the nearest passages have \u201c{found}\u201d.")
    if answer.evidence:
        output.line("\nThe nearest passages:")
    for source in answer.evidence[:NEAREST_SHOWN]:
        passage = source.passage
        output.line()
        output.render(
            title_line(passage, source.number),
            indented(snippet(passage.chunk.text, answer.question, source.key_start)),
        )


def _print_citation(citation: "Citation", answer: "Answer", output: "Output") -> None:
    """`[1] contract.pdf, page 3: "quote"`, without the quote where the answer is that quote."""
    from assistant.cli.output import styled
    from assistant.one_line import in_one_line
    from config.sanitise import one_line

    quoted = in_one_line(citation.quote, answer.text)
    quote = "" if quoted in in_one_line(answer.text) else f': "{quoted}"'
    place = f", page {citation.page}{quote}"
    output.render(styled((f"[{citation.number}] ", "bold"), (one_line(citation.document), "bold cyan"), (place, "")))


def _print_unsupported(sentences: "Sequence[str]", output: "Output") -> None:
    from assistant.cli.output import plain
    from assistant.cli.passages import words

    output.render(plain("\nNot borne out by the sources:", "bold yellow"))
    for sentence in sentences:
        output.render(plain(f"  - {words(sentence)}", "yellow"))
