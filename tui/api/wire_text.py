"""Values that travel as texts: what a text means under a kind, and back to the same text.

A text is only read as a number, date or flag when writing that gives the very same text again; any other stays the
text it is. So nothing that a server holds is lost, shown as something else or sent back changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from tui.api.json_text import loads, shown
from tui.domain import sets
from tui.domain.model import Kind
from tui.domain.money import is_storable
from tui.domain.record import Value
from tui.errors import Invalid

_COUNT = re.compile(r"-?[1-9]\d{0,14}|0", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_LONGEST_NUMBER = 64


def as_number(text: str) -> int | Decimal | None:
    """The number a text is, its zeros behind the point kept: ``25000.50``."""
    if _COUNT.fullmatch(text):
        return int(text)
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text) if "." in text else int(text)
    return number if is_storable(number) and _plain(number) == text else None


def as_date(text: str) -> date | None:
    """The day a text is, in the one form that is written back."""
    if len(text) != 10:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def as_flag(text: str) -> bool | None:
    """True or false."""
    return {"true": True, "false": False}.get(text)


def as_choices(text: str) -> tuple[str, ...] | None:
    """The choices in a text: a JSON list, or words parted by commas."""
    try:
        found = loads(text) if text.startswith("[") else list(sets.split(text))
    except (ValueError, Invalid):
        return None
    if not isinstance(found, list) or not all(type(choice) is str for choice in found):
        return None
    return tuple(sorted(set(found)))


READERS: dict[Kind, Callable[[str], Value]] = {
    "number": as_number,
    "currency": as_number,
    "date": as_date,
    "checkbox": as_flag,
    "multi_select": as_choices,
}
"""How a text is read under a kind; None where it does not fit. Under any other kind a text is itself."""


def read(value: object, kind: Kind) -> Value:
    """A value as the wire has it, under a field's kind. What fits no kind is shown as its JSON text."""
    if type(value) is str:
        reader = READERS.get(kind)
        found = reader(value) if reader is not None else None
        return found if found is not None else value or None
    if value is None or isinstance(value, bool | int | Decimal):
        return value
    if isinstance(value, list) and all(type(choice) is str for choice in value):
        return tuple(sorted(set(value)))
    return shown(value)


def write(value: Value, held: object = None) -> Any:
    """A value as the wire takes it: a text, in the form of what the item `held` before; an empty one is ``""``."""
    if value is None or value == ():
        return [] if isinstance(held, list) else ""
    if isinstance(value, tuple):
        return list(value) if isinstance(held, list) else _list(value, held)
    if isinstance(value, bool | int | Decimal) and isinstance(held, bool | int | Decimal):
        return value  # this server does not say everything in texts
    return value if isinstance(value, str) else _plain(value)


def _plain(value: bool | int | Decimal | date) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _list(choices: tuple[str, ...], held: object) -> str:
    words = sets.join(choices)
    if isinstance(held, str) and held and not held.startswith("[") and not words.startswith("["):
        return words
    return json.dumps(choices, ensure_ascii=False, separators=(",", ":"))
