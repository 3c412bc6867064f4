"""Pending changes as values: the queue, what may be sent next, and the request it becomes."""

from __future__ import annotations

from typing import Literal, NamedTuple, NewType, TypeAlias

from immutables import Map
from msgspec import Struct
from msgspec.structs import replace

from tui.domain.changes import Change, Create, Delete, Edit, Edits, Restore, Set
from tui.domain.merge import Conflict, merge
from tui.domain.model import Board, Item, ItemId, Moment

PendingId = NewType("PendingId", str)

Phase = Literal["queued", "sealed", "conflict", "refused"]


class Request(Struct, frozen=True):
    """What a sealed Pending sends, the same at every attempt: `edits` onto the state `base`."""

    key: str
    """The idempotency key: one meaning, one key, however often it is sent; a rebased request has a new one."""
    base: Item
    edits: Edits = Map()


class Pending(Struct, frozen=True):
    """A Change waiting to be sent or for its answer."""

    id: PendingId
    seq: int
    """Place in the Outbox; higher is later."""
    change: Change
    made_at: Moment
    phase: Phase = "queued"
    request: Request | None = None
    """Set while sealed, so that a retry after a lost answer repeats the same words."""
    conflict: Conflict | None = None
    problem: str | None = None
    """Why the server refused it, as a sentence."""
    problems: Map[str, str] = Map()
    """Field name to what the server said of it."""
    attempts: int = 0
    undoes: PendingId | None = None
    """The Pending whose change this one takes back."""

    @property
    def item_id(self) -> ItemId:
        """The item it changes: a local id until the server has named it."""
        return self.change.item_id


Outbox: TypeAlias = Map[PendingId, Pending]


class Ready(NamedTuple):
    """The next request of an item."""

    pending: Pending
    request: Request


class Clashing(NamedTuple):
    """The next change of an item cannot be sent until a person has chosen."""

    pending: Pending
    conflict: Conflict


class Done(NamedTuple):
    """The server already holds what the change wanted."""

    pending: Pending
    item: Item | None


class Unknown(NamedTuple):
    """The item is not loaded: read it first."""

    pending: Pending


Plan: TypeAlias = Ready | Clashing | Done | Unknown


def plan(pending: Pending, theirs: Item | None, board: Board, *, gone: bool = False) -> Plan:
    """How a queued or sealed Pending goes on, against what the server last confirmed.

    `theirs` None and `gone` False means that the item was never read.
    """
    if pending.phase == "sealed" and pending.request is not None:
        return Ready(pending, pending.request)
    change = pending.change
    if isinstance(change, Create):
        return Ready(pending, Request(_key(pending), change.item))
    if isinstance(change, Restore):
        return Done(pending, theirs) if theirs is not None else Ready(pending, Request(_key(pending), change.was))
    if theirs is None:
        if not gone:
            return Unknown(pending)
        return Done(pending, None) if isinstance(change, Delete) else Clashing(pending, Conflict(None))
    if isinstance(change, Delete):
        if _same(change.was, theirs):
            return Ready(pending, Request(_key(pending), theirs))
        return Clashing(pending, Conflict(theirs))
    return _plan_edit(pending, change, theirs, board)


def _plan_edit(pending: Pending, change: Edit, theirs: Item, board: Board) -> Plan:
    # Picks made so far are in the edits already: a member that was changed once more after its pick asks again.
    merged = merge(change.edits, theirs, board)
    if merged.clashes:
        picks = pending.conflict.picks if pending.conflict else Map()
        return Clashing(pending, Conflict(theirs, merged.clashes, picks))
    if not merged.edits:
        return Done(pending, theirs)
    return Ready(pending, Request(_key(pending), theirs, merged.edits))


def _key(pending: Pending) -> str:
    return f"{pending.id}.{pending.attempts}"


def _same(was: Item, theirs: Item) -> bool:
    """Whether an item is as the user saw it when deleting: only then is it safe to go on."""
    if was.version is not None and theirs.version is not None and was.version == theirs.version:
        return True
    return same_content(was, theirs)


def same_content(one: Item, other: Item) -> bool:
    """Whether two states of an item show a person the same; a field that one does not mention counts as empty."""
    return _words(one) == _words(other) and (
        one.fields == other.fields
        or all(one.fields.get(name) == other.fields.get(name) for name in {*one.fields, *other.fields})
    )


def _words(item: Item) -> tuple[object, ...]:
    return (item.name, item.column_id, item.status_id, item.labels, item.contact_id, item.source)


def without(later: tuple[Pending, ...], removed: Pending) -> tuple[Pending, ...]:
    """The later Pendings of an item, rebased onto what was there before `removed`.

    A later edit whose base is what the removed one would have set takes over the removed one's base.
    """
    if not isinstance(removed.change, Edit):
        return later
    return tuple(_rebased(pending, removed.change) for pending in later)


def _rebased(pending: Pending, removed: Edit) -> Pending:
    change = pending.change
    if pending.phase == "sealed" or not isinstance(change, Edit):
        return pending
    edits = change.edits
    for member, edit in removed.edits.items():
        mine = edits.get(member)
        if isinstance(edit, Set) and isinstance(mine, Set) and mine.base == edit.mine:
            edits = edits.set(member, Set(edit.base, mine.mine))
    return replace(pending, change=type(change)(change.item_id, edits))
