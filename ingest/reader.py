"""The process that reads files: one at a time, sealed and limited, so that a bad file costs only itself.

Started as `python -P -m ingest.reader`; it says {} when it is ready. Request: {"path", "passwords", "max_pages",
"max_file_mb", "engine", "ocr", "recognised"}. Answer: {"document": …}, {"error": {"status", "reason"}}, or
{"pages": [INDEX…], "sha256", "document"} when these pages must be recognised first; the document is then what there is
without them, or null. That is asked for by the same request with "page": INDEX, and answered by {"recognised": …}; the
pages are then given with the first request again.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from config.errors import DocumentError, place_of
from config.memory import give_back_memory
from config.serving import reply, serve


def main() -> None:
    logging.disable()  # what libraries warn of quotes the document, and a broken one makes them warn without end
    requests = serve()
    _get_ready()
    reply({})
    for request in requests:
        reply(_read(request))
        give_back_memory()


def _get_ready() -> None:
    """Import what most files need, while the process that started this one has other things to do."""
    with suppress(Exception):  # what is wrong is said when a file is read
        import ingest.exchange
        import ingest.loaders.pdf
        import ingest.loaders.pdf_by_pdfium  # noqa: F401


def _read(request: Mapping[str, Any]) -> dict[str, Any]:
    # Only now: before serve() has sealed the process nothing heavy may be imported.
    from ingest.exchange import document_to_message, recognised_from_message, recognised_to_message
    from ingest.loaders import load_document, recognise_page
    from ingest.loaders.base import LoadOptions, RecognitionNeeded

    options = LoadOptions(
        passwords=tuple(request["passwords"]),
        max_pages=request["max_pages"],
        max_file_mb=request["max_file_mb"],
        engine=request["engine"],
        ocr=request["ocr"],
        recognised={int(index): recognised_from_message(page) for index, page in request["recognised"].items()},
    )
    path = Path(request["path"])
    try:
        if "page" in request:
            return {"recognised": recognised_to_message(recognise_page(path, options, request["page"]))}
        return {"document": document_to_message(load_document(path, options))}
    except RecognitionNeeded as needed:
        so_far = document_to_message(needed.so_far) if needed.so_far else None
        return {"pages": needed.pages, "sha256": needed.sha256, "document": so_far}
    except DocumentError as error:
        return _error(error.status, str(error))
    except MemoryError:
        return _error("too_large", "Reading the file takes more memory than the setting ingest.memory_mb allows.")
    except Exception as error:  # noqa: BLE001  a mistake of ours over one file must not cost the others
        return _error("failed", f"The file cannot be read, and that is a fault of Strongroom ({place_of(error)}).")


def _error(status: str, reason: str) -> dict[str, Any]:
    return {"error": {"status": status, "reason": reason}}


if __name__ == "__main__":
    main()
