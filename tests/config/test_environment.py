import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import SWITCHES, pip_install, silence_telemetry, silent_environment

ROOT = Path(__file__).parents[2]


def test_switches_are_set_whatever_they_were_and_what_switches_things_on_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    for name in ("CHROMA_OTEL_COLLECTION_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT", "TEXTUAL", "TEXTUAL_DEVTOOLS_HOST"):
        monkeypatch.setenv(name, "x")

    silence_telemetry()

    assert SWITCHES.items() <= os.environ.items()
    assert not [name for name in os.environ if name.startswith(("CHROMA_", "OTEL_", "TEXTUAL"))]


def test_the_environment_of_a_child_is_silent_without_touching_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "x")
    monkeypatch.setenv("KEPT", "yes")

    environment = silent_environment()

    assert environment["ORT_DISABLE_TELEMETRY"] == "1"
    assert environment["KEPT"] == "yes"
    assert "OTEL_SERVICE_NAME" not in environment
    assert "ORT_DISABLE_TELEMETRY" not in os.environ


def test_packages_are_installed_into_the_environment_that_runs_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/srv/strong room/.venv/bin/python")

    assert pip_install(".[ocr]") == "'/srv/strong room/.venv/bin/python' -m pip install '.[ocr]'"


def test_nothing_but_the_standard_library_is_imported_before_telemetry_is_off() -> None:
    code = """
import sys
from config.environment import silence_telemetry
silence_telemetry()
from config.seal import seal
seal()
loaded = {name.partition(".")[0] for name in sys.modules}
print(*sorted(name for name in loaded if name not in sys.stdlib_module_names and "editable" not in name))
"""
    loaded = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).split()

    assert set(loaded) <= {"config", "__main__", "_distutils_hack", "_virtualenv", "distutils-precedence"}


def test_onnxruntime_starts_nothing_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless silenced, version 1.29 and later makes an identifier of the machine when imported, and sends it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    code = """
from config.environment import silence_telemetry
silence_telemetry()
import onnxruntime, time
time.sleep(0.5)
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)

    assert list(tmp_path.rglob("*")) == []
