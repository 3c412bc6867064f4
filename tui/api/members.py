"""Strict reading of decoded JSON: a member has its type or `Garbled` names it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

from tui.domain.model import Moment
from tui.errors import Garbled

Raw = Mapping[str, Any]


def wrong(name: str, wanted: str, got: object) -> NoReturn:
    """Raise the `Garbled` that says which member is not what it should be."""
    shown = repr(got)
    raise Garbled(f"the server's answer has {name} = {shown[:60]}{'…' * (len(shown) > 60)}, where {wanted} belongs")


def mapping(value: object, name: str) -> Raw:
    """An object."""
    return value if isinstance(value, dict) else wrong(name, "an object", value)


def objects(raw: Raw, name: str) -> list[Raw]:
    """A list of objects."""
    return [mapping(entry, f"{name}[{place}]") for place, entry in enumerate(_list(raw, name))]


def _list(raw: Raw, name: str) -> list[Any]:
    value = raw.get(name)
    return value if isinstance(value, list) else wrong(name, "a list", value)


def text(raw: Raw, name: str) -> str:
    """A text that is there."""
    value = raw.get(name)
    return value if type(value) is str else wrong(name, "a text", value)


def text_or_none(raw: Raw, name: str) -> str | None:
    """A text, or None when it is null or absent."""
    value = raw.get(name)
    return value if value is None or type(value) is str else wrong(name, "a text or null", value)


def whole_or_none(raw: Raw, name: str) -> int | None:
    """A whole number, or None when it is null or absent."""
    value = raw.get(name)
    return value if value is None or type(value) is int else wrong(name, "a whole number or null", value)


def number_or_none(raw: Raw, name: str) -> Decimal | None:
    """An exact number, or None when it is null or absent."""
    value = raw.get(name)
    if type(value) is int:
        return Decimal(value)
    return value if value is None or type(value) is Decimal else wrong(name, "a number or null", value)


def flag(raw: Raw, name: str, default: bool = False) -> bool:
    """True or false; `default` when it is absent."""
    value = raw.get(name, default)
    return value if type(value) is bool else wrong(name, "true or false", value)


def texts(raw: Raw, name: str) -> tuple[str, ...]:
    """A list of texts in its order; empty when it is null or absent."""
    if raw.get(name) is None:
        return ()
    values = _list(raw, name)
    return tuple(v if type(v) is str else wrong(f"{name}[{place}]", "a text", v) for place, v in enumerate(values))


def moment(raw: Raw, name: str) -> Moment:
    """A time, in whole seconds since the epoch; one without an offset is UTC."""
    value = raw.get(name)
    if type(value) is str:
        try:
            time = datetime.fromisoformat(value)
            return Moment(int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() // 1))
        except (ValueError, OverflowError):
            pass
    return wrong(name, "a time", value)
