"""Everything the interface asks of the assistant, each in a worker thread that ends in messages.

A task is asked for by calling a method of Background from a handler; the outcome is posted to the widget that asked.
"""

import gc
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump

from assistant.tui import messages
from assistant.tui.choosing import Choosing
from assistant.tui.comparing import Comparing
from assistant.tui.following import Following
from assistant.tui.forgetting import Forgetting
from assistant.tui.messages import LibraryCounts, Trouble
from assistant.tui.parts import refresh_index, slow_parts
from assistant.tui.progress import IngestProgress
from assistant.tui.reading_ahead import ReadingAhead
from assistant.tui.workers import AssistantFactory, WaitStopped, Workers, explain
from config.errors import StrongroomError

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.events import AnswerEvent

FIRST_PART = "the library"
"""What is being loaded when the interface appears."""

_SECONDS_BETWEEN_POSTS = 0.1
"""A folder of unchanged files makes thousands of events a second; the screen is told ten times."""


class Background:
    """The assistant behind the interface, asked from worker threads only."""

    def __init__(self, app: App[Any], open_assistant: AssistantFactory, *, keeps_choices: bool) -> None:
        self._app = app
        self._workers = Workers(app, open_assistant)
        self._reading_ahead = ReadingAhead(self._workers, self._tell_wait)
        self._typing_in: MessagePump = app
        self.comparing = Comparing(self._workers)
        self.following = Following(app, self._workers)
        self.forgetting = Forgetting(app, self._workers)
        self.choosing = Choosing(app, self._workers, keeps_choices=keeps_choices)
        self.answering_in: str | None = None
        """Id of the conversation, or `new`, that an answer is being written in."""
        self._stop_answer = Event()
        self._stop_ingest = Event()
        self._keeping_up = Event()
        self._last_trouble: Trouble | None = None

    # starting and ending

    def load(self) -> None:
        """Open the assistant, then load its slow parts one after the other. Posts to the app."""

        def work() -> None:
            model = ""
            try:
                self._app.post_message(messages.PartLoading(FIRST_PART))
                assistant = self._workers.open_assistant()
                self._app.post_message(messages.LibraryCounted(_count(assistant)))
                self.following.take_up(assistant.locations)
                for part, load in slow_parts(assistant):
                    self._app.post_message(messages.PartLoading(part))
                    try:
                        model = load() or model
                    except StrongroomError as error:  # the others may still be of use
                        self._app.post_message(messages.PartFailed(explain(error)))
            finally:
                # What is loaded stays: looking through it for garbage would hold up keys for 60 ms and more.
                gc.freeze()
                self._app.post_message(messages.EverythingLoaded(model))
            if model:
                self._reading_ahead.begin(assistant)

        self._workers.start("load", work, lambda trouble: self._app.post_message(messages.PartFailed(trouble)))

    def end(self, seconds: float) -> bool:
        """Stop what is running and close the assistant; False when a worker is still busy after `seconds`."""
        self._reading_ahead.end()
        self._stop_answer.set()
        self._stop_ingest.set()
        self.comparing.end()
        self.following.end()
        return self._workers.end(seconds)

    # questions

    def typed(self, text: str, *, conversation: str, reply_to: MessagePump) -> None:
        """A question is being typed: what it will probably need is read meanwhile. Posts WaitEstimated now and then."""
        self._typing_in = reply_to
        self._reading_ahead.typed(text, conversation)

    def ask(self, question: str, *, conversation: str, turn: int, reply_to: MessagePump) -> None:
        """Answer `question`; posts what happens, AnswerFailed if it fails, AnswerEnded at last."""
        self._reading_ahead.end()
        stop = self._stop_answer = Event()
        self.answering_in = conversation

        def work() -> None:
            try:
                for event in self._workers.wait(stop).ask(question, conversation=conversation, stop=stop):
                    reply_to.post_message(_as_message(turn, event))
            except WaitStopped:
                pass
            except Exception as error:  # noqa: BLE001  any failure is shown under the question, the interface goes on
                reply_to.post_message(messages.AnswerFailed(turn, explain(error)))
            finally:
                self.answering_in = None
                reply_to.post_message(messages.AnswerEnded(turn))

        self._workers.start("ask", work)

    def compare(self, question: str, names: Sequence[str], *, reply_to: MessagePump) -> None:
        """See Comparing; what was being read ahead gives way."""
        self._reading_ahead.end()
        self.comparing.ask(question, names, reply_to=reply_to)

    def _tell_wait(self, seconds: float) -> None:
        self._typing_in.post_message(messages.WaitEstimated(seconds))

    def stop_answer(self) -> None:
        self._stop_answer.set()

    def read_pages(self, number: int, path: str, first: int, last: int, *, reply_to: MessagePump) -> None:
        """Read the pages that source `number` stands on; posts PageRead."""

        def work() -> None:
            pages = self._workers.wait().library.page_texts(path, first, last)
            reply_to.post_message(messages.PageRead(number, "\n".join(pages)))

        self._workers.start("page", work, self._workers.tell(reply_to))

    # the library

    def ingest(self, paths: Sequence[Path], *, retry: bool = True) -> None:
        """Read `paths` into the library; posts IngestProgressed now and then, and IngestEnded, to the app. Without
        `retry` a file that did not get in is read again only when it has changed."""
        stop = self._stop_ingest = Event()

        def work() -> None:
            from ingest.pipeline import IngestOptions  # behind the first paint

            trouble = None
            started = posted = time.monotonic()
            progress = IngestProgress(started, started, is_rest=not paths)
            try:
                for event in self._workers.wait(stop).ingest(paths, IngestOptions(retry=retry)):
                    now = time.monotonic()
                    progress = progress.after(event, now)
                    if progress.finished or now - posted > _SECONDS_BETWEEN_POSTS:
                        posted = now
                        self._app.post_message(messages.IngestProgressed(progress))
                    if stop.is_set():
                        break
            except WaitStopped:
                pass
            except Exception as error:  # noqa: BLE001  any failure is shown in the library, the interface goes on
                trouble = explain(error)
            finally:
                self._app.post_message(messages.IngestEnded(trouble))

        self._workers.start("ingest", work)

    def stop_ingest(self) -> None:
        """The run ends after the file it is at. What was read stays; the next run goes on from there."""
        self._stop_ingest.set()

    def count_library(self) -> None:
        """Count what is in the library; posts LibraryCounted to the app."""

        def work() -> None:
            self._app.post_message(messages.LibraryCounted(_count(self._workers.wait())))

        self._workers.start("count", work)

    def keep_up(self) -> None:
        """Index what another process, such as `strongroom ingest`, has put into the library, and count anew. As this is
        tried again and again, the app is told of the same trouble once, until it works again."""
        if self._keeping_up.is_set() or not self._workers.is_open:
            return
        self._keeping_up.set()

        def work() -> None:
            try:
                assistant = self._workers.wait()
                refresh_index(assistant)
                self._app.post_message(messages.LibraryCounted(_count(assistant)))
                self._last_trouble = None
            finally:
                self._keeping_up.clear()

        def failed(trouble: Trouble) -> None:
            if trouble != self._last_trouble:
                self._last_trouble = trouble
                self._app.post_message(messages.TaskFailed(trouble))

        self._workers.start("keep up", work, failed)

    def list_library(self, *, reply_to: MessagePump) -> None:
        def work() -> None:
            reply_to.post_message(messages.LibraryListed(self._workers.wait().library.documents()))

        self._workers.start("list", work, self._workers.tell(reply_to))

    def list_pages(self, path: str, *, reply_to: MessagePump) -> None:
        """What became of each page of the document at `path`; posts PagesListed."""

        def work() -> None:
            reply_to.post_message(messages.PagesListed(self._workers.wait().library.page_notes(path)))

        self._workers.start("pages", work, self._workers.tell(reply_to))

    # conversations

    def list_conversations(self, *, reply_to: MessagePump) -> None:
        def work() -> None:
            reply_to.post_message(messages.ConversationsListed(self._workers.wait().conversations.list()))

        self._workers.start("conversations", work, self._workers.tell(reply_to))

    def open_conversation(self, conversation_id: str, *, reply_to: MessagePump) -> None:
        def work() -> None:
            reply_to.post_message(messages.ConversationOpened(self._workers.wait().conversations.load(conversation_id)))

        self._workers.start("conversations", work, self._workers.tell(reply_to))

    def read_conversation_again(self, conversation_id: str, *, reply_to: MessagePump) -> None:
        """Posts ConversationReadAgain, and tells the app why when it cannot be read."""

        def work() -> None:
            conversation = self._workers.wait().conversations.load(conversation_id)
            reply_to.post_message(messages.ConversationReadAgain(conversation_id, conversation))

        def failed(trouble: Trouble) -> None:
            reply_to.post_message(messages.ConversationReadAgain(conversation_id, None))
            self._app.post_message(messages.TaskFailed(trouble))

        self._workers.start("conversations", work, failed)

    def delete_conversation(self, conversation_id: str, *, reply_to: MessagePump) -> None:
        """Posts ConversationDeleted to the app, which may show it, and ConversationsListed."""

        def work() -> None:
            conversations = self._workers.wait().conversations
            conversations.delete(conversation_id)
            self._app.post_message(messages.ConversationDeleted(conversation_id))
            reply_to.post_message(messages.ConversationsListed(conversations.list()))

        self._workers.start("conversations", work, self._workers.tell(reply_to))


def _as_message(turn: int, event: "AnswerEvent") -> Message:
    from assistant.events import Answered, EvidenceFound, Token  # behind the first paint

    match event:
        case EvidenceFound():
            return messages.EvidenceShown(turn, event.sources)
        case Token():
            return messages.WordsWritten(turn, event.text)
        case Answered():
            return messages.AnswerChecked(turn, event.answer)


def _count(assistant: "Assistant") -> LibraryCounts:
    name = assistant.library.collection
    for counts in assistant.library.collections():
        if counts.name == name:
            return LibraryCounts(counts.documents, counts.pages, counts.chunks, counts.vectors_pending)
    return LibraryCounts(0, 0, 0, 0)
