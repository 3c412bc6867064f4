"""The state an edit is made against: as just read, or an earlier one that the caller names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tui.api.backend import Past
from tui.domain.model import COLUMN, NAME, STATUS, Board, Item, Member, Moment, field_name, with_value
from tui.domain.record import Value
from tui.errors import Invalid, Unsupported

if TYPE_CHECKING:
    from tui.cli.reach import Shell


class Earlier(Struct, frozen=True):
    """What ``--if-version`` or ``--if-updated-at`` says."""

    version: int | None = None
    updated_at: Moment | None = None


async def base_of(shell: Shell, now: Item, board: Board, earlier: Earlier) -> Item | None:
    """The item as the caller last saw it; None when it has changed since and nobody can say from what."""
    if earlier.version is not None and now.version is None:
        raise Unsupported("this server keeps no versions; state when you read the item, with --if-updated-at")
    if earlier.version is not None and now.version is not None and earlier.version > now.version:
        why = f"{now.key} has only come to version {now.version}."
        raise Invalid(f"--if-version: {why}", {"if_version": why})
    if not _is_stale(now, earlier):
        return now
    if not shell.backend.capabilities.history:
        return None
    past = await shell.ask(lambda: shell.backend.history(now.id))
    return rolled_back(now, board, past, lambda entry: _is_later(entry, earlier))


def _is_stale(now: Item, earlier: Earlier) -> bool:
    if earlier.version is not None:
        return now.version != earlier.version
    return earlier.updated_at is not None and now.updated_at > earlier.updated_at


def _is_later(entry: Past, earlier: Earlier) -> bool:
    if earlier.version is not None:
        return entry.version is None or entry.version > earlier.version
    return earlier.updated_at is not None and entry.at > earlier.updated_at


def rolled_back(now: Item, board: Board, past: tuple[Past, ...], later: Callable[[Past], bool]) -> Item:
    """`now` without what the `later` entries of its history, newest first, have changed."""
    item, version = now, now.version
    for entry in past:
        if not later(entry):
            version = entry.version
            break
        for member, old, _ in sorted(entry.changes, key=lambda change: change[0] == STATUS):
            if member in (NAME, COLUMN, STATUS, "labels", "position") or field_name(member) is not None:
                item = with_value(item, member, _held(old, member, item, board))
    return replace(item, version=version)


def _held(old: Value, member: Member, item: Item, board: Board) -> Value:
    """A value of a history as an item holds it: columns and statuses by id, dates as dates."""
    if member == COLUMN:
        return next((column.id for column in board.columns if column.name == old), item.column_id)
    if member == STATUS:
        column = board.column(item.column_id)
        return next((status.id for status in column.statuses if status.name == old), None) if column else None
    field = board.field(field_name(member) or "")
    if field is not None and field.kind == "date" and isinstance(old, str):
        return date.fromisoformat(old)
    return old
