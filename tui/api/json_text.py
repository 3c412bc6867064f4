"""JSON as both contracts write it: exact numbers and honest text.

Wrong JSON raises `ValueError` with a sentence; whoever knows the address makes a `Garbled` of it.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

_LONGEST_NUMBER = 64
_LARGEST_EXPONENT = 40
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
TOO_DEEP = "(nested too deeply to be shown)"


def _number(text: str) -> int | Decimal | str:
    """The number; one out of all range stays the text it is, of which no field's reader makes a number."""
    # 1e999999999 is eleven characters, and a gigabyte as an int.
    try:
        number = Decimal(text) if len(text) <= _LONGEST_NUMBER else None
    except InvalidOperation:
        return text
    if number is None or (number and abs(number.adjusted()) > _LARGEST_EXPONENT):
        return text
    whole = int(number)
    return whole if whole == number else number


def _constant(text: str) -> None:
    raise ValueError(f"{text} is not a JSON number")


_decoder = json.JSONDecoder(parse_float=_number, parse_constant=_constant)


def loads(raw: bytes | str) -> Any:
    """The value of a whole JSON text: ints as int, other numbers as exact Decimals. Raises ValueError."""
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw
        value = _decoder.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return _mended(value) if _SURROGATE_ESCAPE.search(text) else value


def dumps(value: Any) -> str:
    """JSON text of `value` in ASCII; Decimals are written exactly, never through a float."""
    match value:
        case Decimal():
            if not value.is_finite():
                raise ValueError(f"{value} cannot be written as JSON")
            return format(value, "f")
        case dict():
            return "{" + ",".join(f"{json.dumps(str(name))}:{dumps(part)}" for name, part in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(map(dumps, value)) + "]"
        case _:
            return json.dumps(value, allow_nan=False)


def shown(value: Any) -> str:
    """JSON text of a value that no field can hold: to be looked at, not to be sent back."""
    try:
        return dumps(value)
    except RecursionError:  # what is decoded just within the limit takes more to write
        return TOO_DEEP


def decode_at(text: str, start: int) -> tuple[Any, int]:
    """One value that begins at `start`, and where it ends.

    JSONDecodeError when it may only be cut off; plain ValueError when more text cannot help.
    """
    try:
        value, end = _decoder.raw_decode(text, start)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if text.find("\\u", start, end) >= 0 and _SURROGATE_ESCAPE.search(text, start, end):
        value = _mended(value)
    return value, end


def _mended(value: Any) -> Any:
    """`value` with lone surrogates replaced: no file, socket or terminal can take them."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_mended(part) for part in value]
        case dict():
            return {_mended(name): _mended(part) for name, part in value.items()}
        case _:
            return value
