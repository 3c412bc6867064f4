"""Counts and sums of a column, carried as whole numbers so that adding and taking away stays exact."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from tui.domain import money
from tui.domain.model import Board, Column, Item

_PERCENT = 2
"""Places that dividing by 100 adds."""


class Totals(Struct, frozen=True):
    """What a column's head says."""

    count: int
    """All items."""
    shown: int
    """Items that the filter lets through."""
    sum: int | Decimal | None
    """Sum of the board's value field over all items; None when the board has none."""
    shown_sum: int | Decimal | None
    weighted: int | Decimal | None
    """The same with every value times its probability; None when nothing has one."""
    shown_weighted: int | Decimal | None


Worth: TypeAlias = tuple[int, int]
"""What one item adds to sums: its value in millionths; that times its percentage in millionths."""


class Sums:
    """How many items, and their worth."""

    __slots__ = ("count", "value", "weighted")

    def __init__(self) -> None:
        self.count = 0
        self.value = 0
        self.weighted = 0

    def add(self, sign: int, worth: Worth | None) -> None:
        """Count an item in (1) or out (-1)."""
        self.count += sign
        if worth is not None:
            self.value += sign * worth[0]
            self.weighted += sign * worth[1]


class Weighing:
    """How the items of one board are valued."""

    def __init__(self, board: Board) -> None:
        value, weight = board.value_field, board.weight_field
        self._value = value.name if value else None
        self._weight = weight.name if weight else None
        self._chances = {column.id: money.micros(_canonical(column.probability)) for column in board.columns}

    def worth(self, item: Item) -> Worth | None:
        """What an item adds; None when it has no value that can be summed."""
        if self._value is None:
            return None
        value = money.micros(item.fields.get(self._value))
        if value is None:
            return None
        chance = money.micros(item.fields.get(self._weight)) if self._weight is not None else None
        if chance is None:
            chance = self._chances.get(item.column_id)
        return value, value * (chance or 0)

    def totals(self, column: Column | None, every: Sums, shown: Sums) -> Totals:
        """The sums of a column as numbers."""
        valued = self._value is not None
        weighted = valued and (self._weight is not None or (column is not None and column.probability is not None))
        return Totals(
            every.count,
            shown.count,
            money.from_units(every.value, money.PART_DIGITS) if valued else None,
            money.from_units(shown.value, money.PART_DIGITS) if valued else None,
            _weighted(every) if weighted else None,
            _weighted(shown) if weighted else None,
        )


def _weighted(sums: Sums) -> int | Decimal:
    return money.from_units(sums.weighted, 2 * money.PART_DIGITS + _PERCENT)


def _canonical(probability: Decimal | None) -> int | Decimal | None:
    return None if probability is None else money.exact(probability)
