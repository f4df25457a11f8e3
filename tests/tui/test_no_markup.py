"""What no test of a screen can reach is forbidden in the source itself: text that a widget would read as markup."""

import ast
from pathlib import Path

import pytest

import assistant.tui

INTERFACE = Path(assistant.tui.__path__[0])
FILES = sorted(path.relative_to(INTERFACE).as_posix() for path in INTERFACE.rglob("*.py"))
NEEDS_MARKUP_OFF = ("Static", "Label", "OptionList", "notify", "self.notify", "self.app.notify")
NEEDS_CONTENT = ("Button", "Option", "TabPane", "Tab", "Collapsible")
MAKES_CONTENT = ("Content", "card(", "_entry(", "_NOTHING")
READS_MARKUP = ("from_markup", "webbrowser", "open_url", "RichLog", "Log", "MarkdownViewer", "Link")


@pytest.mark.parametrize("file", FILES)
def test_no_widget_is_given_text_that_it_would_interpret(file: str) -> None:
    assert faults((INTERFACE / file).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        'Static("x")',
        "Label(text, markup=True)",
        "self.notify(text)",
        "Button(name)",
        'Option(f"{name}")',
        'table.add_row("x")',
        "Markdown(text)",
        "box.border_title = document",
        "Text.from_markup(text)",
    ],
)
def test_the_check_of_the_source_can_fail(source: str) -> None:
    assert faults(source)


def faults(source: str) -> list[str]:
    """Lines that hand a plain `str` to something that reads markup in it, or open a link."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call() if (fault := call_fault(node)) is not None:
                found.append(f"{node.lineno}: {ast.unparse(node.func)} {fault}")
            case ast.Assign(targets=[ast.Attribute(attr="border_title" | "border_subtitle")]):
                if not isinstance(node.value, ast.Constant) and not is_content(node.value, "line(", "self._title"):
                    found.append(f"{node.lineno}: a border title is read as markup")
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in READS_MARKUP:
                found.append(f"{node.lineno}: {name}")
    return found


def call_fault(call: ast.Call) -> str | None:
    name = ast.unparse(call.func)
    keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    if name in NEEDS_MARKUP_OFF and keywords.get("markup") != "False":
        return "without markup=False"
    if name in NEEDS_CONTENT and not is_content(call.args[0]):
        return "reads a str as markup"
    if name.endswith((".add_row", ".add_column")) and any(map(is_str, call.args)):
        return "reads a str as markup"
    return "opens links: CitedMarkdown does not" if name == "Markdown" else None


def is_str(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant | ast.JoinedStr)


def is_content(value: ast.expr, *more: str) -> bool:
    return ast.unparse(value).startswith((*MAKES_CONTENT, *more))
