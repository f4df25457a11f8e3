"""What stands in the conversation while it is empty: the first steps, or, with a library, what can be asked."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from assistant.tui.foreign import line
from assistant.tui.progress import count
from assistant.tui.styles import BADGE, DONE_BADGE, MUTED, QUIET_BADGE
from assistant.tui.widgets.question_box import QuestionBox
from assistant.tui.widgets.status_line import Status, ingest_words, seal_mark

_CHOOSE = "Choose a folder"
_SAMPLES = "Try the sample documents"


class Welcome(Vertical):
    """Follows the app's status through the first steps."""

    def __init__(self, *, has_samples: bool) -> None:
        super().__init__()
        self._has_samples = has_samples
        self._status: Status | None = None
        self._leads = False
        """Whether the first steps are shown: from an empty library until the first question."""

    def compose(self) -> ComposeResult:
        yield Static(id="welcome-title", markup=False)
        yield Static(id="welcome-steps", markup=False)
        with Horizontal(id="welcome-buttons"):
            yield Button(Content(_CHOOSE), id="choose-folder", variant="primary", action="app.add_documents")
            if self._has_samples:
                yield Button(Content(_SAMPLES), id="use-samples", action="app.add_samples")
        yield Static(id="welcome-seal", markup=False)

    def on_mount(self) -> None:
        self.watch(self.app, "status", self._paint)

    def on_hide(self) -> None:
        self._leads = False

    def on_show(self) -> None:
        if self._status is not None:
            self._paint(self._status)

    def _paint(self, status: Status) -> None:
        self._status = status
        self._leads = self._leads or status.is_library_empty
        title = "Welcome to Strongroom" if self._leads else "Ask your documents"
        self.query_one("#welcome-title", Static).update(Content(title))
        self.query_one("#welcome-steps", Static).update(_steps(status) if self._leads else _hints(status))
        self.query_one("#welcome-seal", Static).update(seal_mark(status.seal) + line(status.seal.detail))
        buttons = self.query_one("#welcome-buttons")
        was_shown, is_shown = buttons.display, status.is_library_empty and not status.is_ingesting
        buttons.display = is_shown
        box = self.screen.query_one(QuestionBox)
        if is_shown and not was_shown and not box.text:
            self.query_one("#choose-folder").focus()
        elif was_shown and not is_shown:
            box.focus()


def _steps(status: Status) -> Content:
    progress = status.ingest
    has_documents = status.counts is not None and status.counts.documents > 0
    now = 1 if progress is None else 3 if has_documents and not status.is_ingesting else 2
    if progress is None:
        second = "Ask as soon as the first pages are in."
    elif status.is_ingesting:
        second = (f"Loading {status.loading}" if status.is_ingest_waiting else ingest_words(progress)) + "."
    else:
        second = f"{count(progress.pages, 'page')} read." + (
            f" {count(progress.left_out, 'file')} left out: the library (F2) says why." if progress.left_out else ""
        )
    return Content("\n\n").join(
        [
            _step(1, now, "Choose a folder with your documents", "PDF, Office, mail and more. They stay in place."),
            _step(2, now, "Let them be read", second),
            _step(3, now, "Ask your first question", "In your own words. Every answer names its pages."),
        ]
    )


def _step(number: int, now: int, title: str, text: str) -> Content:
    if number < now:
        badge = Content.styled(" ✓ ", DONE_BADGE)
    elif number == now:
        badge = Content.styled(f" {number} ", BADGE)
    else:
        badge = Content.styled(f" {number} ", QUIET_BADGE)
    heading = Content.styled(title, "bold" if number == now else MUTED if number > now else "")
    return Content("  ").join([badge, heading]) + Content.styled(f"\n     {text}", MUTED)


def _hints(status: Status) -> Content:
    counts = status.counts
    if counts is None:
        return Content.styled("Type your question: it waits until the library is open.", MUTED)
    held = f"In the library: {count(counts.documents, 'document')}, {count(counts.pages, 'page')}."
    return Content("\n\n").join(
        [
            Content(held),
            Content.styled(
                "Ask in your own words. Every answer names its pages; what is not there is not made up.", MUTED
            ),
        ]
    )
