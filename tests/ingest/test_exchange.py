"""What a reader sends is not trusted: a document survives the exchange, nonsense becomes none."""

from pathlib import Path
from typing import Any

import pytest

from config.errors import DocumentError
from config.sections import IngestSettings
from ingest import reader_client
from ingest.exchange import document_from_message, document_to_message, recognised_from_message
from ingest.loaders import load_document
from ingest.reading import ReaderPool

SETTINGS = IngestSettings(workers=1)


def text_file(path: Path, text: str = "The fee is twelve euro.") -> Path:
    path.write_text(text)
    return path


def good_message(tmp_path: Path) -> dict[str, Any]:
    path = text_file(tmp_path / "a.txt", "HEAD\n\nThe fee is twelve euro.\n")
    return document_to_message(load_document(path))


def test_a_document_survives_the_exchange(tmp_path: Path) -> None:
    document = load_document(text_file(tmp_path / "a.txt", "HEAD\n\nThe fee is 12 €.\n\fSecond page.\n"))
    assert document_from_message(tmp_path / "a.txt", document_to_message(document)) == document


@pytest.mark.parametrize(
    "spoil",
    [
        lambda message: message.pop("pages"),
        lambda message: message.update(pages=7),
        lambda message: message.update(title=None),
        lambda message: message.update(sha256="../../etc"),
        lambda message: message["pages"][0].update(text=["no", "text"]),
        lambda message: message["pages"][0]["blocks"][0].__setitem__(0, "poem"),
        lambda message: message["pages"][0]["blocks"][1].__setitem__(1, 0),
        lambda message: message["pages"][0]["blocks"][1].__setitem__(2, 10_000),
        lambda message: message["pages"][0]["blocks"][1].__setitem__(2, "6"),
        lambda message: message["pages"][0]["blocks"].append([]),
        lambda message: message.update(metadata=[1]),
        lambda message: message.update(title="half of a pair: \ud83d"),
        lambda message: message["pages"][0].update(confidence=10**400),
    ],
)
def test_nonsense_is_no_document(tmp_path: Path, spoil: Any) -> None:
    message = good_message(tmp_path)
    spoil(message)
    with pytest.raises(ValueError, match=r"."):
        document_from_message(tmp_path / "a.txt", message)


def test_nonsense_is_no_recognised_page() -> None:
    with pytest.raises(ValueError, match="of another type"):
        recognised_from_message({"confidence": 10**400, "lines": []})


@pytest.mark.parametrize(
    "answer",
    [
        {"pages": [float("inf")], "sha256": "0", "document": None},
        {"error": {"status": "added", "reason": "It is in."}},
        {"document": 7},
    ],
)
def test_an_answer_that_makes_no_sense_costs_the_file_and_its_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any]
) -> None:
    class Hostile:
        pid = 0

        def __init__(self, *_: object, **__: object) -> None:
            self.ended = False

        def send(self, _: object, __: float) -> None:
            """It says the same to everything."""

        def receive(self, _: float) -> dict[str, Any]:
            return answer

        def kill(self) -> None:
            self.ended = True

    monkeypatch.setattr(reader_client, "Child", Hostile)
    reader = reader_client.Reader(SETTINGS, ())
    with pytest.raises(DocumentError, match="answer nonsense"):
        reader.read(tmp_path / "a.pdf", "pdfium")
    assert not reader.is_fit
    assert reader._child.ended  # type: ignore[attr-defined]


def test_a_reader_cannot_give_out_another_files_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = reader_client.Reader._ask

    def taken_over(self: reader_client.Reader, path: Path, request: Any) -> Any:
        answer = ask(self, path, request)
        answer["document"]["sha256"] = "ab" * 32
        return answer

    monkeypatch.setattr(reader_client.Reader, "_ask", taken_over)
    [result] = ReaderPool(SETTINGS).read_all([text_file(tmp_path / "a.txt")])
    assert result.document is None
    assert result.error is not None
    assert "changes while it is read" in str(result.error)
    assert result.error.status == "failed"
