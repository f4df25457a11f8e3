"""ZIP archives → one Document: the members that can be read, each below a heading with its name."""

from pathlib import Path

from config.errors import DocumentError
from ingest.loaders import load_within, refuse_by_start
from ingest.loaders.archive import Archive
from ingest.loaders.base import LoadOptions, SourceFile
from ingest.loaders.kinds import START_BYTES
from ingest.loaders.writer import PageWriter
from ingest.types import Document

_LEFT_BY_PROGRAMS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def load(file: SourceFile, options: LoadOptions) -> Document:
    """Read an archive. Members that cannot be read are named in the warnings.

    Raises DocumentError: `damaged`, `too_large`, and the status of its members when none of them can be read.
    """
    archive = Archive(file.data, options.passwords)
    writer = PageWriter(options)
    errors: list[DocumentError] = []
    for name in sorted(archive.names):
        if any(part in name for part in _LEFT_BY_PROGRAMS):
            continue
        try:
            if start := archive.start(name, START_BYTES):  # a film must not use up what may be unpacked
                refuse_by_start(Path(name), start)
            document = load_within(name, archive.read(name), options)
        except DocumentError as error:
            errors.append(error)
            writer.warn(f"{name} was not read: {error.message}")
        else:
            writer.embed(name, document)
    if errors and not writer.has_text:
        raise _none_can_be_read(errors)
    if archive.is_rescued:
        writer.warn("The archive is damaged; the members that could be found were read.")
    return writer.finish(file)


def _none_can_be_read(errors: list[DocumentError]) -> DocumentError:
    """With the status that all members share; `unsupported` when they differ."""
    statuses = {error.status for error in errors}
    if len(errors) == 1:
        return DocumentError(
            f"The one file in the archive: {errors[0].message}", errors[0].remedy, status=errors[0].status
        )
    status = statuses.pop() if len(statuses) == 1 else "unsupported"
    return DocumentError(
        f"None of the {len(errors)} files in the archive can be read. The first: {errors[0].message}",
        "Unpack it and look at the files themselves.",
        status=status,
    )
