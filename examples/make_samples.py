"""Make the sample documents: the papers of Calderwick Instruments, a company that does not exist.

    python examples/make_samples.py [--to FOLDER]

Running it again gives the same bytes, so a change in a document is a change in this folder's code. Pages are not
compressed: compressed bytes would depend on the zlib that Python was built with.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from samples import (
    agreement,
    annual_review,
    handbook,
    invoice,
    manual,
    minutes,
    price_list,
    quarterly,
    safety_sheet,
    scanned_letter,
)

DOCUMENTS: dict[str, Callable[[Path], None]] = {
    "annual-review-2025.pdf": annual_review.make,
    "aquila-400-maintenance-manual.pdf": manual.make,
    "board-minutes-2026-03-18.pdf": minutes.make_march,
    "board-minutes-2026-09-16.pdf": minutes.make_september,
    "employee-handbook.pdf": handbook.make,
    "invoice-norrvik-NC-26-1183.pdf": invoice.make,
    "letter-eastmoor-water.pdf": scanned_letter.make,
    "price-list-2026.pdf": price_list.make,
    "quarterly-report-2026-q2.pdf": quarterly.make_second_quarter,
    "quarterly-report-2026-q3.pdf": quarterly.make_third_quarter,
    "safety-data-sheet-hc2.pdf": safety_sheet.make,
    "supply-agreement-norrvik.pdf": agreement.make,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the sample documents.")
    parser.add_argument("--to", type=Path, default=Path(__file__).parent / "documents", help="folder to write them to")
    folder = parser.parse_args().to
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in DOCUMENTS.items():
        make(folder / name)
        print(f"{name}: {(folder / name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
