"""Settings from four sources, each stronger than the one before: default, file, environment, flag.

    file          settings.toml under the home, or the file named with --config: [retrieval] top_k = 5
    environment   STRONGROOM_RETRIEVAL__TOP_K=5
    flag          whatever the command line was given for this one run

A setting is named by its dotted key, `retrieval.top_k`. An unknown key or a bad value is refused, whatever its source.
"""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from config.errors import ConfigError
from config.files import replace_file
from config.locations import HOME_VARIABLE, Locations
from config.sanitise import sanitise
from config.sections import Section, Settings

Origin = Literal["default", "file", "environment", "flag"]
ENVIRONMENT_PREFIX = "STRONGROOM_"
_NO_FLAGS: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings in force and where each came from."""

    settings: Settings
    _origins: Mapping[str, Origin]

    def origin(self, key: str) -> Origin:
        """Where the value of `key` came from. Raises ConfigError for an unknown key."""
        if key not in _FIELDS:
            raise _unknown(key, "the program")
        return self._origins.get(key, "default")

    def items(self) -> list[tuple[str, object, Origin, str]]:
        """Key, value, origin and description of every setting, in the order of the sections."""
        return [
            (key, self._value(key), self.origin(key), (field.description or "").replace("\n", " "))
            for key, field in _FIELDS.items()
        ]

    def of_collection(self, collection: str) -> "LoadedSettings":
        """With the adapter that `llama.adapters` names for it, if it names one; a flag for one run is stronger."""
        adapter = self.settings.llama.adapter_of(collection)
        if adapter is None or self.origin("llama.adapter") == "flag":
            return self
        origins = {**self._origins, "llama.adapter": self.origin("llama.adapters")}
        return LoadedSettings(self.settings.with_models(adapter=adapter), origins)

    def _value(self, key: str) -> object:
        section, name = key.split(".")
        return getattr(getattr(self.settings, section), name)


@dataclass(frozen=True, slots=True)
class _Given:
    """A value as a source gave it. `source` names the very file, variable or flag."""

    key: str
    value: object
    origin: Origin
    source: str


def load_settings(
    locations: Locations, *, config_file: Path | None = None, flags: Mapping[str, object] = _NO_FLAGS
) -> LoadedSettings:
    """Merge the sources. `config_file` stands in for the home's settings.toml; a flag that is None was not given.

    Raises ConfigError for a file that is missing, unreadable or not TOML, an unknown key, and a bad value.
    """
    values: dict[str, object] = {}
    origins: dict[str, Origin] = {}
    for given in _all_given(locations, config_file, flags):
        values[given.key] = _checked(given)
        origins[given.key] = given.origin
    return LoadedSettings(_build(values), origins)


def save_setting(locations: Locations, key: str, value: str) -> None:
    """Write a setting to the home's settings.toml in one step, keeping what else stands there, comments too.

    Raises ConfigError for an unknown key, a bad value or a broken file, HomeError when the file cannot be written.
    """
    import tomlkit

    checked = _checked(_Given(key, value, "flag", "the command line"), from_text=True)
    path = locations.settings_file
    for given in _from_file(path):
        _require_known(given)
    document = tomlkit.parse(_read_text(path))
    section, name = key.split(".")
    if section not in document:
        document[section] = tomlkit.table()
    cast(dict[str, object], document[section])[name] = checked
    replace_file(path, tomlkit.dumps(document).encode())


def _walk_fields() -> Iterator[tuple[str, FieldInfo]]:
    for section, model in _SECTIONS.items():
        for name, field in model.model_fields.items():
            yield f"{section}.{name}", field


_SECTIONS: Mapping[str, type[Section]] = {
    name: cast(type[Section], field.annotation) for name, field in Settings.model_fields.items()
}
_FIELDS: Mapping[str, FieldInfo] = dict(_walk_fields())
"""Every setting by its dotted key."""


# The sources, weakest first -------------------------------------------------------------------------------------------


def _all_given(locations: Locations, config_file: Path | None, flags: Mapping[str, object]) -> Iterator[_Given]:
    if config_file is not None and not config_file.exists():
        raise ConfigError(f"The settings file {config_file} does not exist.", "Name another file with --config.")
    yield from _from_file(config_file or locations.settings_file)
    yield from _from_environment()
    for key, value in flags.items():
        if value is not None:
            yield _Given(key, value, "flag", "the command line")


def _from_file(path: Path) -> Iterator[_Given]:
    try:
        content = tomllib.loads(_read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"The settings file {path} is not valid TOML: {error}.", "Correct it there.") from error
    for key, value in _flatten(content):
        yield _Given(key, value, "file", str(path))


def _read_text(path: Path) -> str:
    """The file's text; no file is an empty one."""
    try:
        return path.read_text(encoding="utf-8-sig")  # editors on Windows put the mark before it
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"The settings file {path} cannot be read: {reason}.", "Correct or remove it.") from error


def _flatten(content: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in content.items():
        if isinstance(value, dict) and (value or name in _SECTIONS):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def variable_of(key: str) -> str:
    """The variable that sets `key`."""
    return ENVIRONMENT_PREFIX + key.upper().replace(".", "__")


def _from_environment() -> Iterator[_Given]:
    for variable, value in os.environ.items():
        if variable.startswith(ENVIRONMENT_PREFIX) and variable != HOME_VARIABLE:
            key = variable.removeprefix(ENVIRONMENT_PREFIX).lower().replace("__", ".")
            yield _Given(key, value, "environment", f"the variable {variable}")


# Checking -------------------------------------------------------------------------------------------------------------


def _checked(given: _Given, *, from_text: bool = False) -> object:
    """The value as its field's type, within its bounds. Text is converted where a source has nothing but text."""
    _require_known(given)
    section, name = given.key.split(".")
    strict = given.origin != "environment" and not from_text
    try:
        return getattr(_SECTIONS[section].model_validate({name: given.value}, strict=strict), name)
    except ValidationError as error:
        expected = (
            error.errors()[0]["msg"]
            .removeprefix("Value error, ")
            .replace("Input should", "it should")
            .partition(", unable to")[0]
        )
        raise ConfigError(
            f"The setting {given.key} cannot be {_shown(given.value)} (from {given.source}): {expected}.",
            f"Correct it in {given.source}.",
        ) from error


def _require_known(given: _Given) -> None:
    if given.key not in _FIELDS:
        raise _unknown(given.key, given.source)


def _unknown(key: str, source: str) -> ConfigError:
    nearest = _nearest_key(key)
    remedy = f"Did you mean {nearest}?" if nearest else "`strongroom config show` lists every setting."
    return ConfigError(f"There is no setting {_shown(key)} (from {source}).", remedy)


def _nearest_key(key: str) -> str | None:
    """The key most like `key`, as a whole or, for one named without its section, in its last part."""
    for candidates in ({known: known for known in _FIELDS}, {known.split(".")[1]: known for known in _FIELDS}):
        if close := difflib.get_close_matches(key, candidates, n=1):
            return candidates[close[0]]
    return None


def _shown(value: object) -> str:
    """The value for a message: on one line, short, harmless to a terminal."""
    text = ascii(value) if not isinstance(value, str) else repr(sanitise(value))
    return text if len(text) <= 60 else f"{text[:57]}..."


def _build(values: Mapping[str, object]) -> Settings:
    sections: dict[str, dict[str, object]] = {}
    for key, value in values.items():
        section, name = key.split(".")
        sections.setdefault(section, {})[name] = value
    return Settings.model_validate(sections)
