"""Reading `config.toml` and `profiles.d/`, and laying environment and flags over them."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tui.config import checks
from tui.config.api_key import KeySource
from tui.config.places import Environ, config_dir, data_dir, expanded
from tui.config.settings import Flags, Profile, Settings
from tui.errors import ConfigError

LOCAL = "local"
"""Name of the profile that is always there."""
DEFAULT_FILE = "default"
"""In `profiles.d/`: the name of the profile that `profiles use` chose."""


def load(environ: Environ, flags: Flags | None = None) -> Settings:
    """The settings of this run. Raises `ConfigError`, naming file and key; what nobody knows is a warning."""
    flags = flags or Flags()
    return _overlaid(known(environ, flags), environ, flags)


def known(environ: Environ, flags: Flags | None = None) -> Settings:
    """What the files say, and which profile is in use, even if there is none of that name."""
    flags = flags or Flags()
    named = flags.config or environ.get("CARDWALL_CONFIG")
    path = expanded(named, environ).absolute() if named else config_dir(environ) / "config.toml"
    reading = _Reading(environ)
    reading.file(path, required=named is not None)
    in_config = reading.top.get("default_profile")
    for extra in sorted(profiles_folder(path).glob("*.toml")):
        reading.file(extra, required=False)
    used = profiles_folder(path) / DEFAULT_FILE
    settings = reading.settings(path)
    current, origin = _chosen(
        (flags.profile, "--profile"),
        (environ.get("CARDWALL_PROFILE"), "the environment (CARDWALL_PROFILE)"),
        (reading.top.get("default_profile"), reading.origins.get("default_profile", "")),
        (_used(used), str(used)),
    )
    origins = dict(settings.origins) | ({"profile": origin} if current else {})
    return replace(settings, current=current or LOCAL, origins=origins, default_in_config=in_config)


def profiles_folder(path: Path) -> Path:
    """Where the program may write profiles, beside the user's `config.toml`."""
    return path.parent / "profiles.d"


def check_profile(path: Path, name: str, table: Mapping[str, Any]) -> Profile:
    """A profile as reading it from `path` would give it. Raises `ConfigError`."""
    return _Reading(os.environ).profile(path, name, dict(table))


