"""Lists of items a page at a time: each page starts behind the last item of the one before, never at a count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from msgspec import Struct
from sqlalchemy import BigInteger, ColumnElement, Integer, Select, String, bindparam, select, tuple_

from tui.server.blueprint import Blueprint
from tui.server.rules.finding import Finding, How, conditions, find, ordered_by
from tui.server.stored import COLUMNS, Stored, fetch
from tui.server.tables import items
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


Boards: TypeAlias = Sequence[tuple[Blueprint, int]]
"""Boards with their revisions, as `Unit.boards` reads them."""


def page(unit: Unit, query: Query, after: Mark | None, limit: int, boards: Boards | None = None) -> Page:
    """The next `limit` items behind `after`. Filters that name nothing find nothing."""
    places = _places(unit.boards() if boards is None else boards, query)
    fetch = _by_position if query.sort == "position" else _by_time
    found = fetch(unit, query, places, after, limit + 1)
    rows = found[:limit]
    following = _MARKS[query.sort](rows[-1]) if len(found) > limit else None
    return Page(rows, {blueprint.id: blueprint for blueprint, _ in places}, following)


def board_revisions(boards: Boards, query: Query) -> list[tuple[str, int]]:
    """(id, revision) of every board the answer may depend on: what an ETag is made of."""
    return sorted((blueprint.id, now) for blueprint, now in boards if query.board_id in {None, blueprint.id})


_Places: TypeAlias = Sequence[tuple[Blueprint, str | None]]
"""Boards to look at, each with the one column that matters or None for all."""


def _places(boards: Boards, query: Query) -> _Places:
    places: list[tuple[Blueprint, str | None]] = []
    for blueprint, _ in boards:
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
    rows: list[Stored] = []
    for blueprint, column_id in places:
        finding = find(unit, blueprint.id, query.words)
        statement = _paged(_shape(query, finding, column_id), query.sort, after=after is not None)
        parameters = {**_parameters(query, finding, column_id), **_behind(after), "most": limit}
        rows += fetch(unit.connection, statement, parameters)
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
        finding = findings[board_id]
        behind = after[1:] if after is not None and column_id == after[0] else None
        statement = _paged(_shape(query, finding, column_id), "position", after=behind is not None)
        parameters = {**_parameters(query, finding, column_id), **_behind(behind), "most": limit - len(rows)}
        rows += fetch(unit.connection, statement, parameters)
        if len(rows) >= limit:
            break
    return rows


def _behind(after: Mark | None) -> dict[str, Any]:
    return {} if after is None else {"after_rank": after[0], "after_id": after[1]}


def filtered(query: Query, finding: Finding, column_id: str | None) -> tuple[Select[Any], dict[str, Any]]:
    """The live items of a board that pass the filters, in no order, and the statement's parameters.

    `finding` is what the query's words found there.
    """
    return _filtered(_shape(query, finding, column_id)), _parameters(query, finding, column_id)


_Shape: TypeAlias = tuple[How, bool, bool, bool, bool]
"""How items were found, then whether in one column, of a status, created and updated from a moment on."""


def _shape(query: Query, finding: Finding, column_id: str | None) -> _Shape:
    filters = (query.status_id is not None, query.created_from is not None, query.updated_from is not None)
    return (finding.how, column_id is not None, *filters)


def _parameters(query: Query, finding: Finding, column_id: str | None) -> dict[str, Any]:
    own = {"of_status": query.status_id, "created_from": query.created_from, "updated_from": query.updated_from}
    given = {name: value for name, value in own.items() if value is not None}
    return {**finding.parameters(column_id), **given}


# Statements are made once a shape: to make one takes as long as to run it.
@lru_cache(maxsize=64)
def _filtered(shape: _Shape) -> Select[Any]:
    how, one_column, of_status, created, updated = shape
    held: list[ColumnElement[bool]] = [items.c.deleted_at.is_(None), *conditions(how, one_column=one_column)]
    if of_status:
        held.append(items.c.status_id == bindparam("of_status"))
    if created:
        held.append(items.c.created_at >= bindparam("created_from"))
    if updated:
        held.append(items.c.updated_at >= bindparam("updated_from"))
    return select(*COLUMNS).where(*held)


@lru_cache(maxsize=256)
def _paged(shape: _Shape, sort: Sort, *, after: bool) -> Select[Any]:
    rank = items.c[sort]
    pair, mark = (
        tuple_(rank, items.c.id),
        tuple_(bindparam("after_rank", type_=BigInteger), bindparam("after_id", type_=String)),
    )
    statement = _filtered(shape).limit(bindparam("most", type_=Integer))
    order = ordered_by(rank, shape[0])
    if sort == "position":
        statement = statement.order_by(order, items.c.id)
        return statement.where(pair > mark) if after else statement
    statement = statement.order_by(order.desc(), items.c.id.desc())
    return statement.where(pair < mark) if after else statement


_MARKS: dict[str, Callable[[Stored], Mark]] = {
    "created_at": lambda item: (item.created_at, item.id),
    "updated_at": lambda item: (item.updated_at, item.id),
    "position": lambda item: (item.column_id, item.position, item.id),
}
