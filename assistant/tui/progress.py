"""How far an ingest has come, computed from its events. No widget in here: tests need no terminal."""

from dataclasses import dataclass, replace

from ingest.events import Compared, Discovered, Embedded, FileDone, Finished, IngestEvent


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """`started` and `now` are seconds of the same clock; so are `reading_since`, when the files were known, and
    `embedding_since`, when the first vectors came."""

    started: float
    now: float
    is_rest: bool = False
    """Nothing is read: what an earlier run read is being indexed."""
    looking: bool = True
    compared: int = 0
    """Of `files`, while looking: they are compared with what is in the library."""
    finished: bool = False
    stopped: bool = False
    files: int = 0
    done: int = 0
    read: int = 0
    left_out: int = 0
    pages: int = 0
    chunks: int = 0
    embedded: int = 0
    pending: int = 0
    reading_since: float | None = None
    embedding_since: float | None = None
    last_file: str = ""
    last_read: str = ""
    tried: int = 0
    """Files left out that were read in this run; `left_out` also counts those known from before."""
    last_tried: str = ""

    def after(self, event: IngestEvent, now: float) -> "IngestProgress":
        """The progress once `event` has happened at `now`."""
        match event:
            case Compared():
                return replace(self, now=now, compared=event.done, files=event.files)
            case Discovered():
                return replace(self, now=now, looking=False, files=event.files, reading_since=now)
            case FileDone():
                read_anew = event.status.is_held
                tried = not event.status.is_success and event.ms > 0
                return replace(
                    self,
                    now=now,
                    done=self.done + 1,
                    read=self.read + read_anew,
                    left_out=self.left_out + (not event.status.is_success),
                    pages=self.pages + (event.pages if read_anew else 0),
                    chunks=self.chunks + (event.chunks if read_anew else 0),
                    last_file=event.path.name,
                    last_read=event.path.name if read_anew else self.last_read,
                    tried=self.tried + tried,
                    last_tried=event.path.name if tried else self.last_tried,
                )
            case Embedded():
                since = now if self.embedding_since is None else self.embedding_since
                return replace(self, now=now, embedded=event.done, pending=event.pending, embedding_since=since)
            case Finished():
                return replace(
                    self,
                    now=now,
                    looking=False,
                    finished=True,
                    files=event.files,
                    done=event.files,
                    left_out=event.skipped + event.failed,
                    pages=event.pages,
                    chunks=event.chunks,
                    pending=event.vectors_pending,
                )

    @property
    def seconds(self) -> float:
        return max(0.0, self.now - self.started)

    @property
    def seconds_of_reading(self) -> float:
        """Without what came before: loading the embedder, walking the folder."""
        return 0.0 if self.reading_since is None else max(0.0, self.now - self.reading_since)

    @property
    def pages_per_second(self) -> float:
        return self.pages / self.seconds_of_reading if self.seconds_of_reading else 0.0

    @property
    def files_share(self) -> float:
        """Between 0 and 1: files that have their outcome."""
        if self.finished:
            return 1.0
        return min(1.0, self.done / self.files) if self.files else 0.0

    @property
    def vectors_share(self) -> float:
        """Between 0 and 1: passages of this run that can be found by meaning, of those known so far."""
        known = self.embedded + self.pending
        return self.embedded / known if known else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Until the slower of reading and embedding is done, at the pace so far; None while nothing is known."""
        estimates = []
        if self.read and self.done < self.files:
            estimates.append(self.seconds_of_reading / self.done * (self.files - self.done))
        if self.embedding_since is not None and self.embedded and self.pending:
            seconds = self.now - self.embedding_since
            estimates.append(seconds / self.embedded * self.pending)
        return max(estimates, default=None)


def news_of(progress: IngestProgress) -> str:
    """What a run has brought, for somebody who did not start it; empty when nothing is new."""
    sentences = []
    if progress.read:
        came = f"{progress.last_read} is" if progress.read == 1 else f"{count(progress.read, 'document')} are"
        sentences.append(f"{came} in the library, read just now.")
    if progress.tried:
        stayed = f"{progress.last_tried} was" if progress.tried == 1 else f"{count(progress.tried, 'file')} were"
        sentences.append(f"{stayed} left out; the library says why.")
    return " ".join(sentences)


def duration(seconds: float) -> str:
    """For people: `40 s`, `3 min`, `2 h 5 min`."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def count(number: int, one: str) -> str:
    """`1 page`, `2,104 pages`."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"
