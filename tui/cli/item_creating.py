"""``cardwall items create``."""

from __future__ import annotations

import argparse
import time
import uuid
from collections.abc import Iterable
from datetime import date

from tui.api.backend import DuplicateRefused
from tui.cli.item_lookup import find_board, find_column, find_status
from tui.cli.item_output import item_json
from tui.cli.item_values import check_labels, pair, read_values
from tui.cli.output import Told, say_done
from tui.cli.queueing import put, reached_or_remembered
from tui.cli.reach import Shell
from tui.domain.changes import Create
from tui.domain.model import COLUMN, LABELS, LOCAL, NAME, STATUS, Board, Item, ItemId, Moment, field_name, with_value
from tui.domain.record import Record
from tui.domain.values import empty
from tui.errors import Invalid, Unsupported


def run_create(options: argparse.Namespace) -> int:
    """Make an item."""

    async def work(shell: Shell) -> int:
        board = await find_board(shell, options.board)
        draft = draft_of(board, options.name, options.set, whole=True)
        draft = _placed(draft, board, options)
        if draft.labels and not shell.backend.capabilities.labels:
            raise Unsupported("this server's API has no labels")
        if options.dry_run:
            told = {**item_json(draft, board), "dry_run": True}
            say_done(options, f"{draft.name} would be made on {board.name}", told)
        elif options.queue:
            put(shell, Create(draft))
            say_done(options, f"{draft.name} waits in the outbox", {**item_json(draft, board), "queued": True})
        else:
            item = await _made(shell, draft, board)
            say_done(options, f"{item.key} is made on {board.name}: {item.name}", item_json(item, board))
        return 0

    return reached_or_remembered(options, work)


async def _made(shell: Shell, draft: Item, board: Board) -> Item:
    """Send it, under one key however often. Raises `Told` where the board refuses a duplicate."""
    key = str(uuid.uuid4())
    try:
        return await shell.write(lambda: shell.backend.create(draft, key=key))
    except DuplicateRefused as refused:
        found = [item_json(each.item, board) for each in refused.duplicates]
        keys = ", ".join(each.item.key for each in refused.duplicates[:12])
        message = refused.message + (f" ({keys})" if keys else "")
        raise Told(message, {"duplicates": found}, code=DuplicateRefused.code) from None


def draft_of(board: Board, name: str, sets: Iterable[str], *, whole: bool) -> Item:
    """A new item as the flags describe it, in the board's first column. Raises Invalid, UsageError."""
    if not board.columns:
        raise Invalid(f"{board.name} has no columns, so it takes no items")
    pairs = [pair(text) for text in sets]
    given = read_values(board, pairs, name=name, today=date.today(), whole=whole)  # noqa: DTZ011 - the user's day
    fields = {field.name: empty(field.kind) for field in board.fields}
    fields |= {own: value for member, value in given.items() if (own := field_name(member)) is not None}
    column = board.columns[0]
    now = Moment(int(time.time()))
    return Item(
        ItemId(f"{LOCAL}{uuid.uuid4()}"),
        "new",
        str(given[NAME]),
        board.id,
        column.id,
        column.statuses[0].id if column.statuses else None,
        Record(fields),
        created_at=now,
        updated_at=now,
    )


def _placed(draft: Item, board: Board, options: argparse.Namespace) -> Item:
    column = find_column(board, options.column) if options.column else board.columns[0]
    status = find_status(column, options.status) if options.status else None
    first = column.statuses[0].id if column.statuses else None
    members = {COLUMN: column.id, STATUS: status or first, LABELS: check_labels(options.label)}
    for member, value in members.items():
        draft = with_value(draft, member, value)
    return draft
