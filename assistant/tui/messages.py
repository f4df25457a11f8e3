"""Every message that crosses from a worker thread, or from one widget to another; named for what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from assistant.tui.progress import IngestProgress
from ingest.types import DocumentRecord, PageNote

if TYPE_CHECKING:  # numpy comes with them, and the first paint does not wait for it
    from assistant.types import Answer, Conversation, Source
    from ingest.library.types import Receipt


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong and what to do about it, for people."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class LibraryCounts:
    documents: int
    pages: int
    chunks: int
    pending: int
    """Chunks that wait for their vector."""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model as the list shows it."""

    name: str
    kind: str
    size: int
    licence: str
    source: str
    checked: str
    """Whether its files are what they were: yes, no, or unread since something about them changed."""
    in_use: bool


SettingRow = tuple[str, object, str, str]
"""Key, value, origin and description of a setting: what LoadedSettings.items() gives."""


# Starting up


@dataclass
class PartLoading(Message):
    """A part of the assistant is being loaded; `part` reads after "Loading"."""

    part: str


@dataclass
class PartFailed(Message):
    """A part could not be loaded. The others are tried all the same."""

    trouble: Trouble


@dataclass
class EverythingLoaded(Message):
    """Nothing is being loaded any more. `model` names the language model, empty when there is none."""

    model: str


# Questions and answers


@dataclass
class QuestionTyped(Message):
    """The words in the question box changed."""

    text: str

    def can_replace(self, message: Message) -> bool:
        """Only the latest words matter."""
        return isinstance(message, QuestionTyped)


@dataclass
class WaitEstimated(Message):
    """If the question being typed were sent off now, its first word would come in so many seconds."""

    seconds: float

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, WaitEstimated)


@dataclass
class QuestionAsked(Message):
    """The question box was sent off."""

    question: str


@dataclass
class EvidenceShown(Message):
    """The passages for the answer to turn `turn` are known."""

    turn: int
    sources: "Sequence[Source]"


@dataclass
class WordsWritten(Message):
    """A piece of the answer came."""

    turn: int
    text: str


@dataclass
class AnswerChecked(Message):
    """The answer is complete and checked against its sources."""

    turn: int
    answer: "Answer"


@dataclass
class AnswerFailed(Message):
    turn: int
    trouble: Trouble


@dataclass
class AnswerEnded(Message):
    """The worker of turn `turn` is done, however it went: the next question may be asked."""

    turn: int


@dataclass
class ModelBegan(Message):
    """In a comparison the model of this column is loaded, and then answers; `turn` of what follows is the column."""

    column: int


@dataclass
class AnsweringChanged(Message):
    """An answer began or ended."""

    answering: bool


@dataclass
class SourceChosen(Message):
    """Somebody wants to see source `number` large."""

    number: int


@dataclass
class PageRead(Message):
    """The pages of source `number` as one text, joined by line breaks."""

    number: int
    text: str


# The library


@dataclass
class LibraryCounted(Message):
    counts: LibraryCounts


@dataclass
class LibraryListed(Message):
    records: Sequence[DocumentRecord]


@dataclass
class PagesListed(Message):
    """The pages of one document that were not simply read."""

    notes: Sequence[PageNote]


@dataclass
class IngestProgressed(Message):
    progress: IngestProgress

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, IngestProgressed)


@dataclass
class IngestEnded(Message):
    """The ingest worker is done. `trouble` says why it ended early, if it did."""

    trouble: Trouble | None = None


@dataclass
class FollowAsked(Message):
    """Somebody wants folders followed, or no longer; `nearest` holds what is in the library, None when unknown."""

    nearest: Path | None


@dataclass
class FoldersChanged(Message):
    """The folders that are followed are watched from now on, or something in them has changed and come to rest."""


@dataclass
class FoldersRemembered(Message):
    """These folders were followed when the interface last ended."""

    folders: tuple[Path, ...]


@dataclass
class FollowingFailed(Message):
    """`folders` are not followed any more, for one of them cannot be; those of them that are not there are `away`."""

    folders: tuple[Path, ...]
    away: tuple[Path, ...]
    trouble: Trouble


@dataclass
class ForgetAsked(Message):
    """Somebody confirmed that the document at the first of `paths` goes; the others, of the same content, go too."""

    paths: tuple[str, ...]


@dataclass
class DocumentForgotten(Message):
    """What was asked with `paths` is done; without paths, a forgetting that had come to no end."""

    paths: tuple[str, ...]
    receipt: "Receipt"


@dataclass
class ForgettingFailed(Message):
    paths: tuple[str, ...]
    trouble: Trouble


# Conversations, models, settings


@dataclass
class ConversationsListed(Message):
    conversations: "Sequence[Conversation]"


@dataclass
class ConversationOpened(Message):
    conversation: "Conversation"


@dataclass
class ConversationReadAgain(Message):
    """A conversation as it is kept by now, after documents were forgotten; None when it cannot be read any more."""

    conversation_id: str
    conversation: "Conversation | None"


@dataclass
class ConversationDeleted(Message):
    conversation_id: str


@dataclass
class ModelsListed(Message):
    models: Sequence[ModelRow]


@dataclass
class ModelChosen(Message):
    """`name` is used for its kind from the next start on, unless the variable `stronger` is set then, as it is now;
    `remark` is a sentence to add. Both may be empty."""

    name: str
    kind: str
    remark: str = ""
    stronger: str = ""


@dataclass
class TaskFailed(Message):
    """Something that was asked for in passing (a list, a deletion) did not work."""

    trouble: Trouble
