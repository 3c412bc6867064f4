"""A new board from the two things its maker has in mind: what it is called, and its columns."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tui.domain.model import Board, BoardId, Closed, Column, ColumnId, Field
from tui.domain.text import fold

MOST_LETTERS = 60
"""Characters of a name that still fits where boards and columns are listed."""
_ENDS: dict[str, Closed] = {
    "won": "won",
    "lost": "lost",
    **dict.fromkeys(("done", "closed", "solved", "finished", "completed", "cancelled", "archived"), "done"),
}
"""Names of columns where items end."""
_NOTES = Field("notes", "Notes", "long_text")


class Start(Struct, frozen=True):
    """Columns and fields that many boards of a sort have."""

    name: str
    columns: tuple[str, ...]
    fields: tuple[Field, ...]


STARTS = (
    Start("tasks", ("To do", "Doing", "Done"), (Field("due", "Due", "date"), _NOTES)),
    Start(
        "deals",
        ("Lead", "Qualified", "Proposal", "Won", "Lost"),
        (
            Field("value", "Value", "currency", currency="USD", sum=True),
            Field("contact", "Contact"),
            Field("expected_close", "Expected close", "date"),
            _NOTES,
        ),
    ),
    Start(
        "tickets",
        ("New", "Open", "Waiting", "Solved"),
        (
            Field("requester", "Requester", "email"),
            Field("priority", "Priority", "select", options=("low", "normal", "high", "urgent")),
            _NOTES,
        ),
    ),
)


def name_in(text: str) -> str:
    """A name as it was typed, without blanks around it. Raises ValueError with the rest of a sentence about it."""
    name = " ".join(text.split())
    if not name:
        raise ValueError("needs at least one letter")
    if len(name) > MOST_LETTERS:
        raise ValueError(f"is longer than {MOST_LETTERS} letters")
    return name


def columns_in(text: str) -> tuple[str, ...]:
    """The names between commas, in order. Raises ValueError with the rest of a sentence about what is wrong."""
    names = tuple(name_in(part) for part in text.split(",") if part.strip())
    if not names:
        raise ValueError("needs at least one column")
    seen: set[str] = set()
    for name in names:
        if fold(name) in seen:
            raise ValueError(f"has “{name}” twice")
        seen.add(fold(name))
    return names


def start_board(name: str, columns: Sequence[str]) -> Board:
    """The board that is to be made; the fields are those of the start with these columns, or what tasks have."""
    start = next((start for start in STARTS if start.columns == tuple(columns)), STARTS[0])
    made = tuple(Column(ColumnId(""), column, closed=_ENDS.get(fold(column))) for column in columns)
    return Board(BoardId(""), name, made, start.fields)
