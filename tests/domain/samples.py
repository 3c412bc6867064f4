"""A board with every kind of field, items for it, and strategies for values that a board can hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tui.domain.model import Board, BoardId, Column, ColumnId, Field, Item, ItemId, Moment, Status, StatusId
from tui.domain.record import Record, Value

TODAY = date(2026, 3, 11)
"""A Wednesday."""

OPTIONS = ("low", "medium", "high", "very, very high", "Größe")
FIELDS = (
    Field("contact_name", "Contact name"),
    Field("notes", "Notes", "long_text"),
    Field("deal_value", "Deal value", "currency", currency="USD", sum=True),
    Field("score", "Score", "number"),
    Field("probability", "Probability", "number", min=Decimal(0), max=Decimal(100), weight=True),
    Field("expected_close", "Expected close", "date"),
    Field("email", "Email", "email"),
    Field("phone", "Phone", "phone"),
    Field("website", "Website", "url"),
    Field("priority", "Priority", "select", options=OPTIONS),
    Field("owner", "Owner", "select", options=("Sam Lee", "Ann Other")),
    Field("regions", "Regions", "multi_select", options=OPTIONS),
    Field("signed", "Signed", "checkbox"),
    Field("column", "A field with a word of the language for its name"),
)
OPEN, WAITING = Status(StatusId("s-open"), "Open"), Status(StatusId("s-waiting"), "Waiting")
LEAD = Column(ColumnId("c-lead"), "Lead", probability=Decimal("12.5"), statuses=(OPEN, WAITING))
QUALIFIED = Column(
    ColumnId("c-qualified"),
    "In progress",
    probability=Decimal(40),
    statuses=(Status(StatusId("q-open"), "Open"), Status(StatusId("q-stuck"), "Stuck")),
)
WON = Column(ColumnId("c-won"), "Won", closed="won", statuses=(Status(StatusId("w-done"), "Done"),))
BOARD = Board(BoardId("b"), "Sales", (LEAD, QUALIFIED, WON), FIELDS, prefix="DEAL")


def field(name: str) -> Field:
    """A field of the sample board."""
    found = BOARD.field(name)
    assert found is not None
    return found


def an_item(number: int = 1, *, fields: dict[str, Value] | None = None, **members: Any) -> Item:
    """An item of the sample board; fields that are not given are unknown."""
    given: dict[str, Any] = {
        "id": ItemId(f"i-{number}"),
        "key": f"DEAL-{number}",
        "name": f"Deal {number}",
        "board_id": BOARD.id,
        "column_id": LEAD.id,
        "status_id": OPEN.id,
        "fields": Record(fields or {}),
        "version": 1,
        "created_at": Moment(1_000_000),
        "updated_at": Moment(1_000_000),
    }
    return Item(**{**given, **members})


numbers = st.one_of(
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.decimals(-(10**9), 10**9, places=6, allow_nan=False).filter(lambda number: number != number.to_integral_value()),
).map(lambda number: number if isinstance(number, int) else Decimal(f"{number:f}".rstrip("0")))
"""Numbers in canonical form."""

plain_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)

VALUES: dict[str, st.SearchStrategy[Value]] = {
    "contact_name": plain_texts,
    "notes": plain_texts,
    "deal_value": numbers,
    "score": numbers,
    "probability": st.integers(0, 100),
    "expected_close": st.dates(),
    "email": st.sampled_from(["sam@example.com", "a.b+c@sub.example.org"]),
    "phone": st.sampled_from(["+44 20 7946 0958", "(020) 7946-0958 ext. 12"]),
    "website": st.sampled_from(["https://example.com/a?b=c", "example.org"]),
    "priority": st.sampled_from(OPTIONS),
    "owner": st.sampled_from(["Sam Lee", "Ann Other"]),
    "regions": st.sets(st.sampled_from(OPTIONS)).map(lambda members: tuple(sorted(members))),
    "signed": st.booleans(),
    "column": plain_texts,
}
"""Per field, the values that it can hold in canonical form, the empty one left out."""

strange_values: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.integers(),
    st.decimals(),
    st.dates(),
    st.booleans(),
    st.lists(st.text(max_size=3)).map(tuple),
)
"""Values of any type, as a foreign server may send them under any name."""

COLUMNS_AND_STRAY = (LEAD.id, QUALIFIED.id, WON.id, ColumnId("c-gone"))
"""The board's columns and one that it does not have."""
