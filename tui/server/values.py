"""Field values: what each kind takes, and the one form in which it is stored.

A stored value is a str, int, Decimal (a fraction), bool or tuple of str; None is "unset".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import urlsplit

from tui.domain.model import Field
from tui.server.json_text import number
from tui.server.moments import parse_date
from tui.server.text import fault_in


class Unfit(ValueError):
    """A value or pattern that a field cannot take; the message goes on from the field's name."""


Value: TypeAlias = str | int | Decimal | bool | tuple[str, ...] | None
Cleaner: TypeAlias = Callable[[object], Value]
"""From a JSON value to the stored one; raises `Unfit` with what is wrong."""

LONGEST_TEXT = 64 * 1024
"""Bytes of UTF-8 in a text or long text."""
WHOLE_DIGITS, FRACTION_DIGITS = 15, 6
_BEYOND = 10**WHOLE_DIGITS
_PHONE = re.compile(r"[0-9+()./ x#*-]{1,50}", re.ASCII | re.IGNORECASE)
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]")
TEXTS = frozenset({"text", "long_text", "email", "phone", "url"})
"""Kinds whose values are free text."""
NUMBERS = frozenset({"number", "currency"})
CHOICES = frozenset({"select", "multi_select"})


def cleaner(field: Field) -> Cleaner:
    """What turns a JSON value of `field` into the stored one. Null, "" and [] unset it."""
    take = _TAKERS[field.kind](field)

    def clean(value: object) -> Value:
        if not value and (value is None or value == "" or value == []):
            return None
        return take(value)

    return clean


def exact(value: object) -> int | Decimal:
    """A JSON number in its shortest exact form. Raises `Unfit`."""
    if type(value) is int:
        if not -_BEYOND < value < _BEYOND:
            raise Unfit(f"must have at most {WHOLE_DIGITS} digits before the point")
        return value
    if not isinstance(value, Decimal):
        raise Unfit("must be a number")
    if not value.is_finite() or (value and value.adjusted() >= WHOLE_DIGITS):
        raise Unfit(f"must have at most {WHOLE_DIGITS} digits before the point")
    if value == value.to_integral_value():
        return int(value)
    digits = format(value, "f").rstrip("0") if value.adjusted() >= -FRACTION_DIGITS else ""
    if not digits or len(digits.partition(".")[2]) > FRACTION_DIGITS:
        raise Unfit(f"must have at most {FRACTION_DIGITS} digits after the point")
    return Decimal(digits)


@lru_cache(maxsize=256)
def pattern_check(pattern: str) -> Callable[[str], bool]:
    """Whether a whole text matches. Raises `Unfit` for a pattern that cannot be used.

    The patterns are Rust's: matching takes linear time, so no pattern of a user can stop the server.
    """
    from pydantic_core import SchemaError, SchemaValidator, core_schema  # few boards have a pattern

    try:
        validator = SchemaValidator(core_schema.str_schema(pattern=rf"\A(?:{pattern})\z", strict=True))
    except SchemaError as error:
        reason = str(error).rpartition("error:")[2].strip().partition("\n")[0]
        raise Unfit(f"is not a pattern: {reason[:200]}") from None
    return validator.isinstance_python


def _text(field: Field) -> Cleaner:
    longest = field.max_length
    check = pattern_check(field.pattern) if field.pattern else None

    def take(value: object) -> Value:
        if not isinstance(value, str):
            raise Unfit("must be text")
        if longest is not None and len(value) > longest:
            raise Unfit(f"must have at most {longest} characters")
        if len(value) > LONGEST_TEXT // 4 and len(value.encode("utf-8", "replace")) > LONGEST_TEXT:
            raise Unfit("must have at most 64 KiB")
        fault = fault_in(value)
        if fault:
            raise Unfit(fault)
        if check is not None and not check(value):
            raise Unfit(f"must match {field.pattern}")
        return value

    return take


def _email(field: Field) -> Cleaner:
    text = _text(field)

    def take(value: object) -> Value:
        address = text(value)
        assert isinstance(address, str)
        local, at, domain = address.rpartition("@")
        if not (local and at and domain) or "@" in local or len(address) > 254 or _SPACE.search(address):
            raise Unfit("must be an e-mail address")
        return address

    return take


def _phone(field: Field) -> Cleaner:
    text = _text(field)

    def take(value: object) -> Value:
        number = text(value)
        assert isinstance(number, str)
        if not _PHONE.fullmatch(number) or sum(map(str.isdigit, number)) < 3:
            raise Unfit("must be a phone number")
        return number

    return take


def _url(field: Field) -> Cleaner:
    text = _text(field)

    def take(value: object) -> Value:
        address = text(value)
        assert isinstance(address, str)
        try:
            parts = urlsplit(address)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            usable = False
        if not usable or len(address) > 2048 or _SPACE.search(address):
            raise Unfit("must be a web address that starts with http:// or https://")
        return address

    return take


def _number(field: Field) -> Cleaner:
    low, high = field.min, field.max

    def take(value: object) -> Value:
        number = exact(value)
        if low is not None and number < low:
            raise Unfit(f"must be at least {low}")
        if high is not None and number > high:
            raise Unfit(f"must be at most {high}")
        return number

    return take


def _date(_field: Field) -> Cleaner:
    def take(value: object) -> Value:
        if not isinstance(value, str):
            raise Unfit("must be a date like 2026-11-02")
        try:
            return parse_date(value)
        except ValueError as error:
            raise Unfit(str(error)) from None

    return take


def _select(field: Field) -> Cleaner:
    options = frozenset(field.options)

    def take(value: object) -> Value:
        if not isinstance(value, str) or value not in options:
            raise Unfit(f"must be one of {', '.join(field.options)[:300]}")
        return value

    return take


def _multi_select(field: Field) -> Cleaner:
    options = frozenset(field.options)

    def take(value: object) -> Value:
        if not isinstance(value, list | tuple) or not all(isinstance(choice, str) for choice in value):
            raise Unfit("must be a list of choices")
        if not options.issuperset(value):
            raise Unfit(f"must only hold {', '.join(field.options)[:300]}")
        return tuple(sorted(set(value)))

    return take


def _checkbox(_field: Field) -> Cleaner:
    def take(value: object) -> Value:
        if not isinstance(value, bool):
            raise Unfit("must be true or false")
        return value

    return take


_TAKERS: dict[str, Callable[[Field], Cleaner]] = {
    "text": _text,
    "long_text": _text,
    "number": _number,
    "currency": _number,
    "date": _date,
    "email": _email,
    "phone": _phone,
    "url": _url,
    "select": _select,
    "multi_select": _multi_select,
    "checkbox": _checkbox,
}


def extra_value(value: object) -> Value:
    """A value of a field that no blueprint knows, on a board that stores such. Raises `Unfit`."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal):
        return exact(value)
    if isinstance(value, str):
        return _text(Field("extra", "extra"))(value)
    if isinstance(value, list) and all(isinstance(member, str) for member in value):
        return tuple(value)
    raise Unfit("must be text, a number, true, false, null or a list of texts")


def converted(value: Value, clean: Cleaner) -> Value:
    """A stored value under another kind, or None when the kind cannot hold it."""
    candidates: list[object] = [list(value) if isinstance(value, tuple) else value]
    if isinstance(value, str):
        candidates += [[value]]
        if re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", value, re.ASCII):
            candidates += [Decimal(value)]
    elif isinstance(value, tuple):
        candidates += [", ".join(value)]
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        candidates += [number(Decimal(value))]
    for candidate in candidates:
        try:
            return clean(candidate)
        except ValueError:
            continue
    return None
