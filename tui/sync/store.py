"""The client's state holder: the only way in for changes, and the one place that tells listeners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

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
from tui.sync.state import State
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


@dataclass(frozen=True, slots=True)
class Notice:
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
        self._listeners: list[Listener] = []
        self._seq = 0

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every event; returns the way to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def apply(self, event: Event) -> None:
        """Take an event in: new State, then disk, then listeners."""
        before = self.state
        outcome = reduce(before, event)
        self.state = outcome.state
        if outcome.pendings or outcome.drafts or outcome.aliased:
            self._write(outcome)
        notice = Notice(event, before, outcome.state, outcome.touched)
        for listener in tuple(self._listeners):
            listener(notice)

    def dispatch(self, *changes: Change) -> tuple[PendingId, ...]:
        """The user means these changes, as one step that one undo takes back."""
        pendings = tuple(self._pending(change) for change in changes)
        self.apply(Dispatched(pendings, self.clock()))
        return tuple(pending.id for pending in pendings)

    def undo(self) -> Step | None:
        """Take the last step back; returns it, or None when there is none."""
        done = self.state.history.done
        if not done:
            return None
        self.apply(Undone(self._ids(len(done[-1].deeds)), self.clock()))
        return done[-1]

    def redo(self) -> Step | None:
        """Do the last undone step again; returns it, or None when there is none."""
        undone = self.state.history.undone
        if not undone:
            return None
        self.apply(Redone(self._ids(len(undone[-1].deeds)), self.clock()))
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
        if item_id in self.state.drafts:
            self.apply(DraftDropped(item_id))

    def look(self, *item_ids: ItemId) -> None:
        """The user has seen these items: others' changes to them are no longer news."""
        ids = tuple(i for i in item_ids if i in self.state.changed)
        if ids:
            self.apply(Looked(ids))

    def _write(self, outcome: Outcome) -> None:
        try:
            self._journal.record(outcome)
        except StorageError as problem:
            self.journal_problem = problem
        else:
            self.journal_problem = None

    def _pending(self, change: Change) -> Pending:
        return Pending(PendingId(self.new_id()), self._next_seq(), change, self.clock())

    def _ids(self, count: int) -> tuple[PendingId, ...]:
        return tuple(PendingId(self.new_id()) for _ in range(count))

    def _next_seq(self) -> int:
        highest = max((p.seq for p in self.state.outbox.values()), default=0)
        self._seq = max(self._seq, highest) + 1
        return self._seq
