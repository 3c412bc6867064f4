"""What the engine asks of a server, whatever contract it speaks.

Every method raises only `tui.errors.CardwallError`s: `Offline` when nothing was sent, `LostAnswer` when a
write may have been carried out, `VersionConflict` when someone else was first.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

from msgspec import Struct

from tui.domain.changes import Edits
from tui.domain.model import Board, BoardId, BoardName, Item, ItemId, Member, Moment
from tui.domain.record import Value
from tui.errors import Conflict, RateLimited

Contract = Literal["slate", "cekat"]
NOTHING_KNOWN: Mapping[ItemId, Item] = MappingProxyType({})


class Capabilities(Struct, frozen=True):
    """What a server can do beyond the least that every contract has."""

    versioned: bool = True
    """Whether writes carry a version that the server checks."""
    idempotent: bool = False
    """Whether every write honours an idempotency key."""
    changes: bool = False
    """Whether there is a feed of changes after a cursor."""
    blueprint: bool = False
    """Whether a board's columns and fields can be read and written."""
    rename: bool = False
    labels: bool = False
    position: bool = False
    delete: bool = False
    restore: bool = False
    history: bool = False
    duplicates: bool = False
    search: bool = False
    """Whether the server finds items by text."""
    by_change: bool = False
    """Whether `changed` can tell what differs from what is known, without a feed."""


class VersionConflict(Conflict):
    """The item is not in the state the write was made for."""

    def __init__(self, message: str, theirs: Item | None) -> None:
        super().__init__(message)
        self.theirs = theirs
        """The item as the server holds it now; None when it is deleted."""


class DuplicateRefused(Conflict):
    """The board's rule refuses a create that duplicates items."""

    code = "duplicate_item"

    def __init__(self, message: str, duplicates: tuple[Duplicate, ...]) -> None:
        super().__init__(message)
        self.duplicates = duplicates
        """The items it resembles, as far as the server shows them."""


class Duplicate(NamedTuple):
    """An item that a draft resembles."""

    item: Item
    matched_fields: tuple[str, ...]
    score: float
    """1.0 for an exact match."""


class Page(NamedTuple):
    """Some items of a board, at most 200."""

    items: tuple[Item, ...]
    total: int | None = None
    """Items on the board, where the server says."""
    tag: str | None = None
    """What the whole list goes by when it is asked for again, where the server says and shows the board whole."""
    unchanged: bool = False
    """Whether the list is the `known` one still; then this page, which is empty, is the only one."""


class Changes(NamedTuple):
    """What changed on a board after a cursor, in order, at most 200 entries."""

    items: tuple[Item, ...]
    deleted: tuple[ItemId, ...]
    cursor: str
    """Where to go on from."""
    more: bool = False
    """Whether there is more to fetch at once."""
    blueprint: int | None = None
    """The blueprint's revision, where the server says."""


class FeedExpired(Conflict):
    """410: the cursor is older than what the server keeps; list again."""

    code = "feed_expired"


class BudgetSpent(RateLimited):
    """The key's budget has no room for a request of this rank now: nothing was sent, and no server has complained."""

    code = "budget_spent"


class Past(NamedTuple):
    """One entry of an item's history: who changed which members, from what to what."""

    version: int | None
    at: Moment
    by: str | None
    changes: tuple[tuple[Member, Value, Value], ...]
    """(member, old, new); columns and statuses by name."""


def reads_alike(old: Board, new: Board) -> bool:
    """Whether items that were read under `old` are what they would be under `new`.

    They are not when a field is new or of another kind: a date that was read as text stays a text, and no feed
    mentions an item whose value the server did not have to change. Such a board must be read whole again.
    """
    kinds = {field.name: field.kind for field in old.fields}
    return all(kinds.get(field.name) == field.kind for field in new.fields)


class Backend(Protocol):
    """A client that speaks one contract to one server as one key."""

    @property
    def contract(self) -> Contract:
        """The wire flavour it speaks."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """Known after `open`."""
        ...

    async def open(self) -> None:
        """Learn the server's capabilities; raises when it cannot be reached or refuses the key."""
        ...

    async def close(self) -> None:
        """Let go of connections; calls still under way fail."""
        ...

    async def boards(self) -> tuple[BoardName, ...]:
        """The boards this key may see, in the server's order."""
        ...

    async def board(self, board_id: BoardId) -> Board:
        """Columns with statuses, fields and rules."""
        ...

    async def put_board(self, board: Board, *, key: str, force: bool = False) -> Board:
        """Write a blueprint. `board.id` empty makes a new board.

        Raises `Invalid` for a rule it breaks and `Conflict` when it would drop data and `force` is not set,
        or when `board.revision` is stale.
        """
        ...

    async def cursor(self, board_id: BoardId) -> str | None:
        """The changes cursor of now, to be taken before a load; None without a feed."""
        ...

    def pages(self, board_id: BoardId, known: str | None = None) -> AsyncIterator[Page]:
        """Every item of the board, newest first, a page at a time; none of them when it still is the `known` list.

        `known` is the tag of pages that were all read, and of which nothing has been let go since.
        """
        ...

    async def changed(self, board_id: BoardId, known: Mapping[ItemId, Item]) -> Page | None:
        """The items that differ from `known`, and the board's total; None where only the whole list tells."""
        ...

    async def changes(self, board_id: BoardId, after: str) -> Changes:
        """What changed after a cursor. `FeedExpired` when the server no longer knows; `Unsupported` without a feed."""
        ...

    async def search(
        self, board_id: BoardId, text: str, limit: int, known: Mapping[ItemId, Item] = NOTHING_KNOWN
    ) -> tuple[Item, ...]:
        """At most `limit` items of a board that the server finds by words; `known` ones need not be read again.

        Raises `Unsupported` where `Capabilities.search` does not say so.
        """
        ...

    async def item(self, item_id: ItemId) -> Item:
        """One item, by id or key. `NotFound` when there is none."""
        ...

    async def create(self, draft: Item, *, key: str) -> Item:
        """Make an item; its local id is ignored. `DuplicateRefused` where the board's rule says so."""
        ...

    async def edit(self, base: Item, edits: Edits, *, key: str) -> Item:
        """Send only `edits`, made against `base`: its version, and for sets its members.

        Returns the item as the server holds it afterwards.
        """
        ...

    async def delete(self, base: Item, *, key: str) -> None:
        """Remove an item that is still as `base` was; `VersionConflict` otherwise."""
        ...

    async def restore(self, item_id: ItemId, *, key: str) -> Item:
        """Bring a deleted item back with its key and history."""
        ...

    async def duplicates(self, draft: Item) -> tuple[Duplicate, ...]:
        """Items that resemble a draft by its board's rule; an existing item's own id is excluded."""
        ...

    async def history(self, item_id: ItemId) -> tuple[Past, ...]:
        """Newest first."""
        ...
