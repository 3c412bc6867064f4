"""The half of the engine that sends: one Pending after the other becomes a request, and its answer an event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from immutables import Map

from tui.api.backend import Backend, VersionConflict
from tui.domain.changes import Create, Delete, Edit, Restore
from tui.domain.merge import Conflict
from tui.domain.model import Board, Item
from tui.errors import (
    CardwallError,
    Invalid,
    NotAllowed,
    NotFound,
    Offline,
    RateLimited,
    ScopeMissing,
    StorageError,
    Unavailable,
    Unsupported,
)
from tui.sync.events import Accepted, BoardChanged, Conflicted, Pulled, Refused, Sealed, Unsealed
from tui.sync.outbox import Clashing, Done, Pending, Plan, Ready, Request, Unknown, plan
from tui.sync.state import next_pendings
from tui.sync.store import Store

KNOWS_NO_BOARD = Board(id="", name="")  # type: ignore[arg-type]  # merges by the plainest rules


class Sender:
    """Carries Pendings out in order, one at a time, so that a conflict holds only its own item."""

    def __init__(self, store: Store, *, sync: Callable[[], None]) -> None:
        self._store = store
        self._sync = sync

    async def send_all(self, backend: Backend) -> None:
        """Send what may go until nothing is left that may.

        Raises Unavailable or NotAllowed when the server cannot be asked now; what was not sent stays queued.
        """
        while pendings := next_pendings(self._store.state):
            await self._carry_out(backend, pendings[0])

    async def _carry_out(self, backend: Backend, pending: Pending) -> None:
        match await self._plan(backend, pending):
            case Done(item=item):
                self._store.apply(Accepted(pending.id, item))
            case Clashing(conflict=conflict):
                self._store.apply(Conflicted(pending.id, conflict))
            case Ready(request=request):
                if pending.phase != "sealed":
                    self._store.apply(Sealed(pending.id, request))
                await self._send(backend, pending, request)
            case Unknown():  # read and still not there: it was deleted
                self._store.apply(Conflicted(pending.id, Conflict(None)))

    async def _plan(self, backend: Backend, pending: Pending) -> Plan:
        """The plan for a Pending, reading the item first when it is not loaded."""
        found = self._plan_now(pending)
        if isinstance(found, Unknown):
            try:
                item = await backend.item(pending.item_id)
            except NotFound:
                return found
            if item.board_id not in self._store.state.known:
                self._store.apply(BoardChanged(await backend.board(item.board_id)))
            self._store.apply(Pulled((item,), first=True))
            found = self._plan_now(pending)
        return found

    def _plan_now(self, pending: Pending) -> Plan:
        state = self._store.state
        theirs = state.items.get(pending.item_id)
        return plan(pending, theirs, self._board(theirs), gone=pending.item_id in state.gone)

    def _board(self, item: Item | None) -> Board:
        state = self._store.state
        known = state.known.get(item.board_id) if item is not None else None
        return known or state.board or KNOWS_NO_BOARD

    async def _send(self, backend: Backend, pending: Pending, request: Request) -> None:
        try:
            await asyncio.to_thread(self._sync)
        except StorageError as problem:
            # The change is in memory and in the kernel's cache: sending it is now the safest place for it.
            self._store.journal_problem = problem
        try:
            item = await _write(backend, pending, request)
        except VersionConflict as conflict:
            self._conflicted(pending, conflict.theirs)
        except (Offline, RateLimited):
            self._store.apply(Unsealed(pending.id))
            raise
        except Unavailable:
            raise  # it may have arrived: it stays sealed and is sent again under the same key
        except NotAllowed as refusal:
            if isinstance(refusal, Unsupported | ScopeMissing):  # asking again would not help
                self._store.apply(Refused(pending.id, refusal.message))
                return
            self._store.apply(Unsealed(pending.id))
            raise
        except Invalid as refusal:
            self._store.apply(Refused(pending.id, refusal.message, Map(refusal.fields)))
        except CardwallError as refusal:
            self._store.apply(Refused(pending.id, refusal.message))
        else:
            self._store.apply(Accepted(pending.id, item))

    def _conflicted(self, pending: Pending, theirs: Item | None) -> None:
        """Someone was first: what merges goes on by itself on their version, the rest waits for a choice."""
        queued = replace(pending, phase="queued", request=None)
        again = plan(queued, theirs, self._board(theirs), gone=theirs is None)
        if theirs is not None and not isinstance(again, Clashing):
            self._store.apply(Pulled((theirs,)))
            self._store.apply(Unsealed(pending.id))
            return
        conflict = again.conflict if isinstance(again, Clashing) else Conflict(theirs)
        self._store.apply(Conflicted(pending.id, conflict))


async def _write(backend: Backend, pending: Pending, request: Request) -> Item | None:
    match pending.change:
        case Create():
            return await backend.create(request.base, key=request.key)
        case Delete():
            await backend.delete(request.base, key=request.key)
            return None
        case Restore(item_id=item_id):
            return await backend.restore(item_id, key=request.key)
        case Edit():
            return await backend.edit(request.base, request.edits, key=request.key)
