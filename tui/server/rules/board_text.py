"""A board given as TOML: matched with the one it changes, and applied as a whole blueprint."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from msgspec import Struct

from tui.domain.board_toml_matching import read_board
from tui.domain.board_toml_reading import Reader
from tui.domain.model import Board, Column
from tui.domain.text import fold
from tui.errors import NotFound
from tui.server.blueprint import Blueprint
from tui.server.refusals import Rejected, WouldDrop
from tui.server.rules import boards
from tui.server.rules.plan import ColumnPlan, Plan, StatusPlan
from tui.server.unit import Unit

Outcome: TypeAlias = Literal["created", "changed", "unchanged"]
_PART = re.compile(r"\[(\d+)\]|([^.\[\]]+)", re.ASCII)


class Applied(Struct, frozen=True):
    """What a text came to."""

    outcome: Outcome
    blueprint: Blueprint
    was: str | None
    """The board's name before."""
    dropped: WouldDrop | None = None
    """What items have lost by it."""


def apply_text(unit: Unit, text: str, *, force: bool = False) -> Applied:
    """Make the board that a text describes, or change it to that.

    Raises Invalid naming key and line of every mistake, `WouldDrop` unless forced.
    """
    known = {blueprint.id: blueprint for blueprint in unit.blueprints()}
    board, base = read_board(text, [blueprint.board for blueprint in known.values()])
    try:
        if base is None:
            return Applied("created", boards.create(unit, plan_of(board, None)), None)
        old = known[base.id]
        new, dropped = _apply(unit, plan_of(board, old), old, force=force)
    except Rejected as error:
        read = Reader(text)
        for fault in error.faults:
            read.wrong(_path(fault.member), fault.message)
        read.finish()
        raise
    return Applied("unchanged" if new is old else "changed", new, base.name, dropped)


def _apply(unit: Unit, plan: Plan, old: Blueprint, *, force: bool) -> tuple[Blueprint, WouldDrop | None]:
    try:
        return boards.apply(unit, old.id, plan), None
    except WouldDrop as loss:
        if not force:
            raise
        return boards.apply(unit, old.id, plan, force=True), loss


def named(unit: Unit, name: str) -> Blueprint:
    """The board of that name, whatever its case, or of that id. Raises NotFound, which tells the names there are."""
    known = unit.blueprints()
    for blueprint in known:
        if blueprint.id == name.lower() or fold(blueprint.board.name) == fold(name.strip()):
            return blueprint
    names = ", ".join(blueprint.board.name for blueprint in known[:20])
    raise NotFound(f"there is no board {name[:100]!r}; there {f'are {names}' if names else 'is none yet'}")


def plan_of(board: Board, old: Blueprint | None) -> Plan:
    """A board as the rules take it; what TOML does not hold stays as it is."""
    days = old.settings.auto_archive if old else {}
    return Plan(
        name=board.name,
        columns=tuple(_column_plan(column, days.get(column.id)) for column in board.columns),
        fields=board.fields,
        duplicates=board.duplicates,
        prefix=board.prefix or None,
        revision=board.revision,
        allow_delete=board.allow_delete,
        colour=board.colour or "",
        description=board.description or "",
    )


def _column_plan(column: Column, auto_archive_days: int | None) -> ColumnPlan:
    return ColumnPlan(
        name=column.name,
        id=column.id or None,
        colour=column.colour,
        limit=column.limit,
        probability=column.probability,
        closed=column.closed,
        auto_archive_days=auto_archive_days,
        statuses=tuple(StatusPlan(status.name, status.id or None) for status in column.statuses),
    )


def _path(member: str) -> tuple[str | int, ...]:
    """``columns[2].limit`` as the reader names keys."""
    return tuple(int(part[1]) if part[1] else part[2] for part in _PART.finditer(member))
