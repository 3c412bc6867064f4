"""Three-way merge by member: what I changed against what the server holds now.

Pure and total: an edit either merges, needs nothing, or becomes a Clash that a person settles.
The base of each member is what the user saw when the edit began, so nothing is overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from immutables import Map
from msgspec import Struct

from tui.domain.changes import Delta, Edits, Set
from tui.domain.lines import keep_both, merge_lines
from tui.domain.model import (
    COLUMN,
    POSITION,
    STATUS,
    Board,
    Column,
    ColumnId,
    Item,
    Member,
    StatusId,
    field_name,
    value_of,
)
from tui.domain.record import Value


class Clash(Struct, frozen=True):
    """A member that both sides changed, differently."""

    member: Member
    base: Value
    mine: Value
    theirs: Value


class Typed(Struct, frozen=True):
    """A value typed to settle a clash."""

    value: Value


Pick: TypeAlias = Literal["base", "mine", "theirs", "both"] | Typed
Picks: TypeAlias = Map[Member, Pick]


class Merge(Struct, frozen=True):
    """The outcome: `edits` rebased onto theirs, ready to send, unless `clashes` must be settled first."""

    edits: Edits
    clashes: tuple[Clash, ...] = ()
    joined: tuple[Member, ...] = ()
    """Long texts in which the lines of both sides were kept."""


class Conflict(Struct, frozen=True):
    """What a person must settle before a Pending can go on."""

    theirs: Item | None
    """The item as the server holds it; None when it was deleted there."""
    clashes: tuple[Clash, ...] = ()
    picks: Picks = Map()
    """Choices made so far, kept when theirs changes again."""


def merge(edits: Edits, theirs: Item, board: Board, picks: Mapping[Member, Pick] | None = None) -> Merge:
    """Rebase `edits` onto `theirs`; `picks` settle clashes that were shown before."""
    out: dict[Member, Set | Delta] = {}
    clashes: list[Clash] = []
    joined: list[Member] = []
    picks = picks or {}
    stays = False  # whether the item does not go where I wanted it
    for member, edit in edits.items():
        held = value_of(theirs, member)
        if isinstance(edit, Delta):
            rest = _rest(edit, held)
            if rest is not None:
                out[member] = rest
            continue
        found = _merge_set(member, edit, edits, theirs, board)
        if isinstance(found, Clash):
            pick = picks.get(member)
            stays = stays or (member == COLUMN and pick != "mine")
            if pick is None:
                clashes.append(found)
                continue
            found = settled(found, pick)
        elif can_keep_both(board, member) and held != edit.base and found.mine not in (edit.mine, held):
            joined.append(member)
        if found.mine != held:
            out[member] = Set(held, found.mine)
    if stays:
        out.pop(STATUS, None)  # a status is only sent together with the column it belongs to
    return Merge(Map(out), tuple(clashes), tuple(joined))


def settled(clash: Clash, pick: Pick) -> Set:
    """The edit that a choice means, against theirs."""
    if isinstance(pick, Typed):
        return Set(clash.theirs, pick.value)
    match pick:
        case "base":
            return Set(clash.theirs, clash.base)
        case "mine":
            return Set(clash.theirs, clash.mine)
        case "theirs":
            return Set(clash.theirs, clash.theirs)
        case "both":
            return Set(clash.theirs, both(clash))


def both(clash: Clash) -> Value:
    """Theirs and mine together: sets united, texts joined by line, theirs first; for other kinds mine."""
    if isinstance(clash.mine, tuple) and isinstance(clash.theirs, tuple):
        return tuple(sorted({*clash.mine, *clash.theirs}))
    if isinstance(clash.mine, str) and isinstance(clash.theirs, str):
        return keep_both(_text(clash.base), clash.mine, clash.theirs)
    return clash.mine


def can_keep_both(board: Board, member: Member) -> bool:
    """Whether "both" means something for a member: long texts and sets."""
    name = field_name(member)
    field = board.field(name) if name is not None else None
    return field is not None and field.kind in ("long_text", "multi_select")


def changed_members(before: Item, after: Item, board: Board) -> tuple[Member, ...]:
    """The members, in the board's order, in which two states of an item differ."""
    built_in = [Member(name) for name in ("name", "column", "status", "labels")]
    members = [*built_in, *(field.member for field in board.fields)]
    return tuple(member for member in members if value_of(before, member) != value_of(after, member))


def _rest(delta: Delta, held: Value) -> Delta | None:
    """What of a delta is still to be done on `held`."""
    have = set(held) if isinstance(held, tuple) else set()
    added = tuple(member for member in delta.added if member not in have)
    removed = tuple(member for member in delta.removed if member in have)
    return Delta(added, removed) if added or removed else None


def _merge_set(member: Member, edit: Set, edits: Edits, theirs: Item, board: Board) -> Set | Clash:
    held = value_of(theirs, member)
    if held in (edit.base, edit.mine) or member == POSITION:
        return Set(held, edit.mine)
    if member == STATUS:
        found = _merge_status(edit, edits, theirs, board)
        if found is not None:
            return found
    name = field_name(member)
    field = board.field(name) if name is not None else None
    if field is not None and field.kind == "long_text":
        merged = merge_lines(_text(edit.base), _text(edit.mine), _text(held))
        if merged is not None:
            return Set(held, merged)
    return Clash(member, edit.base, edit.mine, held)


def _merge_status(edit: Set, edits: Edits, theirs: Item, board: Board) -> Set | Clash | None:
    """A status belongs to a column, so it is judged by where the item stands; None where that makes no difference."""
    held = theirs.status_id
    move = edits.get(COLUMN)
    if isinstance(move, Set):
        # A status that goes with a move is part of it: it clashes only if the move itself was made by both.
        column = board.column(ColumnId(str(move.mine)))
        if theirs.column_id == move.mine or column is None:
            return None if theirs.column_id == move.mine else Set(held, edit.mine)
        went_along = edit.mine == _carried(board, edit.base, column)
        return Set(held, _carried(board, held, column) if went_along else edit.mine)
    mine, column = _column_of(edit.mine, board), board.column(theirs.column_id)
    if mine is None or column is None or mine.id == column.id:
        return None
    namesake = _carried(board, edit.mine, column)
    if not _same_name(board, namesake, edit.mine):
        return None
    if held == _carried(board, edit.base, column):
        return Set(held, namesake)  # their move took the old status along; mine goes along as well
    return Clash(STATUS, edit.base, namesake, held)


def _column_of(status: Value, board: Board) -> Column | None:
    return next((column for column in board.columns if any(s.id == status for s in column.statuses)), None)


def _status_name(board: Board, status: Value) -> str | None:
    return next((s.name for column in board.columns for s in column.statuses if s.id == status), None)


def _same_name(board: Board, one: Value, other: Value) -> bool:
    return _status_name(board, one) == _status_name(board, other) is not None


def _carried(board: Board, status: Value, column: Column) -> StatusId | None:
    """The status an item has after a move to `column` that names none: the rule of both contracts."""
    name = _status_name(board, status)
    first = column.statuses[0].id if column.statuses else None
    return next((s.id for s in column.statuses if s.name == name), first)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def status_after_move(board: Board, item: Item, column_id: ColumnId) -> StatusId | None:
    """The status an item has after a move that names none.

    The one of the same name in the new column, else its first, else none: the rule of both contracts.
    """
    column = board.column(column_id)
    return None if column is None else _carried(board, item.status_id, column)
