"""Search by words: an item matches when every word of the search is the beginning of a word of it.

What it costs does not hang on the size of the board's items but on the bits of the index: a row a block and word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias

from msgspec import Struct
from sqlalchemy import ARRAY, ColumnElement, Integer, LargeBinary, any_, bindparam, func, select

from tui.server.rules.places import BLOCK, places_of, unpacked
from tui.server.rules.word_index import bounds_of
from tui.server.tables import items, words
from tui.server.unit import Unit

MOST_LISTED = 1000
"""Up to so many items are named to the database; more are picked by their bits while it walks a list in order."""


How: TypeAlias = Literal["all", "ids", "serials", "marks"]
"""How a finding is told to the database: few by id to SQLite, and by serial, in one array, to PostgreSQL."""


class Finding(Struct, frozen=True):
    """The items of a board that match a search, or all when there are no words."""

    board_id: str
    blocks: dict[int, int] | None
    """A bit an item; None is every item."""
    ids: list[str] | None = None
    """The same by id, when they are few."""
    serials: list[int] | None = None
    """The same by serial, when they are few and the database takes them so."""

    @property
    def how(self) -> How:
        """Which conditions hold for these items."""
        if self.ids is not None:
            return "ids"
        if self.serials is not None:
            return "serials"
        return "all" if self.blocks is None else "marks"

    def parameters(self, column_id: str | None) -> dict[str, Any]:
        """What the parameters of these conditions stand for."""
        column = {} if column_id is None else {"in_column": column_id}
        if self.ids is not None:
            return {"ids": self.ids, **column}
        if self.serials is not None:
            return {"in_board": self.board_id, "serials": self.serials, **column}
        place = {"in_board": self.board_id} if column_id is None else {"in_column": column_id}
        return place if self.blocks is None else {**place, "marks": _marks(self.blocks)}


def conditions(how: How, *, one_column: bool) -> list[ColumnElement[bool]]:
    """What holds for found items, or for those in one column of the board; add it to a select of `items`."""
    if how in {"ids", "serials"}:
        if how == "ids":
            found: list[ColumnElement[bool]] = [items.c.id.in_(bindparam("ids", expanding=True))]
        else:
            # One parameter: to take a thousand apart costs the driver many times what the search does.
            serials = bindparam("serials", type_=ARRAY(Integer))
            found = [items.c.board_id == bindparam("in_board"), items.c.serial == any_(serials)]
        # Written so that no index fits: what was found has one, and SQLite would rather walk a list in order.
        return [*found, func.coalesce(items.c.column_id, "") == bindparam("in_column")] if one_column else found
    # One of the two, so that the planner has one index to choose: a column belongs to one board.
    place = items.c.column_id == bindparam("in_column") if one_column else items.c.board_id == bindparam("in_board")
    if how == "all":
        return [place]
    # "At least" and not "equal": a planner takes that for many rows, which they are, and so walks a list in order.
    marks = bindparam("marks", type_=LargeBinary)
    return [place, func.substr(marks, items.c.serial + 1, 1, type_=LargeBinary) >= b"1"]


def ordered_by(rank: ColumnElement[int], how: How) -> ColumnElement[int]:
    """What to order found items by; few are found first and then sorted, never looked for along an index in order."""
    return rank + 0 if how == "serials" else rank


def find(unit: Unit, board_id: str, sought: Sequence[str]) -> Finding:
    """The live items of a board that match all words, which are as `words_of` makes them."""
    blocks: dict[int, int] | None = None
    for word in sorted(sought, key=len, reverse=True):
        blocks = _meet(blocks, _blocks_with(unit, board_id, word))
        if not blocks:
            return Finding(board_id, {}, [])
    if blocks is None or sum(bits.bit_count() for bits in blocks.values()) > MOST_LISTED:
        return Finding(board_id, blocks)
    serials = list(_serials(blocks))
    if unit.connection.dialect.name == "postgresql":
        return Finding(board_id, blocks, serials=serials)
    return Finding(board_id, blocks, list(unit.connection.scalars(_IDS, {"in_board": board_id, "serials": serials})))


def _meet(one: dict[int, int] | None, other: dict[int, int]) -> dict[int, int]:
    if one is None:
        return other
    return {block: both for block, bits in one.items() if (both := bits & other.get(block, 0))}


def _blocks_with(unit: Unit, board_id: str, word: str) -> dict[int, int]:
    low, high = bounds_of(word)
    statement = _ONE_WORD if low == high else _MANY_WORDS
    bounds = {"low": low} if low == high else {"low": low, "high": high}
    blocks: dict[int, int] = {}
    for block, places in unit.connection.execute(statement, {"in_board": board_id, **bounds}):
        blocks[block] = blocks.get(block, 0) | unpacked(places)
    return blocks


_WORDS = select(words.c.block, words.c.places).where(words.c.board_id == bindparam("in_board"))
_ONE_WORD = _WORDS.where(words.c.word == bindparam("low"))
_MANY_WORDS = _WORDS.where(words.c.word >= bindparam("low"), words.c.word < bindparam("high"))


_IDS = select(items.c.id).where(
    items.c.board_id == bindparam("in_board"), items.c.serial.in_(bindparam("serials", expanding=True))
)


def _serials(blocks: dict[int, int]) -> Iterator[int]:
    for block, bits in blocks.items():
        for place in places_of(bits):
            yield block * BLOCK + place


def _marks(blocks: dict[int, int]) -> bytes:
    """A byte a serial, from the first of the board on: SQL has no better way to look at a bit that all engines know."""
    none = b"0" * BLOCK
    return b"".join(
        f"{blocks[block]:0{BLOCK}b}"[::-1].encode() if block in blocks else none for block in range(max(blocks) + 1)
    )
