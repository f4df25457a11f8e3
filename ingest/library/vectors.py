"""Vectors as SQLite keeps them: float16, little-endian, unit length."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from config.errors import LibraryError
from models.base import Vectors

STORED = np.dtype("<f2")
_TINY = float(np.finfo(np.float32).tiny)


def fingerprint_of(context: str, text: str) -> bytes:
    """The same for chunks with the same indexed text, and so the same vector: 16 bytes of its SHA-256."""
    return hashlib.sha256(f"{context}\n{text}".encode()).digest()[:16]


def to_blobs(vectors: Vectors) -> list[bytes]:
    """One blob per row, scaled to unit length so that a dot product is a cosine.

    Raises LibraryError when a number is not finite.
    """
    if not np.isfinite(vectors).all():
        raise LibraryError("The embedder returned vectors that are not numbers.", "Run `strongroom models verify`.")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return [row.tobytes() for row in (vectors / np.maximum(lengths, _TINY)).astype(STORED)]


def from_blobs(blobs: Sequence[bytes]) -> Vectors:
    """Shape (blobs, dimension), float32."""
    if not blobs:
        return np.empty((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(blobs), dtype=STORED).reshape(len(blobs), -1).astype(np.float32)


def exact_scores(vectors: Vectors, query: NDArray[np.float32]) -> NDArray[np.float64]:
    """Cosine of each row with `query`, the same to the last bit whichever rows stand beside it."""
    # Not a matrix product: BLAS rounds a row differently depending on how many rows there are.
    scores: NDArray[np.float64] = (vectors.astype(np.float64) * unit(query).astype(np.float64)).sum(axis=1)
    return scores


def unit(query: NDArray[np.float32]) -> NDArray[np.float32]:
    """`query` at length 1; a zero vector stays zero."""
    return (query / max(float(np.linalg.norm(query)), _TINY)).astype(np.float32)
