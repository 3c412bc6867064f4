"""``cardwall items duplicates``: by the server's own check, else by what the list shows."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tui.api.backend import Duplicate
from tui.cli.item_creating import draft_of
from tui.cli.item_lookup import find_board, items_of
from tui.cli.item_output import item_json
from tui.cli.output import note, say_json, say_table
from tui.cli.reach import Shell, reached
from tui.domain.model import Board, Item
from tui.domain.text import loose

_TELLING = ("email", "phone", "url")
"""Kinds of fields that two things seldom share by chance."""


def run_duplicates(options: argparse.Namespace) -> int:
    """Show what a new item would resemble."""

    async def work(shell: Shell) -> int:
        board = await find_board(shell, options.board)
        draft = draft_of(board, options.name, options.set, whole=False)
        if shell.backend.capabilities.duplicates:
            found: Sequence[Duplicate] = await shell.ask(lambda: shell.backend.duplicates(draft))
        else:
            note("this server has no duplicate check; names, addresses and numbers are compared here")
            found = alike(draft, [item async for item in items_of(shell, board)], board)
        if options.json:
            say_json([_json(each, board) for each in found])
        elif found:
            rows = [(e.item.key, e.item.name, ", ".join(e.matched_fields), f"{e.score:.2f}") for e in found]
            say_table(("KEY", "NAME", "SAME", "SCORE"), rows)
        else:
            note("nothing like it is found")
        return 0

    return reached(options, work)


def alike(draft: Item, items: Sequence[Item], board: Board) -> list[Duplicate]:
    """The items that share the draft's name, an address or a number."""
    names = [field.name for field in board.fields if field.kind in _TELLING]
    found = []
    for item in items:
        same = ["name"] if loose(item.name) == loose(draft.name) else []
        same += [name for name in names if _same(draft.fields.get(name), item.fields.get(name))]
        if same:
            found.append(Duplicate(item, tuple(same), 1.0))
    return found


def _same(one: object, other: object) -> bool:
    return isinstance(one, str) and isinstance(other, str) and bool(one) and loose(one) == loose(other)


def _json(found: Duplicate, board: Board) -> dict[str, object]:
    return {
        "item": item_json(found.item, board),
        "matched_fields": list(found.matched_fields),
        "score": found.score,
    }
