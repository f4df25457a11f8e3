"""Take a model file or directory into the home: as a second name for the same bytes if possible, else as a copy."""

import os
import shutil
import stat
from pathlib import Path

from config.errors import ModelError
from models.directory import model_files


def copy_model(path: Path, target: Path) -> Path:
    """Put the files of a model into the empty folder `target`; return where the model is there.

    Raises ModelError when the disk has no room for them, and OSError.
    """
    if path.is_file():
        sources = {path: target / path.name}
    else:
        sources = {file: target / file.relative_to(path) for file in model_files(path)}
    for copy in sources.values():
        copy.parent.mkdir(parents=True, exist_ok=True)
    if not all(_linked(source, copy) for source, copy in sources.items()):
        _require_room(target, sum(source.stat().st_size for source in sources))
        for source, copy in sources.items():
            copy.unlink(missing_ok=True)
            shutil.copyfile(source, copy)
            copy.chmod(0o600)
    return target / path.name if path.is_file() else target


def _linked(source: Path, copy: Path) -> bool:
    """Make `copy` a second name of the file. Models are large, and checksums tell when the file is changed there."""
    try:
        if _others_write(source):
            return False
        copy.hardlink_to(source.resolve())
    except OSError:
        return False  # another file system, or one without links
    return True


def _others_write(file: Path) -> bool:
    """Whether somebody else may change the file, under a model that runs, too. Many systems let a group of one's own
    write, which is nobody else."""
    found = file.stat()
    by_group = found.st_mode & stat.S_IWGRP and found.st_gid != os.getegid()
    return found.st_uid != os.geteuid() or bool(found.st_mode & stat.S_IWOTH or by_group)


def _require_room(target: Path, size: int) -> None:
    free = shutil.disk_usage(target).free
    if size > free:
        raise ModelError(
            f"The model takes {size / 1e9:.1f} GB and the disk of the home has {free / 1e9:.1f} GB left.",
            "Make room, or name a home on another disk with --home.",
        )
