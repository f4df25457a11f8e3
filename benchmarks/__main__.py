"""Run every benchmark of this folder, or those named, and write RESULTS.md: `python -m benchmarks [NAME…]`.

Sections of benchmarks that were not run stay as they were.
"""

import datetime
import importlib
import pkgutil
import platform
import re
import sys
from pathlib import Path
from types import ModuleType

import benchmarks

RESULTS = Path(__file__).parent / "RESULTS.md"
_SECTION = re.compile(r"<!-- (\w+) -->\n(.*?)(?=<!-- \w+ -->\n|\Z)", re.DOTALL)
_INTRODUCTION = "# Results\n\nWritten by `make bench`. Compare only numbers of the same machine and day.\n"


def main() -> None:
    runnable = [name for name in _module_names() if hasattr(_load(name), "run")]
    names = sys.argv[1:] or runnable
    if unknown := set(names) - set(runnable):
        raise SystemExit(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(runnable)}.")
    for name in names:
        print(f"{name} …", file=sys.stderr)
        _write(name, _load(name).run())
    print(RESULTS.read_text(encoding="utf-8"))


def _module_names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__")


def _load(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.{name}")


def _write(name: str, section: str) -> None:
    """Put one benchmark's section into the file at once: a benchmark that fails later costs no result."""
    sections = dict(_SECTION.findall(RESULTS.read_text(encoding="utf-8"))) if RESULTS.exists() else {}
    today = datetime.datetime.now().astimezone().date().isoformat()
    sections[name] = f"{section.rstrip()}\n\n{today}, {platform.machine()}, Python {platform.python_version()}.\n\n"
    parts = [f"<!-- {each} -->\n{sections[each]}" for each in sorted(sections)]
    RESULTS.write_text(f"{_INTRODUCTION}\n{''.join(parts)}".rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
