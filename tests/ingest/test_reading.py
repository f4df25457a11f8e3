"""Files are read in processes of their own: limits, crashes and interruption cost a file, never the run."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from config.errors import DocumentError
from config.sections import IngestSettings
from ingest import reader_client
from ingest.loaders import load_document
from ingest.readers import Readers
from ingest.reading import ReaderPool, ReadResult
from tests.ingest.pdfs import lock, write_pdf

pytestmark = pytest.mark.slow


def settings(**changes: Any) -> IngestSettings:
    return IngestSettings(**{"workers": 1, "seconds_per_file": 60.0, **changes})


def read_all(*paths: Path, passwords: tuple[str, ...] = (), **changes: Any) -> dict[str, ReadResult]:
    return {result.path.name: result for result in ReaderPool(settings(**changes), passwords).read_all(paths)}


def text_file(path: Path, text: str = "The fee is twelve euro.") -> Path:
    path.write_text(text)
    return path


def endless_file(path: Path) -> Path:
    """A file that a reader opens and waits for: a pipe that nobody writes to."""
    os.mkfifo(path)
    return path


def readers() -> set[int]:
    """The reading processes of this one that are alive."""
    found = set()
    for thread in Path("/proc/self/task").iterdir():
        for pid in (thread / "children").read_text().split():
            command = Path("/proc", pid, "cmdline")
            if command.exists() and b"ingest.reader" in command.read_bytes():
                found.add(int(pid))
    return found


def readers_once_named() -> set[int]:
    """A process just started has no command line yet for a moment."""
    deadline = time.monotonic() + 10
    while not (found := readers()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


@contextmanager
def killing_every_reader() -> Iterator[None]:
    """Kill each reading process half a second after it was first seen, again and again."""
    stop = threading.Event()

    def kill() -> None:
        while not stop.wait(0.5):
            for pid in readers():
                os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_every_file_has_a_result_and_a_bad_one_costs_only_itself(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    locked = lock(write_pdf(tmp_path / "locked.pdf", [["Secret."]]), user="sesame")
    good = write_pdf(tmp_path / "good.pdf", [["First page."], ["Second page."]], title="A good file")
    found = read_all(empty, locked, good, text_file(tmp_path / "a.txt"), workers=2)
    assert {name: result.error.status for name, result in found.items() if result.error} == {
        "empty.txt": "empty",
        "locked.pdf": "locked",
    }
    assert found["good.pdf"].document == load_document(good)
    assert found["good.pdf"].ms > 0
    assert not readers()


def test_passwords_reach_the_reader(tmp_path: Path) -> None:
    locked = lock(write_pdf(tmp_path / "locked.pdf", [["Secret."]]), user="sesame")
    document = read_all(locked, passwords=("wrong", "sesame"))["locked.pdf"].document
    assert document is not None
    assert document.pages[0].text == "Secret."


def test_names_of_any_kind(tmp_path: Path) -> None:
    names = ["-rf.txt", "a b'c\"d.txt", "名前 🚀.txt", "line\nbreak.txt"]
    found = read_all(*(text_file(tmp_path / name) for name in names))
    assert all(found[name].document for name in names)


def test_a_file_that_takes_too_long_is_timeout_and_the_next_is_read(tmp_path: Path) -> None:
    found = read_all(endless_file(tmp_path / "endless.txt"), text_file(tmp_path / "next.txt"), seconds_per_file=1.5)
    error = found["endless.txt"].error
    assert error is not None
    assert error.status == "timeout"
    assert "1.5 seconds" in error.message
    assert found["next.txt"].document is not None


def test_a_file_whose_readers_are_killed_from_outside_has_failed_and_the_next_is_read(tmp_path: Path) -> None:
    pool = ReaderPool(settings(workers=1))
    results = pool.read_all([endless_file(tmp_path / "deadly.pdf"), text_file(tmp_path / "next.txt")])
    with killing_every_reader():
        first = next(results)
    second = next(results)
    results.close()
    assert first.error is not None
    assert first.error.status == "failed", "memory may have been short: the next run tries it again"
    assert second.document is not None


@pytest.mark.parametrize(
    ("cause", "status", "tried"),
    [(signal.SIGSEGV, "damaged", ["pdfium", "pypdf"]), (signal.SIGKILL, "failed", ["pdfium", "pdfium"])],
)
def test_what_ends_every_reader_tells_what_becomes_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cause: signal.Signals, status: str, tried: list[str]
) -> None:
    engines = []
    read = reader_client.Reader.read

    def crash(self: reader_client.Reader, path: Path, engine: Any, recognised: Any) -> Any:
        engines.append(engine)
        os.kill(self._child.pid, cause)
        return read(self, path, engine, recognised)

    monkeypatch.setattr(reader_client.Reader, "read", crash)
    error = read_all(text_file(tmp_path / "a.txt"))["a.txt"].error
    assert error is not None
    assert error.status == status
    assert engines == tried


@pytest.mark.parametrize(("cause", "second"), [(signal.SIGSEGV, "pypdf"), (signal.SIGKILL, "pdfium")])
def test_a_reader_that_dies_once_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cause: signal.Signals, second: str
) -> None:
    """The second try is in a process that has read nothing before: with the other engine if the first crashed, the same
    way if it was killed from outside, so that the document does not depend on that."""
    tries = []
    read = reader_client.Reader.read

    def die_first(self: reader_client.Reader, path: Path, engine: Any, recognised: Any) -> Any:
        tries.append((engine, self._files))
        if len(tries) == 1:
            os.kill(self._child.pid, cause)
        return read(self, path, engine, recognised)

    monkeypatch.setattr(reader_client.Reader, "read", die_first)
    path = write_pdf(tmp_path / "a.pdf", [["Read after all."]])
    document = read_all(path)["a.pdf"].document
    assert document is not None
    assert document.pages[0].text == "Read after all."
    assert tries == [("pdfium", 0), (second, 0)]


def test_a_file_whose_reader_is_ended_for_what_it_sends_is_not_read_the_same_way_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = []
    read, child = reader_client.Reader.read, reader_client.Child

    def noted(self: reader_client.Reader, path: Path, engine: Any, recognised: Any) -> Any:
        engines.append(engine)
        return read(self, path, engine, recognised)

    monkeypatch.setattr(reader_client.Reader, "read", noted)
    monkeypatch.setattr(reader_client, "Child", lambda *given, **how: child(*given, **how, message_mb=0))
    error = read_all(text_file(tmp_path / "long.txt", "All work and no play. " * 30_000))["long.txt"].error
    assert error is not None
    assert error.status == "damaged"
    assert engines == ["pdfium", "pypdf"]


def test_a_reader_that_does_not_get_ready_is_no_file_that_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_client, "START_SECONDS", 0.0)
    error = read_all(text_file(tmp_path / "a.txt"))["a.txt"].error
    assert error is not None
    assert error.status == "timeout"
    assert "not ready" in error.message
    assert not readers()


def test_a_file_that_needs_too_much_memory_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(300_000_000)  # takes no room on the disk
    found = read_all(tmp_path / "huge.txt", text_file(tmp_path / "next.txt"), memory_mb=256)
    error = found["huge.txt"].error
    assert error is not None
    assert error.status == "too_large"
    assert found["next.txt"].document is not None


def test_closing_early_kills_the_readers(tmp_path: Path) -> None:
    paths = [text_file(tmp_path / "a.txt"), endless_file(tmp_path / "b.txt"), endless_file(tmp_path / "c.txt")]
    results = ReaderPool(settings(workers=2)).read_all(paths)
    assert next(results).document is not None
    started = time.monotonic()
    results.close()
    assert time.monotonic() - started < 5
    assert not readers()


def test_no_more_files_are_taken_than_can_be_handled(tmp_path: Path) -> None:
    taken = []

    def paths() -> Iterator[Path]:
        for number in range(30):
            taken.append(number)
            yield text_file(tmp_path / f"{number}.txt")

    results = ReaderPool(settings(workers=2)).read_all(paths())
    for count, _ in enumerate(results, start=1):
        assert len(taken) <= count + 2 * 2 + 1
    assert len(taken) == 30


def test_readers_started_ahead_are_those_that_read_and_end_with_the_pool(tmp_path: Path) -> None:
    with ReaderPool(settings(workers=2)) as pool:
        pool.start(1)
        (started,) = readers_once_named()
        results = pool.read_all([text_file(tmp_path / "a.txt"), text_file(tmp_path / "b.txt")])
        assert next(results).document is not None
        assert started in readers()
    assert not readers()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The readers that are started from now on."""
    started: list[object] = []
    child = reader_client.Child

    def count(*arguments: Any, **options: Any) -> Any:
        started.append(arguments)
        return child(*arguments, **options)

    monkeypatch.setattr(reader_client, "Child", count)
    return started


