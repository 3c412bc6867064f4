"""What this session did, so that it can be undone and redone: two stacks of steps."""

from __future__ import annotations

from collections.abc import Iterable

from immutables import Map
from msgspec import Struct
from msgspec.structs import replace

from tui.domain.changes import Change
from tui.domain.model import Moment
from tui.sync.outbox import PendingId

DEPTH = 500
"""Steps kept; older ones can no longer be undone."""


class Deed(Struct, frozen=True):
    """One change as it took effect, and the Pending that carried it."""

    pending_id: PendingId
    change: Change


class Step(Struct, frozen=True):
    """What one command did: one deed, or thousands for a bulk command, so that each is found by its Pending."""

    order: tuple[PendingId, ...]
    changes: Map[PendingId, Change]
    """By Pending, those that still stand."""
    at: Moment

    @classmethod
    def of(cls, deeds: Iterable[Deed], at: Moment) -> Step:
        """A step of these deeds."""
        changes = {deed.pending_id: deed.change for deed in deeds}
        return cls(tuple(changes), Map(changes), at)

    @property
    def deeds(self) -> tuple[Deed, ...]:
        """The deeds in the order they were done; never none."""
        return tuple(Deed(pending_id, self.changes[pending_id]) for pending_id in self.order if pending_id in self)

    def __contains__(self, pending_id: object) -> bool:
        return pending_id in self.changes

    def without(self, pending_ids: Iterable[PendingId]) -> Step | None:
        """The step without these deeds; None when nothing of it is left."""
        left = self.changes
        for pending_id in pending_ids:
            left = left.delete(pending_id)
        return replace(self, changes=left) if left else None


class History(Struct, frozen=True):
    """Steps that can be undone, newest last, and steps that can be redone."""

    done: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()

    def did(self, step: Step) -> History:
        """After a new command: there is nothing left to redo."""
        return History((*self.done[-DEPTH + 1 :], step), ())

    def undid(self, step: Step | None) -> History:
        """After an undo: `step` says how to do it again; None when nothing of it could be taken back."""
        return History(self.done[:-1], self.undone if step is None else (*self.undone, step))

    def redid(self, step: Step | None) -> History:
        """After a redo; None when nothing of it could be done again."""
        return History(self.done if step is None else (*self.done, step), self.undone[:-1])

    def forget(self, pending_id: PendingId) -> History:
        """Without a change that was refused or dropped."""
        return self._with(pending_id, None)

    def became(self, pending_id: PendingId, change: Change) -> History:
        """With a change as it took effect after a merge or a choice."""
        return self._with(pending_id, change)

    def _with(self, pending_id: PendingId, change: Change | None) -> History:
        done, undone = _with(self.done, pending_id, change), _with(self.undone, pending_id, change)
        return self if done is self.done and undone is self.undone else History(done, undone)


def _with(steps: tuple[Step, ...], pending_id: PendingId, change: Change | None) -> tuple[Step, ...]:
    """The steps with one deed replaced or, with None, taken out; a step without deeds goes."""
    place = next((place for place, step in enumerate(steps) if pending_id in step), None)
    if place is None:
        return steps
    step = steps[place]
    left = step.changes.delete(pending_id) if change is None else step.changes.set(pending_id, change)
    return (*steps[:place], *([replace(step, changes=left)] if left else []), *steps[place + 1 :])
