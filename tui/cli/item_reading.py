"""``cardwall items list``, ``search``, ``show`` and ``history``."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from tui.cli.item_lookup import board_names, chosen, find_board, find_item, items_of
from tui.cli.item_output import item_json, key_name, plain, say_item, say_items, value_text, when
from tui.cli.output import note, say_json, say_table
from tui.cli.reach import Shell, reached
from tui.domain.model import COLUMN, STATUS, Board, Item, Member
from tui.domain.order import SortKey, item_key
from tui.domain.query import Query, QueryError, parse
from tui.domain.text import visible

if TYPE_CHECKING:
    from tui.api.backend import Past

Row = tuple[Item, Board]


def run_list(options: argparse.Namespace) -> int:
    """Show a board's items."""

    async def work(shell: Shell) -> int:
        board = await find_board(shell, options.board)
        query = _understood(options.filter or "", board, shell)
        return _shown(options, await _matching(shell, board, query))

    return reached(options, work)


def run_search(options: argparse.Namespace) -> int:
    """Find items on every board, or on one.

    Every item is read: a server's own search knows the beginnings of words, and of names and values alone, and would
    miss what the filter finds in the middle of a word, in labels and in sources.
    """

    async def work(shell: Shell) -> int:
        names = await board_names(shell)
        ids = [chosen(names, options.board)] if options.board else [name.id for name in names]
        rows: list[Row] = []
        mistake: QueryError | None = None
        asked = 0
        for board_id in ids:
            board = await shell.ask(lambda board_id=board_id: shell.backend.board(board_id))  # type: ignore[misc]
            try:
                query = parse(options.query, board, now=_now(), me=shell.profile.me or None)
            except QueryError as error:  # a field that this board does not have: another one may
                mistake = error
                continue
            asked += 1
            rows += await _matching(shell, board, query)
        if mistake is not None and not asked:
            _point(options.query, mistake)
            raise mistake
        return _shown(options, rows)

    return reached(options, work)


def run_show(options: argparse.Namespace) -> int:
    """Show one item."""

    async def work(shell: Shell) -> int:
        item, board = await find_item(shell, options.item, options.board)
        if options.json:
            say_json(item_json(item, board))
        else:
            say_item(item, board)
        return 0

    return reached(options, work)


def run_history(options: argparse.Namespace) -> int:
    """Show an item's past."""

    async def work(shell: Shell) -> int:
        item, board = await find_item(shell, options.item, options.board)
        past = await shell.ask(lambda: shell.backend.history(item.id))
        if options.json:
            say_json([_entry_json(entry) for entry in past])
            return 0
        rows = [row for entry in past for row in _entry_rows(entry, board)]
        say_table(("WHEN", "WHO", "VERSION", "WHAT", "FROM", "TO"), rows)
        return 0

    return reached(options, work)


def _understood(text: str, board: Board, shell: Shell) -> Query:
    try:
        return parse(text, board, now=_now(), me=shell.profile.me or None)
    except QueryError as mistake:
        _point(text, mistake)
        raise


def _now() -> datetime:
    return datetime.now().astimezone()


def _point(text: str, mistake: QueryError) -> None:
    """Show where in a filter the mistake is, as the wall does."""
    before = visible(text[: mistake.column])
    print(f"  {visible(text)}\n  {' ' * len(before)}^", file=sys.stderr)  # noqa: T201 - notes are for stderr


async def _matching(shell: Shell, board: Board, query: Query) -> list[Row]:
    items = [item async for item in items_of(shell, board)]
    if query.note:
        note(query.note)
    unknown = sum(query.unknown(item) for item in items)
    if unknown:
        note(f"{board.name}: of {unknown} items the server does not tell what is asked for; they are left out")
    found = [item for item in items if query.matches(item)]
    order = item_key(board, query.sort or (SortKey(COLUMN),))
    return [(item, board) for item in sorted(found, key=order)]


def _shown(options: argparse.Namespace, rows: list[Row]) -> int:
    rows = rows[: options.limit]
    if options.json:
        say_json([item_json(item, board) for item, board in rows])
    elif rows:
        say_items(rows)
    else:
        note("nothing is found")
    return 0


def _entry_json(entry: Past) -> dict[str, object]:
    return {
        "version": entry.version,
        "at": when(entry.at),
        "by": entry.by,
        "changes": {key_name(member): [plain(old), plain(new)] for member, old, new in entry.changes},
    }


def _entry_rows(entry: Past, board: Board) -> list[tuple[str, ...]]:
    head = (when(entry.at) or "-", entry.by or "someone", "-" if entry.version is None else str(entry.version))

    def text(member: Member, value: object) -> str:
        if member in (COLUMN, STATUS):
            return str(value or "-")  # a history has their names
        return value_text(value, member, board)  # type: ignore[arg-type]  # it is a Value

    rows: list[tuple[str, ...]] = []
    for member, old, new in entry.changes:
        rows.append((*head, key_name(member), text(member, old), text(member, new)))
    return rows or [(*head, "-", "-", "-")]
