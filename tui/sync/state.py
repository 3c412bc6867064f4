"""The client's whole truth as one value: Snapshot, Outbox, History and Link, and the View made of them.

Large maps are persistent, so that a new State costs what changed, not what the board holds.
"""

from __future__ import annotations

from enum import Enum

from immutables import Map
from msgspec import Struct, field

from tui.domain.changes import Delete, apply
from tui.domain.model import Board, BoardId, BoardName, Item, ItemId
from tui.sync.events import Draft, Link
from tui.sync.history import History
from tui.sync.outbox import Outbox, Pending, PendingId


class Mark(Enum):
    """The one state character of a card; earlier members win over later ones."""

    CONFLICT = "conflict"
    FAILED = "failed"
    SAVING = "saving"
    DRAFT = "draft"
    CHANGED = "changed"
    """Changed by others since I last looked."""
    NONE = ""


class State(Struct, frozen=True):
    """One profile's state with one board open."""

    board: Board | None = None
    boards: tuple[BoardName, ...] = ()
    known: Map[BoardId, Board] = field(default_factory=Map)
    """Boards whose columns and fields have been read, the open one among them."""
    items: Map[ItemId, Item] = field(default_factory=Map)
    """The Snapshot: what the server last confirmed."""
    gone: Map[ItemId, Item] = field(default_factory=Map)
    """Last known state of items that were deleted on the server while changes of ours were waiting."""
    waiting: Map[ItemId, Item | None] = field(default_factory=Map)
    """Pulls of items with a request in flight, kept until its answer; None says deleted."""
    outbox: Outbox = field(default_factory=Map)
    queue: Map[ItemId, tuple[PendingId, ...]] = field(default_factory=Map)
    """Per item its Pendings in order; the first goes first."""
    aliases: Map[ItemId, ItemId] = field(default_factory=Map)
    """Local id to the id the server gave."""
    drafts: Map[ItemId, Draft] = field(default_factory=Map)
    changed: Map[ItemId, Item | None] = field(default_factory=Map)
    """Items changed by others since I last looked, as they were when I did; None for new ones."""
    history: History = History()
    link: Link = Link()
    seq: int = 0
    """The highest place given in the Outbox so far."""


def resolve(state: State, item_id: ItemId) -> ItemId:
    """The id an item has now: the server's, once it has named a local one."""
    return state.aliases.get(item_id, item_id)


def pendings_of(state: State, item_id: ItemId) -> tuple[Pending, ...]:
    """An item's waiting changes, in the order they will be sent."""
    return tuple(state.outbox[pending_id] for pending_id in state.queue.get(resolve(state, item_id), ()))


def view(state: State, item_id: ItemId) -> Item | None:
    """The item as the user means it: the Snapshot with the Outbox folded over; None when there is none."""
    item_id = resolve(state, item_id)
    item = state.items.get(item_id)
    waiting = state.queue.get(item_id)
    if not waiting:
        return item
    if item is None:
        item = state.gone.get(item_id)
    for pending_id in waiting:
        pending = state.outbox[pending_id]
        if isinstance(pending.change, Delete) and pending.phase in ("conflict", "refused"):
            continue  # an item whose deletion did not go through is still there, with its mark
        item = apply(pending.change, item)
    return item


def mark(state: State, item_id: ItemId) -> Mark:
    """The state character of an item's card."""
    item_id = resolve(state, item_id)
    phases = {state.outbox[pending_id].phase for pending_id in state.queue.get(item_id, ())}
    if "conflict" in phases:
        return Mark.CONFLICT
    if "refused" in phases:
        return Mark.FAILED
    if phases:
        return Mark.SAVING
    if item_id in state.drafts:
        return Mark.DRAFT
    if item_id in state.changed:
        return Mark.CHANGED
    return Mark.NONE


def conflict_of(state: State, item_id: ItemId) -> Pending | None:
    """The first Pending of an item that waits for a choice."""
    return next((p for p in pendings_of(state, item_id) if p.phase == "conflict"), None)


def refused_of(state: State, item_id: ItemId) -> Pending | None:
    """The first Pending of an item that the server refused."""
    return next((p for p in pendings_of(state, item_id) if p.phase == "refused"), None)


def next_pendings(state: State) -> list[Pending]:
    """The Pendings that may go now: the first of each item, oldest first; items that wait for a person are held."""
    firsts = (state.outbox[ids[0]] for ids in state.queue.values())
    return sorted((p for p in firsts if p.phase in ("queued", "sealed")), key=lambda p: p.seq)


def is_next(state: State, pending: Pending) -> bool:
    """Whether a Pending may go now: it is the first of its item and waits for nobody."""
    ids = state.queue.get(resolve(state, pending.item_id), ())
    return ids[:1] == (pending.id,) and pending.phase in ("queued", "sealed")
