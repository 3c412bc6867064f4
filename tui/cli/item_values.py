"""What a command line says of an item's members, read as the forms read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from tui.domain import values
from tui.domain.model import NAME, Board, Field, Member
from tui.domain.query_names import find_field
from tui.domain.record import Value
from tui.errors import Invalid, UsageError

LONGEST_NAME = 500
LONGEST_LABEL = 64
_LISTED = 24
_ELSEWHERE = {
    "name": "--name", "title": "--name", "label": "--add-label", "labels": "--add-label",
    "column": "items move", "stage": "items move", "status": "items move --status",
}  # fmt: skip
"""Members that are no fields, and what sets them."""


def pair(text: str) -> tuple[str, str]:
    """``field=value`` in two. Raises UsageError."""
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise UsageError(f"{text[:60]!r} is not of the form field=value")
    return name.strip(), value


def read_values(
    board: Board,
    sets: Iterable[tuple[str, str]],
    unsets: Iterable[str] = (),
    *,
    name: str | None = None,
    today: date,
    whole: bool = False,
) -> dict[Member, Value]:
    """The values by member; `whole` asks for the fields a new item must have.

    Raises Invalid that names every field with a mistake, and says what is accepted.
    """
    found: dict[Member, Value] = {}
    wrong: dict[str, str] = {}
    for given, text in (*sets, *((field, "") for field in unsets)):
        field = find_field(board, given)
        if field is None:
            wrong[given] = _no_field(board, given)
            continue
        try:
            found[field.member] = values.parse(text, field, today=today)
        except Invalid as invalid:
            wrong |= invalid.fields
    if name is not None:
        found[NAME] = name.strip()
        if not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable():
            wrong["name"] = f"This takes 1 to {LONGEST_NAME} characters on one line."
    if whole:
        wrong |= _missing(board.fields, found)
    if wrong:
        raise Invalid("; ".join(f"{name}: {why}" for name, why in wrong.items()), wrong)
    return found


def check_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """Labels as they are stored. Raises Invalid."""
    kept = tuple(sorted({label.strip() for label in labels}))
    for label in kept:
        if not 0 < len(label) <= LONGEST_LABEL:
            why = f"A label has 1 to {LONGEST_LABEL} characters."
            raise Invalid(f"labels: {why}", {"labels": why})
    return kept


def _missing(fields: Iterable[Field], found: dict[Member, Value]) -> dict[str, str]:
    return {
        field.name: breach
        for field in fields
        if field.member not in found and (breach := values.check(values.empty(field.kind), field))
    }


def _no_field(board: Board, given: str) -> str:
    way = _ELSEWHERE.get(given.lower())
    if way is not None:
        return f"This is not a field; it is set with {way}."
    names = [field.name for field in board.fields]
    listed = ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
    return f"{board.name} has no such field; there are {listed}." if names else f"{board.name} has no fields."
