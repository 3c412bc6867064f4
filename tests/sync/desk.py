"""A Store without a line: the test says what the server says. And a wall with one, for what needs the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from immutables import Map

from tests.sync.backend import OURS, Line
from tests.sync.ledger import consistent
from tests.sync.samples import SALES, an_item
from tests.sync.server import Server
from tests.sync.wall import NOW, Loop, Wall
from tui.api.backend import Capabilities
from tui.domain.changes import Change, Delta, Edit, Set
from tui.domain.merge import Conflict, Pick, Picks
from tui.domain.model import Item, ItemId, Member, value_of
from tui.domain.record import Value
from tui.sync.events import Accepted, Conflicted, Event, Opened, Pulled, Refused, Removed, Sealed
from tui.sync.outbox import Clashing, Pending, PendingId, Ready, plan
from tui.sync.state import State, mark, resolve, view
from tui.sync.store import Journal, Store

ONE = ItemId("i1")


class Desk:
    """A Store on the sales board with items 1 to 3 at version 7."""

    def __init__(self, *items: Item, journal: Journal | None = None) -> None:
        ids = count(1)
        self.store = Store(clock=lambda: NOW, new_id=lambda: f"p{next(ids)}", journal=journal)
        self.store.apply(Opened(SALES))
        self.store.apply(Pulled(items or tuple(an_item(number) for number in range(1, 4)), first=True))

    @property
    def state(self) -> State:
        consistent(self.store.state)
        return self.store.state

    def apply(self, *events: Event) -> None:
        for event in events:
            self.store.apply(event)
            consistent(self.store.state)

    def do(self, *changes: Change) -> PendingId:
        """Dispatch; the id of the first Pending."""
        ids = self.store.dispatch(*changes)
        consistent(self.store.state)
        return ids[0]

    def seal(self, pending_id: PendingId) -> None:
        ready = self.plan(pending_id)
        assert isinstance(ready, Ready), ready
        self.apply(Sealed(pending_id, ready.request))

    def plan(self, pending_id: PendingId) -> object:
        state = self.store.state
        pending = state.outbox[pending_id]
        item_id = resolve(state, pending.item_id)
        return plan(pending, state.items.get(item_id), SALES, gone=item_id in state.gone)

    def apply_plan(self, pending_id: PendingId) -> None:
        """What the engine makes of a Pending that clashes without being sent."""
        found = self.plan(pending_id)
        assert isinstance(found, Clashing), found
        self.apply(Conflicted(pending_id, found.conflict))

    def accept(self, pending_id: PendingId, item: Item | None) -> None:
        if self.store.state.outbox[pending_id].phase != "sealed":
            self.seal(pending_id)
        self.apply(Accepted(pending_id, item))

    def refuse(self, pending_id: PendingId) -> None:
        if self.store.state.outbox[pending_id].phase != "sealed":
            self.seal(pending_id)
        self.apply(Refused(pending_id, "no"))

    def conflict(self, pending_id: PendingId, theirs: Item | None) -> None:
        if self.store.state.outbox[pending_id].phase != "sealed":
            self.seal(pending_id)
        self.apply(Conflicted(pending_id, Conflict(theirs)))

    def pull(self, *items: Item, first: bool = False) -> None:
        self.apply(Pulled(items, first=first))

    def remove(self, *ids: ItemId) -> None:
        self.apply(Removed(ids))

    def view(self, item_id: ItemId = ONE) -> Item:
        item = view(self.state, item_id)
        assert item is not None
        return item

    def mark(self, item_id: ItemId = ONE) -> str:
        return mark(self.state, item_id).value

    def pending(self, pending_id: PendingId) -> Pending:
        return self.state.outbox[pending_id]


def sets(item_id: ItemId = ONE, **values: tuple[Value, Value]) -> Edit:
    """An edit of members, each from a base to mine; fields go by their names."""
    return Edit(item_id, Map({member(name): Set(*pair) for name, pair in values.items()}))


def labels(item_id: ItemId = ONE, *, add: str = "", remove: str = "") -> Edit:
    """An edit of labels."""
    return Edit(item_id, Map({Member("labels"): Delta(tuple(add.split()), tuple(remove.split()))}))


def chosen(member: Member, pick: Pick) -> Picks:
    """One choice."""
    return Map({member: pick})


def member(name: str) -> Member:
    return Member(f"field.{name}" if name in ("value", "notes", "regions") else name)


def held(item: Item, name: str) -> Value:
    return value_of(item, member(name))


@contextmanager
def office(
    folder: Path | None, *items: Item, capabilities: Capabilities = OURS, start: bool = True
) -> Iterator[tuple[Server, Wall]]:
    """A server in memory and one wall on it."""
    server = Server()
    server.put(*(items or (an_item(number) for number in range(1, 4))))
    loop = Loop()
    wall = Wall(loop, Line(server, "sam", capabilities), folder)
    if start:
        wall.start()
    try:
        yield server, wall
    finally:
        if start:
            wall.kill()
        loop.close()
