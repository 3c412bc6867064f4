"""Which board a TOML text is the next state of: the one its ids belong to, else the one of its name, else a new one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from tui.domain.board_toml import load
from tui.domain.model import Board, BoardId, Column, ColumnId, Status, StatusId
from tui.domain.text import fold


def read_board(text: str, boards: Sequence[Board]) -> tuple[Board, Board | None]:
    """The board a text describes, and the known one that it changes; None when it is new.

    Ids of no known board come from another server: columns and statuses are then matched by name.
    Raises Invalid, naming the key and the line of every mistake.
    """
    raw = _parsed(text)
    stranger = _claimed(raw)
    ids = {column.id for column in stranger.columns}
    base = next((board for board in boards if ids & {column.id for column in board.columns}), None)
    if base is not None:
        return load(text, base), base
    name = fold(str(raw.get("name", "")).strip())
    base = next((board for board in boards if fold(board.name) == name), None)
    if not _has_ids(stranger):
        return load(text, base), base
    return _adopted(load(text, stranger), base), base


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}  # `load` says what is wrong


def _claimed(raw: Mapping[str, Any]) -> Board:
    """A board of the ids that a text names, whoever made them."""
    columns = []
    for table in _tables(raw.get("columns")):
        statuses = tuple(Status(StatusId(each["id"]), "") for each in _tables(table.get("statuses")) if _id(each))
        columns.append(Column(ColumnId(_id(table)), "", statuses=statuses))
    return Board(BoardId(""), "", tuple(column for column in columns if column.id or column.statuses))


def _has_ids(board: Board) -> bool:
    return bool(board.columns)


def _tables(value: object) -> Iterable[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _id(table: Mapping[str, Any]) -> str:
    found = table.get("id")
    return found if isinstance(found, str) else ""


def _adopted(board: Board, base: Board | None) -> Board:
    """`board` with the ids of the columns and statuses of the same names in `base`, and none where there are none."""
    known = {fold(column.name): column for column in base.columns} if base else {}
    columns = []
    for column in board.columns:
        old = known.get(fold(column.name))
        same = {fold(status.name): status.id for status in old.statuses} if old else {}
        statuses = tuple(replace(each, id=same.get(fold(each.name), StatusId(""))) for each in column.statuses)
        columns.append(replace(column, id=old.id if old else ColumnId(""), statuses=statuses))
    return replace(
        board,
        id=base.id if base else BoardId(""),
        revision=base.revision if base else None,
        columns=tuple(columns),
    )
