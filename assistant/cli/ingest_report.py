"""What a person sees of an ingest: a progress bar while it runs, then a summary and what did not get in."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import TYPE_CHECKING

from assistant.cli.output import Output, plain, styled
from config.sanitise import one_line
from ingest.events import Compared, Discovered, Embedded, FileDone, Finished, IngestEvent
from ingest.types import FileStatus

if TYPE_CHECKING:
    from rich.progress import Progress

# A folder of ten thousand photographs must not push the summary off the screen.
FILES_SHOWN_PER_REASON = 20


def print_report(events: Iterator[IngestEvent], left_out: Sequence[FileDone], output: Output) -> None:
    """Consume `events`; `left_out` fills up while they pass."""
    with ProgressDisplay(output) as display:
        finished = None
        remarked: list[FileDone] = []
        for event in events:
            display.show(event)
            if isinstance(event, FileDone) and event.status.is_held and event.reason:
                remarked.append(event)
            if isinstance(event, Finished):
                finished = event
    if finished and not output.quiet:
        output.line(summary(finished))
        if remarked:
            output.line(f"\nTaken in, with a remark ({count_of(len(remarked), 'file')}):")
            print_files(remarked, output)
    if left_out:
        print_left_out(left_out, output)


def summary(finished: Finished) -> str:
    """Two sentences: what became of the files, and how much it was."""
    counts = {
        "added": finished.added,
        "updated": finished.updated,
        "unchanged": finished.unchanged - finished.duplicates,
        "the same as another": finished.duplicates,
        "removed": finished.removed,
        "not taken in": finished.skipped + finished.failed,
    }
    outcome = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count) or "nothing to do"
    said = f"{count_of(finished.files, 'file')}: {outcome}."
    if finished.pages:
        rate = f"{finished.pages_per_second:.{0 if finished.pages_per_second >= 1 else 1}f} pages/s"
        amount = f"{count_of(finished.pages, 'page')}, {count_of(finished.chunks, 'passage')}"
        said += f" {amount} in {finished.seconds:.1f} s ({rate})."
    if pending := finished.vectors_pending:
        said += f" {count_of(pending, 'passage')} still {'waits' if pending == 1 else 'wait'} for a vector."
    return said


def print_left_out(left_out: Sequence[FileDone], output: Output) -> None:
    """Grouped by status, each file with its reason."""
    groups: dict[FileStatus, list[FileDone]] = defaultdict(list)
    for event in left_out:
        groups[event.status].append(event)
    output.line(f"\nNot taken in ({count_of(len(left_out), 'file')}):")
    for status, group in sorted(groups.items()):
        output.render(plain(f"  {status.value.replace('_', ' ')} ({len(group)})", "bold yellow"))
        print_files(group, output)


def print_files(files: Sequence[FileDone], output: Output) -> None:
    """A line for each of the first, with its reason."""
    for event in files[:FILES_SHOWN_PER_REASON]:
        output.render(styled((f"    {one_line(str(event.path))}", ""), (f"  {one_line(event.reason)}", "dim")))
    if len(files) > FILES_SHOWN_PER_REASON:
        output.line(f"    and {len(files) - FILES_SHOWN_PER_REASON} more: see `strongroom documents list`")


def count_of(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


class ProgressDisplay:
    """Two bars on standard error: bytes read (with files, pages per second, time left) and chunks embedded."""

    def __init__(self, output: Output) -> None:
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn

        self._progress: Progress = output.progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[detail]}", markup=False),
            TimeRemainingColumn(compact=True),
        )
        self._reading = self._progress.add_task("Starting", total=None, detail="")
        self._embedding = self._progress.add_task("Embedding", total=None, detail="", visible=False)
        self._files = self._files_done = self._pages = 0
        self._started = monotonic()

    def __enter__(self) -> "ProgressDisplay":
        self._progress.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._progress.stop()

    def show(self, event: IngestEvent) -> None:
        if isinstance(event, Compared):
            detail = f"{event.done:,}/{event.files:,} files"
            self._progress.update(
                self._reading, description="Comparing", completed=event.done, total=event.files, detail=detail
            )
        elif isinstance(event, Discovered):
            self._files = event.files
            self._started = monotonic()
            self._progress.reset(
                self._reading, description="Reading", total=event.bytes, detail=f"0/{event.files} files"
            )
        elif isinstance(event, FileDone):
            self._show_file(event)
        elif isinstance(event, Embedded):
            detail = f"{event.done:,}/{event.done + event.pending:,} passages"
            self._progress.update(
                self._embedding, visible=True, completed=event.done, total=event.done + event.pending, detail=detail
            )

    def _show_file(self, event: FileDone) -> None:
        self._files_done += 1
        self._pages += event.pages if event.status is not FileStatus.UNCHANGED else 0
        rate = self._pages / max(monotonic() - self._started, 0.001)
        detail = f"{self._files_done}/{self._files} files  {self._pages:,} pages  {rate:.0f} pages/s"
        self._progress.update(self._reading, advance=_bytes_read(event), detail=detail)


def _bytes_read(event: FileDone) -> int:
    if event.status is FileStatus.UNCHANGED:
        return 0
    try:
        return event.path.stat().st_size
    except OSError:  # gone since it was read
        return 0
