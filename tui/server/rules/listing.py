"""Lists of items a page at a time: each page starts behind the last item of the one before, never at a count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, select, tuple_

from tui.server.blueprint import Blueprint
from tui.server.rules.finding import Finding, find
from tui.server.stored import COLUMNS, Stored, fetch
from tui.server.tables import boards, items
from tui.server.unit import Unit

Sort = Literal["created_at", "updated_at", "position"]
Mark: TypeAlias = tuple[str | int, ...]
"""Where a page ended: (moment, id), or (column id, rank, id) in order of position."""


class Query(Struct, frozen=True):
    """What to list; every filter that is set must hold."""

    board_id: str | None = None
    column_id: str | None = None
    status_id: str | None = None
    created_from: int | None = None
    """Milliseconds, inclusive."""
    updated_from: int | None = None
    words: tuple[str, ...] = ()
    """Folded; each must be the beginning of a word of the key, the name or a value."""
    sort: Sort = "created_at"
    """Times: newest first. Position needs a board or a column."""


class Page(Struct, frozen=True):
    """Some items in order, the blueprints they are shown by, and where to go on."""

    items: list[Stored]
    blueprints: dict[str, Blueprint]
    next: Mark | None


def page(unit: Unit, query: Query, after: Mark | None, limit: int) -> Page:
    """The next `limit` items behind `after`. Filters that name nothing find nothing."""
    places = _places(unit, query)
    fetch = _by_position if query.sort == "position" else _by_time
    found = fetch(unit, query, places, after, limit + 1)
    rows = found[:limit]
    following = _MARKS[query.sort](rows[-1]) if len(found) > limit else None
    return Page(rows, {blueprint.id: blueprint for blueprint, _ in places}, following)


def board_revisions(unit: Unit, query: Query) -> list[tuple[str, int]]:
    """(id, revision) of every board the answer may depend on: what an ETag is made of."""
    statement = select(boards.c.id, boards.c.revision).order_by(boards.c.id)
    if query.board_id is not None:
        statement = statement.where(boards.c.id == query.board_id)
    return [(board_id, revision) for board_id, revision in unit.connection.execute(statement)]


_Places: TypeAlias = Sequence[tuple[Blueprint, str | None]]
"""Boards to look at, each with the one column that matters or None for all."""


def _places(unit: Unit, query: Query) -> _Places:
    places: list[tuple[Blueprint, str | None]] = []
    for blueprint in unit.blueprints():
        if query.board_id not in {None, blueprint.id}:
            continue
        columns: set[str] | None = {query.column_id} if query.column_id is not None else None
        if query.status_id is not None:
            of_status: set[str] = {column.id for column, status in blueprint.statuses() if status.id == query.status_id}
            columns = of_status if columns is None else columns & of_status
        if columns is None:
            places.append((blueprint, None))
        elif columns <= blueprint.columns.keys() and columns:
            places.append((blueprint, next(iter(columns))))
    return places


def _by_time(unit: Unit, query: Query, places: _Places, after: Mark | None, limit: int) -> list[Stored]:
    moment = items.c.updated_at if query.sort == "updated_at" else items.c.created_at
    rows: list[Stored] = []
    for blueprint, column_id in places:
        finding = find(unit, blueprint.id, query.words)
        statement = filtered(query, finding, column_id).order_by(moment.desc(), items.c.id.desc())
        if after is not None:
            statement = statement.where(tuple_(moment, items.c.id) < tuple_(*after))
        rows += fetch(unit.connection, statement.limit(limit))
    if len(places) > 1:
        rows.sort(key=_MARKS[query.sort], reverse=True)
    return rows[:limit]


def _by_position(unit: Unit, query: Query, places: _Places, after: Mark | None, limit: int) -> list[Stored]:
    rows: list[Stored] = []
    columns = [
        (blueprint.id, column.id)
        for blueprint, only in places
        for column in blueprint.board.columns
        if only in {None, column.id}
    ]
    if after is not None:
        start = next((place for place, (_, column_id) in enumerate(columns) if column_id == after[0]), len(columns))
        columns = columns[start:]
    findings = {board_id: find(unit, board_id, query.words) for board_id in {board_id for board_id, _ in columns}}
    for board_id, column_id in columns:
        statement = filtered(query, findings[board_id], column_id).order_by(items.c.position, items.c.id)
        if after is not None and column_id == after[0]:
            statement = statement.where(tuple_(items.c.position, items.c.id) > tuple_(*after[1:]))
        rows += fetch(unit.connection, statement.limit(limit - len(rows)))
        if len(rows) >= limit:
            break
    return rows


def filtered(query: Query, finding: Finding, column_id: str | None) -> Select[Any]:
    """The live items of a board that pass the filters, in no order; `finding` is what the query's words found there."""
    conditions: list[ColumnElement[bool]] = [items.c.deleted_at.is_(None), *finding.conditions(column_id)]
    if query.status_id is not None:
        conditions.append(items.c.status_id == query.status_id)
    if query.created_from is not None:
        conditions.append(items.c.created_at >= query.created_from)
    if query.updated_from is not None:
        conditions.append(items.c.updated_at >= query.updated_from)
    return select(*COLUMNS).where(*conditions)


_MARKS: dict[str, Callable[[Stored], Mark]] = {
    "created_at": lambda item: (item.created_at, item.id),
    "updated_at": lambda item: (item.updated_at, item.id),
    "position": lambda item: (item.column_id, item.position, item.id),
}
