"""What can happen to the State: everything the user does, and everything the engine reports.

Events are named tuples: a data class takes ten times as long to make, and the wall starts with two dozen of them.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from immutables import Map
from msgspec import Struct

from tui.domain.merge import Conflict, Pick
from tui.domain.model import Board, BoardName, Item, ItemId, Member, Moment
from tui.sync.outbox import Pending, PendingId, Request

Reach = Literal["starting", "online", "offline", "paused", "refused"]


class Link(Struct, frozen=True):
    """How the wall stands with its server; shown in the status line, nothing in it ticks."""

    reach: Reach = "starting"
    synced_at: Moment | None = None
    """When the board was last known to be as the server has it."""
    message: str = ""
    """One sentence when the link is not online."""
    resumes_at: Moment | None = None
    loading: tuple[int, int | None] | None = None
    """(items so far, items in all if known) while a board is first read."""
    budget: tuple[int, int] | None = None
    """(left, limit) where the server has one."""
    counts: Literal["req", "edits"] = "req"
    """What the budget is counted in: an edit that must look before it writes costs several requests."""
    held: bool = False
    """Whether a pause is our own doing, because the budget is used up; else the server has complained."""


class Draft(Struct, frozen=True):
    """What was being typed: texts by member, against the item as it was when the form opened."""

    base: Item
    """For a new item: the empty draft under its local id."""
    texts: Map[Member, str]
    at: Moment

    @property
    def item_id(self) -> ItemId:
        """The item it edits."""
        return self.base.id


class Dispatched(NamedTuple):
    """The user meant these changes, as one step of History."""

    pendings: tuple[Pending, ...]
    at: Moment


class Undone(NamedTuple):
    """The user took the last step back; `ids` are for the inverse Pendings that may be needed."""

    ids: tuple[PendingId, ...]
    at: Moment
    lasting: frozenset[PendingId] = frozenset()
    """Deeds that the server cannot take back: they stay as they are and leave History."""


class Redone(NamedTuple):
    """The user did the last undone step again."""

    ids: tuple[PendingId, ...]
    at: Moment
    lasting: frozenset[PendingId] = frozenset()
    """Deeds that the server cannot do again."""


class Sealed(NamedTuple):
    """A request is about to leave; its Pending can no longer be changed."""

    pending_id: PendingId
    request: Request


class Unsealed(NamedTuple):
    """The request certainly never arrived: its Pending is free again."""

    pending_id: PendingId


class Accepted(NamedTuple):
    """The server carried a Pending out; `item` is what it holds now, None after a delete."""

    pending_id: PendingId
    item: Item | None


class Refused(NamedTuple):
    """The server will not carry a Pending out, whoever asks again."""

    pending_id: PendingId
    problem: str
    fields: Map[str, str] = Map()
    certain: bool = True
    """Whether this answers for earlier attempts too; else a retry must go by the same key."""


class Conflicted(NamedTuple):
    """Someone else was first."""

    pending_id: PendingId
    conflict: Conflict


class Resolved(NamedTuple):
    """The user chose, clash by clash; the Pending goes on against theirs."""

    pending_id: PendingId
    picks: Map[Member, Pick]


class Recreate(NamedTuple):
    """The user wants an item back that was deleted on the server; `pending` (Restore or Create) brings it."""

    pending_id: PendingId
    pending: Pending


class Dropped(NamedTuple):
    """The user gave a Pending up."""

    pending_id: PendingId


class Retried(NamedTuple):
    """The user wants a refused Pending sent again."""

    pending_id: PendingId


class Opened(NamedTuple):
    """A board was opened: its columns and fields are known, its items are not."""

    board: Board


class BoardChanged(NamedTuple):
    """The open board's columns, fields or rules were read again."""

    board: Board


class BoardsListed(NamedTuple):
    """The boards there are."""

    boards: tuple[BoardName, ...]


class Pulled(NamedTuple):
    """Items as the server has them, at most 200."""

    items: tuple[Item, ...]
    first: bool = False
    """Part of a first load: nothing in it counts as changed by others."""


class Removed(NamedTuple):
    """Items the server no longer has, at most 200."""

    ids: tuple[ItemId, ...]


class Adopted(NamedTuple):
    """Pendings, drafts and names of an earlier process, read from its Outbox file."""

    pendings: tuple[Pending, ...]
    drafts: tuple[Draft, ...]
    aliases: Map[ItemId, ItemId]


class Drafted(NamedTuple):
    """The user typed into a form."""

    draft: Draft


class DraftDropped(NamedTuple):
    """The form was saved or thrown away."""

    item_id: ItemId


class Looked(NamedTuple):
    """The user has seen what others changed on these items."""

    ids: tuple[ItemId, ...]


class LinkChanged(NamedTuple):
    """The link came, went, paused, or made progress."""

    link: Link


Event: TypeAlias = (
    Dispatched
    | Undone
    | Redone
    | Sealed
    | Unsealed
    | Accepted
    | Refused
    | Conflicted
    | Resolved
    | Recreate
    | Dropped
    | Retried
    | Opened
    | BoardChanged
    | BoardsListed
    | Pulled
    | Removed
    | Adopted
    | Drafted
    | DraftDropped
    | Looked
    | LinkChanged
)
