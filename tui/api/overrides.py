"""What a profile says of a board that a foreign API does not tell, laid over what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from tui.domain.model import Board, Column, Field

Overrides = Mapping[str, Mapping[str, Any]]
"""By board name: ``{"fields": {name: {kind, currency, …}}, "columns": {name: {closed, limit, …}}}``."""


def overlaid(board: Board, overrides: Overrides) -> Board:
    """`board` with its profile's words; a field that no item has shown yet is added."""
    mine = overrides.get(board.name)
    if mine is None:
        return board
    fields, columns = mine.get("fields", {}), mine.get("columns", {})
    known = {field.name: field for field in board.fields}
    for name, values in fields.items():
        known[name] = _field(known.get(name) or Field(name, name.replace("_", " ")), values)
    return replace(
        board,
        fields=tuple(known.values()),
        columns=tuple(_column(column, columns.get(column.name, {})) for column in board.columns),
    )


def _field(field: Field, values: Mapping[str, Any]) -> Field:
    # Money without a kind, and choices without one, can only mean these.
    implied = {"kind": "currency"} if "currency" in values else {"kind": "select"} if "options" in values else {}
    return replace(field, **(implied | dict(values)))


def _column(column: Column, values: Mapping[str, Any]) -> Column:
    return replace(column, **values) if values else column
