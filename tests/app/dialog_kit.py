"""A board, an item, and a Store whose server is played by the test."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count

from immutables import Map
from msgspec.structs import replace

from tests.app.walls import HandSession
from tui.api.backend import Capabilities, Duplicate, Past
from tui.app.form_flow import Flow
from tui.app.form_model import open_form
from tui.domain.changes import Create, Edit, Restore, apply_edits
from tui.domain.merge import Conflict, merge
from tui.domain.model import (
    Board,
    BoardId,
    Column,
    ColumnId,
    Field,
    Item,
    ItemId,
    Moment,
    Status,
    StatusId,
)
from tui.domain.record import Record
from tui.errors import CardwallError
from tui.sync.events import Accepted, Conflicted, Link, LinkChanged, Opened, Pulled, Refused, Removed, Sealed
from tui.sync.outbox import Clashing, Done, PendingId, Ready, plan
from tui.sync.state import State, resolve
from tui.sync.store import Store

NOON = Moment(1_795_262_400)  # 2026-11-21 12:00 UTC
ALL = Capabilities(
    idempotent=True,
    changes=True,
    blueprint=True,
    rename=True,
    labels=True,
    position=True,
    delete=True,
    restore=True,
    history=True,
    duplicates=True,
    search=True,
)


def _column(name: str, **more: object) -> Column:
    statuses = (Status(StatusId(f"{name}-open"), "Open"), Status(StatusId(f"{name}-wait"), "Waiting"))
    return replace(Column(ColumnId(name), name.title(), statuses=statuses), **more)


SALES = Board(
    BoardId("sales"),
    "Sales",
    (_column("lead"), _column("proposal"), _column("won", closed="won"), _column("lost", closed="lost")),
    (
        Field("value", "value", "currency", currency="USD", sum=True),
        Field("probability", "probability", "number", min=Decimal(0), max=Decimal(100), weight=True),
        Field("closes", "closes", "date"),
        Field("owner", "owner", "select", options=("Sam", "Kim", "Kit")),
        Field("tags", "tags", "multi_select", options=("hot", "emea", "renewal")),
        Field("email", "email", "email"),
        Field("vip", "VIP", "checkbox"),
        Field("notes", "notes", "long_text"),
    ),
    prefix="DEAL",
    revision=1,
)

DEAL = Item(
    ItemId("i42"),
    "DEAL-42",
    "Acme renewal",
    SALES.id,
    ColumnId("proposal"),
    StatusId("proposal-open"),
    Record(
        {
            "value": 12000,
            "probability": 40,
            "closes": None,
            "owner": "Sam",
            "tags": ("emea",),
            "email": None,
            "vip": None,
            "notes": "one\ntwo\nthree",
        }
    ),
    ("renewal",),
    version=7,
    position=1,
    created_at=Moment(NOON - 86_400 * 30),
    updated_at=Moment(NOON - 3600),
    updated_by="kim",
)


def with_fields(item: Item, **fields: object) -> Item:
    """`item` as the server would hold it after someone else's edit of these fields."""
    values = dict(item.fields) | fields
    return replace(
        item,
        fields=Record(values),  # type: ignore[arg-type]  # test data
        version=(item.version or 0) + 1,
        updated_at=Moment(NOON - 120),
        updated_by="sam",
    )


def other(item: Item, **members: object) -> Item:
    """`item` after someone else's edit of built-in members."""
    changed = {"version": (item.version or 0) + 1, "updated_at": Moment(NOON - 120), "updated_by": "sam"} | members
    return replace(item, **changed)


