"""What a sentence-transformers or cross-encoder directory says about itself, read without importing either library."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from config.errors import ModelError

Pooling = Literal["mean", "cls"]

# Data only: weights as safetensors, never pickles (.bin, .pt), and no Python that a model might bring along.
MODEL_SUFFIXES = frozenset({".json", ".jsonl", ".txt", ".model", ".safetensors"})

_DEFAULT_TOKENS = 512
_UNKNOWN_LENGTH = 100_000  # tokenizer_config.json writes 1e30 for "no limit"
_LARGEST_CONFIGURATION = 1 << 20
_KNOWN_MODULES = ("Transformer", "Pooling", "Normalize")


@dataclass(frozen=True, slots=True)
class EmbedderDirectory:
    """How a sentence-transformers directory turns text into a vector."""

    path: Path
    pooling: Pooling
    normalise: bool
    max_tokens: int
    """Tokens of a text that are read, special tokens counted."""
    lowercase: bool
    query_prefix: str
    document_prefix: str


def model_files(path: Path) -> list[Path]:
    """The files of a model directory that matter, sorted by name."""
    return sorted(file for file in path.rglob("*") if file.suffix in MODEL_SUFFIXES and file.is_file())


def read_embedder_directory(path: Path) -> EmbedderDirectory:
    """Raises ModelError when a file is missing or the model works in a way we do not support."""
    require_weights_and_tokenizer(path)
    modules = _modules(path)
    pooling, includes_prompt = _read_pooling(path / modules["Pooling"] / "config.json")
    transformer = path / modules["Transformer"]
    settings = _read_optional(transformer / "sentence_bert_config.json")
    prompts = _read_optional(path / "config_sentence_transformers.json").get("prompts") or {}
    if not includes_prompt and any(prompts.values()):
        raise _unsupported(path, "leaves its prompt out of the pooling")
    return EmbedderDirectory(
        path=path,
        pooling=pooling,
        normalise="Normalize" in modules,
        max_tokens=read_max_tokens(path, settings.get("max_seq_length")),
        lowercase=bool(settings.get("do_lower_case")),
        query_prefix=str(prompts.get("query", "")),
        document_prefix=str(prompts.get("document", prompts.get("passage", ""))),
    )


def is_cross_encoder(path: Path) -> bool:
    """Whether a directory holds a classifier with one output, which is how cross-encoders are saved."""
    architectures = _read_optional(path / "config.json").get("architectures") or [""]
    return not (path / "modules.json").exists() and str(architectures[0]).endswith("ForSequenceClassification")


def require_weights_and_tokenizer(path: Path) -> None:
    for name in ("config.json", "tokenizer.json"):
        if not (path / name).is_file():
            raise ModelError(f"The model directory {path} has no {name}.", "Get the whole model again.")
    if not any(file.suffix == ".safetensors" for file in model_files(path)):
        raise ModelError(
            f"The model directory {path} has no weights in the safetensors format.",
            "Get the model as safetensors: other formats can hold programs and are not loaded.",
        )
    if "auto_map" in read_json(path / "config.json"):
        raise _unsupported(path, "needs Python code of its own")


def read_max_tokens(path: Path, configured: object = None) -> int:
    """Tokens the model reads of a text, special tokens counted: what was configured, else what its parts allow."""
    if isinstance(configured, int) and configured > 0:
        return configured
    limits = [
        _read_optional(path / "tokenizer_config.json").get("model_max_length"),
        read_json(path / "config.json").get("max_position_embeddings"),
    ]
    known = [int(limit) for limit in limits if isinstance(limit, int | float) and 0 < limit < _UNKNOWN_LENGTH]
    return min(known, default=_DEFAULT_TOKENS)


def read_json(path: Path) -> dict[str, Any]:
    content = _load(path)
    if not isinstance(content, dict):
        raise ModelError(f"The file {path} does not hold what it should.", "Get the whole model again.")
    return content


def _read_optional(path: Path) -> dict[str, Any]:
    return read_json(path) if path.is_file() else {}


def _load(path: Path) -> object:
    try:
        if path.stat().st_size > _LARGEST_CONFIGURATION:
            raise ValueError("too large")
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"The file {path} cannot be read: {error}.", "Get the whole model again.") from None


def _modules(path: Path) -> dict[str, str]:
    """Kind of module → its folder. Kinds are named by the last part of a Python path, which moved between versions."""
    if not (path / "modules.json").is_file():
        raise ModelError(
            f"The directory {path} is no sentence-transformers model: it has no modules.json.",
            "Name a directory saved by sentence-transformers, or a GGUF file.",
        )
    listed = _load(path / "modules.json")
    try:
        modules = {str(entry["type"]).rpartition(".")[2]: str(entry["path"]) for entry in listed}  # type: ignore[attr-defined]  # a list, or the except clause answers
    except (TypeError, KeyError, AttributeError):
        raise _unsupported(path, "has a modules.json that makes no sense") from None
    unknown = [kind for kind in modules if kind not in _KNOWN_MODULES]
    if unknown:
        raise _unsupported(path, f"has a {unknown[0]} module")
    if any(Path(folder).is_absolute() or ".." in Path(folder).parts for folder in modules.values()):
        raise _unsupported(path, "has modules outside its directory")
    if modules.get("Transformer") != "" or "Pooling" not in modules:
        raise _unsupported(path, "is not built as transformer, then pooling")
    return modules


def _read_pooling(path: Path) -> tuple[Pooling, bool]:
    """How token vectors become one, and whether the prompt's tokens count; in the old form (flags) or the new."""
    configuration = read_json(path)
    active = [name for name, value in configuration.items() if name.startswith("pooling_mode_") and value is True]
    modes: dict[object, Pooling] = {
        "cls": "cls",
        "mean": "mean",
        "pooling_mode_cls_token": "cls",
        "pooling_mode_mean_tokens": "mean",
    }
    mode = modes.get(configuration.get("pooling_mode", active[0] if len(active) == 1 else None))
    if mode is None:
        raise _unsupported(path.parent.parent, "pools its token vectors in another way than by mean or first token")
    return mode, bool(configuration.get("include_prompt", True))


def _unsupported(path: Path, what: str) -> ModelError:
    return ModelError(f"The model in {path} {what}, which is not supported.", "Choose another embedder.")
