"""Boards as the shell shows them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import to_builtins

from tui.cli.output import say, say_table
from tui.domain.model import Board, Column, Field
from tui.server.refusals import WouldDrop
from tui.server.rules.board_text import Applied

_WORDS = {"created": ("is made", "would be made"), "changed": ("is changed", "would be changed")}


def board_json(board: Board, held: Mapping[str, int]) -> dict[str, object]:
    """A whole board; `held` counts items by column id."""
    members: dict[str, Any] = to_builtins(board, builtin_types=(Decimal,))
    for column in members["columns"]:
        column["items"] = held.get(column["id"], 0)
    return members


def applied_json(applied: Applied, *, dry_run: bool) -> dict[str, object]:
    """What applying a file came to."""
    board = applied.blueprint.board
    names = {"id": board.id, "name": board.name, "prefix": board.prefix, "revision": board.revision}
    dropped = {} if applied.dropped is None else {"dropped": dropped_json(applied.dropped)}
    return {"outcome": applied.outcome, "dry_run": dry_run, "board": names, **dropped}


def dropped_json(loss: WouldDrop) -> dict[str, object]:
    """What items would lose."""
    kinds = {"columns": loss.columns, "statuses": loss.statuses, "fields": loss.fields}
    return {kind: [to_builtins(drop, builtin_types=(Decimal,)) for drop in drops] for kind, drops in kinds.items()}


def say_applied(applied: Applied, *, dry_run: bool) -> None:
    """What applying a file came to, as a sentence."""
    board = applied.blueprint.board
    if applied.outcome == "unchanged":
        say(f"{board.name} is as the file says already")
        return
    name = board.name if applied.was in (None, board.name) else f"{applied.was}, now {board.name},"
    size = f"{len(board.columns)} columns, {len(board.fields)} fields, keys like {board.prefix}-1"
    say(f"{name} {_WORDS[applied.outcome][dry_run]}: {size}")
    if applied.dropped is not None:
        say_table(("DROPPED", "NAME", "ITEMS"), _dropped_rows(applied.dropped))


def _dropped_rows(loss: WouldDrop) -> list[tuple[str, ...]]:
    kinds = (("column", loss.columns), ("status", loss.statuses), ("field", loss.fields))
    return [(kind, drop.name, str(drop.items)) for kind, drops in kinds for drop in drops]


def say_board(board: Board, held: Mapping[str, int]) -> None:
    """A board's parts as tables."""
    keys = [f"{board.prefix}-…"] if board.prefix else []
    revision = [f"revision {board.revision}"] if board.revision is not None else []
    say(f"{board.name}  ({', '.join([*keys, *revision, board.id])})")
    say("")
    say_table(("COLUMN", "ITEMS", "LIMIT", "CLOSED", "STATUSES"), [_column_row(each, held) for each in board.columns])
    if board.fields:
        say("")
        say_table(("FIELD", "KIND", "RULES"), [_field_row(field) for field in board.fields])
    if board.duplicates.fields:
        rule = board.duplicates
        say("")
        say(f"duplicates: {', '.join(rule.fields)}, {rule.mode}, within {rule.scope}: {rule.on_duplicate}")


def _column_row(column: Column, held: Mapping[str, int]) -> tuple[str, ...]:
    statuses = ", ".join(status.name for status in column.statuses)
    limit = "-" if column.limit is None else str(column.limit)
    return (
        column.name,
        str(held.get(column.id, 0)),
        limit,
        column.closed or "-",
        statuses or "-",
    )


def _field_row(field: Field) -> tuple[str, ...]:
    rules = [
        word for word, given in (("required", field.required), ("sum", field.sum), ("weight", field.weight)) if given
    ]
    rules += [", ".join(field.options)] if field.options else []
    rules += [field.currency] if field.currency else []
    rules += [f"{name} {value}" for name, value in (("min", field.min), ("max", field.max)) if value is not None]
    return field.name, field.kind, "; ".join(rules) or "-"
