"""How the ingest is getting on: two bars and the numbers beside them."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import ProgressBar, Static

from assistant.tui.foreign import line
from assistant.tui.progress import IngestProgress, count, duration
from assistant.tui.styles import MUTED
from assistant.tui.widgets.status_line import Status


class IngestPanel(Vertical):
    """Follows the app's status; not shown before the first ingest."""

    def compose(self) -> ComposeResult:
        yield Static(id="ingest-headline", markup=False)
        with Horizontal(id="reading", classes="bar"):
            yield Static(Content("Reading"), classes="bar-name", markup=False)
            yield ProgressBar(total=1.0, show_percentage=False, show_eta=False)
            yield Static(classes="bar-numbers", markup=False)
        with Horizontal(id="embedding", classes="bar"):
            yield Static(Content("Indexing"), classes="bar-name", markup=False)
            yield ProgressBar(total=1.0, show_percentage=False, show_eta=False)
            yield Static(classes="bar-numbers", markup=False)

    def on_mount(self) -> None:
        self.border_title = "Reading documents"
        self.watch(self.app, "status", self._paint)

    def _paint(self, status: Status) -> None:
        progress = status.ingest
        self.display = progress is not None
        if progress is None:
            return
        self.set_class(not status.is_ingesting, "-over")
        followed = ", ".join(str(folder) for folder in status.following)
        self.border_subtitle = line(f"following {followed}") if followed else None
        self.query_one("#ingest-headline", Static).update(_headline(status, progress))
        self.query_one("#reading").display = not progress.is_rest
        self.query_one("#embedding").display = bool(progress.embedded or not progress.finished)
        self._bar("#reading", progress.files_share, _reading_numbers(progress))
        self._bar("#embedding", progress.vectors_share, _embedding_numbers(progress))

    def _bar(self, selector: str, share: float, numbers: str) -> None:
        row = self.query_one(selector)
        row.query_one(ProgressBar).update(progress=share)
        row.query_one(".bar-numbers", Static).update(Content(numbers))


def _headline(status: Status, progress: IngestProgress) -> Content:
    if status.is_ingest_waiting:
        return Content(f"Loading {status.loading} first: on the very first start this takes up to a minute.")
    if progress.looking and progress.compared:
        return Content("Comparing the files with the library…")
    if progress.looking:
        return Content("Looking for documents…")
    if progress.is_rest:
        return _headline_of_rest(progress)
    if progress.stopped:
        return Content("Stopped. What was read stays; adding the folder again goes on from here.")
    if progress.finished and not progress.files:
        return Content("There is nothing in that folder that could be read.")
    if progress.finished:
        left_out = f", {count(progress.left_out, 'file')} left out" if progress.left_out else ""
        read = f"{count(progress.read, 'document')} read" if progress.read else "Nothing new to read"
        return Content(f"Done in {duration(progress.seconds)}: {read}{left_out}.")
    return line(progress.last_file, "bold") + _remaining(progress)


def _headline_of_rest(progress: IngestProgress) -> Content:
    if progress.stopped:
        return Content("Stopped. It goes on at the next start.")
    if progress.finished:
        return Content(f"Done in {duration(progress.seconds)}: every passage is indexed.")
    return Content("Going on with what was read before") + _remaining(progress)


def _remaining(progress: IngestProgress) -> Content:
    left = progress.seconds_left
    return Content.styled(f"  about {duration(left)} left" if left is not None else "", MUTED)


def _reading_numbers(progress: IngestProgress) -> str:
    if progress.looking and progress.compared:
        return f"{progress.compared:,} of {count(progress.files, 'file')} compared"
    numbers = f"{progress.done:,} of {count(progress.files, 'file')} · {count(progress.pages, 'page')}"
    if progress.pages_per_second and not progress.finished:
        numbers += f" · {progress.pages_per_second:,.0f} pages/s"
    return numbers


def _embedding_numbers(progress: IngestProgress) -> str:
    known = progress.embedded + progress.pending
    return f"{progress.embedded:,} of {count(known, 'passage')}" if known else "begins with the first pages"
