"""A run of the pipeline on the fake embedder, and what came of it."""

from collections.abc import Iterable
from pathlib import Path

from config.sections import IngestSettings, Settings
from ingest.events import FileDone, Finished, IngestEvent
from ingest.library.library import Library
from ingest.pipeline import IngestOptions, ingest
from models.fakes import HashEmbedder

SETTINGS = Settings(ingest=IngestSettings(workers=1))


def run(
    library: Library, *paths: Path, prune: bool = False, retry: bool = True, settings: Settings = SETTINGS
) -> list[IngestEvent]:
    options = IngestOptions(prune=prune, retry=retry)
    return list(ingest(paths, library=library, embedder=HashEmbedder(), settings=settings, options=options))


def outcomes(events: Iterable[IngestEvent]) -> dict[str, str]:
    return {event.path.name: event.status.value for event in events if isinstance(event, FileDone)}


def summary(events: list[IngestEvent]) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]
