"""What must be true of every write and every Pending, whatever happens: kept beside the real thing and asked of it."""

from __future__ import annotations

from collections import defaultdict

from tests.sync.server import Server, Write
from tests.sync.wall import Wall
from tui.domain.changes import Create, Delta, Edit, Set
from tui.domain.model import LABELS, STATUS, ItemId, Member, value_of
from tui.domain.record import Value
from tui.sync.events import (
    Accepted,
    Conflicted,
    Dropped,
    Recreate,
    Redone,
    Refused,
    Resolved,
    Undone,
    Unsealed,
)
from tui.sync.outbox import Pending, PendingId
from tui.sync.state import State
from tui.sync.store import Notice

NOTES = Member("field.notes")
SETS = (LABELS, Member("field.regions"))


class Ledger:
    """One person's: what they have seen, meant and chosen."""

    def __init__(self, server: Server, who: str) -> None:
        self._server = server
        self._who = who
        self._seen: defaultdict[tuple[ItemId, Member], list[Value]] = defaultdict(list)
        self._meant: dict[PendingId, Pending] = {}
        self._chosen: set[tuple[PendingId, Member]] = set()
        self.ended: dict[PendingId, str] = {}
        self.breaches: list[object] = []

    def follow(self, wall: Wall) -> None:
        """Hear everything that a (new) process of this person does."""
        wall.store.subscribe(self.hear)

    def hear(self, notice: Notice) -> None:
        before, after = notice.before.outbox, notice.state.outbox
        if isinstance(notice.event, Resolved) and notice.event.pending_id in before:
            self._choose(before[notice.event.pending_id], notice.event)
        if before is after:
            return
        for pending_id in set(after) - set(before):
            self._mean(after[pending_id])
        gone = {pending_id for pending_id in before if pending_id not in after}
        if gone:
            assert gone <= _may_go(notice, before), (notice.event, [before[p] for p in gone])
        if isinstance(notice.event, Accepted):
            self._accept(before[notice.event.pending_id])
        for pending_id in gone:
            self.ended[pending_id] = type(notice.event).__name__

    def audit(self, write: Write) -> None:
        """A value is overwritten only by who had seen it, or chose to in a conflict; sets only by their deltas."""
        made = self._server.items.get(write.item_id)
        names = {write.item_id, ItemId(made.source)} if made is not None and made.source else {write.item_id}
        pending_id = PendingId(write.key.rpartition(".")[0])
        for member, (old, new) in write.changes.items():
            if member in SETS:
                self._audit_set(pending_id, member, old, new)
            elif member == NOTES:
                self._audit_lines(pending_id, member, old, new)
            elif member != STATUS:
                seen = [value for name in names for value in self._seen[name, member]]
                if old not in seen and (pending_id, member) not in self._chosen:
                    self.breaches.append((write, member, seen))
            self._seen[write.item_id, member].append(new)
        if write.kind == "create" and made is not None:
            for member in (Member("name"), Member("column"), Member("field.value")):
                self._seen[write.item_id, member].append(value_of(made, member))

    def check(self, state: State) -> None:
        """Every change ever meant has come to an end that somebody knows of, or is still in the Outbox."""
        assert not self.breaches, self.breaches
        assert not state.link.message.startswith("something in cardwall failed")
        assert set(self._meant) == set(state.outbox) | set(self.ended)

    def _audit_set(self, pending_id: PendingId, member: Member, old: Value, new: Value) -> None:
        change = self._meant[pending_id].change
        delta = change.edits.get(member) if isinstance(change, Edit) else None
        if not isinstance(old, tuple) or not isinstance(new, tuple) or not isinstance(delta, Delta):
            self.breaches.append((pending_id, member, delta))
        elif not (set(new) - set(old) <= set(delta.added) and set(old) - set(new) <= set(delta.removed)):
            self.breaches.append((pending_id, member, old, new, delta))

    def _audit_lines(self, pending_id: PendingId, member: Member, old: Value, new: Value) -> None:
        lost = set(str(old).split("\n")) - set(str(new).split("\n"))
        others = {line for line in lost if not line.startswith(f"{self._who}:")}
        if others and (pending_id, member) not in self._chosen:
            self.breaches.append((pending_id, old, new))

    def _mean(self, pending: Pending) -> None:
        self._meant.setdefault(pending.id, pending)
        change = pending.change
        if isinstance(change, Edit):
            for member, edit in change.edits.items():
                if isinstance(edit, Set):
                    self._seen[change.item_id, member].append(edit.base)

    def _choose(self, pending: Pending, event: Resolved) -> None:
        self._chosen |= {(pending.id, member) for member in event.picks}
        for clash in pending.conflict.clashes if pending.conflict else ():
            self._seen[pending.item_id, clash.member].append(clash.theirs)

    def _accept(self, pending: Pending) -> None:
        if pending.request is not None and self._server.answers:
            assert (self._who, pending.request.key) in self._server.answers, pending


def _may_go(notice: Notice, before: dict[PendingId, Pending] | object) -> set[PendingId]:
    """The Pendings that an event may take out of the Outbox."""
    outbox, event = notice.before.outbox, notice.event
    if isinstance(event, Undone):
        done = notice.before.history.done[-1].order
        return set(done) | _orphans(notice.before, done)
    if isinstance(event, Redone):
        return {p.id for p in outbox.values() if p.undoes in notice.before.history.undone[-1].order}
    if not isinstance(event, Accepted | Dropped | Resolved | Recreate | Refused | Conflicted | Unsealed):
        return set()
    pending = outbox[event.pending_id]
    undo = {p.id for p in outbox.values() if p.undoes == pending.id}
    if isinstance(event, Recreate):
        return set(notice.before.queue[pending.item_id])
    if isinstance(event, Accepted):
        return {pending.id, *undo}
    if isinstance(event, Resolved):
        return {pending.id}
    orphans = _orphans(notice.before, [pending.id])
    if isinstance(event, Dropped):
        return {pending.id, *undo, *orphans}
    return {pending.id, *undo, *orphans} if undo else set()


def _orphans(before: State, ids: object) -> set[PendingId]:
    """What was meant for an item whose create is taken back."""
    found: set[PendingId] = set()
    assert isinstance(ids, tuple | list)
    for pending_id in ids:
        pending = before.outbox.get(pending_id)
        if pending is not None and isinstance(pending.change, Create):
            found |= set(before.queue[pending.item_id])
    return found


def consistent(state: State) -> None:
    """What holds of every State."""
    queued = [pending_id for ids in state.queue.values() for pending_id in ids]
    assert sorted(queued) == sorted(state.outbox)
    for item_id, ids in state.queue.items():
        assert ids
        pendings = [state.outbox[pending_id] for pending_id in ids]
        assert all(state.aliases.get(p.item_id, p.item_id) == item_id for p in pendings)
        assert all(p.phase == "queued" or p.phase == "refused" for p in pendings[1:]), pendings
        assert all((p.request is not None) == (p.phase == "sealed") for p in pendings)
        assert all((p.conflict is not None) == (p.phase == "conflict") for p in pendings)
    sealed = {p.item_id for p in state.outbox.values() if p.phase == "sealed"}
    assert set(state.waiting) <= sealed
    assert set(state.gone) <= set(state.queue)
    assert not set(state.gone) & set(state.items)
    assert not set(state.aliases) & (set(state.queue) | set(state.drafts) | set(state.items))
    assert state.seq >= max((p.seq for p in state.outbox.values()), default=0)
    assert all(item.id == item_id for item_id, item in state.items.items())
    assert all(step.changes for step in (*state.history.done, *state.history.undone))
