"""JSON to the letter: exact numbers both ways, and nothing accepted twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from json.encoder import encode_basestring
from typing import Any

import msgspec

LONGEST_INTEGER = 40
"""Digits that are read as an integer; longer ones cannot be valid and are not worth the time."""


class Raw(str):
    """JSON text that goes into an answer as it is."""

    __slots__ = ()


class NotJson(ValueError):
    """The body is not JSON as we take it; the message says why."""


def loads(body: bytes) -> Any:
    """The value of a JSON text: fractions as Decimal, a repeated member refused. Raises `NotJson`."""
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_members,
            parse_float=_fraction,
            parse_int=_integer,
            parse_constant=_constant,
        )
    except UnicodeDecodeError:
        raise NotJson("the body is not UTF-8") from None
    except RecursionError:
        raise NotJson("the body is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None


def loads_stored(text: str) -> Any:
    """The value of a JSON text that this program has written: a tenth of the time, with nothing to look out for."""
    return _stored(text)


_stored = msgspec.json.Decoder(float_hook=Decimal).decode


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        again = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]  # add() is the trick
        raise NotJson(f"the member {again[:100]!r} appears twice")
    return members


def _fraction(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:  # an exponent beyond what a Decimal can hold
        return Decimal("Infinity")


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= LONGEST_INTEGER else Decimal(digits)


def _constant(word: str) -> None:
    raise NotJson(f"{word} is not JSON")


def text(value: str) -> str:
    """A string as JSON."""
    return encode_basestring(value)


def number(value: Decimal) -> str:
    """The shortest exact form: an integer when integral, never an exponent."""
    if value == value.to_integral_value():
        return str(int(value))
    return format(value, "f").rstrip("0")


def dumps(value: object) -> str:
    """A value as compact JSON; Decimals exactly, `Raw` as it is. TypeError for anything JSON has no word for."""
    return _encode(value).decode()


def _plain(value: object) -> object:
    if isinstance(value, Raw):
        return msgspec.Raw(value.encode())
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


_encode = msgspec.json.Encoder(enc_hook=_plain, decimal_format="number").encode
