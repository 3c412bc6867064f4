"""Boards: listing them, making one, and giving one a new blueprint."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import func, insert, select, update

from tui.domain.model import Board, BoardId, Column, ColumnId, Status, StatusId
from tui.server.blueprint import Blueprint, Settings, to_text
from tui.server.refusals import Fault, Missing, Rejected, StaleBlueprint, WouldDrop
from tui.server.rules import duplicates, reshape
from tui.server.rules.plan import ColumnPlan, Plan, faults_of
from tui.server.tables import boards, items
from tui.server.text import fold
from tui.server.unit import Unit

MOST_BOARDS = 500


class BoardRow(Struct, frozen=True):
    """A board as lists show it; moments in milliseconds."""

    id: str
    name: str
    created_at: int
    updated_at: int


def rows(unit: Unit) -> list[BoardRow]:
    """Every board, oldest first."""
    found = unit.connection.execute(_ROW.order_by(boards.c.created_at, boards.c.id))
    return [BoardRow(*each) for each in found]


def row(unit: Unit, board_id: str) -> BoardRow:
    """One board. Raises `Missing`."""
    found = unit.connection.execute(_ROW.where(boards.c.id == board_id)).first()
    if found is None:
        raise Missing("board")
    return BoardRow(*found)


_ROW = select(boards.c.id, boards.c.name, boards.c.created_at, boards.c.updated_at)


def counts(unit: Unit) -> dict[str, int]:
    """How many items every column of every board holds; columns without any are left out."""
    found = unit.connection.execute(
        select(items.c.column_id, func.count()).where(items.c.deleted_at.is_(None)).group_by(items.c.column_id)
    )
    return {row[0]: row[1] for row in found}


def create(unit: Unit, plan: Plan) -> Blueprint:
    """Make a board. Raises `Rejected`."""
    faults = list(faults_of(plan))
    faults += _foreign_ids(plan, None)
    faults += _taken(unit, plan, None)
    faults += _too_many(unit)
    if faults:
        raise Rejected(faults)
    board_id = unit.new_id()
    prefix = plan.prefix or _free_prefix(unit, plan.name)
    board = _board(unit, plan, board_id, prefix, revision=1, old=None)
    settings = _settings(plan, board, Settings())
    unit.connection.execute(
        insert(boards).values(
            id=board_id,
            name=board.name,
            prefix=prefix,
            next_number=_next_number(unit, prefix),
            revision=1,
            feed_floor=0,
            blueprint_revision=1,
            fields_revision=1,
            blueprint=to_text(board, settings),
            matched="[]",
            created_at=unit.now,
            updated_at=unit.now,
        )
    )
    duplicates.rules_changed(unit)
    return unit.blueprint(board_id)


def apply(unit: Unit, board_id: str, plan: Plan, *, force: bool = False) -> Blueprint:
    """Give a board a new blueprint; what it no longer has is removed, with the values that items hold there.

    Raises `Missing`, `Rejected`, `StaleBlueprint`, and `WouldDrop` unless `force` is set. Items that lose something
    get a next version and a history entry; items of a removed column are deleted and can be restored.
    """
    old = unit.lock(board_id)
    if plan.revision is not None and plan.revision != old.revision:
        raise StaleBlueprint(plan.revision, old)
    faults = [*faults_of(plan), *_foreign_ids(plan, old), *_taken(unit, plan, board_id)]
    if faults:
        raise Rejected(faults)
    prefix = plan.prefix or old.board.prefix
    board = _board(unit, plan, board_id, prefix, revision=old.revision + 1, old=old)
    settings = _settings(plan, board, old.settings)
    if replace(board, revision=old.revision) == old.board and settings == old.settings:
        return old
    same_fields = [field.name for field in board.fields] == [field.name for field in old.board.fields]
    new = Blueprint(
        board,
        settings,
        revision=old.revision + 1,
        fields_revision=old.fields_revision if same_fields else old.revision + 1,
    )
    loss = reshape.survey(unit, old, new)
    if loss.drops and not force:
        raise WouldDrop(loss.columns, loss.statuses, loss.fields)
    _store(unit, new, prefix_changed=prefix != old.board.prefix)
    reshape.carry_out(unit, old, new, loss)
    duplicates.rules_changed(unit)
    return new


def _store(unit: Unit, new: Blueprint, *, prefix_changed: bool) -> None:
    unit.draw(new.id)
    unit.connection.execute(
        update(boards)
        .where(boards.c.id == new.id)
        .values(
            name=new.board.name,
            prefix=new.board.prefix,
            blueprint_revision=new.revision,
            fields_revision=new.fields_revision,
            blueprint=to_text(new.board, new.settings),
            updated_at=unit.now,
        )
    )
    if prefix_changed:
        number = _next_number(unit, new.board.prefix)
        unit.connection.execute(update(boards).where(boards.c.id == new.id).values(next_number=number))


def _next_number(unit: Unit, prefix: str) -> int:
    """Keys stay with their items, so a prefix that comes back goes on counting."""
    return (unit.connection.scalar(select(func.max(items.c.number)).where(items.c.prefix == prefix)) or 0) + 1


def _board(unit: Unit, plan: Plan, board_id: str, prefix: str, *, revision: int, old: Blueprint | None) -> Board:
    allow_delete = plan.allow_delete
    if allow_delete is None:
        allow_delete = old.board.allow_delete if old else True
    return Board(
        id=BoardId(board_id),
        name=plan.name.strip(),
        columns=tuple(_column(unit, column) for column in plan.columns),
        fields=tuple(replace(field, label=field.label.strip()) for field in plan.fields),
        duplicates=plan.duplicates,
        prefix=prefix,
        allow_delete=allow_delete,
        revision=revision,
        colour=_kept(plan.colour, old.board.colour if old else None),
        description=_kept(plan.description, old.board.description if old else None),
    )


def _kept(planned: str | None, old: str | None) -> str | None:
    return old if planned is None else planned.strip() or None


def _column(unit: Unit, plan: ColumnPlan) -> Column:
    return Column(
        id=ColumnId(plan.id or unit.new_id()),
        name=plan.name.strip(),
        colour=plan.colour,
        limit=plan.limit,
        probability=plan.probability,
        closed=plan.closed,
        statuses=tuple(Status(StatusId(s.id or unit.new_id()), s.name.strip()) for s in plan.statuses),
    )


def _settings(plan: Plan, board: Board, old: Settings) -> Settings:
    days = {
        column.id: planned.auto_archive_days
        for column, planned in zip(board.columns, plan.columns, strict=True)
        if planned.auto_archive_days is not None
    }
    return Settings(
        allow_reorder=old.allow_reorder if plan.allow_reorder is None else plan.allow_reorder,
        extra_fields=plan.extra_fields or old.extra_fields,
        auto_archive=days,
    )


def _foreign_ids(plan: Plan, old: Blueprint | None) -> list[Fault]:
    faults = []
    for place, column in enumerate(plan.columns):
        known = old.columns.get(column.id) if old and column.id else None
        if column.id is not None and known is None:
            faults.append(Fault(f"columns[{place}].id", "is not a column of this board; leave it out for a new one"))
        ids = {status.id for status in known.statuses} if known else set()
        seen: set[str] = set()
        for nth, status in enumerate(column.statuses):
            if status.id is not None and (status.id not in ids or status.id in seen):
                text = "is not a status of this column; leave it out for a new one"
                faults.append(Fault(f"columns[{place}].statuses[{nth}].id", text))
            seen.add(status.id or "")
    return faults


def _taken(unit: Unit, plan: Plan, board_id: str | None) -> list[Fault]:
    faults = []
    for row in unit.connection.execute(select(boards.c.id, boards.c.name, boards.c.prefix)):
        if row.id == board_id:
            continue
        if fold(row.name) == fold(plan.name.strip()):
            faults.append(Fault("name", "is the name of another board"))
        if row.prefix == plan.prefix:
            faults.append(Fault("prefix", f"is the prefix of the board {row.name}"))
    return faults


def _too_many(unit: Unit) -> list[Fault]:
    count = unit.connection.scalar(select(func.count()).select_from(boards)) or 0
    return [Fault("name", f"there are {MOST_BOARDS} boards already")] if count >= MOST_BOARDS else []


def _free_prefix(unit: Unit, name: str) -> str:
    letters = "".join(character for character in name.upper() if "A" <= character <= "Z")[:4] or "ITEM"
    taken = set(unit.connection.scalars(select(boards.c.prefix)))
    return next(
        prefix for prefix in (letters, *(f"{letters}{number}" for number in range(2, MOST_BOARDS + 2)))
        if prefix not in taken
    )  # fmt: skip
