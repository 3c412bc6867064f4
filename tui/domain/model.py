"""Boards, columns, fields and items as frozen values: the words every layer shares."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal, NewType

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.record import EMPTY, Record, Value

BoardId = NewType("BoardId", str)
ColumnId = NewType("ColumnId", str)
StatusId = NewType("StatusId", str)
ItemId = NewType("ItemId", str)
Member = NewType("Member", str)
"""A part of an item that a person can change: a built-in name, or ``field.NAME`` for a board's field."""

Moment = NewType("Moment", int)
"""Seconds since the epoch, UTC: what both contracts show."""

Kind = Literal[
    "text", "long_text", "number", "currency", "date", "email", "phone", "url", "select", "multi_select", "checkbox"
]
Closed = Literal["won", "lost", "done"]

NAME = Member("name")
COLUMN = Member("column")
STATUS = Member("status")
POSITION = Member("position")
LABELS = Member("labels")
LOCAL = "local-"
"""Prefix of the id of an item the server has not named yet."""


class Status(Struct, frozen=True):
    """An optional step inside a column."""

    id: StatusId
    name: str


class Column(Struct, frozen=True):
    """A lane of a board, in the board's order."""

    id: ColumnId
    name: str
    colour: str | None = None
    limit: int | None = None
    """Soft limit on the number of items; shown, never enforced."""
    probability: Decimal | None = None
    """Chance of winning an item in this column, 0 to 100; weights sums."""
    closed: Closed | None = None
    """How an item ends by arriving here."""
    statuses: tuple[Status, ...] = ()

    def status(self, status_id: StatusId | None) -> Status | None:
        """The status of that id, if it is one of this column's."""
        return next((status for status in self.statuses if status.id == status_id), None)


class Field(Struct, frozen=True):
    """A typed attribute that a board gives its items."""

    name: str
    label: str
    kind: Kind = "text"
    required: bool = False
    options: tuple[str, ...] = ()
    """Choices of a select or multi-select, in order."""
    currency: str | None = None
    """ISO 4217 code of a currency field."""
    min: Decimal | None = None
    max: Decimal | None = None
    max_length: int | None = None
    """Characters."""
    pattern: str | None = None
    sum: bool = False
    """The board's value field: summed in column heads; at most one a board."""
    weight: bool = False
    """An item's own probability, 0 to 100: overrides the column's in weighted sums; at most one a board."""

    @property
    def member(self) -> Member:
        """The field as a part of an item."""
        return field_member(self.name)


class DuplicateRule(Struct, frozen=True):
    """What makes two items of a board the same, and what a create then does."""

    fields: tuple[str, ...] = ()
    mode: Literal["exact", "fuzzy"] = "exact"
    scope: Literal["board", "all"] = "board"
    on_duplicate: Literal["warn", "skip", "update"] = "warn"


class Board(Struct, frozen=True):
    """What is opened: columns in order, fields in order, and the rules for both."""

    id: BoardId
    name: str
    columns: tuple[Column, ...] = ()
    fields: tuple[Field, ...] = ()
    duplicates: DuplicateRule = DuplicateRule()
    prefix: str = ""
    """Short-id prefix: ``DEAL`` makes ``DEAL-42``."""
    allow_delete: bool = True
    revision: int | None = None
    """Revision of the blueprint as last read; None where the contract has none."""
    colour: str | None = None
    description: str | None = None

    def column(self, column_id: ColumnId | None) -> Column | None:
        """The column of that id, or None."""
        return next((column for column in self.columns if column.id == column_id), None)

    def field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)

    @property
    def value_field(self) -> Field | None:
        """The field that column heads sum."""
        return next((field for field in self.fields if field.sum), None)

    @property
    def weight_field(self) -> Field | None:
        """The field that holds an item's own probability."""
        return next((field for field in self.fields if field.weight), None)


class BoardName(Struct, frozen=True):
    """A board in the switcher: its id and name, nothing loaded."""

    id: BoardId
    name: str


class Contact(Struct, frozen=True):
    """The person an item is about, as far as its server says: some tell the id alone."""

    id: str
    name: str | None = None
    phone: str | None = None
    email: str | None = None

    @property
    def details(self) -> tuple[str, ...]:
        """What tells a person who it is; empty where only the id is known."""
        return tuple(filter(None, (self.name, self.phone, self.email)))


class Item(Struct, frozen=True):
    """The record: a deal, a ticket, a lead."""

    id: ItemId
    key: str
    """What people call it: ``DEAL-42``; ``new`` until the server has named it."""
    name: str
    board_id: BoardId
    column_id: ColumnId
    status_id: StatusId | None = None
    fields: Record = EMPTY
    labels: tuple[str, ...] = ()
    """Sorted, without repetition."""
    contact: Contact | None = None
    source: str | None = None
    version: int | None = None
    """State of the item on the server; None where the contract has none."""
    position: int | None = None
    created_at: Moment = Moment(0)
    updated_at: Moment = Moment(0)
    updated_by: str | None = None

    @property
    def contact_id(self) -> str | None:
        """Whom the item is about, by id."""
        return None if self.contact is None else self.contact.id

    @property
    def is_local(self) -> bool:
        """Whether the server has not named this item yet."""
        return self.id.startswith(LOCAL)


def field_member(name: str) -> Member:
    """The member that stands for the board's field `name`."""
    return Member(f"field.{name}")


def field_name(member: Member) -> str | None:
    """The board's field a member stands for; None for a built-in member."""
    return member[6:] if member.startswith("field.") else None


_ATTRIBUTES = {
    NAME: "name",
    COLUMN: "column_id",
    STATUS: "status_id",
    POSITION: "position",
    LABELS: "labels",
}


def value_of(item: Item, member: Member) -> Value:
    """What `item` holds in `member`; None when empty or unknown. A member that is not one: KeyError."""
    name = field_name(member)
    if name is not None:
        return item.fields.get(name)
    value: Value = getattr(item, _ATTRIBUTES[member])
    return value


def with_value(item: Item, member: Member, value: Value) -> Item:
    """`item` with one member replaced. A member that is not one: KeyError."""
    name = field_name(member)
    if name is not None:
        return replace(item, fields=item.fields.put(name, value))
    member_value: dict[str, Any] = {_ATTRIBUTES[member]: value}
    return replace(item, **member_value)


def label_of(board: Board, member: Member) -> str:
    """A member's name for people."""
    name = field_name(member)
    if name is None:
        return member
    field = board.field(name)
    return field.label if field else name


def is_newer(new: Item, old: Item) -> bool:
    """Whether `new` may replace `old` in the Snapshot: never an older version of the same item."""
    return new.version is None or old.version is None or new.version >= old.version
