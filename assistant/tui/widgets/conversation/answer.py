"""One answer: what is being done, the words as they come, and what the check against the sources said."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Markdown, Static
from textual.widgets.markdown import MarkdownStream

from assistant.tui.foreign import line, plain
from assistant.tui.messages import Trouble
from assistant.tui.progress import count
from assistant.tui.styles import BAD, CARE, GOOD, MUTED
from assistant.tui.widgets.conversation.cited_markdown import CitedMarkdown, mark_sentences
from config.sanitise import sanitise

if TYPE_CHECKING:  # numpy comes with them, and the first paint does not wait for it
    from assistant.types import Answer, Citation, Grounding, Source, Turn

Phase = Literal["waiting", "writing", "stopping", "done", "refused", "stopped", "failed"]

_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_SPINNER_SECONDS = 0.12
_SECONDS_BETWEEN_WRITES = 0.1
"""A model may write a hundred words a second, each of which would lay out the whole screen, and keys wait for that."""

_SECONDS_AFTER_A_KEY = 0.03
"""By then its letter is on the screen, and the next key is mostly further away than writing takes."""

_LONGEST_SECONDS_BETWEEN_WRITES = 0.5

_RUNNING: tuple[Phase, ...] = ("waiting", "writing", "stopping")


class AnswerView(Vertical):
    """Follows an answer from the first moment to the last; `phase` decides how it looks (a class of that name)."""

    phase: reactive[Phase] = reactive[Phase]("waiting")
    activity: reactive[str] = reactive("Looking through the library")

    def __init__(self, *, asked_again: "Turn | None" = None, has_sources: bool = True) -> None:
        """Without `has_sources` no sources stand beside the answer, and nothing is said of them."""
        super().__init__()
        self._has_sources = has_sources
        self._turn = asked_again
        self._stream: MarkdownStream | None = None
        self._unwritten = ""
        self._next_write: Timer | None = None
        self._written_at = 0.0
        self._spinner: Timer | None = None
        self._frame = 0

    def compose(self) -> ComposeResult:
        yield Static(classes="activity", markup=False)
        yield CitedMarkdown()
        yield Static(classes="note", markup=False)

    async def on_mount(self) -> None:
        self._paint_activity()
        if self._turn is not None:
            await self._show_turn(self._turn)
        elif self.app.animation_level != "none":
            self._spinner = self.set_interval(_SPINNER_SECONDS, self._spin)

    # What happens to an answer, in order

    def show_evidence(self, sources: "Sequence[Source]") -> None:
        found = count(len(sources), "passage")
        self.activity = f"{found} found, reading" if sources else "Nothing found"

    async def write(self, text: str) -> None:
        self._unwritten += sanitise(text)
        if self._next_write is None:
            await self._write_out()

    def give_way(self) -> None:
        """A key was struck: what has come waits until its letter is on the screen."""
        waits = self._next_write
        since = time.monotonic() - self._written_at
        if waits is not None and since < _LONGEST_SECONDS_BETWEEN_WRITES:
            waits.stop()
            pause = max(_SECONDS_AFTER_A_KEY, _SECONDS_BETWEEN_WRITES - since)
            self._next_write = self.set_timer(pause, self._write_out)

    async def _write_out(self) -> None:
        """What has come since the last time; the next time is a moment later."""
        self._next_write = None
        text, self._unwritten = self._unwritten, ""
        if not text:
            return
        self._written_at = time.monotonic()
        self._next_write = self.set_timer(_SECONDS_BETWEEN_WRITES, self._write_out)
        if self._stream is None:
            self._stream = Markdown.get_stream(self.query_one(CitedMarkdown))
            if self.phase == "waiting":
                self.phase, self.activity = "writing", "Writing"
        await self._stream.write(text)

    def unlink(self) -> None:
        """Its numbers open nothing any more."""
        self.query_one(CitedMarkdown).is_linked = False

    async def finish(self, answer: "Answer") -> None:
        """Show the complete answer once more in one go: a stream can end in the middle of a construct."""
        await self._end_stream()
        text, missing = mark_sentences(sanitise(answer.text), [sanitise(s) for s in answer.grounding.unsupported])
        await self.query_one(CitedMarkdown).update(text)
        if answer.refused:
            self.phase = "refused"
            nearest = self._refusal_note(len(answer.evidence)) if self._has_sources else Content("")
            self._note(*map(_almost_note, answer.almost), nearest, *_notes_of_turn(answer))
        elif answer.stopped:
            self.phase = "stopped"
            checked = _check_note(answer.grounding, answer.citations, missing) if answer.text else Content("")
            self._note(_stopped_note(answer.text), checked, *_notes_of_turn(answer))
        else:
            self.phase = "done"
            checked = _check_note(answer.grounding, answer.citations, missing)
            self._note(checked, _origin_note(answer), *_notes_of_turn(answer))

    async def stop(self, why: str = "Stopped.") -> None:
        """The worker ended without an answer because it was stopped, or never began with this one."""
        await self._end_stream()
        self.phase = "stopped"
        self._note(Content(why))

    async def fail(self, trouble: Trouble) -> None:
        await self._end_stream()
        self.phase = "failed"
        self._note(plain(trouble.message, f"bold {BAD}"), plain(trouble.remedy))

    @property
    def in_progress(self) -> bool:
        return self.phase in _RUNNING

    # How it is painted

    def watch_phase(self, before: Phase, now: Phase) -> None:
        self.remove_class(f"-{before}")
        self.add_class(f"-{now}")
        if now == "stopping":
            self.activity = "Stopping"
        if not self.in_progress and self._spinner is not None:
            self._spinner.stop()
        self._paint_activity()

    def watch_activity(self) -> None:
        self._paint_activity()

    def _spin(self) -> None:
        self._frame += 1
        self._paint_activity(same_size=True)

    def _paint_activity(self, *, same_size: bool = False) -> None:
        """With `same_size` the screen is not laid out anew, which takes as long as all else that a key waits for."""
        frame = _SPINNER[self._frame % len(_SPINNER)]
        for activity in self.query(".activity").results(Static):  # none before it is composed
            activity.update(Content(f"{frame} {self.activity}…"), layout=not same_size)

    def _note(self, *lines: Content) -> None:
        self.query_one(".note", Static).update(Content("\n").join([text for text in lines if text.plain]))

    async def _end_stream(self) -> None:
        await self._write_out()
        if self._next_write is not None:
            self._next_write.stop()
        if self._stream is not None:
            await self._stream.stop()
            self._stream = None

    async def _show_turn(self, turn: "Turn") -> None:
        await self.query_one(CitedMarkdown).update(sanitise(turn.answer))
        self.phase = "refused" if turn.refused else "stopped" if turn.stopped else "done"
        cites = f"Cites {count(_distinct(turn.citations), 'source')}" if turn.citations else ""
        if turn.refused:
            self._note(self._refusal_note(len(turn.sources)))
        else:
            self._note(_stopped_note(turn.answer) if turn.stopped else Content(""), Content.styled(cites, MUTED))

    def _refusal_note(self, nearest: int) -> Content:
        """With the key that leads to the passages, where they do not stand beside it: it would hide them there."""
        if not nearest:
            return Content.styled("The library holds nothing near it.", MUTED)
        passages = "The nearest passage stands" if nearest == 1 else f"The {nearest} nearest passages stand"
        key = " (^S)" if self.screen.has_class("-narrow") else ""
        return Content.styled(f"{passages} in place of sources{key}.", MUTED)


def _stopped_note(text: str) -> Content:
    return Content("Stopped in the middle." if text else "Stopped before there was an answer.")


def _almost_note(almost: tuple[str, str]) -> Content:
    asked, found = almost
    return line(f"No document says \u201c{asked}\u201d; the nearest passages have \u201c{found}\u201d.")


def _check_note(grounding: "Grounding", citations: "Sequence[Citation]", missing: Sequence[str]) -> Content:
    """What the check found: every sentence borne out, or how many are not."""
    failed = len(grounding.unsupported)
    if failed:
        of_all = f"{failed} of {count(grounding.sentences, 'sentence')}"
        text = f"‡ {of_all} not borne out by the sources: check before use."
        quoted = [line(f"\n‡ “{sentence}”") for sentence in missing]
        return Content.styled(text, CARE) + Content("\n").join(quoted)
    if not citations:
        return Content.styled("No source is cited: check before use.", CARE)
    sources = _distinct(citations)
    of_all = "the source it cites" if sources == 1 else f"the {sources} sources cited"
    return Content.styled("✓ ", GOOD) + Content(f"Every sentence is borne out by {of_all}")


def _origin_note(answer: "Answer") -> Content:
    how = "Quoted word for word" if answer.style == "quote" else "Written"
    seconds = answer.timings.total / 1000
    return line(f"{how} · {answer.model} · {seconds:.1f} s", MUTED)


def _notes_of_turn(answer: "Answer") -> list[Content]:
    """What is said of any answer: that it left this machine, that the conversation did not get it."""
    notes = []
    if answer.sent_to:
        notes.append(line(f"The question and its passages left this machine for {answer.sent_to}.", CARE))
    if answer.unkept:
        notes.append(line(answer.unkept, CARE))
    return notes


def _distinct(citations: "Sequence[Citation]") -> int:
    return len({citation.number for citation in citations})
