import ast
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.errors import DocumentError
from config.locations import Locations
from config.log import OUR_PACKAGES, start_log, stop_log
from config.sections import LogSettings

ROOT = Path(__file__).parents[2]
SECRET = "The merger with Tidewater closes in May"
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}


@pytest.fixture
def log_file(locations: Locations) -> Iterator[Path]:
    start_log(locations, LogSettings(level="debug"))
    yield locations.log_file
    stop_log()


def test_what_happened_is_written_with_time_level_and_place(log_file: Path) -> None:
    logging.getLogger("ingest.pipeline").info("%s has %d chunks in %.1f s", "3f2a9c", 12, 0.25)

    time, *words = log_file.read_text().split()
    assert len(time) == len("2026-11-23T07:00:00+0000")
    assert " ".join(words) == "INFO ingest.pipeline 3f2a9c has 12 chunks in 0.2 s"


@pytest.mark.parametrize(
    "argument", [SECRET, SECRET.replace(" ", "_") * 3, ValueError(SECRET), [SECRET], {"text": SECRET}, SECRET.encode()]
)
def test_no_text_gets_in_as_an_argument(log_file: Path, argument: object) -> None:
    logging.getLogger("ingest.pipeline").warning("read %s", argument)

    assert "read " in log_file.read_text()
    assert "Tidewater" not in log_file.read_text()


def test_no_text_gets_in_by_name(log_file: Path) -> None:
    logging.getLogger("ingest.pipeline").warning("read %(text)s of %(id)s", {"text": SECRET, "id": "3f2a9c"})

    assert f"read <{len(SECRET)} characters> of 3f2a9c\n" in log_file.read_text()


def test_no_text_gets_in_with_an_exception_or_its_causes(log_file: Path) -> None:
    try:
        try:
            int(SECRET)
        except ValueError as error:
            raise DocumentError(SECRET) from error
    except DocumentError:
        logging.getLogger("ingest.reading").exception("%s failed", "3f2a9c")

    text = log_file.read_text()
    assert "Tidewater" not in text
    assert text.index("ValueError") < text.index("then") < text.index("DocumentError")
    assert "test_log.py:" in text


def test_of_libraries_only_the_place_is_written(log_file: Path) -> None:
    logging.getLogger("pypdf._reader").warning(f"cannot parse {SECRET}")
    logging.getLogger("pypdf._reader").info("not written at all")
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.warn(SECRET, stacklevel=1)

    lines = log_file.read_text().splitlines()
    assert "Tidewater" not in "".join(lines)
    assert "WARNING pypdf._reader at test_log.py:" in lines[0]
    assert "UserWarning at " in lines[1]
    assert len(lines) == 2


def test_nothing_is_written_to_the_screen(log_file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("ingest.pipeline").error("an error")
    logging.getLogger("somewhere.else").error("an error")

    assert capfd.readouterr() == ("", "")


def test_a_forged_line_stays_in_its_line(log_file: Path) -> None:
    logging.getLogger("ingest.pipeline").info("%s", Path("a\n2026-11-23 ERROR forged \x1b[2J"))

    assert len(log_file.read_text().splitlines()) == 1
    assert "\x1b" not in log_file.read_text()


def test_levels_below_the_setting_are_not_written(locations: Locations) -> None:
    start_log(locations, LogSettings(level="warning"))

    logging.getLogger("ingest.pipeline").info("an aside")
    logging.getLogger("ingest.pipeline").warning("a warning")

    assert "aside" not in locations.log_file.read_text()
    assert "a warning" in locations.log_file.read_text()


def test_the_log_is_private_and_does_not_grow_without_end(log_file: Path) -> None:
    logger = logging.getLogger("ingest.pipeline")
    for number in range(5_000):
        logger.info("%d" + "x" * 1000, number)

    files = sorted(log_file.parent.iterdir())
    assert [file.name for file in files] == ["strongroom.log", *(f"strongroom.log.{number}" for number in (1, 2, 3))]
    assert all(file.stat().st_size <= 1_000_000 for file in files)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_full_disk_stops_nothing_and_shows_nothing(locations: Locations, capfd: pytest.CaptureFixture[str]) -> None:
    locations.log_file.parent.mkdir()
    locations.log_file.symlink_to("/dev/full")
    start_log(locations, LogSettings())

    logging.getLogger("ingest.pipeline").error("an error")

    assert capfd.readouterr() == ("", "")


def test_our_messages_are_constant_templates() -> None:
    """What is put into a message otherwise, the log cannot look at."""
    for package in OUR_PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            for line, message in _logged_messages(source) if "getLogger" in source else ():
                assert isinstance(message, ast.Constant), f"{path}:{line}"


def test_a_message_that_is_no_template_is_found() -> None:
    messages = [
        message for _, message in _logged_messages('_log.info(f"{text}")\n_log.log(10, "%s", x)\nprint(f"{x}")')
    ]

    assert [type(message) for message in messages] == [ast.JoinedStr, ast.Constant]


def _logged_messages(source: str) -> Iterator[tuple[int, ast.expr]]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=logger), attr=method), args=arguments):
                if "log" in logger and method in LEVELS | {"log"}:
                    yield node.lineno, arguments[method == "log"]
