"""The half of the engine that sends: one Pending after the other becomes a request, and its answer an event."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from immutables import Map

from tui.api.backend import Backend, VersionConflict
from tui.domain.changes import Create, Delete, Edit, Restore
from tui.domain.merge import Conflict
from tui.domain.model import Board, Item, ItemId
from tui.errors import (
    CardwallError,
    Inactive,
    Invalid,
    LostAnswer,
    NotAllowed,
    NotFound,
    Offline,
    RateLimited,
    StorageError,
    Unauthorised,
    Unavailable,
)
from tui.sync.events import Accepted, BoardChanged, Conflicted, Pulled, Refused, Removed, Sealed, Unsealed
from tui.sync.outbox import Clashing, Done, Pending, PendingId, Plan, Ready, Request, Unknown, plan
from tui.sync.state import is_next, next_pendings
from tui.sync.store import Notice, Store
from tui.sync.verify import Verdict, verdict

KNOWS_NO_BOARD = Board(id="", name="")  # type: ignore[arg-type]  # merges by the plainest rules


class Sender:
    """Carries Pendings out in order, one at a time, so that a conflict holds only its own item."""

    def __init__(self, store: Store, *, sync: Callable[[], None], loads: Callable[[], int] = lambda: 0) -> None:
        """`loads` counts the whole reads of a board that have begun."""
        self._store = store
        self._sync = sync
        self._loads = loads
        self._lost: Counter[PendingId] = Counter()
        """Answers lost by Pending: one that the server chokes on must not hold the others up."""
        self.answers = 0
        """Requests the server has answered, one way or the other."""

    async def send_all(self, backend: Backend) -> None:
        """Send what may go until nothing is left that may.

        Raises Unavailable or NotAllowed when the server cannot be asked now; what was not sent stays queued.
        """
        while pendings := next_pendings(self._store.state):
            order = sorted(pendings, key=lambda pending: self._lost[pending.id]) if self._lost else pendings
            for pending_id in [pending.id for pending in order]:
                pending = self._store.state.outbox.get(pending_id)
                if pending is not None and is_next(self._store.state, pending):
                    await self._carry_out(backend, pending)
                    await asyncio.sleep(0)  # a long queue with nothing to send must not hold the loop

    async def _carry_out(self, backend: Backend, pending: Pending) -> None:
        if pending.phase == "sealed" and pending.request is not None:
            if backend.capabilities.idempotent or await self._never_arrived(backend, pending, pending.request):
                await self._send(backend, pending, pending.request, again=True)
            return
        found = await self._plan(backend, pending)
        if self._store.state.outbox.get(pending.id) is not pending:
            return  # the user has changed his mind while the item was read
        match found:
            case Done(item=item):
                self._store.apply(Accepted(pending.id, item))
            case Clashing(conflict=conflict):
                self._store.apply(Conflicted(pending.id, conflict))
            case Ready(request=request):
                self._store.apply(Sealed(pending.id, request))
                await self._send(backend, self._store.state.outbox[pending.id], request, again=False)
            case Unknown():  # read and still not there: it was deleted
                self._store.apply(Conflicted(pending.id, Conflict(None)))

    async def _plan(self, backend: Backend, pending: Pending) -> Plan:
        """The plan for a Pending, reading the item first when it is not loaded."""
        found = self._plan_now(pending)
        if isinstance(found, Unknown):
            try:
                item = await backend.item(pending.item_id)
                await self._learn_board(backend, item)
            except NotFound:
                return found
            self._store.apply(Pulled((item,), first=True))
            found = self._plan_now(pending)
        return found

    async def _learn_board(self, backend: Backend, item: Item) -> None:
        if item.board_id not in self._store.state.known:
            self._store.apply(BoardChanged(await backend.board(item.board_id)))

    def _plan_now(self, pending: Pending) -> Plan:
        state = self._store.state
        theirs = state.items.get(pending.item_id)
        return plan(pending, theirs, self._board(theirs), gone=pending.item_id in state.gone)

    def _board(self, item: Item | None) -> Board:
        state = self._store.state
        known = state.known.get(item.board_id) if item is not None else None
        return known or state.board or KNOWS_NO_BOARD

    async def _never_arrived(self, backend: Backend, pending: Pending, request: Request) -> bool:
        """Whether a request without an answer, on a server that knows no keys, may safely be sent once more.

        When it was carried out, or nobody can tell, that is said in its place.
        """
        found: Verdict
        if isinstance(pending.change, Create):
            found = verdict(pending, request, None)
        else:
            try:
                found = verdict(pending, request, await backend.item(pending.item_id))
            except NotFound:
                found = verdict(pending, request, None)
        if found is not None:
            self._store.apply(found)
        return found is None

    async def _send(self, backend: Backend, pending: Pending, request: Request, *, again: bool) -> None:
        """`again`: an earlier attempt may have arrived, so only an answer of the server frees the Pending."""
        await self._put_on_disk()
        try:
            item, since = await self._ask(backend, pending, request, again=again)
        except VersionConflict as conflict:
            self._answered(Conflicted(pending.id, Conflict(conflict.theirs)))
            self._stop_going_round(pending.id, request, conflict)
        except (Offline, RateLimited, Unauthorised, Inactive):
            if not again:
                self._store.apply(Unsealed(pending.id))
            raise
        except Unavailable:
            self._lost[pending.id] += 1
            raise  # it may have arrived: it stays sealed and is sent again under the same key
        except NotFound as refusal:
            await self._missing(backend, pending, refusal)
        except CardwallError as refusal:
            fields = refusal.fields if isinstance(refusal, Invalid) else {}
            # A server asks for the right before it looks for the key: the item may have been made by then.
            certain = not (again and isinstance(refusal, NotAllowed) and isinstance(pending.change, Create))
            self._answered(Refused(pending.id, refusal.message, Map(fields), certain))
        else:
            self._answered(Accepted(pending.id, item))
            if since is not None:
                self._store.apply(since)

    async def _ask(
        self, backend: Backend, pending: Pending, request: Request, *, again: bool
    ) -> tuple[Item | None, Pulled | Removed | None]:
        """The server's answer, and what has happened to an item since the answer that names it was made."""
        removed: set[ItemId] = set()
        now: Pulled | None = None
        # A repeated answer is an old one, and a list read meanwhile says nothing of an item it did not know.
        loads = -1 if again else self._loads()
        with self._watching(removed):
            item = await _write(backend, pending, request)
            if item is None or not isinstance(pending.change, Create | Restore):
                return item, None
            while loads != self._loads():
                loads = self._loads()
                try:
                    now = Pulled((await backend.item(item.id),))
                except NotFound:
                    removed.add(item.id)
                except CardwallError as error:
                    # This is about the look: the item is there, and must never count as one that was not sent.
                    if backend.capabilities.idempotent:
                        raise LostAnswer(f"{item.key} was made, but {error.message}") from None
                    break  # without a feed the next whole list tells
        return item, Removed((item.id,)) if item.id in removed else now

    async def _put_on_disk(self) -> None:
        try:
            await asyncio.to_thread(self._sync)
        except StorageError as problem:
            # The change is in memory and in the kernel's cache: sending it is now the safest place for it.
            self._store.journal_problem = problem

    @contextmanager
    def _watching(self, removed: set[ItemId]) -> Iterator[None]:
        """Collect what is deleted meanwhile: the news of a deletion may overtake the answer that names the item."""

        def notice(notice: Notice) -> None:
            if isinstance(notice.event, Removed):
                removed.update(notice.event.ids)

        stop = self._store.subscribe(notice)
        try:
            yield
        finally:
            stop()

    def _answered(self, event: Accepted | Refused | Conflicted) -> None:
        self.answers += 1
        del self._lost[event.pending_id]
        self._store.apply(event)

    async def _missing(self, backend: Backend, pending: Pending, refusal: NotFound) -> None:
        """Something is not there: the item itself, or a column or status that the request names."""
        event: Accepted | Refused | Conflicted = Refused(pending.id, refusal.message)
        if isinstance(pending.change, Edit | Delete):
            try:
                await backend.item(pending.item_id)
            except NotFound:
                is_delete = isinstance(pending.change, Delete)
                event = Accepted(pending.id, None) if is_delete else Conflicted(pending.id, Conflict(None))
        self._answered(event)

    def _stop_going_round(self, pending_id: PendingId, request: Request, conflict: VersionConflict) -> None:
        """A server that reports a conflict but shows nothing newer would be asked for ever: leave it to the user."""
        pending = self._store.state.outbox.get(pending_id)
        if pending is None or pending.phase != "queued":
            return
        again = self._plan_now(pending)
        if isinstance(again, Ready) and (again.request.base, again.request.edits) == (request.base, request.edits):
            said = f"{conflict.message}, but the server shows no newer state of it than the one on the wall"
            self._store.apply(Refused(pending_id, said))


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
