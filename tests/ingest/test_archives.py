"""What becomes of ZIP archives and their members."""

import io
import zipfile
from pathlib import Path

import pytest

from config.errors import DocumentError
from tests.ingest.office import docx, paragraph, zipped
from tests.ingest.test_loaders_text import load
from tests.ingest.test_loaders_web_and_data import assert_it_can_be_sent


def test_members_of_an_archive_are_read_by_their_own_loaders(tmp_path: Path) -> None:
    inner = zipped({"deep/note.txt": "Deep note."})
    data = zipped({"a/terms.docx": docx(paragraph("Terms.")), "b.zip": inner, "film.mkv": b"\x1aE\xdf\xa3\x00\x00"})
    document = load(tmp_path, "a.zip", data)
    assert [page.text for page in document.pages] == ["a/terms.docx\n\nTerms.", "b.zip\n\ndeep/note.txt\n\nDeep note."]
    assert document.warnings[0].startswith("film.mkv was not read")
    assert_it_can_be_sent(document)


def test_what_cannot_be_read_does_not_use_up_what_may_be_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.loaders.archive.MAX_TOTAL_BYTES", 2 * 1024**2)
    data = zipped({"a.mkv": b"\x1aE\xdf\xa3\x00\x00" * 500_000, "b.txt": "A note.", "c.txt": "Words. " * 400_000})
    document = load(tmp_path, "a.zip", data)
    assert [page.text for page in document.pages] == ["b.txt\n\nA note."]
    film, long = document.warnings
    assert film == "a.mkv was not read: Files of the type .mkv cannot be read."
    assert long == "c.txt was not read: The archive holds more than 2 MB unpacked."


def test_a_broken_member_costs_itself_however_it_is_packed(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "A note.")
        for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            archive.writestr(f"{method}.txt", "Words to find. " * 50, method)
    data = bytearray(buffer.getvalue())
    for name in (b"12.txt", b"14.txt"):
        start = data.index(name) + len(name) + 20
        data[start : start + 20] = b"\xff" * 20
    document = load(tmp_path, "a.zip", bytes(data))
    assert [page.text for page in document.pages] == ["a.txt\n\nA note."]
    assert len(document.warnings) == 2


def test_archives_in_archives_end(tmp_path: Path) -> None:
    data = b"Words."
    for depth in range(6):
        data = zipped({f"{depth}.zip" if depth else "a.txt": data})
    with pytest.raises(DocumentError) as caught:
        load(tmp_path, "a.zip", data)
    assert caught.value.status == "unsupported"


def test_a_member_with_a_false_checksum_is_read(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": "Words to find. " * 50}))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["a.txt"]
    place = data.rindex(b"PK\x01\x02") + 16
    data[place : place + 4] = b"\0\0\0\0"
    assert "Words to find." in load(tmp_path, "a.zip", bytes(data)).pages[0].text
