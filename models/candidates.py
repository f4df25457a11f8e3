"""What may become a model here: the kind, name, size and licence of a file or directory, without loading it."""

import re
from pathlib import Path
from typing import Literal

from config.errors import ModelError
from models.directory import is_cross_encoder, model_files, read_embedder_directory, require_weights_and_tokenizer
from models.llama.gguf import read_model_or_adapter

ModelKind = Literal["llm", "embedder", "reranker", "adapter"]

_LICENCE_LINE = re.compile(r"^license:\s*['\"]?([\w.+-]+)", re.MULTILINE)


def kind_of(path: Path) -> ModelKind:
    """Raises ModelError when what is at `path` cannot be used as a model."""
    if path.is_file():
        return "adapter" if read_model_or_adapter(path).is_adapter else "llm"
    if not path.is_dir():
        raise ModelError(f"There is no model at {path}.", "Name a GGUF file or a sentence-transformers directory.")
    if is_cross_encoder(path):
        require_weights_and_tokenizer(path)
        return "reranker"
    read_embedder_directory(path)
    return "embedder"


def default_name(path: Path) -> str:
    """A name for the model at `path` when none is given."""
    stem = path.stem if path.is_file() else path.name
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._")[:64]
    while name.casefold().endswith(".gguf"):  # settings take that for a path
        name = name[: -len(".gguf")].strip("-._")
    return name or "model"


def size_of(path: Path) -> int:
    """Bytes of a file, or of those files of a directory that make up the model."""
    files = model_files(path) if path.is_dir() else [path] if path.exists() else []
    return sum(file.stat().st_size for file in files)


def licence_of(path: Path) -> str:
    """What the model says its licence is: the GGUF header, or the first lines of a directory's README."""
    if path.is_file():
        return read_model_or_adapter(path).licence
    try:
        found = _LICENCE_LINE.search((path / "README.md").read_text(encoding="utf-8", errors="replace")[:4000])
    except OSError:
        return ""
    return found[1] if found else ""
