"""Every command, option, setting and module is documented, and the documents name nothing that is not there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from assistant.cli.app import app
from config.sections import Settings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("models/adapters/*.md")])
COMMANDS = (DOCS / "commands.md").read_text(encoding="utf-8")


def commands(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every command of the app with the words that call it, groups left out."""
    for name, command in group.commands.items():
        words = f"{path} {name}".strip()
        if hasattr(command, "commands"):
            yield from commands(command, words)
        else:
            yield words, command


ALL_COMMANDS = dict(commands(get_command(app)))
OPTIONS = [
    (words, option)
    for words, command in [("", get_command(app)), *ALL_COMMANDS.items()]
    for parameter in command.params
    if parameter.param_type_name == "option"
    for option in parameter.opts
    if option != "--help"
]
KNOWN_OPTIONS = {option for _, option in OPTIONS} | {"--help"}
SETTINGS = [
    f"{area}.{name}"
    for area, section in Settings.model_fields.items()
    for name in type(section.get_default()).model_fields
]


def section(words: str) -> str:
    """The part of commands.md about a command: from its heading to the next one."""
    heading = words.split()[0] if words else "Global options"
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", COMMANDS, re.MULTILINE | re.DOTALL)
    assert found, f"commands.md has no section {heading}"
    return found[1]


@pytest.mark.parametrize("words", ALL_COMMANDS)
def test_every_command_is_documented(words: str) -> None:
    assert f"strongroom {words}" in section(words)


@pytest.mark.parametrize(("words", "option"), OPTIONS)
def test_every_option_is_documented(words: str, option: str) -> None:
    assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", section(words))


def test_no_option_is_documented_that_is_not_there() -> None:
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", COMMANDS)) <= KNOWN_OPTIONS


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_is_documented(setting: str) -> None:
    assert setting in (DOCS / "configuration.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_the_documents_name_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    areas = "|".join(Settings.model_fields)
    for setting in re.findall(rf"`((?:{areas})\.[a-z_]+)`", text):
        assert setting in SETTINGS or setting.endswith((".py", ".md", ".toml", ".json")), setting
    first_words = {words.split()[0] for words in ALL_COMMANDS}
    for command in re.findall(r"(?:`|bin/|^ *)strongroom ([a-z]+)\b", text, re.MULTILINE):
        assert command in first_words, command
    for call in re.findall(r"`strongroom ([^`]+)`", text):
        assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", call)) <= KNOWN_OPTIONS, call
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", text):
        there = page.parent / target if target else page
        assert there.exists(), target
        assert not anchor or anchor in headings(there), f"{target}#{anchor}"


def headings(page: Path) -> set[str]:
    """The anchors of a page, as they are made from its headings."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


def rooms(package: str) -> str:
    """What architecture.md says of the modules of a package."""
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    found = re.search(rf"^    {package}/\n(.*?)(?=^    \w+/\n|^## )", text, re.MULTILINE | re.DOTALL)
    assert found, f"architecture.md has no part {package}"
    return found[1]


def is_told_with_others(module: Path) -> bool:
    """Modules that architecture.md tells of together: the two faces, a loader for each type, makers of documents."""
    is_loader = module.parent.name == "loaders" and "\ndef load(" in module.read_text(encoding="utf-8")
    return (
        is_loader
        or module.name.startswith(("__", "made_"))
        or not {"cli", "tui"}.isdisjoint(module.relative_to(ROOT).parts)
    )


@pytest.mark.parametrize("package", ["config", "models", "ingest", "assistant", "training"])
def test_the_architecture_names_every_module_and_no_other(package: str) -> None:
    modules = list((ROOT / package).rglob("*.py"))
    named = set(re.findall(r"[a-z]\w*\.py\b", rooms(package)))
    assert {module.name for module in modules if not is_told_with_others(module)} <= named
    assert named <= {module.name for module in modules}
