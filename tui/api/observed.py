"""What kinds a board's fields are, as far as the values seen so far tell: no foreign API says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import get_args

from tui.api.wire_text import as_choices, as_date, as_flag, as_number
from tui.domain.model import Field, Kind

_CALL = re.compile(r"(?:\+|0)[\d\s().-]{6,24}")
_CALLED = re.compile(r"phone|mobile|whatsapp|(?:^|_)(?:tel|fax|hp|wa)(?:_|$)", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_SURE: dict[Kind, Callable[[str], object]] = {
    "number": re.compile(r"-?[1-9]\d{0,14}(?:\.\d{1,6})?|0(?:\.\d{1,6})?", re.ASCII).fullmatch,
    "date": re.compile(r"[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])", re.ASCII).fullmatch,
    "checkbox": {"true", "false"}.__contains__,
    "email": _MAIL.fullmatch,
    "phone": _CALL.fullmatch,
    "text": re.compile(r"[^\n]*").fullmatch,
}
"""What certainly is of its field's kind: most values are, and a board has a hundred thousand."""
_MOST = 500
"""Fields of a board that are told apart: real boards have tens."""


class Observed:
    """Kinds by field name. A value that does not fit makes its field a text, for good: kinds never waver."""

    def __init__(self, *, worded: bool) -> None:
        """`worded`: every value comes as a text, whatever it means."""
        self._worded = worded
        self._kinds: dict[str, Kind | None] = {}
        # Where values have types, a text is never a number, whatever it looks like.
        unsure = () if worded else ("number", "checkbox")
        self._sure = {kind: _SURE[kind] if kind in _SURE and kind not in unsure else _never for kind in get_args(Kind)}

    def see(self, values: Mapping[str, object]) -> None:
        """Learn from one item's values."""
        kinds, sure = self._kinds, self._sure
        for name, value in values.items():
            kind = kinds.get(name)
            if kind is not None and (kind == "long_text" or (type(value) is str and sure[kind](value))):
                continue
            if name not in kinds and len(kinds) >= _MOST:
                continue
            kinds[name] = _both(kind, self._kind(name, value))

    def fields(self) -> tuple[Field, ...]:
        """A field for every name, in the order they were first seen."""
        return tuple(Field(name, name.replace("_", " "), kind or "text") for name, kind in self._kinds.items())

    def _kind(self, name: str, value: object) -> Kind | None:
        match value:
            case None | "" | []:
                return None
            case bool():
                return "checkbox"
            case int() | Decimal():
                return "number"
            case list() if all(type(part) is str for part in value):
                return "multi_select"
            case str():
                return self._kind_of_text(name, value)
            case _:
                return "text"

    def _kind_of_text(self, name: str, text: str) -> Kind:
        if "\n" in text:
            return "long_text"
        if as_date(text) is not None:
            return "date"
        if _CALL.fullmatch(text):
            return "phone"
        if _MAIL.fullmatch(text):
            return "email"
        if text.startswith(("https://", "http://")):
            return "url"
        return self._kind_of_word(name, text) if self._worded else "text"

    def _kind_of_word(self, name: str, text: str) -> Kind:
        if as_number(text) is not None:
            return "phone" if _CALLED.search(name) else "number"
        if as_flag(text) is not None:
            return "checkbox"
        return "multi_select" if text.startswith("[") and as_choices(text) is not None else "text"


def _never(_: str) -> bool:
    return False


def _both(one: Kind | None, other: Kind | None) -> Kind | None:
    """The kind that holds values of both."""
    if one is None or other is None or one == other:
        return one or other
    if "long_text" in (one, other):
        return "long_text"
    return "phone" if {one, other} == {"phone", "number"} else "text"
