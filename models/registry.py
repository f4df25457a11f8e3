"""What models there are: the starters, where pip put them, and those the user added, copied under the home.

models/registry.json      what was added, and models/files: see models/added.py
models/onnx/              exports, see models/exporting
models/checksums.json     checksums remembered by size and times
"""

import dataclasses
import difflib
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from config.errors import ModelError
from config.files import replace_file
from config.locations import Locations
from models.added import AddedModels, Row, require_free
from models.candidates import ModelKind, default_name, kind_of, licence_of, size_of
from models.checksums import Checksums, Progress, hash_model, state_of
from models.exporting.exports import export_folder, find_export, find_or_make_export
from models.llama.adapter import require_fits_one_of
from models.llama.gguf import read_adapter_header
from models.starter import STARTER, STARTERS, Starter

KIND_WORDS = {"llm": "language model", "embedder": "embedder", "reranker": "reranker", "adapter": "adapter"}


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model that is there. `sha256` is what it had when it was chosen or added; `verified` is whether its files are,
    by size and times, those that were last found to have it; `unread` is whether they were not read since something
    about them changed, be it that the file they were added from was deleted. `size` is in bytes."""

    name: str
    kind: ModelKind
    path: Path
    sha256: str
    size: int
    licence: str
    source: str
    verified: bool
    unread: bool = False

    @property
    def checked(self) -> str:
        """What `verified` and `unread` say, in a word."""
        return "yes" if self.verified else "unread" if self.unread else "no"


class ModelRegistry:
    """Cheap to open. Several processes may use it at once."""

    def __init__(self, locations: Locations) -> None:
        self._directory = locations.models_directory
        self.states_directory = locations.states_directory
        self.tuning_file = locations.tuning_file
        self._added = AddedModels(self._directory)
        self._checksums = Checksums(self._directory / "checksums.json")

    @property
    def exports_directory(self) -> Path:
        """Where models exported to ONNX are kept."""
        return self._directory / "onnx"

    def entries(self) -> list[ModelEntry]:
        """The starters that are installed, then what was added, by name. Raises ModelError for a damaged registry."""
        starters = [self._starter_entry(starter, path) for starter in STARTERS if (path := starter.locate())]
        return starters + [self._added_entry(row) for row in self._added.rows()]

    def find(self, name: str, kind: str) -> ModelEntry:
        """Raises ModelError when there is none of that name and kind."""
        of_kind = [entry for entry in self.entries() if entry.kind == kind]
        for entry in of_kind:
            if entry.name == name:
                return entry
        missing = next((each for each in STARTERS if (STARTER, each.kind) == (name, kind)), None)
        if missing is not None:
            raise ModelError(
                f"The starter {KIND_WORDS[kind]} is not installed.",
                f"Install the package {missing.distribution}, or add one with `strongroom models add`.",
            )
        raise _unknown(KIND_WORDS[kind], name, (entry.name for entry in of_kind))

    def named(self, name: str) -> list[ModelEntry]:
        """The models of that name: one, or one of each kind. Raises ModelError when there is none."""
        entries = self.entries()
        found = [entry for entry in entries if entry.name == name]
        if not found:
            raise _unknown("model", name, (entry.name for entry in entries))
        return found

    def adapter_at(self, path: Path) -> ModelEntry:
        """An adapter that was not added, by its file. Raises ModelError when it cannot be read or is no adapter."""
        path = path.expanduser().absolute()
        licence = read_adapter_header(path).licence
        sha256 = self._checksums.sha256(path)
        return ModelEntry(path.stem, "adapter", path, sha256, size_of(path), licence, str(path), verified=True)

    def require_intact(self, entry: ModelEntry) -> None:
        """Raises ModelError unless the files are there and have the checksum they were added with, and what was
        exported from them the one that it was made with.

        They are read only when something about them changed since they were last read.
        """
        self._require_intact(entry, self._checksums.sha256)

    def verify(self, name: str, kind: str | None = None) -> ModelEntry:
        """Hash the files again. Without `kind` every model of that name is verified, and the first returned.

        Raises ModelError when there is none or a file is missing or changed.
        """
        entries = self.named(name) if kind is None else [self.find(name, kind)]
        for entry in entries:
            self._require_intact(entry, self._checksums.compute)
        return dataclasses.replace(entries[0], verified=True, unread=False)

    def require_free(self, name: str) -> None:
        """Raises UsageError when no model can be added under this name."""
        require_free(name, self._added.rows())

    def add(
        self,
        path: Path,
        name: str | None = None,
        progress: Progress | None = None,
        source: str = "",
        card: Callable[[ModelEntry], str] | None = None,
    ) -> ModelEntry:
        """Check the model at `path` (a GGUF file, or a directory of an embedder or cross-encoder) and copy it here.

        A GGUF file is a language model, or a LoRA adapter for one of those that are there.

        Where the file system can, the copy is a second name for the same bytes and takes no room. An embedder is also
        exported for ONNX Runtime, so that it is now that a model which does not work is found out. `progress` is told
        of every so many bytes read; `source` says where the model comes from, if not from `path`, and `card` writes
        what is to lie beside a file. Raises ModelError for a bad model, UsageError for a bad name and HomeError for a
        full disk; nothing is left behind then.
        """
        path = path.expanduser().absolute()
        kind = kind_of(path)
        if kind == "adapter":
            require_fits_one_of(path, {entry.name: entry.path for entry in self.entries() if entry.kind == "llm"})
        name = name or default_name(path)
        with self._added.changing() as rows:
            require_free(name, rows)
            with self._added.copied(path, name) as copy:
                before = state_of(copy)
                sha256 = hash_model(copy, progress)
                row: Row = {
                    "name": name,
                    "kind": kind,
                    "file": copy.name if copy.is_file() else "",
                    "sha256": sha256,
                    "size": size_of(copy),
                    "licence": licence_of(path),
                    "source": source or str(path),
                }
                if kind in ("embedder", "reranker"):
                    find_or_make_export(copy, sha256, kind, self.exports_directory)
                self._checksums.remember(copy, sha256, before)
                entry = self._added_entry(row)
                if card is not None:
                    replace_file(copy.with_suffix(".md"), card(entry).encode())
                self._added.write([*rows, row])  # from here on it is there
        return entry

    def remove(self, name: str) -> None:
        """Delete the copy of a model that was added. Raises ModelError for a starter or an unknown name."""
        if name == STARTER:
            raise ModelError("The starter models came with the installation.", "Remove their packages with pip.")
        with self._added.changing() as rows:
            removed = [row for row in rows if row["name"] == name]
            if not removed:
                raise _unknown("model", name, (row["name"] for row in rows))
            self._added.write([row for row in rows if row["name"] != name])
            self._added.delete_files(name)
            sha256, kind = removed[0]["sha256"], removed[0]["kind"]
            if kind in ("embedder", "reranker") and all(entry.sha256 != sha256 for entry in self.entries()):
                shutil.rmtree(export_folder(self.exports_directory, kind, sha256), ignore_errors=True)

    def _starter_entry(self, starter: Starter, path: Path) -> ModelEntry:
        return ModelEntry(
            name=STARTER,
            kind=starter.kind,
            path=path,
            sha256=starter.sha256,
            size=size_of(path),
            licence=starter.licence,
            source=starter.source,
            # The starters are small: they are read once per home, so that a fresh list can say that they are intact.
            verified=self._checksums.sha256(path) == starter.sha256,
        )

    def _added_entry(self, row: Row) -> ModelEntry:
        path = self._added.path_of(row)
        last_read = self._checksums.recall(path)
        return ModelEntry(
            name=row["name"],
            kind=row["kind"],
            path=path,
            sha256=row["sha256"],
            size=row["size"],
            licence=row["licence"],
            source=row["source"],
            verified=last_read == row["sha256"],
            unread=last_read is None,
        )

    def _require_intact(self, entry: ModelEntry, hashed: Callable[[Path], str]) -> None:
        if hashed(entry.path) != entry.sha256:
            raise _changed(entry)
        export = find_export(entry.sha256, entry.kind, self.exports_directory)
        if export is not None and hashed(export.model) != export.sha256:
            raise ModelError(
                f"What the {KIND_WORDS[entry.kind]} {entry.name} was converted to is not what it was: its checksum "
                "differs from that of when it was made.",
                f"Delete the folder {export.model.parent}: it is made again at the next use.",
            )


def _unknown(what: str, name: str, known: Iterable[str]) -> ModelError:
    nearest = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {nearest[0]}?" if nearest else "See `strongroom models list` for those there are."
    return ModelError(f"There is no {what} called {name}.", hint)


def _changed(entry: ModelEntry) -> ModelError:
    return ModelError(
        f"The {KIND_WORDS[entry.kind]} {entry.name} is not what it was: its checksum differs from the registered one.",
        "Remove it and add it again from where you trust it, or install Strongroom again if it is a starter.",
    )