def _used(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigError(f"{path}: cannot be read ({reason})") from None


class _Reading:
    """What the files say so far; the first one, the user's own, has the last word on what is no profile."""

    def __init__(self, environ: Environ) -> None:
        self.top: dict[str, Any] = {}
        self.origins: dict[str, str] = {}
        self._environ = environ
        self._profiles: dict[str, Profile] = {}
        self._files: dict[str, Path] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._warnings: list[str] = []

    def settings(self, path: Path) -> Settings:
        profiles = dict(self._profiles)
        if LOCAL not in profiles:
            profiles[LOCAL] = _completed(Profile(LOCAL), path, self._environ)
        return Settings(
            path=path,
            profiles=profiles,
            files=self._files,
            current=LOCAL,
            ascii=self.top.get("ascii", False),
            theme=self.top.get("theme"),
            keys=self._keys,
            origins=self.origins,
            warnings=tuple(self._warnings),
        )

    def file(self, path: Path, *, required: bool) -> None:
        found = _parsed(path, required=required)
        tables = {"profiles": found.pop("profiles", {}), "keys": found.pop("keys", {})}
        for name, table in tables.items():
            if not isinstance(table, dict):
                raise ConfigError(f"{path}: {name} should be a table")
        origins = dict(self.origins)
        self.top = self._checked(found, checks.TOP, path, "") | self.top
        self.origins |= origins
        for name, table in tables["profiles"].items():
            if name in self._files:
                raise ConfigError(f"the profile {name} stands in {self._files[name]} and in {path}; one must go")
            self._files[name] = path
            self._profiles[name] = self.profile(path, name, table)
        keys = {command: _check(checks.keys, key, path, f"keys.{command}") for command, key in tables["keys"].items()}
        self._keys = keys | self._keys

    def profile(self, path: Path, name: str, table: Any) -> Profile:
        """One profile, checked and completed."""
        where = f"profiles.{name}"
        if not isinstance(table, dict):
            raise ConfigError(f"{path}: {where} should be a table")
        boards = table.pop("boards", {})
        values = self._checked(table, checks.PROFILE, path, f"{where}.")
        values["boards"] = self._boards(boards, path, f"{where}.boards")
        if "contract" not in values and name != LOCAL:
            raise _mistake(path, f"{where}.contract", "is missing; it should be one of local, slate, cekat")
        return _completed(Profile(name, **values), path, self._environ)

    def _boards(self, boards: Any, path: Path, where: str) -> dict[str, dict[str, Any]]:
        """The overrides of a profile's boards: fields and columns by name."""
        parts = {"fields": checks.BOARD_FIELD, "columns": checks.BOARD_COLUMN}
        found: dict[str, dict[str, Any]] = {}
        for board, overrides in _tables(boards, path, where):
            self._note_unknown(overrides, parts, path, f"{where}.{board}.")
            found[board] = {
                part: {
                    name: self._checked(dict(values), known, path, f"{where}.{board}.{part}.{name}.")
                    for name, values in _tables(overrides.get(part, {}), path, f"{where}.{board}.{part}")
                }
                for part, known in parts.items()
            }
            _check_single(found[board]["fields"], path, f"{where}.{board}.fields")
        return found

    def _checked(
        self, table: dict[str, Any], known: Mapping[str, checks.Check], path: Path, prefix: str
    ) -> dict[str, Any]:
        self._note_unknown(table, known, path, prefix)
        found = {
            name: _check(known[name], value, path, prefix + name) for name, value in table.items() if name in known
        }
        self.origins |= {prefix + name: str(path) for name in found}
        return found

    def _note_unknown(self, table: Mapping[str, Any], known: Mapping[str, object], path: Path, prefix: str) -> None:
        for name in table:
            if name not in known:
                from difflib import get_close_matches  # only for a mistake

                near = get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                self._warnings.append(f"{path}: {prefix}{name} is not a setting{hint}")


def _parsed(path: Path, *, required: bool) -> dict[str, Any]:
    import tomllib  # most first runs have no file

    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        if required:
            raise ConfigError(f"{path}: there is no such file") from None
        return {}
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    except ValueError as error:  # TOML that is none, with line and column, or bytes that are not UTF-8
        raise ConfigError(f"{path}: {error}") from None


def _tables(value: Any, path: Path, where: str) -> list[tuple[str, dict[str, Any]]]:
    if not isinstance(value, dict):
        raise _mistake(path, where, "should be a table")
    for name, table in value.items():
        if not isinstance(table, dict):
            raise _mistake(path, f"{where}.{name}", "should be a table")
    return list(value.items())


def _check(check: checks.Check, value: Any, path: Path, where: str) -> Any:
    try:
        return check(value)
    except ValueError as error:
        raise _mistake(path, where, str(error)) from None


def _check_single(fields: Mapping[str, Mapping[str, Any]], path: Path, where: str) -> None:
    """A board sums one field and weights by one."""
    for flag in ("sum", "weight"):
        names = [name for name, values in fields.items() if values.get(flag)]
        if len(names) > 1:
            raise _mistake(path, f"{where}.{names[1]}.{flag}", f"should be set for one field only; {names[0]} has it")


def _mistake(path: Path, where: str, words: str) -> ConfigError:
    from tui.config.lines import line_of  # only for a mistake

    line = line_of(path, where)
    return ConfigError(f"{path}: {where} {words}" + (f" (at line {line})" if line else ""))


def _completed(profile: Profile, path: Path, environ: Environ) -> Profile:
    """A profile that can be connected to: what it needs is there, what depends on the machine filled in."""
    where = f"profiles.{profile.name}"
    if profile.contract == "local":
        given = profile.database or f"sqlite:///{data_dir(environ) / 'cardwall.db'}"
        database = _database(given, environ, path.parent)
        return replace(profile, database=database, me=profile.me or _user(environ))
    if not profile.url:
        raise _mistake(path, f"{where}.url", "is missing; it should look like https://crm.example.com")
    return profile


def _database(text: str, environ: Environ, base: Path) -> str:
    """A SQLAlchemy URL; a file's path is made absolute, so that it names one file from every folder."""
    scheme, mark, rest = text.partition(":///")
    if mark and not scheme.startswith("sqlite"):
        return text
    if not mark and "://" in text:
        return text
    file, question, query = (rest if mark else text).partition("?")
    if file in ("", ":memory:"):
        return text
    absolute = Path(base, expanded(file, environ)).absolute()
    return f"{scheme if mark else 'sqlite'}:///{absolute}{question}{query}"


def _user(environ: Environ) -> str:
    """Who the user is on this machine: cron jobs and bare containers have no USER."""
    try:
        return environ.get("USER") or environ.get("LOGNAME") or pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a user id without a name, as in some containers
        return "someone"


def _chosen(*candidates: tuple[Any, str]) -> tuple[Any, str]:
    return next(((value, origin) for value, origin in candidates if value), (None, ""))


def _overlaid(settings: Settings, environ: Environ, flags: Flags) -> Settings:
    """The profile in use, with what environment and flags say about it."""
    profile = settings.named(settings.current)
    if flags.database and profile.contract != "local":
        raise ConfigError(f"--database is for local profiles; {profile.name} is a {profile.contract} one")
    changed: dict[str, Any] = {}
    origins = dict(settings.origins)
    for name, value, origin in _overlays(profile, environ, flags):
        if value is not None:
            changed[name] = value
            origins[f"profiles.{profile.name}.{name}"] = origin
    if flags.ascii is not None:
        settings = replace(settings, ascii=flags.ascii)
        origins["ascii"] = "--ascii"
    profiles = dict(settings.profiles) | {profile.name: replace(profile, **changed)}
    return replace(settings, profiles=profiles, origins=origins)


def _overlays(profile: Profile, environ: Environ, flags: Flags) -> Iterator[tuple[str, Any, str]]:
    """Member, value or None, and origin of what lies over the files."""
    if profile.contract == "local":
        text, origin = _chosen(
            (flags.database, "--database"),
            (environ.get("CARDWALL_DATABASE"), "the environment (CARDWALL_DATABASE)"),
        )
        yield "database", _database(text, environ, Path.cwd()) if text else None, origin
    elif environ.get("CARDWALL_API_KEY"):
        yield "api_key", KeySource("env", "CARDWALL_API_KEY"), "the environment (CARDWALL_API_KEY)"
    yield "read_only", flags.read_only, "--read-only"
    yield "me", flags.me, "--me"
    yield "poll", flags.poll, "--poll"
