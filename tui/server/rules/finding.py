"""Search by words: an item matches when every word of the search is the beginning of a word of it.

What it costs does not hang on the size of the board's items but on the bits of the index: a row a block and word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, LargeBinary, bindparam, func, select

from tui.server.rules.places import BLOCK, places_of, unpacked
from tui.server.rules.word_index import bounds_of
from tui.server.tables import items, words
from tui.server.unit import Unit

MOST_LISTED = 1000
"""Up to so many items are named to the database; more are picked by their bits while it walks a list in order."""


class Finding(Struct, frozen=True):
    """The items of a board that match a search, or all when there are no words."""

    board_id: str
    blocks: dict[int, int] | None
    """A bit an item; None is every item."""
    ids: tuple[str, ...] | None
    """The same by id, when they are few."""

    def conditions(self, column_id: str | None = None) -> list[ColumnElement[bool]]:
        """What holds for these items, or for those in one column of the board; add it to a select of `items`."""
        if self.ids is not None:
            found = items.c.id.in_(self.ids)
            # Written so that no index fits: the ids have one, and SQLite would rather walk a list in order.
            return [found] if column_id is None else [found, func.coalesce(items.c.column_id, "") == column_id]
        # One of the two, so that the planner has one index to choose: a column belongs to one board.
        place = items.c.board_id == self.board_id if column_id is None else items.c.column_id == column_id
        if self.blocks is None:
            return [place]
        # "At least" and not "equal": a planner takes that for many rows, which they are, and so walks a list in order.
        marks = bindparam("marks", _marks(self.blocks), type_=LargeBinary, unique=True)
        return [place, func.substr(marks, items.c.serial + 1, 1, type_=LargeBinary) >= b"1"]


def find(unit: Unit, board_id: str, sought: Sequence[str]) -> Finding:
    """The live items of a board that match all words, which are as `words_of` makes them."""
    blocks: dict[int, int] | None = None
    for word in sorted(sought, key=len, reverse=True):
        blocks = _meet(blocks, _blocks_with(unit, board_id, word))
        if not blocks:
            return Finding(board_id, {}, ())
    if blocks is None:
        return Finding(board_id, None, None)
    few = sum(bits.bit_count() for bits in blocks.values()) <= MOST_LISTED
    return Finding(board_id, blocks, _ids(unit, board_id, blocks) if few else None)


def _meet(one: dict[int, int] | None, other: dict[int, int]) -> dict[int, int]:
    if one is None:
        return other
    return {block: both for block, bits in one.items() if (both := bits & other.get(block, 0))}


def _blocks_with(unit: Unit, board_id: str, word: str) -> dict[int, int]:
    low, high = bounds_of(word)
    statement = select(words.c.block, words.c.places).where(words.c.board_id == board_id)
    if low == high:
        statement = statement.where(words.c.word == low)
    else:
        statement = statement.where(words.c.word >= low, words.c.word < high)
    blocks: dict[int, int] = {}
    for block, places in unit.connection.execute(statement):
        blocks[block] = blocks.get(block, 0) | unpacked(places)
    return blocks


def _ids(unit: Unit, board_id: str, blocks: dict[int, int]) -> tuple[str, ...]:
    serials = list(_serials(blocks))
    found = select(items.c.id).where(items.c.board_id == board_id, items.c.serial.in_(serials))
    return tuple(unit.connection.scalars(found))


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
