"""Settings and profiles as values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from msgspec import Struct, field

from tui.config.api_key import KeySource
from tui.errors import ConfigError

ProfileContract: TypeAlias = Literal["local", "slate", "cekat"]
Auth: TypeAlias = Literal["bearer", "api_key", "both"]

DEFAULT_POLL = 5.0


class RateLimit(Struct, frozen=True):
    """At most `count` requests in any `seconds`."""

    count: int
    seconds: int


class Profile(Struct, frozen=True):
    """One server to work with: where it is, and as whom."""

    name: str
    contract: ProfileContract = "local"
    database: str = ""
    """SQLAlchemy URL with an absolute path; local profiles only."""
    url: str = ""
    """Base URL; empty for local profiles."""
    api_key: KeySource | None = None
    auth: Auth = "bearer"
    """How cekat is told the key."""
    rate_limit: tuple[RateLimit, ...] = ()
    me: str = ""
    """Whose edits these are; empty lets the server say."""
    poll: float = DEFAULT_POLL
    """Seconds between looks for what others changed."""
    read_only: bool = False
    board: str | None = None
    """The board to open first: name or id."""
    item_url: str | None = None
    """Address of an item in the browser, with ``{id}`` or ``{key}`` in it."""
    colour: str | None = None
    """A visible mark: this one is production."""
    allow_plain_http: bool = False
    boards: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By board name, what a foreign API does not tell: ``{"fields": {name: {kind, currency, sum, ...}}}``."""

    def read_key(self, *, again: bool = False) -> str:
        """The API key, empty where there is none; `again` asks its source although this process has it already.

        May run a command: not on a loop. Raises `ConfigError`, which names the profile.
        """
        if self.api_key is None:
            return ""
        try:
            return self.api_key.read_again() if again else self.api_key.read()
        except ConfigError as error:
            raise ConfigError(f"profile {self.name}: {error.message}") from None

    @property
    def stamp(self) -> str:
        """Which server as which key: edits written under one stamp are never sent under another.

        Reads the key, so it may run a command: not on a loop. Raises `ConfigError`.
        """
        import hashlib  # loads the crypto library: not before it is needed

        key = self.read_key()
        digest = hashlib.sha256(key.encode()).hexdigest()[:16] if key else "-"
        return f"{self.name} {self.url or self.database} {digest}"


class Flags(Struct, frozen=True):
    """What the command line says about settings; None where it says nothing."""

    profile: str | None = None
    config: str | None = None
    database: str | None = None
    read_only: bool | None = None
    ascii: bool | None = None
    me: str | None = None
    poll: float | None = None


class Settings(Struct, frozen=True):
    """Everything the user chose, and where each choice was made."""

    path: Path
    """The ``config.toml`` that was looked for."""
    profiles: Mapping[str, Profile]
    current: str
    """Name of the profile in use."""
    ascii: bool = False
    theme: str | None = None
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Command id to the keys that replace its default ones."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Dotted setting to a file, ``the environment (NAME)`` or a flag; a setting that is not in here has its default."""
    warnings: tuple[str, ...] = ()
    """Sentences about keys nobody knows."""
    files: Mapping[str, Path] = field(default_factory=dict)
    """Profile name to the file it stands in; one that stands in none is not here."""
    default_in_config: str | None = None
    """The ``default_profile`` of the user's own file."""

    @property
    def profile(self) -> Profile:
        """The profile in use. Raises `ConfigError` when there is none of that name."""
        return self.named(self.current)

    def named(self, name: str) -> Profile:
        """A profile by name. Raises `ConfigError`."""
        if name not in self.profiles:
            known = ", ".join(sorted(self.profiles))
            raise ConfigError(f"there is no profile {name!r} in {self.path}; there are {known}")
        return self.profiles[name]

    def origin(self, setting: str) -> str:
        """Where a dotted setting like ``profiles.local.poll`` was chosen."""
        return self.origins.get(setting, "default")
