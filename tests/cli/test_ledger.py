"""The ledger for a spreadsheet."""

import csv
from pathlib import Path

from assistant.cli.ledger import named_pages
from tests.cli.conftest import Run
from tests.ingest.pdfs import write_pdf


def test_the_ledger_as_csv_says_what_got_in_and_what_did_not(run: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "broken.pdf").write_text("this is no PDF")
    write_pdf(folder / "gaps.pdf", [["The pump runs at six bar."], [], [], ["It is tested in May."]])
    (folder / "=sum(A1).txt").write_text("A file with the name of a formula.\n")
    run("ingest", str(folder))
    target = tmp_path / "ledger.csv"

    result = run("documents", "list", "--csv", str(target))

    assert (result.code, result.out) == (0, "")
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["document"]: row for row in csv.DictReader(file)}
    assert rows["broken.pdf"]["status"] == "damaged"
    assert rows["broken.pdf"]["reason"]
    assert (rows["gaps.pdf"]["pages"], rows["gaps.pdf"]["pages_without_text"]) == ("4", "2-3")
    assert "'=sum(A1).txt" in rows
    assert len(rows) == len(run("documents", "list", "--json").json["documents"])


def test_a_ledger_that_cannot_be_written_is_said(run: Run, library: Path, tmp_path: Path) -> None:
    result = run("documents", "list", "--csv", str(tmp_path / "no" / "ledger.csv"))
    assert result.code == 2
    assert "cannot be written" in result.err


def test_show_names_the_pages_without_text(run: Run, folder: Path) -> None:
    write_pdf(folder / "gaps.pdf", [[], ["The pump runs at six bar."]])
    run("ingest", str(folder))
    assert run("documents", "show", "gaps.pdf", "--json").json["pages_without_text"] == [1]
    assert "Pages without text  1" in run("documents", "show", "gaps.pdf").out


def test_pages_are_named_by_their_runs() -> None:
    assert [named_pages(pages) for pages in ([], [4], [1, 2, 3, 7, 9, 10])] == ["", "4", "1-3, 7, 9-10"]
