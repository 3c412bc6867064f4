"""Many new items in one transaction, through the same rules: for samples, demos and imports."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple, TypeAlias

from msgspec import Struct
from sqlalchemy import Connection, Table, insert, select

from tui.server.blueprint import Blueprint
from tui.server.json_text import dumps
from tui.server.rules import duplicates, history, word_index
from tui.server.rules.contents import Content, Draft, drafted
from tui.server.rules.places import BLOCK
from tui.server.tables import boards, items, matches, words
from tui.server.tables import history as history_table
from tui.server.unit import Unit

Row: TypeAlias = tuple[object, ...]


class Arrival(NamedTuple):
    """An item that comes with its own past: id, number, rank and times are given, not drawn."""

    id: str
    number: int
    position: int
    created_at: int
    """Milliseconds."""
    updated_at: int
    by: str | None
    draft: Draft


class Checked(Struct, frozen=True):
    """Arrivals that keep the rules of one revision of a board, as far as that needs no database."""

    blueprint: Blueprint
    arrivals: Sequence[Arrival]
    contents: Sequence[Content]
    heads: Sequence[Row]
    """Rows of `items` up to the revision, which is drawn last."""
    tails: Sequence[Row]
    """What comes after it, up to the serial."""
    postings: word_index.Postings


def check(blueprint: Blueprint, arrivals: Sequence[Arrival]) -> Checked:
    """Hold arrivals against the board's rules; takes no lock, so nobody waits for it. Raises `Rejected`."""
    contents = [drafted(arrival.draft, blueprint) for arrival in arrivals]
    board_id, prefix, fields_revision = blueprint.id, blueprint.board.prefix, blueprint.fields_revision
    heads: list[Row] = []
    tails: list[Row] = []
    found_by: list[word_index.Words] = []
    for arrival, content in zip(arrivals, contents, strict=True):
        heads.append(
            (
                arrival.id,
                board_id,
                prefix,
                arrival.number,
                content.name,
                content.column_id,
                content.status_id,
                arrival.position,
                content.contact_id,
                content.source,
                dumps(content.values),
                fields_revision,
                dumps(content.labels) if content.labels else "[]",
                1,
            )
        )
        found_by.append(word_index.item_words(f"{prefix}-{arrival.number}", content.name, content.values))
        by = arrival.by
        tails.append((arrival.created_at, by, arrival.updated_at, by, None))
    return Checked(blueprint, arrivals, contents, heads, tails, word_index.postings_of(found_by))


def insert_many(unit: Unit, checked: Checked, *, with_history: bool = False) -> None:
    """Store items of one board. Raises `Missing` and `Rejected`, and then nothing is stored.

    Numbers must have been drawn. Each item gets a revision of its own, so the feed shows them in pages.
    """
    if not checked.arrivals:
        return
    blueprint = unit.lock(checked.blueprint.id)
    if blueprint.revision != checked.blueprint.revision:
        checked = check(blueprint, checked.arrivals)
    skipped = _skipped_serials(unit, blueprint.id, len(checked.arrivals))
    drawn = unit.draw(blueprint.id, revisions=len(checked.arrivals), serials=skipped + len(checked.arrivals))
    serial = drawn.serial + skipped
    fields = duplicates.matched_fields(unit, blueprint.id)
    each = zip(checked.heads, count(drawn.revision), checked.tails, count(serial), strict=False)
    _insert_rows(unit.connection, items, [(*head, revision, *tail, own) for head, revision, tail, own in each])
    if serial % BLOCK == 0:
        _insert_rows(unit.connection, words, word_index.rows_of(blueprint.id, checked.postings, serial))
    else:
        word_index.add(unit, blueprint.id, checked.postings, serial)
    pairs = list(zip(checked.arrivals, checked.contents, strict=True))
    matched = [
        (arrival.id, field, blueprint.id, folded)
        for arrival, content in pairs
        for field, folded in duplicates.folded_values(content, fields)
    ]
    _insert_rows(unit.connection, matches, matched)
    if with_history:
        past = [
            (a.id, 1, a.created_at, a.by, dumps(history.changes_between(None, content, blueprint, blueprint)))
            for a, content in pairs
        ]
        _insert_rows(unit.connection, history_table, past)


def _skipped_serials(unit: Unit, board_id: str, arriving: int) -> int:
    """How many serials to leave out: many items start a block of the word index, where nothing must be looked up."""
    upcoming = unit.connection.scalars(select(boards.c.next_serial).where(boards.c.id == board_id)).one()
    return -upcoming % BLOCK if arriving >= BLOCK // 2 else 0


def _insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """SQLAlchemy's insert, handed to the driver directly: it would look at each value of each row again.

    Rows hold every column, in the table's order.
    """
    if not rows:
        return
    compiled = insert(table).compile(dialect=connection.dialect)
    names = table.columns.keys()
    assert not compiled.positional or compiled.positiontup == names
    parameters: Any = rows if compiled.positional else [dict(zip(names, row, strict=True)) for row in rows]
    connection.exec_driver_sql(str(compiled), parameters)
