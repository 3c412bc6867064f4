"""The client's state holder: the only way in for changes, and the one place that tells listeners."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.changes import Change
from tui.domain.merge import Picks
from tui.domain.model import ItemId, Moment
from tui.errors import StorageError
from tui.sync.events import (
    Dispatched,
    Draft,
    DraftDropped,
    Drafted,
    Dropped,
    Event,
    Looked,
    Recreate,
    Redone,
    Resolved,
    Retried,
    Undone,
)
from tui.sync.history import Step
from tui.sync.outbox import Pending, PendingId
from tui.sync.reduce import reduce
from tui.sync.state import State, resolve
from tui.sync.turn import Outcome


class Journal(Protocol):
    """Where Pendings, drafts and names are kept so that a killed process loses nothing."""

    def record(self, outcome: Outcome) -> None:
        """Write what changed; raises StorageError when it cannot be written."""
        ...


class NoJournal:
    """Keeps nothing: for tests and for throw-away walls."""

    def record(self, outcome: Outcome) -> None:
        """Nothing."""


class Notice(Struct, frozen=True):
    """What a listener is told after an event."""

    event: Event
    before: State
    state: State
    touched: frozenset[ItemId]
    """Items whose View, mark or existence may differ; for `Opened` everything does."""


Listener = Callable[[Notice], None]


class Store:
    """Holds the State; every method returns at once and never touches the network."""

    def __init__(
        self,
        *,
        clock: Callable[[], Moment],
        new_id: Callable[[], str],
        journal: Journal | None = None,
        state: State | None = None,
    ) -> None:
        self.state = state or State()
        self.clock = clock
        self.new_id = new_id
        self.journal_problem: StorageError | None = None
        """Why the Outbox is not on disk, while that is so."""
        self._journal = journal or NoJournal()
        self._unwritten: Outcome | None = None
        self._listeners: list[Listener] = []
        self._notices: deque[Notice] = deque()
        self._telling = False

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every event; returns the way to stop that."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def apply(self, event: Event) -> None:
        """Take an event in: new State, then disk, then listeners.

        A listener may apply events itself: the State is new at once, and every listener still hears of the events
        one after the other, in the order they happened.
        """
        before = self.state
        outcome = reduce(before, event)
        self.state = outcome.state
        self._write(outcome)
        self._notices.append(Notice(event, before, outcome.state, outcome.touched))
        if not self._telling:
            self._tell()

    def dispatch(self, *changes: Change) -> tuple[PendingId, ...]:
        """The user means these changes, as one step that one undo takes back."""
        pendings = tuple(self._pending(change, place) for place, change in enumerate(changes, start=1))
        self.apply(Dispatched(pendings, self.clock()))
        return tuple(pending.id for pending in pendings)

    def undo(self, lasting: frozenset[PendingId] = frozenset()) -> Step | None:
        """Take the last step back, but for its `lasting` deeds; returns it, or None when there is none."""
        done = self.state.history.done
        if not done:
            return None
        self.apply(Undone(self._ids(len(done[-1].changes)), self.clock(), lasting))
        return done[-1]

    def redo(self, lasting: frozenset[PendingId] = frozenset()) -> Step | None:
        """Do the last undone step again, but for its `lasting` deeds; returns it, or None when there is none."""
        undone = self.state.history.undone
        if not undone:
            return None
        self.apply(Redone(self._ids(len(undone[-1].changes)), self.clock(), lasting))
        return undone[-1]

    def settle(self, pending_id: PendingId, picks: Picks) -> None:
        """The user's choices in a conflict; the change goes on against theirs."""
        self.apply(Resolved(pending_id, picks))

    def recreate(self, pending_id: PendingId, change: Change) -> None:
        """Bring back an item that was deleted on the server."""
        self.apply(Recreate(pending_id, self._pending(change)))

    def drop(self, pending_id: PendingId) -> None:
        """Give a Pending up: the card shows the server's state again."""
        self.apply(Dropped(pending_id))

    def retry(self, pending_id: PendingId) -> None:
        """Send a refused Pending once more."""
        self.apply(Retried(pending_id))

    def keep_draft(self, draft: Draft) -> None:
        """What a form holds, so that a lost session does not lose it."""
        self.apply(Drafted(draft))

    def drop_draft(self, item_id: ItemId) -> None:
        """The form was saved or thrown away."""
        if resolve(self.state, item_id) in self.state.drafts:
            self.apply(DraftDropped(item_id))

    def look(self, *item_ids: ItemId) -> None:
        """The user has seen these items: others' changes to them are no longer news."""
        ids = tuple(i for i in item_ids if i in self.state.changed)
        if ids:
            self.apply(Looked(ids))

    def _tell(self) -> None:
        self._telling = True
        try:
            while self._notices:
                notice = self._notices.popleft()
                for listener in tuple(self._listeners):
                    listener(notice)
        finally:
            self._telling = False

    def _write(self, outcome: Outcome) -> None:
        """Put on disk what an event changed, and what could not be written before."""
        left = self._unwritten
        if left is not None:
            outcome = replace(
                outcome,
                pendings=tuple(dict.fromkeys((*left.pendings, *outcome.pendings))),
                drafts=tuple(dict.fromkeys((*left.drafts, *outcome.drafts))),
                aliased=tuple(dict.fromkeys((*left.aliased, *outcome.aliased))),
            )
        elif not (outcome.pendings or outcome.drafts or outcome.aliased):
            return
        try:
            self._journal.record(outcome)
        except StorageError as problem:
            self.journal_problem, self._unwritten = problem, outcome
        else:
            self.journal_problem, self._unwritten = None, None

    def _pending(self, change: Change, place: int = 1) -> Pending:
        return Pending(PendingId(self.new_id()), self.state.seq + place, change, self.clock())

    def _ids(self, count: int) -> tuple[PendingId, ...]:
        return tuple(PendingId(self.new_id()) for _ in range(count))
