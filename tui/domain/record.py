"""An item's values by field name, kept small: names are shared, only the cells are the item's own.

A hundred thousand items of one board share one tuple of names, so a record costs one tuple of
cells (8 bytes a field) in place of a dict (about 350 bytes for nine fields).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

Value: TypeAlias = str | int | Decimal | date | bool | tuple[str, ...] | None
"""What a field can hold. None is "empty"; a name that is absent from a record is *unknown*."""


@lru_cache(maxsize=1024)
def _places(names: tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


@lru_cache(maxsize=1024)
def _shared(names: tuple[str, ...]) -> tuple[str, ...]:
    return names


class Record(Mapping[str, Value]):
    """Immutable mapping of field name to value; equality ignores the order of names."""

    __slots__ = ("_cells", "_names")

    def __init__(self, values: Mapping[str, Value] | None = None) -> None:
        values = values or {}
        self._names = _shared(tuple(values))
        self._cells = tuple(values.values())

    @classmethod
    def of(cls, names: tuple[str, ...], cells: tuple[Value, ...]) -> Record:
        """A record from parallel tuples; `names` should be one shared tuple a board."""
        record = cls.__new__(cls)
        record._names = names
        record._cells = cells
        return record

    @property
    def cells(self) -> tuple[Value, ...]:
        """The values alone, in the order of the names."""
        return self._cells

    def __getitem__(self, name: str) -> Value:
        return self._cells[_places(self._names)[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in _places(self._names)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Record) and self._names == other._names:
            return self._cells == other._cells
        if isinstance(other, Mapping):
            return dict(self) == dict(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self.items()))

    def __repr__(self) -> str:
        return f"Record({dict(self)!r})"

    def put(self, name: str, value: Value) -> Record:
        """This record with one value replaced or added."""
        place = _places(self._names).get(name)
        if place is None:
            return Record.of(_shared((*self._names, name)), (*self._cells, value))
        cells = list(self._cells)
        cells[place] = value
        return Record.of(self._names, tuple(cells))


EMPTY = Record()
