"""What this session did, so that it can be undone and redone: two stacks of steps."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.domain.changes import Change
from tui.domain.model import Moment
from tui.sync.outbox import PendingId

DEPTH = 500
"""Steps kept; older ones can no longer be undone."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One change as it took effect, and the Pending that carried it."""

    pending_id: PendingId
    change: Change


@dataclass(frozen=True, slots=True)
class Step:
    """What one command did: one deed, or many for a bulk command."""

    deeds: tuple[Deed, ...]
    at: Moment


@dataclass(frozen=True, slots=True)
class History:
    """Steps that can be undone, newest last, and steps that can be redone."""

    done: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()

    def did(self, step: Step) -> History:
        """After a new command: there is nothing left to redo."""
        return History((*self.done[-DEPTH + 1 :], step), ())

    def undid(self, step: Step) -> History:
        """After an undo: `step` says how to do it again."""
        return History(self.done[:-1], (*self.undone, step))

    def redid(self, step: Step) -> History:
        """After a redo."""
        return History((*self.done, step), self.undone[:-1])

    def forget(self, pending_id: PendingId) -> History:
        """Without a change that was refused or dropped."""
        return History(_without(self.done, pending_id), _without(self.undone, pending_id))

    def became(self, pending_id: PendingId, change: Change) -> History:
        """With a change as it took effect after a merge or a choice."""
        return replace(self, done=tuple(_became(step, pending_id, change) for step in self.done))


def _without(steps: tuple[Step, ...], pending_id: PendingId) -> tuple[Step, ...]:
    kept = (replace(s, deeds=tuple(d for d in s.deeds if d.pending_id != pending_id)) for s in steps)
    return tuple(step for step in kept if step.deeds)


def _became(step: Step, pending_id: PendingId, change: Change) -> Step:
    if all(deed.pending_id != pending_id for deed in step.deeds):
        return step
    deeds = (Deed(pending_id, change) if deed.pending_id == pending_id else deed for deed in step.deeds)
    return replace(step, deeds=tuple(deeds))
