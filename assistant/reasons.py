"""A chunk that was found becomes a passage, which says why it is there."""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.aboutness import DocumentScore
from assistant.types import Passage, Why
from ingest.types import StoredChunk


@dataclass(frozen=True, slots=True)
class Reasons:
    """What speaks for the chunks that one question found: their ranks in the searches `lexical` and `dense` (by chunk
    id, 1 is first), the scores of the documents that the question names (by path), and the cosines between question
    and chunk (by chunk id)."""

    lexical: Mapping[str, int]
    dense: Mapping[str, int]
    documents: Mapping[str, DocumentScore]
    cosines: Mapping[str, float]

    def passage(self, stored: StoredChunk, score: float) -> Passage:
        """The passage without its rank, which it has only among others."""
        chunk_id = stored.chunk.chunk_id
        document = self.documents.get(stored.path)
        return Passage(
            rank=0,
            score=score,
            chunk=stored.chunk,
            document=stored.document,
            path=stored.path,
            title=stored.title,
            page_label=stored.page_label,
            why=Why(
                lexical_rank=self.lexical.get(chunk_id),
                dense_rank=self.dense.get(chunk_id),
                document_rank=None if document is None else self._rank(document),
                named_by="" if document is None else _named_by(document),
            ),
            similarity=self.cosines.get(chunk_id),
        )

    def _rank(self, document: DocumentScore) -> int:
        """Documents that fit equally well share one."""
        return 1 + len({other.score for other in self.documents.values() if other.score > document.score})


def _named_by(document: DocumentScore) -> str:
    marks = sorted(document.marks, key=lambda mark: (-document.marks[mark], mark))
    return ", ".join(f"Q{mark}" if mark.isdigit() and len(mark) == 1 else mark for mark in marks)
