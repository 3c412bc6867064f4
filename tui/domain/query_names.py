"""The names of the filter language: its own words, the built-in members and the board's fields."""

from __future__ import annotations

import re
from difflib import get_close_matches

from tui.domain.model import COLUMN, LABELS, NAME, POSITION, STATUS, Board, Field, Member
from tui.domain.order import CREATED, KEY, SOURCE, UPDATED, SortKey
from tui.domain.query_syntax import Operand, QueryError
from tui.domain.text import fold

WORDS = frozenset({"column", "label", "status", "is", "has", "no", "sort", "created", "updated", "stale", "age", "key"})
"""Words that mean the language's own, whatever fields a board has."""
BUILT_IN = frozenset({"name", "source", "contact"})
"""Members that every item has; no field may take their names."""

LISTED = 12
"""Names that a mistake lists at most."""
_SORTABLE = {
    "name": NAME, "column": COLUMN, "status": STATUS, "label": LABELS, "labels": LABELS, "position": POSITION,
    "key": KEY, "created": CREATED, "updated": UPDATED, "source": SOURCE,
}  # fmt: skip


def find_field(board: Board, name: str) -> Field | None:
    """The board's field of that name or label, whatever the case; ``field.`` may stand before it."""
    wanted = name[6:] if name.lower().startswith("field.") else name
    exact = board.field(wanted)
    if exact is not None:
        return exact
    plain = _plain(wanted)
    by_name = [field for field in board.fields if _plain(field.name) == plain]
    by_label = [field for field in board.fields if _plain(field.label) == plain]
    return next(iter(by_name + by_label), None)


def need_field(board: Board, name: str, at: int) -> Field:
    """The board's field of that name; QueryError with the nearest names when there is none."""
    field = find_field(board, name)
    if field is not None:
        return field
    near = _nearest(board, fold(name)[:64])
    held = [plain_label(field) for field in board.fields]
    listed = ", ".join(held[:LISTED]) + (", …" if len(held) > LISTED else "")
    there = f"; there are {listed}." if held else "."
    hint = f"Did you mean {near}? " if near else ""
    quotes = "" if near else " To search for these words, put them in quotes."
    raise QueryError(f"{hint}This board has no field “{name[:40]}”{there}{quotes}", at)


def plain_label(field: Field) -> str:
    """How a field is best written in a filter: by its label, or by its name when the label is of several words."""
    return fold(field.label) if re.fullmatch(r"[^\W\d]\w*", field.label) else field.name


def _nearest(board: Board, name: str) -> str | None:
    """The name that was most likely meant: one spelt nearly so, else a field that has it as a part."""
    names = {word: word for word in sorted(WORDS | BUILT_IN)}
    for field in board.fields:
        parts = [part for part in re.split(r"[\s_-]+", fold(f"{field.name} {field.label}")) if len(part) > 3]
        for known in (*parts, fold(field.name), fold(field.label)):
            names.setdefault(known, plain_label(field) if known == fold(field.label) else field.name)
    close = get_close_matches(name, names, n=1)
    if close:
        return names[close[0]]
    if len(name) < 3:
        return None
    return next((field.name for field in board.fields if name in fold(field.name) or name in fold(field.label)), None)


def sort_keys(board: Board, operands: tuple[Operand, ...]) -> tuple[SortKey, ...]:
    """The steps of ``sort:-deal_value,name``."""
    return tuple(_sort_key(board, operand) for operand in operands)


def _sort_key(board: Board, operand: Operand) -> SortKey:
    name = operand.text.removeprefix("-")
    descending = name != operand.text
    word = fold(name)
    if word in ("age", "stale"):
        # Youngest first is the greatest moment first.
        return SortKey(CREATED if word == "age" else UPDATED, not descending)
    if word in _SORTABLE:
        return SortKey(_SORTABLE[word], descending)
    return SortKey(need_field(board, name, operand.at).member, descending)


def member_of(board: Board, operand: Operand) -> Member | Field:
    """What ``has:`` and ``no:`` ask for: a built-in member or a field."""
    word = fold(operand.text)
    if word in ("label", "labels"):
        return LABELS
    if word in ("status", "source", "contact"):
        return Member(word)
    return need_field(board, operand.text, operand.at)


def _plain(name: str) -> str:
    """A name without case, with one separator."""
    return re.sub(r"[\s_-]+", "_", fold(name))
