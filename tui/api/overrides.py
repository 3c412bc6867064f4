"""What a profile says of a board that a foreign API does not tell, laid over what it tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from tui.domain.model import Board, Column, Field

Overrides = Mapping[str, Mapping[str, Any]]
"""By board name: ``{"fields": {name: {kind, currency, …}}, "columns": {name: {closed, limit, …}}}``."""


_VALUE = re.compile(r"(?:^|[_\W])(?:value|amount|price|budget|revenue)(?:$|[_\W])", re.IGNORECASE)


def overlaid(board: Board, overrides: Overrides) -> Board:
    """`board` with its profile's words; a field that no item has shown yet is added."""
    mine = overrides.get(board.name)
    if mine is None:
        return _with_value(board, {})
    fields, columns = mine.get("fields", {}), mine.get("columns", {})
    known = {field.name: field for field in board.fields}
    for name, values in fields.items():
        known[name] = _field(known.get(name) or Field(name, name.replace("_", " ")), values)
    return _with_value(
        replace(
            board,
            fields=tuple(known.values()),
            columns=tuple(_column(column, columns.get(column.name, {})) for column in board.columns),
        ),
        fields,
    )


def _with_value(board: Board, said: Mapping[str, Mapping[str, Any]]) -> Board:
    """`board` with the one number that is called a value as what cards show and column heads sum, if nobody said so."""
    if any("sum" in values for values in said.values()):
        return board
    likely = [f for f in board.fields if f.kind in ("number", "currency") and _VALUE.search(f.name)]
    if len(likely) != 1:
        return board
    return replace(board, fields=tuple(replace(f, sum=True) if f is likely[0] else f for f in board.fields))


def _field(field: Field, values: Mapping[str, Any]) -> Field:
    # Money without a kind, and choices without one, can only mean these.
    implied = {"kind": "currency"} if "currency" in values else {"kind": "select"} if "options" in values else {}
    return replace(field, **(implied | dict(values)))


def _column(column: Column, values: Mapping[str, Any]) -> Column:
    return replace(column, **values) if values else column