def test_readers_are_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[object]) -> None:
    monkeypatch.setattr(reader_client, "FILES_PER_READER", 2)
    found = read_all(*(text_file(tmp_path / f"{number}.txt") for number in range(5)))
    assert all(result.document for result in found.values())
    assert len(started) == 3


@pytest.mark.parametrize(("most_left", "work", "readers"), [(-1000.0, 0.0, 5), (-1000.0, 60.0, 1), (1000.0, 0.0, 1)])
def test_a_reader_that_has_grown_is_replaced_after_enough_work(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    started: list[object],
    most_left: float,
    work: float,
    readers: int,
) -> None:
    monkeypatch.setattr(reader_client, "MOST_LEFT_MB", most_left)
    monkeypatch.setattr("ingest.readers.WORK_PER_REPLACEMENT", work)
    found = read_all(*(text_file(tmp_path / f"{number}.txt") for number in range(5)))
    assert all(result.document for result in found.values())
    assert len(started) == readers


def test_the_log_does_not_name_the_file_of_a_page_that_could_not_be_recognised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It would outlive the forgetting of the document."""

    def fail(_readers: Readers, *, fresh: bool) -> Any:
        raise DocumentError("It takes too long.", "Split it.", status="timeout")

    monkeypatch.setattr(Readers, "lent", fail)
    assert isinstance(ReaderPool(settings())._recognise_page(tmp_path / "divorce.pdf", 6), DocumentError)
    assert "Page 7 " in caplog.text
    assert "divorce" not in caplog.text


def test_a_mistake_of_ours_is_a_reason_without_the_documents_words(tmp_path: Path) -> None:
    """A page number that no code foresees: the reader answers, and does not quote what it was reading."""
    pool = ReaderPool(settings().model_copy(update={"max_pages": "many"}))
    path = text_file(tmp_path / "a.txt", "Confidential words.")
    error = next(pool.read_all([path])).error
    assert error is not None
    assert error.status == "failed"
    assert "TypeError" in error.message
    assert "Confidential" not in str(error)
