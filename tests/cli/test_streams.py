"""Standard streams that are closed or full. Whoever closes one does not want what goes there; standard output that is
full is an error, told once."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.program import Program


@pytest.fixture
def fresh(tmp_path: Path) -> Program:
    """A program without a library, or models made ready, whose streams are buffered as is usual."""
    program = Program(tmp_path)
    program.environment.pop("PYTHONUNBUFFERED", None)
    return program


def without(*descriptors: int) -> Callable[[], None]:
    """`>&-` in a shell: the program begins with these descriptors closed."""

    def close() -> None:
        for descriptor in descriptors:
            os.close(descriptor)

    return close


def test_standard_output_that_is_closed_is_no_error(fresh: Program) -> None:
    done = fresh.run("status", preexec_fn=without(1))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_results_come_without_standard_error_and_input(fresh: Program) -> None:
    done = fresh.run("status", "--json", preexec_fn=without(0, 2))
    assert done.returncode == 0
    assert json.loads(done.stdout)["home"] == str(fresh.home)


def test_an_error_that_nobody_hears_has_its_exit_code(fresh: Program) -> None:
    done = fresh.run("serch", preexec_fn=without(0, 1, 2))
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


@pytest.mark.parametrize("command", [["status"], ["search", "--help"]])
def test_standard_output_that_is_full_is_told_once(command: list[str], fresh: Program) -> None:
    with Path("/dev/full").open("w") as full:
        done = fresh.run(*command, stdout=full)
    assert done.stderr.splitlines() == [
        "Error: The system refused: No space left on device.",
        "Check the disk space and the permissions of the home and of the files named.",
    ]
    assert done.returncode == 1


@pytest.mark.parametrize("stream", ["closed", "full", "unread"])
def test_a_remark_that_standard_error_does_not_take_is_no_error(stream: str, fresh: Program) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with Path("/dev/full").open("w") as full, os.fdopen(writing, "w") as unread:
        options: dict[str, dict[str, Any]] = {
            "closed": {"preexec_fn": without(2)},
            "full": {"stderr": full},
            "unread": {"stderr": unread},
        }
        done = fresh.run("documents", "list", **options[stream])  # remarks that the library is empty
    assert done.returncode == 0


def test_documents_come_in_where_standard_error_is_full(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 no more than that")
    with Path("/dev/full").open("w", buffering=1) as full, monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", full)
        assert run("ingest", str(folder)).code == 3
    assert len(run("documents", "list", "--json").json["documents"]) == 4


def test_an_error_that_cannot_be_told_has_its_exit_code(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w", buffering=1) as full, monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", full)
        assert run("--verbose", "search", "").code == 2
