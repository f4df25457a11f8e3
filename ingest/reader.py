"""The process that reads files: one at a time, sealed and limited, so that a bad file costs only itself.

Started as `python -P -m ingest.reader`. Request: {"path", "passwords", "max_pages", "max_file_mb", "engine"}. Answer:
{"document": …} or {"error": {"status", "reason"}}.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.child import reply, serve
from config.errors import DocumentError


def main() -> None:
    for request in serve():
        reply(_read(request))


def _read(request: Mapping[str, Any]) -> dict[str, Any]:
    # Only now: before serve() has sealed the process nothing heavy may be imported.
    from ingest.exchange import document_to_message
    from ingest.loaders import load_document
    from ingest.loaders.base import LoadOptions

    options = LoadOptions(
        passwords=tuple(request["passwords"]),
        max_pages=request["max_pages"],
        max_file_mb=request["max_file_mb"],
        engine=request["engine"],
    )
    try:
        return {"document": document_to_message(load_document(Path(request["path"]), options))}
    except DocumentError as error:
        return _error(error.status, str(error))
    except MemoryError:
        return _error("too_large", "Reading the file takes more memory than the setting ingest.memory_mb allows.")
    except Exception as error:  # noqa: BLE001  a mistake of ours over one file must not cost the others
        return _error("failed", f"The file cannot be read, and that is a fault of Strongroom ({_place(error)}).")


def _error(status: str, reason: str) -> dict[str, Any]:
    return {"error": {"status": status, "reason": reason}}


def _place(error: BaseException) -> str:
    """Type and place of an error, without its message: that may quote the document."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{where}"


if __name__ == "__main__":
    main()
