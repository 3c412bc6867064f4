"""Finding items of one board by text, columns, times and values; a counted window of them, in any order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from msgspec import Struct
from sqlalchemy import Select, func, select

from tui.server.blueprint import Blueprint
from tui.server.json_text import loads_stored
from tui.server.rules.contents import stored_value
from tui.server.rules.finding import How, find, ordered_by
from tui.server.rules.listing import Query, Sort, filtered
from tui.server.rules.value_tests import Test
from tui.server.stored import COLUMNS, Stored, fetch
from tui.server.tables import items
from tui.server.unit import Unit

SLICE = 500
"""Items that are held at once while values are compared."""


class Span(NamedTuple):
    """Moments in milliseconds, from `start` up to but not including `end`; None is open."""

    start: int | None = None
    end: int | None = None


EVER = Span()


class Search(Struct, frozen=True):
    """What to find; everything that is set must hold."""

    board_id: str
    words: tuple[str, ...] = ()
    """Folded, as a list's query has them."""
    column_ids: frozenset[str] | None = None
    created: Span = EVER
    updated: Span = EVER
    tests: Sequence[tuple[str, Test]] = ()
    """Field names, or ``source``, each with what its value must pass."""
    sort: Sort = "updated_at"
    """Position is the order of columns, then of ranks."""
    descending: bool = True
    limit: int = 50
    offset: int = 0


class Found(Struct, frozen=True):
    """A window of what was found, and how much that is."""

    items: list[Stored]
    blueprint: Blueprint
    total: int


def search(unit: Unit, asked: Search) -> Found:
    """The window that was asked for. Raises `Missing` for the board.

    Without `tests` the database counts and skips by itself. With them every item of the board that passes the rest
    is read and compared here, in slices: about 7 microseconds each, so most of a second for a board of 100,000.
    """
    blueprint = unit.blueprint(asked.board_id)
    statements = list(_statements(unit, asked, blueprint))
    look = _compared if asked.tests else _counted
    return look(unit, asked, blueprint, statements)


_Asking: TypeAlias = tuple[Select[Any], dict[str, Any]]
"""A statement and its parameters."""


def _statements(unit: Unit, asked: Search, blueprint: Blueprint) -> Iterator[_Asking]:
    """What to select, one after the other: each a run of rows that an index has in order."""
    query, finding = Query(board_id=blueprint.id), find(unit, blueprint.id, asked.words)
    columns = [
        column.id for column in blueprint.board.columns if asked.column_ids is None or column.id in asked.column_ids
    ]
    if asked.sort == "position":
        for column_id in reversed(columns) if asked.descending else columns:
            statement, parameters = filtered(query, finding, column_id)
            yield _ordered(asked, statement, finding.how), parameters
    elif len(columns) == 1:
        statement, parameters = filtered(query, finding, columns[0])
        yield _ordered(asked, statement, finding.how), parameters
    elif columns:
        statement, parameters = filtered(query, finding, None)
        if asked.column_ids is not None:
            statement = statement.where(items.c.column_id.in_(columns))
        yield _ordered(asked, statement, finding.how), parameters


def _ordered(asked: Search, statement: Select[Any], how: How) -> Select[Any]:
    for moment, span in ((items.c.created_at, asked.created), (items.c.updated_at, asked.updated)):
        if span.start is not None:
            statement = statement.where(moment >= span.start)
        if span.end is not None:
            statement = statement.where(moment < span.end)
    order = (ordered_by(items.c[asked.sort], how), items.c.id)
    return statement.order_by(*(each.desc() if asked.descending else each for each in order))


def _counted(unit: Unit, asked: Search, blueprint: Blueprint, statements: list[_Asking]) -> Found:
    rows: list[Stored] = []
    total = 0
    for statement, parameters in statements:
        count = unit.connection.scalar(statement.order_by(None).with_only_columns(func.count()), parameters) or 0
        skipped = max(asked.offset - total, 0)
        if skipped < count and len(rows) < asked.limit:
            window = statement.offset(skipped).limit(asked.limit - len(rows))
            rows += fetch(unit.connection, window, parameters)
        total += count
    return Found(rows, blueprint, total)


def _compared(unit: Unit, asked: Search, blueprint: Blueprint, statements: list[_Asking]) -> Found:
    shown: list[str] = []
    total = 0
    for statement, parameters in statements:
        narrow = statement.with_only_columns(items.c.id, items.c.fields, items.c.source)
        result = unit.connection.execute(narrow, parameters, execution_options={"yield_per": SLICE})
        for item_id, fields, source in result:
            values = loads_stored(fields)
            values["source"] = source
            if all(test(stored_value(values.get(name))) for name, test in asked.tests):
                if asked.offset <= total < asked.offset + asked.limit:
                    shown.append(item_id)
                total += 1
    found = {item.id: item for item in fetch(unit.connection, select(*COLUMNS).where(items.c.id.in_(shown)))}
    return Found([found[item_id] for item_id in shown], blueprint, total)
