"""What changed on a board after a cursor: no log, only the revision of each item's last write."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import select

from tui.server.blueprint import Blueprint
from tui.server.refusals import FeedExpired, Missing
from tui.server.stored import COLUMNS, Stored, fetch
from tui.server.tables import boards, items
from tui.server.text import storable
from tui.server.unit import Unit

PAGE = 200


class Feed(Struct, frozen=True):
    """Items in the order of their last writes, the deleted ones among them; where to go on."""

    items: list[Stored]
    cursor: int
    more: bool
    blueprint_revision: int
    blueprint: Blueprint | None = None
    """None when there are no items."""


def changes(unit: Unit, board_id: str, after: int | None) -> Feed:
    """At most 200 changes after a cursor; without one, none, and the cursor of now.

    Raises `Missing`, and `FeedExpired` when deletions after the cursor are no longer known, or when the cursor
    is from a later state than the database's (a copy was put back).
    """
    row = unit.connection.execute(
        select(boards.c.revision, boards.c.feed_floor, boards.c.blueprint_revision).where(
            boards.c.id == storable(board_id)
        )
    ).first()
    if row is None:
        raise Missing("board")
    revision, floor, blueprint_revision = row
    if after is None or after == revision:
        return Feed([], revision, more=False, blueprint_revision=blueprint_revision)
    if after < floor or after > revision:
        raise FeedExpired
    found = fetch(
        unit.connection,
        select(*COLUMNS)
        .where(items.c.board_id == board_id, items.c.revision > after)
        .order_by(items.c.revision)
        .limit(PAGE + 1),
    )
    rows = found[:PAGE]
    more = len(found) > PAGE
    cursor = rows[-1].revision if more else revision
    return Feed(rows, cursor, more, blueprint_revision, unit.blueprint(board_id))
