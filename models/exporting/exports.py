"""Exported models under the home: found there, or made now, by one process at a time and all or nothing."""

import json
import logging
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from config.child import Child, ChildDied, JsonObject
from config.errors import ModelError
from config.files import DISK_FULL, sync, unwritable
from config.locations import private_directory
from models.checksums import hash_file

_log = logging.getLogger(__name__)

# A change in how models are exported gets a new number, and every model is exported again.
_FORMAT = 3
_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Export:
    """A model ready for ONNX Runtime. `agreement` is its mean cosine (embedder) or correlation with the original,
    `sha256` what its file had when it was made."""

    model: Path
    precision: Literal["int8", "fp32"]
    agreement: float
    sha256: str


def find_or_make_export(
    source: Path, source_sha256: str, kind: Literal["embedder", "reranker"], directory: Path
) -> Export:
    """The export of the model in `source`, made first if `directory` has none for this very content.

    Takes some 15 s to make, a few milliseconds to find. Raises ModelError when the model cannot be exported and
    HomeError when the export cannot be written.
    """
    from filelock import FileLock

    folder = export_folder(directory, kind, source_sha256)
    if (found := find_export(source_sha256, kind, directory)) is not None:
        return found
    private_directory(directory)
    # Beside the folder and never deleted: a lock file that is deleted can be held by two at once.
    with FileLock(directory / f"{folder.name}.lock", mode=0o600):
        found = find_export(source_sha256, kind, directory)
        return found if found is not None else _make(source, source_sha256, kind, folder)


def export_folder(directory: Path, kind: str, source_sha256: str) -> Path:
    """Where the export of a model is kept, which all models of the same content share."""
    return directory / f"{kind}-{source_sha256[:16]}"


def find_export(source_sha256: str, kind: str, directory: Path) -> Export | None:
    """The export that was made of a model, None unless it is whole: the description is written last."""
    folder = export_folder(directory, kind, source_sha256)
    try:
        description = json.loads((folder / "export.json").read_bytes())
        size = (folder / "model.onnx").stat().st_size
    except (OSError, ValueError):
        return None
    made_from = (description.get("format"), description.get("source_sha256"), description.get("size"))
    if made_from != (_FORMAT, source_sha256, size):
        return None
    return _described(folder, description)


def _described(folder: Path, description: JsonObject) -> Export:
    return Export(folder / "model.onnx", description["precision"], description["agreement"], description["sha256"])


def _make(source: Path, source_sha256: str, kind: str, folder: Path) -> Export:
    _log.info("Exporting the %s %s", kind, source.name)
    for abandoned in folder.parent.glob(f".{folder.name}.*"):  # by a process that was killed: this one has the lock
        shutil.rmtree(abandoned, ignore_errors=True)
    try:
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        outcome = _export_in_child(kind, source, temporary)
        try:
            description = _finish(temporary, source_sha256, outcome)
            shutil.rmtree(folder, ignore_errors=True)
            temporary.rename(folder)
            sync(folder.parent)
        except OSError as error:
            raise unwritable(folder, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    _log.info("Exported as %s, agreement %.4f", outcome["precision"], outcome["agreement"])
    return _described(folder, description)


def _export_in_child(kind: str, source: Path, target: Path) -> JsonObject:
    """PyTorch needs a gigabyte and three seconds to import: the process that needs it ends when the export is made."""
    child = Child("models.exporting.worker")
    try:
        child.send({"kind": kind, "source": str(source), "target": str(target)})
        outcome = child.receive(timeout=_SECONDS)
    except (ChildDied, TimeoutError) as error:
        raise ModelError(
            f"The model {source} could not be exported: {error}",
            "See that there are 2 GB of free memory, and try again.",
        ) from error
    finally:
        child.kill()
    if outcome.get("errno") in DISK_FULL:
        raise unwritable(target.parent, OSError(outcome["errno"], os.strerror(outcome["errno"])))
    if "error" in outcome:
        raise ModelError(f"The model {source} could not be exported: {outcome['error']}.", "Choose another model.")
    return outcome


def _finish(folder: Path, source_sha256: str, outcome: JsonObject) -> JsonObject:
    """Describe the export and see all of it onto the disk."""
    model = folder / "model.onnx"
    content = {"size": model.stat().st_size, "sha256": hash_file(model)}
    description = {"format": _FORMAT, "source_sha256": source_sha256, **content, **outcome}
    (folder / "export.json").write_text(json.dumps(description, indent=1), encoding="utf-8")
    for path in (model, folder / "export.json", folder):
        sync(path)
    return description
