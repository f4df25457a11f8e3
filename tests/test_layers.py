"""Who may import whom, and what a command costs before it does anything: checked in fresh interpreters."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FACES = {"textual", "typer"}
SLOW_TO_IMPORT = {
    "chromadb",
    "llama_cpp",
    "numpy",
    "onnxruntime",
    "pydantic",
    "pypdf",
    "pypdfium2",
    "rich",
    "sentence_transformers",
    "textual",
    "tokenizers",
    "torch",
    "transformers",
}


def loaded_by(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after `statement`."""
    report = "import sys; print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\n{report}"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stderr.split())


def core_modules() -> list[str]:
    """Every module below the two faces."""
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for package in ("config", "models", "ingest", "assistant")
        for path in sorted((ROOT / package).rglob("*.py"))
        if not {"cli", "tui"} & set(path.relative_to(ROOT).parts) and path.name != "__init__.py"
    ]


@pytest.mark.parametrize("module", ["assistant.assistant", "assistant.ask", "ingest.pipeline", "models.loading"])
def test_the_core_loads_neither_face(module: str) -> None:
    assert not loaded_by(f"import {module}") & FACES


def test_no_module_of_the_core_mentions_a_face() -> None:
    """Also the imports inside functions, which a fresh interpreter does not see."""
    import ast

    def imported(path: Path) -> set[str]:
        found: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
        return found

    for module in core_modules():
        names = imported(ROOT / f"{module.replace('.', '/')}.py")
        assert not {name for name in names if name.partition(".")[0] in FACES}, module
        assert not {name for name in names if name.startswith(("assistant.cli", "assistant.tui"))}, module


def test_help_loads_nothing_slow() -> None:
    assert not loaded_by("from assistant.cli.main import main; main(['--help'])") & SLOW_TO_IMPORT


def test_the_entry_point_loads_nothing_of_others_before_telemetry_is_off() -> None:
    third_party = loaded_by("import assistant.cli.main") - set(sys.stdlib_module_names) - loaded_by("pass")
    assert third_party == {"assistant", "config"}


def test_the_layers_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout
