"""Items as the shell shows them: one JSON form everywhere, tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import to_builtins

from tui.cli.output import moment, say, say_table
from tui.domain import values
from tui.domain.changes import Edits, Set, apply_delta
from tui.domain.model import COLUMN, STATUS, Board, Item, Member, Moment, StatusId, field_name, label_of, value_of
from tui.domain.record import Value


def item_json(item: Item, board: Board) -> dict[str, object]:
    """An item as JSON."""
    return {
        "id": None if item.is_local else item.id,
        "key": item.key,
        "name": item.name,
        "board": board.name,
        "board_id": item.board_id,
        "column": value_json(item.column_id, COLUMN, board),
        "column_id": item.column_id,
        "status": value_json(item.status_id, STATUS, board),
        "status_id": item.status_id,
        "fields": {name: plain(value) for name, value in item.fields.items()},
        "labels": list(item.labels),
        "contact": None if item.contact is None else to_builtins(item.contact),
        "version": item.version,
        "position": item.position,
        "created_at": when(item.created_at),
        "updated_at": when(item.updated_at),
    }


def plain(value: Value) -> object:
    """A value as JSON has it; numbers stay numbers."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def value_json(value: Value, member: Member, board: Board) -> object:
    """A member's value as JSON; columns and statuses by name."""
    return _named(value, member, board) if member in (COLUMN, STATUS) else plain(value)


def value_text(value: Value, member: Member, board: Board) -> str:
    """A member's value for people."""
    if member in (COLUMN, STATUS):
        return _named(value, member, board) or "-"
    field = board.field(field_name(member) or "")
    if field is not None:
        return values.show(value, field) or "-"
    return ", ".join(value) if isinstance(value, tuple) else str(value or "-")


def _named(value: Value, member: Member, board: Board) -> str | None:
    if member == COLUMN:
        return next((column.name for column in board.columns if column.id == value), None)
    found = (column.status(StatusId(str(value))) for column in board.columns)
    return next((status.name for status in found if status is not None), None)


def when(at: Moment) -> str | None:
    """A moment as text; None for one that is not known."""
    return moment(at * 1000) if at else None


def key_name(member: Member) -> str:
    """A member's name in JSON."""
    return field_name(member) or member


def edits_json(edits: Edits, item: Item, board: Board) -> dict[str, object]:
    """What edits do to an item, by member."""
    return {
        key_name(member): {
            "from": value_json(value_of(item, member), member, board),
            "to": value_json(
                edit.mine if isinstance(edit, Set) else apply_delta(edit, value_of(item, member)), member, board
            ),
        }
        for member, edit in sorted(edits.items())
    }


def say_items(rows: Sequence[tuple[Item, Board]]) -> None:
    """Items as a table; their board's value field where it has one."""
    boards = {board.id for _, board in rows}
    head = ("KEY", "NAME", *(("BOARD",) if len(boards) > 1 else ()), "COLUMN", "STATUS", "VALUE", "UPDATED")
    say_table(head, [_row(item, board, several=len(boards) > 1) for item, board in rows])


def _row(item: Item, board: Board, *, several: bool) -> tuple[str, ...]:
    column, status = (value_text(value_of(item, member), member, board) for member in (COLUMN, STATUS))
    worth = board.value_field
    value = value_text(item.fields.get(worth.name), worth.member, board) if worth else "-"
    updated = (when(item.updated_at) or "-")[:10]
    return item.key, item.name, *((board.name,) if several else ()), column, status, value, updated


def say_item(item: Item, board: Board) -> None:
    """All of an item, a line a member."""
    say(f"{item.key}  {item.name}")
    rows = [("id", item.id), ("board", board.name), *_members(item, board)]
    if item.contact is not None:
        rows.append(("contact", ", ".join(item.contact.details) or item.contact.id))
    rows += [
        ("version", "-" if item.version is None else str(item.version)),
        ("created", when(item.created_at) or "-"),
        ("updated", " by ".join(filter(None, (when(item.updated_at), item.updated_by))) or "-"),
    ]
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        first, *more = text.split("\n")
        say(f"  {name.ljust(width)}  {first}".rstrip())
        for line in more:
            say(f"  {' ' * width}  {line}".rstrip())


def _members(item: Item, board: Board) -> Iterable[tuple[str, str]]:
    for member in (COLUMN, STATUS, Member("labels")):
        yield str(member), value_text(value_of(item, member), member, board)
    named = {field.name for field in board.fields}
    for field in board.fields:
        if item.fields.get(field.name) not in (None, (), ""):
            yield label_of(board, field.member), value_text(item.fields[field.name], field.member, board)
    for name, value in item.fields.items():
        if name not in named and value not in (None, (), ""):
            yield name, str(plain(value))
