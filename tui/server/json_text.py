"""JSON to the letter: exact numbers both ways, and nothing accepted twice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from json.encoder import encode_basestring
from typing import Any

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
    """The value of a JSON text that this program has written, in half the time: there is nothing to look out for."""
    return _stored(text)


_stored = json.JSONDecoder(parse_float=Decimal).decode


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


def dumps_plain(value: object) -> str:
    """Like `dumps`, several times faster, for values that hold no `Raw` and seldom a Decimal."""
    try:
        return _encode(value)
    except TypeError:
        return dumps(value)


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def dumps(value: object) -> str:
    """A value as compact JSON; Decimals exactly, `Raw` as it is. TypeError for anything JSON has no word for."""
    if value is None:
        return "null"
    if isinstance(value, Raw):
        return value
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return number(value)
    return _container(value)


def _container(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{encode_basestring(name)}:{dumps(member)}" for name, member in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ",".join([dumps(member) for member in value]) + "]"
    if isinstance(value, float):
        return json.dumps(value, allow_nan=False)
    raise TypeError(f"{type(value).__name__} has no JSON form")
