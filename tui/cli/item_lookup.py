"""Boards, columns and items as a person names them on the command line: by name, id or key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from tui.domain.model import Board, BoardId, BoardName, Column, ColumnId, Item, ItemId, StatusId
from tui.domain.text import fold
from tui.errors import Invalid, NotFound, UsageError

if TYPE_CHECKING:
    from tui.cli.reach import Shell

LISTED = 12
"""Names that a mistake lists at most."""


async def board_names(shell: Shell) -> tuple[BoardName, ...]:
    """The boards that the key may see."""
    return await shell.ask(shell.backend.boards)


async def find_board(shell: Shell, wanted: str | None) -> Board:
    """The board that is meant: the one named, else the profile's own, else the only one.

    Raises NotFound, and UsageError when several could be meant.
    """
    found = chosen(await board_names(shell), wanted or shell.profile.board)
    return await shell.ask(lambda: shell.backend.board(found))


def chosen(names: Sequence[BoardName], wanted: str | None) -> BoardId:
    """The one of `names` that is wanted, by id or name. Raises NotFound, UsageError."""
    listed = ", ".join(board.name for board in names[:LISTED])
    if wanted is None:
        if len(names) == 1:
            return names[0].id
        raise UsageError(f"name a board with --board; there are {listed}" if names else "there is no board yet")
    found = [board.id for board in names if board.id == wanted]
    found = found or [board.id for board in names if fold(board.name) == fold(wanted)]
    if not found:
        raise NotFound(f"there is no board {wanted!r}; there are {listed}")
    if len(found) > 1:
        raise UsageError(f"{len(found)} boards are called {wanted!r}; name one by its id: {', '.join(found)}")
    return found[0]


async def find_item(shell: Shell, wanted: str, board_name: str | None) -> tuple[Item, Board]:
    """The item of that id or key, with its board. Raises NotFound, and UsageError when several could be meant."""
    item: Item | None = None
    try:
        item = await shell.ask(lambda: shell.backend.item(ItemId(wanted)))
    except (NotFound, Invalid):
        if shell.backend.capabilities.blueprint:
            raise NotFound(f"there is no item {wanted!r}") from None  # such a server knows items by their keys too
    if item is None:
        return await _by_key(shell, wanted, board_name)
    board_id = item.board_id
    board = await shell.ask(lambda: shell.backend.board(board_id))
    if board_name is not None and board_name != board.id and fold(board_name) != fold(board.name):
        raise NotFound(f"{item.key} is not on the board {board_name!r} but on {board.name}")
    return item, board


async def _by_key(shell: Shell, wanted: str, board_name: str | None) -> tuple[Item, Board]:
    """On the board that is named; else on the profile's own, and where it is not there, on each of the others."""
    looked: list[Board] = []
    if board_name is not None or shell.profile.board is not None:
        looked = [await find_board(shell, board_name)]
    found = await _called(shell, wanted, looked)
    if not found and board_name is None:
        others = [name.id for name in await board_names(shell) if name.id not in [board.id for board in looked]]
        more = [await find_board(shell, board_id) for board_id in others]
        found = await _called(shell, wanted, more)
        looked += more
    if not found:
        raise NotFound(f"there is no item {wanted!r} on {', '.join(b.name for b in looked[:LISTED]) or 'any board'}")
    if len(found) > 1:
        ids = ", ".join(item.id for item, _ in found[:LISTED])
        raise UsageError(f"{len(found)} items are called {wanted!r}; name one by its id: {ids}")
    (item, board) = found[0]
    return await shell.ask(lambda: shell.backend.item(item.id)), board


async def _called(shell: Shell, wanted: str, boards: Sequence[Board]) -> list[tuple[Item, Board]]:
    return [
        (item, board)
        for board in boards
        async for item in items_of(shell, board)
        if wanted == item.id or fold(item.key) == fold(wanted)
    ]


async def items_of(shell: Shell, board: Board) -> AsyncIterator[Item]:
    """Every item of a board; each once, however often a list that is read anew shows it."""
    seen: dict[ItemId, Item] = {}

    async def read() -> None:
        async for page in shell.backend.pages(board.id):
            seen.update((item.id, item) for item in page.items)

    await shell.ask(read, long=True)
    for item in seen.values():
        yield item


def find_column(board: Board, wanted: str) -> Column:
    """A column by id or name. Raises NotFound with those there are."""
    found = board.column(ColumnId(wanted)) or _named(wanted, board.columns)
    if found is None:
        listed = ", ".join(column.name for column in board.columns[:LISTED])
        raise NotFound(f"{board.name} has no column {wanted!r}; there are {listed}")
    return found


def _named(wanted: str, columns: Sequence[Column]) -> Column | None:
    return next((column for column in columns if fold(column.name) == fold(wanted)), None)


def find_status(column: Column, wanted: str) -> StatusId:
    """A status of a column by id or name. Raises NotFound with those there are."""
    found = column.status(StatusId(wanted)) or next((s for s in column.statuses if fold(s.name) == fold(wanted)), None)
    if found is None:
        listed = ", ".join(status.name for status in column.statuses[:LISTED]) or "none"
        raise NotFound(f"the column {column.name} has no status {wanted!r}; there are {listed}")
    return found.id
