"""The order of items on a board: sort keys, total and exact, missing values last in either direction."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from tui.domain.model import COLUMN, LABELS, NAME, STATUS, Board, Field, Item, Member, field_name, value_of
from tui.domain.record import Value
from tui.domain.text import fold

SortPart: TypeAlias = tuple[int, int | Decimal | str | bytes]
"""A rank (lower first) and what is compared within it: one type a rank, for one field and direction."""

OrderKey: TypeAlias = tuple[object, ...]
"""What items are sorted by; the last part is the item's id, so that no two are equal."""

KEY = Member("key")
CREATED = Member("created")
UPDATED = Member("updated")
SOURCE = Member("source")
"""Members that a person can sort by and not change."""

_VALUE, _STRANGE, _MISSING = 0, 1, 2
_LONGEST = 256
"""Characters of a text that take part in sorting."""
_DOWN = bytes((0xFE - byte) % 256 for byte in range(256))


class SortKey(Struct, frozen=True):
    """One step of a sort: a member and its direction."""

    member: Member
    descending: bool = False


def sort_key(value: Value, field: Field, *, descending: bool = False) -> SortPart:
    """Where a value stands among values of its field: by number, day, option or folded text.

    Empty values come last either way, and values that are not of the field's kind just before them.
    """
    if value is None or value in ("", ()):
        return _MISSING, 0
    number = _number_of(value, field)
    if number is not None:
        # copy_negate, because a minus sign would round a long Decimal.
        return _VALUE, _negated(number) if descending else number
    rank = _STRANGE if field.kind in _NUMBERED else _VALUE
    return rank, _text_key(", ".join(value) if isinstance(value, tuple) else str(value), descending)


def compare(left: Value, right: Value, field: Field) -> int:
    """-1, 0 or 1, as `left` stands before, beside or after `right`."""
    a, b = sort_key(left, field), sort_key(right, field)
    return (a > b) - (a < b)


def _number_of(value: Value, field: Field) -> int | Decimal | None:
    """The number a value is sorted by, where its kind has one."""
    match field.kind:
        case "number" | "currency":
            if isinstance(value, Decimal) and value.is_finite():
                return value
            return int(value) if isinstance(value, int) else None
        case "date":
            return value.toordinal() if isinstance(value, date) else None
        case "select":
            return field.options.index(value) if isinstance(value, str) and value in field.options else None
        case "checkbox":
            return int(value) if isinstance(value, bool) else None
        case _:
            return None


def _negated(number: int | Decimal) -> int | Decimal:
    return number.copy_negate() if isinstance(number, Decimal) else -number


def _text_key(text: str, descending: bool) -> str | bytes:
    """A folded text; downwards as inverted bytes, whose order is the reverse."""
    folded = fold(text[:_LONGEST])
    if not descending:
        return folded
    # No UTF-8 byte is above 0xFE, so 0xFF after the inverted bytes puts a text after those it begins.
    return folded.encode("utf-8", "surrogatepass").translate(_DOWN) + b"\xff"


def item_key(board: Board, sort: tuple[SortKey, ...] = ()) -> Callable[[Item], OrderKey]:
    """The function that says where an item stands: by `sort`, then position, else newest first, then id.

    Steps whose member the board does not have are left out. An item without a position follows those with one.
    """
    steps = [step for step in (_step(board, key) for key in sort) if step is not None]
    if not steps:
        return _board_key
    if len(steps) == 1:
        only = steps[0]
        return lambda item: (*only(item), *_board_key(item))
    return lambda item: (*(part for step in steps for part in step(item)), *_board_key(item))


def _board_key(item: Item) -> OrderKey:
    # Two parts and no more: at 100,000 items each further part is a megabyte.
    return (item.position if item.position is not None else _FAR - item.created_at), item.id


def _step(board: Board, key: SortKey) -> Callable[[Item], SortPart] | None:
    """The part of an item's key that one step of a sort gives."""
    down = key.descending
    name = field_name(key.member)
    if name is not None:
        field = board.field(name)
        return None if field is None else lambda item: sort_key(item.fields.get(name), field, descending=down)
    if key.member in (COLUMN, STATUS):
        places = _places(board, key.member)
        return lambda item: _ranked(places, value_of(item, key.member), down)
    if key.member in (CREATED, UPDATED):
        created = key.member == CREATED
        return lambda item: (_VALUE, (-1 if down else 1) * (item.created_at if created else item.updated_at))
    text = _TEXTS.get(key.member)
    return None if text is None else lambda item: _text_part(text(item), down)


def _places(board: Board, member: Member) -> dict[Value, int]:
    """Columns in the board's order, or statuses in that of their columns."""
    if member == COLUMN:
        return {column.id: at for at, column in enumerate(board.columns)}
    statuses = [status.id for column in board.columns for status in column.statuses]
    return {status: at for at, status in enumerate(statuses)}


def _ranked(places: dict[Value, int], value: Value, descending: bool) -> SortPart:
    place = places.get(value)
    if place is None:
        return _MISSING, 0
    return _VALUE, -place if descending else place


def _text_part(text: str, descending: bool) -> SortPart:
    return (_VALUE, _text_key(text, descending)) if text else (_MISSING, 0)


def _natural(key: str) -> str:
    """A short id with its number padded, so that DEAL-9 comes before DEAL-10."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(12), key[:_LONGEST])


_TEXTS: dict[Member, Callable[[Item], str]] = {
    NAME: lambda item: item.name,
    KEY: lambda item: _natural(item.key),
    LABELS: lambda item: ", ".join(item.labels),
    SOURCE: lambda item: item.source or "",
}
_FAR = 1 << 62
"""Beyond every position."""
_NUMBERED = ("number", "currency", "date", "select", "checkbox")