@dataclass
class Desk:
    """A Store with the sales board, online, and the server's side of it in the test's hands."""

    board: Board = SALES
    items: tuple[Item, ...] = (DEAL,)
    reach: str = "online"
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        ids = count(1)
        self.store = Store(clock=lambda: NOON, new_id=lambda: f"id{next(ids)}", state=State())
        self.store.apply(Opened(self.board))
        if self.items:
            self.store.apply(Pulled(self.items, first=True))
        self.link(self.reach)

    @property
    def state(self) -> State:
        return self.store.state

    def link(self, reach: str) -> None:
        self.store.apply(LinkChanged(Link(reach=reach, synced_at=NOON)))  # type: ignore[arg-type]  # a word of Reach

    def flow(self, item: Item = DEAL, **kwargs: object) -> Flow:
        """A form on an item, that hears the Store."""
        form = open_form(self.board, item, ALL, **kwargs)  # type: ignore[arg-type]  # creates
        flow = Flow(self.store, form, ALL)
        self.store.subscribe(flow.hear)
        return flow

    @property
    def pending(self) -> PendingId:
        """The Pending that is next."""
        return next(p.id for p in self.state.outbox.values() if self.state.queue[p.item_id][0] == p.id)

    def seal(self, pending_id: PendingId | None = None) -> None:
        """A request leaves, as the engine would send it."""
        pending = self.state.outbox[pending_id or self.pending]
        item_id = resolve(self.state, pending.item_id)
        ready = plan(pending, self.state.items.get(item_id), self.board, gone=item_id in self.state.gone)
        assert isinstance(ready, Ready), ready
        self.store.apply(Sealed(pending.id, ready.request))

    def accept(self, pending_id: PendingId | None = None) -> Item | None:
        """The server carries the first Pending out."""
        pending = self.state.outbox[pending_id or self.pending]
        if pending.phase != "sealed":
            self.seal(pending.id)
            pending = self.state.outbox[pending.id]
        change = pending.change
        item: Item | None = None
        if isinstance(change, Create):
            item = replace(change.item, id=ItemId("i99"), key="DEAL-99", version=1)
        elif isinstance(change, Restore):
            item = replace(change.was, version=(change.was.version or 0) + 2)
        elif isinstance(change, Edit) and pending.request:
            base = pending.request.base
            item = replace(apply_edits(pending.request.edits, base), version=(base.version or 0) + 1, updated_by="me")
        self.store.apply(Accepted(pending.id, item))
        return item

    def answer(self, pending_id: PendingId) -> None:
        """The server answers a Pending as the engine would plan it: it is carried out, done already, or clashes."""
        pending = self.state.outbox[pending_id]
        item_id = resolve(self.state, pending.item_id)
        theirs = self.state.items.get(item_id)
        found = plan(pending, theirs, self.board, gone=item_id in self.state.gone)
        if isinstance(found, Clashing):
            self.store.apply(Conflicted(pending_id, found.conflict))
        elif isinstance(found, Done):
            self.store.apply(Accepted(pending_id, theirs))
        else:
            self.accept(pending_id)

    def conflict(self, theirs: Item | None) -> None:
        """The server holds something newer than the first Pending was made for."""
        pending = self.state.outbox[self.pending]
        if pending.phase != "sealed":
            self.seal(pending.id)
        clashes = (
            merge(pending.change.edits, theirs, self.board).clashes
            if theirs and isinstance(pending.change, Edit)
            else ()
        )
        self.store.apply(Conflicted(pending.id, Conflict(theirs, clashes)))

    def refuse(self, problem: str, **fields: str) -> None:
        self.seal()
        self.store.apply(Refused(self.pending, problem, Map(fields)))

    def pull(self, *items: Item) -> None:
        self.store.apply(Pulled(items))

    def remove(self, *ids: ItemId) -> None:
        self.store.apply(Removed(ids))


class DeskSession(HandSession):
    """A session over a Desk; what only a server can answer is what the test says."""

    def __init__(self, desk: Desk, *, capabilities: Capabilities = ALL, read_only: bool = False) -> None:
        super().__init__(State(), read_only=read_only)
        self.desk = desk
        self.store = desk.store
        self.capabilities = capabilities
        self.resembling: tuple[Duplicate, ...] = ()
        self.answers = asyncio.Event()
        """Cleared, the server takes its time."""
        self.answers.set()
        self.problem: CardwallError | None = None
        """What the server says instead of an answer."""
        self.past: tuple[Past, ...] = ()
        self.notes: list[str] = []
        self.put: list[tuple[Board, bool]] = []

    def restore(self) -> bool:
        return True

    async def duplicates(self, draft: Item) -> tuple[Duplicate, ...]:
        self.asked.append(f"duplicates {draft.name}")
        await self._answer()
        return self.resembling

    async def history(self, item_id: ItemId) -> tuple[Past, ...]:
        await self._answer()
        return self.past

    async def put_board(self, board: Board, *, force: bool = False) -> Board:
        self.put.append((board, force))
        if not force:
            await self._answer()
        return board

    async def _answer(self) -> None:
        await self.answers.wait()
        if self.problem is not None:
            raise self.problem
