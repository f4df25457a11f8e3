"""Two models answer one question, one after the other, in a worker thread. Messages carry the column of the model."""

from collections.abc import Sequence
from threading import Event

from textual.message_pump import MessagePump

from assistant.tui import messages
from assistant.tui.workers import WaitStopped, Workers, explain


class Comparing:
    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._stop = Event()

    def ask(self, question: str, names: Sequence[str], *, reply_to: MessagePump) -> None:
        """Posts what happens, AnswerFailed in the column where it fails (-1: before the first), AnswerEnded at last.
        Ends the one before."""
        self.end()
        stop = self._stop = Event()

        def work() -> None:
            from assistant.compare import Compared, ModelBegins  # behind the first paint
            from assistant.events import Token

            column = -1
            try:
                for event in self._workers.wait(stop).compare(question, names, stop=stop):
                    match event:
                        case ModelBegins():
                            column += 1
                            reply_to.post_message(messages.ModelBegan(column))
                        case Token():
                            reply_to.post_message(messages.WordsWritten(column, event.text))
                        case Compared():
                            reply_to.post_message(messages.AnswerChecked(column, event.answer))
            except WaitStopped:
                pass
            except Exception as error:  # noqa: BLE001  any failure is shown in its column, the interface goes on
                reply_to.post_message(messages.AnswerFailed(column, explain(error)))
            finally:
                reply_to.post_message(messages.AnswerEnded(column))

        self._workers.start("compare", work)

    def end(self) -> None:
        """Stop what is being written."""
        self._stop.set()
