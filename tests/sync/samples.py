"""A small board and the ways to say "someone changed this"."""

from __future__ import annotations

from msgspec.structs import replace

from tui.domain.model import Board, BoardId, Column, ColumnId, Field, Item, ItemId, Moment, Status, StatusId
from tui.domain.record import Record, Value


def _column(name: str, *statuses: str, closed: bool = False) -> Column:
    return Column(
        ColumnId(name),
        name.title(),
        closed="won" if closed else None,
        statuses=tuple(Status(StatusId(f"{name}-{status}"), status.title()) for status in statuses),
    )


FIELDS = (
    Field("value", "Value", "number"),
    Field("notes", "Notes", "long_text"),
    Field("regions", "Regions", "multi_select", options=("emea", "apac", "us")),
)
SALES = Board(
    BoardId("sales"),
    "Sales",
    (_column("lead", "open", "waiting"), _column("talks", "open", "stuck"), _column("won", closed=True)),
    FIELDS,
    prefix="DEAL",
    revision=1,
)
SUPPORT = Board(BoardId("support"), "Support", (_column("new"), _column("solved")), FIELDS, revision=1)


def an_item(number: int = 1, *, version: int | None = 7, board: Board = SALES, **members: object) -> Item:
    """An item; names that are no members of it are fields."""
    item = Item(
        ItemId(f"i{number}"),
        f"DEAL-{number}",
        f"Deal {number}",
        board.id,
        board.columns[0].id,
        board.columns[0].statuses[0].id if board.columns[0].statuses else None,
        Record({"value": 1, "notes": "a\nb\nc", "regions": ()}),
        version=version,
        created_at=Moment(1_000 + number),
        updated_at=Moment(1_000),
    )
    return changed(item, step=0, **members)


def changed(item: Item, *, step: int = 1, **members: object) -> Item:
    """The item as someone left it, `step` versions later."""
    fields: dict[str, Value] = dict(item.fields)
    own: dict[str, object] = {}
    for name, value in members.items():
        if name in ("value", "notes", "regions"):
            fields[name] = value  # type: ignore[assignment]  # test data
        else:
            own[name] = value
    version = None if item.version is None else item.version + step
    return replace(item, **{"fields": Record(fields), "version": version, **own})
