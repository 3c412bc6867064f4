"""The rules a board gives its fields, checked before a value is sent and again before it is stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from tui.domain import money
from tui.domain.model import Field, Kind
from tui.domain.pattern import breaks_pattern
from tui.domain.record import Value

TEXT_BYTES = 65_536
"""Bytes of a text in UTF-8."""

_EMAIL = re.compile(r"[^\s@,;<>]{1,64}@[^\s@,;<>.]+(?:\.[^\s@,;<>.]+)+")
_PHONE = re.compile(r"[\d\s().,/+*#;=-]*(?:(?:ext?\.?|x)\s*\d{1,8})?", re.IGNORECASE)
_URL = re.compile(
    r"(?:https?://(?:[^\s/?#@]*@)?)?(?P<host>[^\s/?#:@\[\]]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE
)


def check(value: Value, field: Field) -> str | None:
    """What is wrong with a value, as a sentence that does not repeat the field's name; None when nothing is.

    Addresses are judged leniently, by shape alone: what a server would take is never refused for its style.
    """
    if value is None or value in ("", ()):
        return "This must be filled in." if field.required else None
    breach = _CHECKS[field.kind](value, field)
    if breach or not isinstance(value, str):
        return breach
    return _check_text(value, field)


def _check_text(text: str, field: Field) -> str | None:
    if field.max_length is not None and len(text) > field.max_length:
        return f"This has {len(text):,} characters; {field.max_length:,} fit."
    if field.pattern and breaks_pattern(text, field.pattern):
        return f"This does not match the board's pattern {field.pattern}"
    return None


def _text(value: Value, _: Field) -> str | None:
    if not isinstance(value, str):
        return "This must be a text."
    if "\0" in value:
        return "This holds a NUL character, which cannot be stored."
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        return "This holds half a character (a lone surrogate), which cannot be stored."
    return f"This takes {size:,} bytes; {TEXT_BYTES:,} fit." if size > TEXT_BYTES else None


def _number(value: Value, field: Field) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return "This must be a number."
    if not money.is_storable(value):
        return f"{money.WHOLE_DIGITS} digits before the point and {money.PART_DIGITS} after it fit."
    if field.min is not None and value < field.min:
        return f"This must be at least {money.show_number(money.exact(field.min))}."
    if field.max is not None and value > field.max:
        return f"This must be at most {money.show_number(money.exact(field.max))}."
    return None


def _date(value: Value, _: Field) -> str | None:
    return (
        None if isinstance(value, date) and not isinstance(value, datetime) else "This must be a date like 2026-03-14."
    )


def _email(value: Value, field: Field) -> str | None:
    breach = _text(value, field)
    if breach or (isinstance(value, str) and len(value) <= 254 and _EMAIL.fullmatch(value)):
        return breach
    return "This must be an e-mail address like name@example.com."


def _phone(value: Value, field: Field) -> str | None:
    breach = _text(value, field)
    if breach or (isinstance(value, str) and len(value) <= 40 and _PHONE.fullmatch(value) and _digits(value) >= 3):
        return breach
    return "This must be a phone number like +44 20 7946 0958."


def _url(value: Value, field: Field) -> str | None:
    breach = _text(value, field)
    match = _URL.fullmatch(value) if isinstance(value, str) and len(value) <= 2048 else None
    if breach or (match and ("." in match["host"] or "://" in match[0])):
        return breach
    return "This must be a web address like https://example.com/page."


def _choice(value: Value, field: Field) -> str | None:
    if not isinstance(value, str):
        return "This must be one of the choices."
    return _not_a_choice([value], field) or _text(value, field)


def _choices(value: Value, field: Field) -> str | None:
    if not isinstance(value, tuple):
        return "This must be a list of choices."
    return _not_a_choice(value, field) or next(filter(None, (_text(member, field) for member in value)), None)


def _not_a_choice(members: tuple[str, ...] | list[str], field: Field) -> str | None:
    strange = [member for member in members if field.options and member not in field.options]
    if not strange:
        return None
    more = ", …" if len(field.options) > 12 else ""
    return f"“{strange[0][:40]}” is not a choice; take one of: {', '.join(field.options[:12])}{more}."


def _yes_or_no(value: Value, _: Field) -> str | None:
    return None if isinstance(value, bool) else "This must be yes or no."


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


_CHECKS: dict[Kind, Callable[[Value, Field], str | None]] = {
    "text": _text,
    "long_text": _text,
    "number": _number,
    "currency": _number,
    "date": _date,
    "email": _email,
    "phone": _phone,
    "url": _url,
    "select": _choice,
    "multi_select": _choices,
    "checkbox": _yes_or_no,
}
