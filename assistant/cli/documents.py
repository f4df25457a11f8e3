"""`strongroom documents`: the ledger of files, one document's entry, and forgetting."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import json_shapes
from assistant.cli.invocation import Invocation
from assistant.cli.ledger import named_pages, write_ledger
from assistant.cli.options import JsonFlag
from config.sanitise import one_line

if TYPE_CHECKING:
    from ingest.library.types import Receipt
    from ingest.types import DocumentRecord, PageNote

_MOST_HOLDERS = 5
"""Documents named that hold some of the forgotten text as well."""

_MOST_NAMED = 5
"""Paths that are listed where a name fits several documents."""

documents = typer.Typer(help="List, show and forget documents.", no_args_is_help=False)


@documents.command("list")
def list_documents(
    context: typer.Context,
    csv_file: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write the list to FILE as CSV.", show_default=False),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Every file the library knows, with those that did not get in and why."""
    invocation: Invocation = context.obj
    with invocation.open_assistant() as assistant:
        records = assistant.library.documents()
        if csv_file is not None:
            write_ledger(records, assistant.library.empty_pages(), csv_file)
    if csv_file is not None:
        invocation.output.note(f"{len(records):,} files written to {csv_file}.")
    if as_json:
        invocation.output.json(json_shapes.documents(records))
    elif records and csv_file is None:
        _print_table(records, invocation)
    elif not records:
        invocation.output.note("The library is empty. Take a folder in with `strongroom ingest FOLDER`.")


@documents.command("show")
def show_document(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name or path, or a pattern that fits one document.")],
    as_json: JsonFlag = False,
) -> None:
    """What the library knows about one document."""
    invocation: Invocation = context.obj
    with invocation.open_assistant() as assistant:
        record = find_document(assistant.library.documents(), name)
        empty_pages = assistant.library.empty_pages().get(record.path, [])
        notes = assistant.library.page_notes(record.path)
    if as_json:
        shape = json_shapes.document(record, notes)
        invocation.output.json({**shape, "pages_without_text": empty_pages})
        return
    from assistant.cli.tables import facts

    facts(
        {
            "Document": record.document,
            "Path": record.path,
            "Title": record.title,
            "Status": record.status.value,
            "Reason": record.reason,
            "Pages": f"{record.pages:,}",
            "Pages without text": named_pages(empty_pages),
            **_described(notes),
            "Passages": f"{record.chunks:,}",
            "Ingested": record.ingested_at,
            "SHA-256": record.sha256,
        },
        invocation.output,
    )


@documents.command("forget")
def forget_documents(
    context: typer.Context,
    glob: Annotated[str, typer.Argument(metavar="GLOB", help="A name or path, or a pattern like 'contract*'.")],
    as_json: JsonFlag = False,
) -> None:
    """Remove documents from every store, and look for traces of them afterwards."""
    invocation: Invocation = context.obj
    with invocation.open_assistant() as assistant:
        receipt = assistant.forget(glob)
    if as_json:
        invocation.output.json(json_shapes.receipt(receipt))
    elif receipt.forgotten:
        _print_receipt(receipt, invocation)
    if not receipt.forgotten:
        tell = invocation.output.note if receipt.verified_absent else invocation.output.message
        state = f" What was forgotten earlier is not done with: {receipt.reason}" if receipt.reason else ""
        tell(one_line(f"No document is called {glob}: see `strongroom documents list`.{state}"))
    if not receipt.verified_absent:
        raise typer.Exit(1)


def _print_receipt(receipt: "Receipt", invocation: Invocation) -> None:
    for path in receipt.forgotten:
        invocation.output.line(f"Forgotten: {one_line(path)}")
    verified = "no byte of their text is left under the home."
    absence = verified if receipt.verified_absent else "their absence is NOT VERIFIED."
    invocation.output.line(
        f"{receipt.chunks:,} passages and {receipt.vectors:,} vectors removed, {receipt.bytes_reclaimed:,} bytes "
        f"given back; {absence}"
    )
    if receipt.reason:
        invocation.output.line(one_line(receipt.reason))
    for holder in receipt.held_by[:_MOST_HOLDERS]:
        invocation.output.line(f"Some of the same text is in {one_line(holder.path)}, collection {holder.collection}.")
    if len(receipt.held_by) > _MOST_HOLDERS:
        invocation.output.line(f"And in {len(receipt.held_by) - _MOST_HOLDERS:,} more.")


def _described(notes: "list[PageNote]") -> dict[str, str]:
    """The pages that were recognised and those that are damaged, by name."""
    recognised = [note for note in notes if note.confidence is not None]
    damaged = [note.page for note in notes if note.status == "damaged"]
    facts = {}
    if recognised:
        least = min(note.confidence or 0.0 for note in recognised)
        names = named_pages([note.page for note in recognised])
        facts["Read by OCR"] = f"{names} (at least {least:.0%} sure)"
    if damaged:
        facts["Damaged pages"] = named_pages(damaged)
    return facts


def find_document(records: "list[DocumentRecord]", name: str) -> "DocumentRecord":
    """The one document that `name` names (see `paths_named`). Raises UsageError when there is none, or several."""
    from difflib import get_close_matches

    from config.errors import UsageError
    from ingest.naming import paths_named

    named = paths_named((record.path for record in records), name)
    found = [record for record in records if record.path in named]
    if len(found) == 1:
        return found[0]
    if found:
        shown = ", ".join(record.path for record in found[:_MOST_NAMED])
        others = f" and {len(found) - _MOST_NAMED:,} more" if len(found) > _MOST_NAMED else ""
        raise UsageError(f"{len(found):,} documents are called {name}.", f"Name one by its path: {shown}{others}.")
    nearest = get_close_matches(name, [record.document for record in records], n=1)
    hint = f"Did you mean {nearest[0]}?" if nearest else "See `strongroom documents list` for what there is."
    raise UsageError(f"No document is called {name}.", hint)


def _print_table(records: "list[DocumentRecord]", invocation: Invocation) -> None:
    from assistant.cli.tables import Column, table

    table(
        [
            Column("Document", whole=True),
            Column("Status", whole=True),
            Column("Pages", right=True),
            Column("Passages", right=True),
            Column("Title or reason", least=20),
        ],
        [
            (
                record.document,
                record.status.value,
                f"{record.pages:,}",
                f"{record.chunks:,}",
                record.title if record.chunks else record.reason,
            )
            for record in records
        ],
        invocation.output,
    )
