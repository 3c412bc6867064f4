"""What a setting may hold: each check takes a TOML value, and raises ValueError with what it should be."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias, get_args
from urllib.parse import urlsplit

from tui.config.api_key import KeySource
from tui.config.settings import Auth, ProfileContract, RateLimit
from tui.domain.model import Closed, Kind

Check: TypeAlias = Callable[[Any], Any]

_UNITS = {"s": 1, "sec": 1, "min": 60, "hour": 3600, "day": 86400}
_LIMIT = re.compile(r"(\d{1,9})/(\w+)")


def text(value: Any) -> str:
    """A text on one line."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("should be a text")
    return value


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("should be true or false")  # noqa: TRY004  # one kind of error for every check
    return value


def seconds(value: Any) -> float:
    """A pause of at least one second, at most a day."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 86400:
        raise ValueError("should be a number of seconds from 1 to 86400")
    return float(value)


def choice(*known: str) -> Check:
    """One of a few words."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in known:
            raise ValueError(f"should be one of {', '.join(known)}")
        return value

    return check


def url(value: Any) -> str:
    """A base URL."""
    parts = urlsplit(text(value))
    sound = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    if not sound or parts.query or parts.fragment or not value.isascii() or " " in value:
        raise ValueError("should look like https://crm.example.com")
    return str(value).rstrip("/")


def item_url(value: Any) -> str:
    """A URL with a place for the item."""
    if urlsplit(text(value)).scheme not in ("http", "https") or not ("{id}" in value or "{key}" in value):
        raise ValueError("should be an http URL with {id} or {key} in it")
    return str(value)


def api_key(value: Any) -> KeySource:
    """A source of a key, never the key."""
    if isinstance(value, str):
        raise ValueError(  # noqa: TRY004  # one kind of error for every check
            "should name where the key is, not hold it: "
            '{ env = "NAME" }, { command = "pass show crm" }, { keyring = "crm" } or { file = "~/.crm-key" }'
        )
    if isinstance(value, dict) and len(value) == 1:
        ((kind, source),) = value.items()
        if kind in ("env", "command", "keyring", "file") and isinstance(source, str) and source:
            return KeySource(kind, source)
    raise ValueError("should be a table with one of env, command, keyring or file")


def rate_limit(value: Any) -> tuple[RateLimit, ...]:
    """One limit like ``60/min``, or several."""
    limits = []
    for entry in value if isinstance(value, list) else [value]:
        match = _LIMIT.fullmatch(entry) if isinstance(entry, str) else None
        if match is None or match[2] not in _UNITS or int(match[1]) == 0:
            raise ValueError('should look like "60/min" or ["60/min", "1000/day"]')
        limits.append(RateLimit(int(match[1]), _UNITS[match[2]]))
    return tuple(limits)


def keys(value: Any) -> tuple[str, ...]:
    """One key, or several."""
    entries = value if isinstance(value, list) else [value]
    if not all(isinstance(entry, str) and entry for entry in entries):
        raise ValueError('should be a key or a list of keys: ["L", "greater_than_sign"]')
    return tuple(entries)


PROFILE: Mapping[str, Check] = {
    "contract": choice(*get_args(ProfileContract)),
    "database": text,
    "url": url,
    "api_key": api_key,
    "auth": choice(*get_args(Auth)),
    "rate_limit": rate_limit,
    "me": text,
    "poll": seconds,
    "read_only": flag,
    "board": text,
    "item_url": item_url,
    "colour": text,
    "allow_plain_http": flag,
}
"""Every member of a profile but ``boards``."""

TOP: Mapping[str, Check] = {"default_profile": text, "theme": text, "ascii": flag}
"""Every member of the file that is not a table."""


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("should be a number")
    return Decimal(str(value))


def _percentage(value: Any) -> Decimal:
    if not 0 <= _number(value) <= 100:
        raise ValueError("should be a number from 0 to 100")
    return _number(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise ValueError("should be a whole number, 0 or more")
    return value


def _currency(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch("[A-Z]{3}", value):
        raise ValueError('should be a code of three capital letters, like "USD"')
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ValueError("should be a list of texts")
    return tuple(value)


BOARD_FIELD: Mapping[str, Check] = {
    "label": text,
    "kind": choice(*get_args(Kind)),
    "currency": _currency,
    "options": _texts,
    "required": flag,
    "min": _number,
    "max": _number,
    "sum": flag,
    "weight": flag,
}
BOARD_COLUMN: Mapping[str, Check] = {
    "closed": choice(*get_args(Closed)),
    "limit": _whole,
    "probability": _percentage,
    "colour": text,
}
