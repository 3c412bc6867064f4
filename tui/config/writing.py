"""What the program writes for the user: one profile a file in `profiles.d/`, and which one is the default.

`config.toml` is the user's own and is never written.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tui.config.loading import DEFAULT_FILE, check_profile, profiles_folder
from tui.config.settings import Settings
from tui.errors import ConfigError, NotFound

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
"""A profile's name is also its file's."""


def check_name(name: str) -> str:
    """The name of a profile that may be written. Raises ValueError with what it should be."""
    if not NAME.fullmatch(name):
        raise ValueError("should be one word of letters, digits, - and _, 40 at most")
    return name


def profile_file(settings: Settings, name: str) -> Path:
    """Where a profile that we write is kept."""
    return profiles_folder(settings.path) / f"{name}.toml"


def write_profile(settings: Settings, name: str, table: Mapping[str, Any]) -> Path:
    """Write one profile, checked as if it were read, to a new file of its own; the file.

    Raises `ConfigError` for a member that cannot be used, and for a name that is taken.
    """
    path = profile_file(settings, name)
    try:
        check_name(name)
    except ValueError as error:
        raise ConfigError(f"the profile name {name!r} {error}") from None
    if name in settings.files or path.exists():
        raise ConfigError(f"there is a profile {name} already, in {settings.files.get(name, path)}")
    check_profile(path, name, table)
    import tomli_w  # only when something is written

    _write(path, tomli_w.dumps({"profiles": {name: dict(table)}}))
    return path


def remove_profile(settings: Settings, name: str) -> Path:
    """Take away a profile that we wrote, and the default when it is that one; the file that is gone."""
    path = profile_file(settings, name)
    if name in settings.profiles and name not in settings.files:
        raise ConfigError(f"the profile {name} is always there; no file says so")
    if name not in settings.files:
        raise NotFound(f"there is no profile {name!r}; there are {', '.join(sorted(settings.profiles))}")
    if settings.files[name] != path:
        raise ConfigError(f"the profile {name} stands in {settings.files[name]}, which is yours to edit")
    default = profiles_folder(settings.path) / DEFAULT_FILE
    try:
        if default.exists() and default.read_text("utf-8").strip() == name:
            default.unlink()
        path.unlink()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be removed ({error.strerror})") from None
    return path


def write_default(settings: Settings, name: str) -> Path:
    """Make a profile the one that is opened when nothing else is said; the file that says so.

    Raises `ConfigError` when `config.toml` names another one: that is the user's word.
    """
    settings.named(name)
    said = settings.default_in_config
    if said is not None and said != name:
        raise ConfigError(f"{settings.path} says default_profile = {said!r}, which comes first; change it there")
    path = profiles_folder(settings.path) / DEFAULT_FILE
    _write(path, f"{name}\n")
    return path


def key_file(settings: Settings, name: str) -> Path:
    """Where the key of a profile is kept when the user lets us write it."""
    return profiles_folder(settings.path) / f"{name}.key"


def write_key(path: Path, key: str) -> None:
    """Write an API key to a file that only its owner can read. No message holds the key."""
    said = key.strip()
    if not (said and said.isascii() and said.isprintable()):
        raise ConfigError("the API key should be one line of plain characters")
    _write(path, f"{said}\n")


def _write(path: Path, text: str) -> None:
    """The whole file or none of it, and only for the user's eyes."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(
            os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, stat.S_IRUSR | stat.S_IWUSR), "w"
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from None
