import json
import math
import threading
from pathlib import Path
from typing import Any

import pytest

from config.child import Child
from config.errors import HomeError, ModelError
from config.locations import Locations
from models.exporting import exports, worker
from models.exporting.exports import find_or_make_export
from tests.models.conftest import write_embedder_directory

SHA256 = "ab" * 32


class FakeExporter:
    """Stands in for the process that exports."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = 0
        self.error: BaseException | None = None
        monkeypatch.setattr(exports, "_export_in_child", self)

    def __call__(self, _kind: str, _source: Path, target: Path) -> dict[str, object]:
        self.calls += 1
        (target / "model.onnx").write_bytes(b"onnx")
        if self.error is not None:
            raise self.error
        return {"precision": "int8", "agreement": 0.99, "versions": {}}


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> FakeExporter:
    return FakeExporter(monkeypatch)


def test_an_export_is_made_once(exporter: FakeExporter, locations: Locations) -> None:
    made = find_or_make_export(Path("source"), SHA256, "embedder", locations.models_directory)
    found = find_or_make_export(Path("source"), SHA256, "embedder", locations.models_directory)

    assert made == found
    assert (made.precision, made.agreement, made.model.read_bytes()) == ("int8", 0.99, b"onnx")
    assert exporter.calls == 1


def test_two_at_once_make_it_once(exporter: FakeExporter, locations: Locations) -> None:
    def export() -> None:
        find_or_make_export(Path("source"), SHA256, "embedder", locations.models_directory)

    threads = [threading.Thread(target=export) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert exporter.calls == 1


def test_another_content_is_another_export(exporter: FakeExporter, locations: Locations) -> None:
    find_or_make_export(Path("source"), SHA256, "embedder", locations.models_directory)
    find_or_make_export(Path("source"), "cd" * 32, "embedder", locations.models_directory)

    assert exporter.calls == 2


@pytest.mark.parametrize(
    "damage", ["no description", "description of another content", "shorter model", "older format"]
)
def test_an_export_that_is_not_whole_is_made_again(exporter: FakeExporter, locations: Locations, damage: str) -> None:
    export = find_or_make_export(Path("source"), SHA256, "embedder", locations.models_directory)
    description = export.model.with_name("export.json")
    fields = json.loads(description.read_text(encoding="utf-8"))
    if damage == "no description":
        description.unlink()
    elif damage == "shorter model":
        export.model.write_bytes(b"o")
    else:
        fields |= {"format": 0} if damage == "older format" else {"source_sha256": "00" * 32}
        description.write_text(json.dumps(fields), encoding="utf-8")

    again = find_or_make_export(Path("source"), SHA256, "embedder", locations.models_directory)

    assert exporter.calls == 2
    assert again.model.read_bytes() == b"onnx"


def test_an_export_that_fails_leaves_nothing_and_can_be_tried_again(
    exporter: FakeExporter, locations: Locations
) -> None:
    exporter.error = ModelError("The model could not be exported.", "Choose another model.")
    with pytest.raises(ModelError):
        find_or_make_export(Path("source"), SHA256, "embedder", locations.models_directory)
    assert [path.suffix for path in locations.models_directory.iterdir()] == [".lock"]

    exporter.error = None
    assert find_or_make_export(Path("source"), SHA256, "embedder", locations.models_directory).model.exists()


def test_what_a_killed_process_left_is_cleared_away(exporter: FakeExporter, locations: Locations) -> None:
    locations.models_directory.mkdir()
    abandoned = locations.models_directory / f".embedder-{SHA256[:16]}.x1y2"
    abandoned.mkdir()
    (abandoned / "fp32.onnx").write_bytes(b"half")

    find_or_make_export(Path("source"), SHA256, "embedder", locations.models_directory)

    assert not abandoned.exists()


def test_a_full_disk_is_told(exporter: FakeExporter, locations: Locations, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill_up(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports, "sync", fill_up)

    with pytest.raises(HomeError, match="No space left"):
        find_or_make_export(Path("source"), SHA256, "embedder", locations.models_directory)
    assert [path.suffix for path in locations.models_directory.iterdir()] == [".lock"]


@pytest.mark.parametrize(
    ("failure", "kind", "said"),
    [
        (OSError(28, "No space left on device"), HomeError, "/models cannot be written: No space left on device"),
        (FileNotFoundError(2, "No such file", "tokenizer.json"), ModelError, "could not be exported: FileNotFound"),
        (ValueError("no such layer"), ModelError, "could not be exported: ValueError: no such layer"),
    ],
)
def test_a_full_disk_in_the_exporting_process_is_no_fault_of_the_model(
    failure: Exception, kind: type[Exception], said: str, locations: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(worker, "export", fail)
    monkeypatch.setattr(exports, "Child", WorkerInThisProcess)

    with pytest.raises(kind, match=said):
        find_or_make_export(Path("source"), SHA256, "embedder", locations.models_directory)


@pytest.mark.parametrize(("of_fp32", "is_used"), [(math.nan, False), (0.999, True)])
def test_a_model_that_gives_no_numbers_does_not_agree_with_the_original(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of_fp32: float, is_used: bool
) -> None:
    agreements = {"int8": math.nan, "fp32": of_fp32}
    monkeypatch.setattr(worker, "_load_embedder", lambda _: None)
    monkeypatch.setattr(worker, "_trace", lambda _, single: single.write_bytes(b"fp32"))
    monkeypatch.setattr(worker, "_quantise", lambda _, quantised: quantised.write_bytes(b"int8"))
    monkeypatch.setattr(worker, "_agreement", lambda _, model, *__: agreements[model.read_text()])

    if is_used:
        assert worker.export("embedder", tmp_path, tmp_path)["precision"] == "fp32"
        return
    with pytest.raises(ValueError, match="agrees with the original only to nan"):
        worker.export("embedder", tmp_path, tmp_path)


class WorkerInThisProcess:
    """Stands in for the child: what the worker does, here."""

    def __init__(self, _module: str) -> None:
        self._replies: list[dict[str, Any]] = []

    def send(self, request: dict[str, Any]) -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(worker, "serve", lambda: [request])
            patched.setattr(worker, "reply", self._replies.append)
            worker.main()

    def receive(self, **_: float) -> dict[str, Any]:
        return self._replies.pop()

    def kill(self) -> None:
        pass


@pytest.mark.slow
def test_weights_that_cannot_be_read_are_an_error_that_says_so(locations: Locations, tmp_path: Path) -> None:
    directory = write_embedder_directory(tmp_path / "broken")

    with pytest.raises(ModelError, match="could not be exported"):
        find_or_make_export(directory, SHA256, "embedder", locations.models_directory)
    assert [path.suffix for path in locations.models_directory.iterdir()] == [".lock"]


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_exports_is_an_error(
    locations: Locations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def receive(child: Child, timeout: float | None = None) -> None:
        child.kill()
        real_receive(child, timeout)

    real_receive = Child.receive
    monkeypatch.setattr(Child, "receive", receive)

    with pytest.raises(ModelError, match="SIGKILL"):
        find_or_make_export(tmp_path, SHA256, "embedder", locations.models_directory)
