"""``cardwall boards list`` and ``show``, of any profile."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING

from tui.cli.board_output import board_json, say_board
from tui.cli.item_lookup import board_names, find_board, items_of
from tui.cli.output import say_json, say_table
from tui.cli.profile_flags import profile_of
from tui.cli.reach import Shell, reached

if TYPE_CHECKING:
    from tui.config import Profile
    from tui.server.unit import Unit


def list_boards(options: argparse.Namespace) -> int:
    """Show every board; what a server does not tell without being read whole is left out."""
    profile = profile_of(options)
    if profile.contract == "local":
        return _say_list(options, _local(profile))

    async def work(shell: Shell) -> int:
        rows: list[dict[str, object]] = []
        for name in await board_names(shell):
            row: dict[str, object] = {"id": name.id, "name": name.name, "prefix": None, "columns": None, "items": None}
            if shell.backend.capabilities.blueprint:  # one request a board; elsewhere it takes many
                board = await shell.ask(lambda name=name: shell.backend.board(name.id))  # type: ignore[misc]
                row |= {"prefix": board.prefix, "columns": len(board.columns)}
            rows.append(row)
        return _say_list(options, rows)

    return reached(options, work)


def show_board(options: argparse.Namespace) -> int:
    """Show one board, with how many items its columns hold."""

    async def work(shell: Shell) -> int:
        board = await find_board(shell, options.name)
        held = Counter([str(item.column_id) async for item in items_of(shell, board)])
        board = await shell.ask(lambda: shell.backend.board(board.id))  # some learn their fields from the items
        if options.json:
            say_json(board_json(board, held))
        else:
            say_board(board, held)
        return 0

    return reached(options, work)


def _say_list(options: argparse.Namespace, rows: list[dict[str, object]]) -> int:
    if options.json:
        say_json(rows)
        return 0
    head = ("name", "prefix", "columns", "items", "id")
    table = [[("-" if row[name] is None else str(row[name])) for name in head] for row in rows]
    say_table([name.upper() for name in head], table)
    return 0


def _local(profile: Profile) -> list[dict[str, object]]:
    """The boards of our own database, which counts its items by the way."""
    from tui.cli.database import rules
    from tui.server.rules.boards import counts

    def work(unit: Unit) -> list[dict[str, object]]:
        held = counts(unit)
        return [
            {
                "id": each.id,
                "name": each.board.name,
                "prefix": each.board.prefix,
                "columns": len(each.board.columns),
                "items": sum(held.get(column.id, 0) for column in each.board.columns),
            }
            for each in unit.blueprints()
        ]

    with rules(argparse.Namespace(database=profile.database), make=False) as service:
        return service.read_now(work)
