"""Passages as conversations keep them: what was found for a question, in JSON."""

import json
from dataclasses import asdict, replace
from pathlib import PurePath
from typing import Any

from assistant.types import Passage, Why
from ingest.types import Chunk


def as_json(passage: Passage) -> str:
    return json.dumps(asdict(passage), ensure_ascii=False)


def from_json(text: str, path: str | None) -> Passage:
    """A passage that was kept, of a document that is at `path` by now (None: its text is in none any more)."""
    fields: dict[str, Any] = json.loads(text)
    passage = Passage(**{**fields, "chunk": Chunk(**fields["chunk"]), "why": Why(**fields["why"])})
    return passage if path is None else replace(passage, path=path, document=PurePath(path).name)
