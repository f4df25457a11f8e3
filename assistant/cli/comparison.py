"""`strongroom ask --compare A B`: two answers from the same passages, and how long each took."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.cli.ask import Answering
from assistant.cli.tables import Column, table

if TYPE_CHECKING:
    from assistant.cli.output import Output
    from assistant.compare import Compared, ComparisonEvent


def print_comparison(events: "Iterator[ComparisonEvent]", output: "Output") -> None:
    """Each answer as it is written, with its sources, under the model's name; the times of all below."""
    from assistant.compare import Compared, ModelBegins
    from assistant.events import Token

    done: list[Compared] = []
    answering = Answering(output)
    for event in events:
        if isinstance(event, ModelBegins):
            if done:
                output.line()
            output.line(event.name)
            output.line("─" * len(event.name))
            answering = Answering(output)
        elif isinstance(event, Token):
            answering.write(event.text)
        elif isinstance(event, Compared):
            answering.finish(event.answer)
            done.append(event)
    output.line()
    print_times(done, output)


def print_times(compared: "list[Compared]", output: "Output") -> None:
    titles = ("Loaded in", "First word", "In all", "Tokens written", "Tokens a second", "Sentences borne out")
    table([Column("Model"), *(Column(title, right=True) for title in titles)], [_row(one) for one in compared], output)


def _row(compared: "Compared") -> tuple[str, ...]:
    answer = compared.answer
    return (
        answer.model,
        f"{compared.load_ms / 1000:.1f} s",
        f"{answer.timings.first_token / 1000:.1f} s",
        f"{answer.timings.total / 1000:.1f} s",
        f"{answer.tokens.generated:,}",
        _speed(compared),
        f"{answer.grounding.supported} of {answer.grounding.sentences}",
    )


def _speed(compared: "Compared") -> str:
    """Of writing alone, from the first word on, where both are known."""
    timings, written = compared.answer.timings, compared.answer.tokens.generated
    seconds = (timings.total - timings.first_token) / 1000
    return f"{(written - 1) / seconds:,.0f}" if written > 1 and seconds > 0 else ""
